// "Make it real": which models make the film's drafts again, at what price; then each final beside its draft, to keep or
// to go back from. The work goes on when this sheet, or the page, is closed.

import { attempt, button, bytes, call, el, get, icon, openTab, post, report, seconds as inSeconds, thumbUrl, toast } from "/ui/static/api.js";
import { inTurn, settle } from "/ui/static/project.js";
import { bench, select, seek, tell } from "./bench.js";
import { compare } from "./compare.js";
import { startOf } from "./film.js";

const KINDS = { image: "Pictures", video: "Shots", speech: "Voices", music: "Music", sound: "Sounds" };
const STATES = { waiting: "Waits its turn", working: "In line", done: "Made", aside: "In the bin", failed: "Failed" };
const STORE = "homereel.finals";
const at = () => `/projects/${bench.project.id}/conform`;
const open = (one) => ["waiting", "working"].includes(one.state);

let sheet = null, turn = 0;

export async function conformSheet() {
  if (sheet || !bench.project) return;
  const body = el("div.conform-body");
  sheet = el("dialog.slate.conform", { "aria-label": "Make it real" },
    el("header", {}, el("h2", {}, "Make it real"), el("span.muted", {}, bench.project.title), button("Close", "close", () => sheet.close(), { shown: false, kind: "bare" })), body);
  sheet.addEventListener("close", () => { sheet.remove(); sheet = null; turn++; });
  sheet.addEventListener("click", (event) => event.target === sheet && sheet.close());
  document.body.append(sheet);
  sheet.showModal();
  try {
    const { items } = await get(at());
    if (items.length) await came(body); else await form(body);
  } catch (error) { report(error); sheet?.close(); }
}

// --- before: the models and the plan ------------------------------------------------------------------------------

async function form(body) {
  const mine = ++turn, all = await get("/models"), kinds = await draftKinds();
  if (mine !== turn) return;
  if (!kinds.length) return nothing(body);
  const kept = JSON.parse(localStorage.getItem(STORE) ?? "{}"), wish = {};
  const picks = kinds.map((kind) => {
    const ours = all.filter((one) => one.task === kind && !one.draft && one.id !== "speech");
    const ready = ours.filter((one) => one.status === "ready");
    wish[kind] = ours.some((one) => one.id === kept[kind]) ? kept[kind] : ready[0]?.id ?? "";
    const option = (one) => el("option", { value: one.id }, one.title);
    const select = el("select.pick", { "aria-label": KINDS[kind], onchange: (event) => { wish[kind] = event.target.value; draw(); } },
      el("option", { value: "" }, "Leave the drafts"),
      ready.length > 0 && el("optgroup", { label: "Ready here" }, ...ready.map(option)),
      el("optgroup", { label: "Not here yet" }, ...ours.filter((one) => one.status !== "ready").map(option)));
    select.value = wish[kind];
    return el("label.field", {}, el("span.name", {}, icon(kind, 16), KINDS[kind]), select);
  });
  const told = el("div.plan", { "aria-live": "polite" }), go = button("Make it real", "film", attempt(() => begin(body, wish)), { kind: "lamp" });
  body.replaceChildren(el("p.muted", {}, "Every draft is made again by the model you choose, with the same words, seed, shape and length, in its place. The drafts are kept as takes; where a voice takes longer, the cut goes with it."),
    el("div.kinds-of-finals", {}, ...picks), told, el("div.row-end", {}, go));

  async function draw() {
    const now = ++turn, chosen = Object.entries(wish).filter(([, id]) => id);
    go.disabled = true;
    if (!chosen.length) return told.replaceChildren(el("p.muted", {}, "Choose a model for at least one kind."));
    const plan = await get(`${at()}/plan?${new URLSearchParams(chosen)}`);
    if (now !== turn) return;
    told.replaceChildren(...planned(plan));
    go.disabled = !plan.ready;
    go.querySelector("span").textContent = plan.takes.length ? `Make ${plan.takes.length} ${plan.takes.length === 1 ? "take" : "takes"}` : "Make it real";
  }
  await draw();
}

/** Of which kinds the film has drafts: a plan with no model names what it leaves. */
async function draftKinds() {
  const { left } = await get(`${at()}/plan`);
  return Object.keys(KINDS).filter((kind) => left.some((one) => one.task === kind));
}

function nothing(body) {
  body.replaceChildren(el("div.writing", {}, icon("check", 32), el("h3", {}, "Nothing here is a draft"), el("p.muted", {}, "Takes made by the draft models can be made again by others. This film has none.")));
}

function planned(plan) {
  const unready = plan.models.filter((one) => one.status !== "ready");
  const price = [plan.seconds === null ? "a time nobody knows yet" : `about ${inSeconds(plan.seconds)}`, `about ${bytes(plan.disk_bytes)} on the disk (${bytes(plan.free_bytes)} free)`, plan.memory_gb && `${plan.memory_gb} GB of memory (${plan.device}: ${plan.device_gb} GB)`].filter(Boolean);
  return [
    el("ul.needs", { "aria-label": "Models" }, ...plan.models.map(need)),
    plan.takes.length > 0 && el("p.price", {}, `${plan.takes.length} ${plan.takes.length === 1 ? "take" : "takes"}: ${price.join(", ")}.`),
    unready.length > 0 && button("Open Models", "download", () => { sheet.close(); openTab("Models"); }),
    plan.takes.length > 0 && el("details.takes-planned", { open: plan.takes.length < 7 }, el("summary", {}, "What is made"), el("ol", {}, ...plan.takes.map(take))),
    plan.left.length > 0 && el("details.takes-planned", {}, el("summary", {}, plan.left.length === 1 ? "1 stays a draft" : `${plan.left.length} stay drafts`), el("ol", {}, ...plan.left.map((one) => el("li", {}, el("span.words-of", {}, one.words), el("small.muted", {}, one.why))))),
  ].filter(Boolean);
}

function need(one) {
  const facts = [`${one.takes} ${one.takes === 1 ? "take" : "takes"}`, one.licence, one.commercial ? null : "not for sale", one.download_gb ? `${one.download_gb} GB to download` : null,
    one.vram_gb ? `${one.vram_gb} GB${one.fits ? "" : ", more than the device has: slower"}` : null, one.seconds === null ? "never timed here" : `about ${inSeconds(one.seconds)}`].filter(Boolean);
  return el("li", { data: { status: one.status } }, icon(one.status === "ready" ? "check" : "warn", 16), el("strong", {}, one.title), el("span.muted", {}, facts.join(" · ")), one.why && el("small.bad", {}, one.why));
}

const take = (one) => el("li", {}, el("img", { src: thumbUrl(one.draft), alt: "", loading: "lazy" }),
  el("span.words-of", {}, one.words, el("small.muted", {}, `${one.made_by} → ${one.recipe.model}${one.places.length > 1 ? ` · ${one.places.length} places` : ""}${one.places.length ? "" : " · a shot begins with it"}`), ...one.notes.map((note) => el("small.note", {}, note))));

async function begin(body, wish) {
  const models = Object.fromEntries(Object.entries(wish).filter(([, id]) => id));
  localStorage.setItem(STORE, JSON.stringify(wish));
  await post(at(), { models });
  await came(body);
}

// --- after: each final beside its draft ---------------------------------------------------------------------------

async function came(body) {
  const mine = ++turn, head = el("p.price", { role: "status" }), list = el("ol.finals", { "aria-label": "Drafts and their finals" });
  const stop = button("Stop", "stop", attempt(async () => { for (const one of await running()) await call("POST", `/jobs/${one.id}/cancel`); }));
  const more = button("Make more real…", "film", attempt(() => form(body)));
  body.replaceChildren(head, list, el("div.row-end", {}, stop, more));
  let said = "";
  while (sheet && mine === turn) {
    const { items } = await get(at());
    if (mine !== turn) return;
    const left = items.filter(open), now = JSON.stringify(items.map((one) => [one.state, one.playing, one.verdict, one.final, one.job?.status, Math.round((one.job?.progress ?? 0) * 50)]));
    stop.hidden = !left.length;
    more.hidden = left.length > 0;
    head.textContent = left.length ? `${items.length - left.length} of ${items.length} made. You can close this: the work goes on, and each take comes to its place.` : `${items.filter((one) => one.final).length} of ${items.length} made. Keep each, or go back to its draft.`;
    if (now !== said) { said = now; list.replaceChildren(...items.map((one) => pair(one, body))); }
    await new Promise((done) => setTimeout(done, left.length ? 500 : 2000));
  }
}

async function running() {
  const { items } = await get("/queue");
  return items.filter((job) => job.task === "conform" && job.project === bench.project.id);
}

function pair(one, body) {
  const part = Math.round((one.job?.progress ?? 0) * 100), failed = one.state === "failed", running = one.job?.status === "running";
  const line = one.state === "working" && running ? `${part} % ${one.job.note}` : failed ? one.job?.error?.message ?? one.note : one.note || STATES[one.state];
  const side = (id, which) => el("figure", { "aria-current": String(one.playing === which || one.playing === "both") },
    id ? el("img", { src: thumbUrl(id), alt: which === "draft" ? "The draft" : "The final", loading: "lazy" }) : el("span.blank", {}, icon(failed ? "warn" : "retry", 20)),
    el("figcaption", {}, which === "draft" ? "Draft" : "Final"));
  const use = (which) => attempt(async () => {
    await inTurn(async () => settle(await post(`${at()}/${one.draft}`, { use: which })));
    await came(body);
  });
  const [place] = one.places;
  return el("li", { data: { state: one.state, verdict: one.verdict } }, side(one.draft, "draft"), side(one.final, "final"),
    el("div.words-of", {}, one.words, el("small", { class: failed ? "bad" : "muted" }, line),
      one.state === "working" && el("div.bar", { role: "progressbar", "aria-label": "Final take", "aria-valuenow": part, style: { "--part": one.job?.progress ?? 0 } }, el("i")),
      one.final && place && el("div.deeds", {},
        one.playing === "draft" ? button("Use the final", "check", use("final")) : button(one.verdict === "final" ? "Kept" : "Keep", "check", use("final"), { "aria-pressed": String(one.verdict === "final") }),
        one.playing !== "draft" && button("Go back", "undo", use("draft"), { title: "The draft again, as one step that undo takes back" }),
        ["final", "draft"].includes(one.playing) && button("Compare", "compare", () => look(one, place), { shown: false, kind: "bare" })),
      failed && one.job && button("Try again", "retry", attempt(async () => { await post(`/jobs/${one.job.id}/retry`); await came(body); }))));
}

/** Both on the same frame of the film. */
function look(one, { track, at: index }) {
  const row = bench.timeline.tracks[track];
  if (row?.items[index]?.type !== "clip") return void toast("The clip has moved.", { advice: "Close this sheet, and open it again." });
  select({ track, index });
  seek(startOf(row, index));
  tell("selection");
  compare({ track, index }, one.playing === "final" ? one.draft : one.final);
}
