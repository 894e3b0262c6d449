// A clip's takes: switch between them, compare two, have another made in its place. What was asked for comes by itself,
// also when this page is closed meanwhile; here one sees how far it is.

import { attempt, button, call, el, get, icon, post, pulse, report, seconds as inSeconds, thumbUrl, toast } from "/ui/static/api.js";
import { inTurn, project, refresh } from "/ui/static/project.js";
import { assetOf, bench, edit, on, tell } from "./bench.js";
import { compare } from "./compare.js";
import { group } from "./fields.js";
import { assetName } from "./names.js";

/** The takes on their way to this project, as the studio says it. */
export const pending = { items: [], said: "" };
const told = new Set();
let looking = false, again = false;

async function look() {
  if (!project.now || looking) return void (again = looking);
  looking = true;
  try {
    const { id } = project.now, { items } = await get(`/projects/${id}/takes?limit=30`);
    if (project.now.id === id) hear(items);
  } catch (error) { if (![404, 410].includes(error.status)) console.error(error); }
  looking = false;
  if (again) { again = false; look(); }
}

function hear(items) {
  const before = new Map(pending.items.map((one) => [one.slot.name + one.job.created, one.state]));
  pending.items = items;
  pending.said = JSON.stringify(items.map(({ state, job, at, track }) => [state, job.id, job.status, Math.round(job.progress * 50), track, at]));
  for (const one of items) {
    const was = before.get(one.slot.name + one.job.created);
    if (was !== "waiting" || one.state === "waiting" || told.has(one.job.id)) continue;
    told.add(one.job.id);
    if (one.state === "aside") toast("A take did not find its place.", { advice: one.note, kind: "warn" });
    refresh().catch(report);
  }
  tell("pending");
}

let mark = "";
on("project", () => { const now = bench.project?.id; if (now !== mark) { mark = now; pending.items = []; look(); } });
pulse.hear((status) => { const waits = pending.items.some((one) => one.state === "waiting" && !["failed", "cancelled"].includes(one.job.status)); if (waits || pulse.mark(status) !== look.mark) { look.mark = pulse.mark(status); look(); } });

/** Those on their way to the item at this place. */
export const onTheWay = ({ track, index }) => pending.items.filter((one) => one.state === "waiting" && one.track === track && one.at === index && one.job.status !== "cancelled");

/** Ask for a take for the item at this place, on top of the project as it is now. */
export const ask = (place, wish) => inTurn(async () => {
  const { id, version } = project.now;
  const job = await post(`/projects/${id}/takes`, { track: place.track, at: place.index, ...wish }, { "If-Match": `"${version}"` });
  await refresh();
  look();
  pulse.now();
  return job;
});

const use = (take) => edit({ verb: "replace_take", track: bench.selected.track, at: bench.selected.index, asset: take });
const forget = (item, take) => edit({ verb: "set_item", track: bench.selected.track, at: bench.selected.index, fields: { takes: item.takes.filter((one) => one.asset !== take) } });

/** The inspector's part for a clip. */
export function takesGroup(item, asset) {
  const place = bench.selected, others = [...(item.takes ?? [])].reverse(), made = asset?.recipe && !asset.gone;
  if (!made && !others.length) return null;
  return group("Takes",
    others.length > 0 && el("ul.takes-list", { "aria-label": "Takes of this clip" }, takeOf(item, item.asset, true), ...others.map((take) => takeOf(item, take.asset, false))),
    ...onTheWay(place).map(wayOf),
    made && el("div.deeds", {},
      button("Make another", "variation", attempt(() => ask(place, {})), { title: "The same again with another seed; it takes this one's place, and this one is kept" }),
      button("Retake…", "retry", () => retake(place, asset), { title: "With other words or another seed, in this place" })));
}

function takeOf(item, id, current) {
  const asset = assetOf(id), name = asset?.gone ? "Not in the library" : assetName(asset), seed = asset?.recipe?.options?.seed;
  return el("li.take", { "aria-current": current ? "true" : "false", data: { asset: id } },
    el("img", { src: thumbUrl(id), alt: "", loading: "lazy" }),
    el("span.take-name", { title: name }, current ? "In use" : name, seed !== undefined && el("small.mono", {}, `seed ${seed}`)),
    !current && !asset?.gone && button("Use", "check", () => use(id), { title: "Put this take in the clip's place" }),
    !current && !asset?.gone && button("Compare with the one in use", "compare", () => compare(bench.selected, id), { shown: false, kind: "bare" }),
    !current && button("Forget this take", "close", () => forget(item, id), { shown: false, kind: "bare", title: "Out of this list; it stays in the library" }));
}

/** A take on its way, with how far it is. */
export function wayOf({ job }) {
  const failed = job.status === "failed", part = Math.round(job.progress * 100);
  const words = failed ? job.error?.message ?? "It failed." : job.status === "queued" ? `Waits: ${job.position ?? 0} before it` : [`${part} %`, job.note, job.eta_s ? `${inSeconds(job.eta_s)} left` : ""].filter(Boolean).join(" · ");
  return el("div.on-the-way", { role: "status" },
    el("span", {}, icon(failed ? "warn" : "retry", 16), failed ? "The new take failed" : "A new take is on its way"),
    !failed && el("div.bar", { role: "progressbar", "aria-label": "New take", "aria-valuenow": part, style: { "--part": job.progress } }, el("i")),
    el("small.muted", { title: job.error?.advice ?? "" }, words),
    failed ? button("Try again", "retry", attempt(async () => { await post(`/jobs/${job.id}/retry`); look(); }))
      : button("Stop", "stop", attempt(async () => { await call("POST", `/jobs/${job.id}/cancel`); look(); })));
}

/** Other words, another seed. */
function retake(place, asset) {
  const { options } = asset.recipe, field = "text" in options ? "text" : "prompt";
  const words = el("textarea.words", { rows: 4, "aria-label": "Prompt" }), seed = el("input.words.mono", { type: "number", min: -1, "aria-label": "Seed", title: "The same seed gives the same; -1 picks one" });
  words.value = options[field] ?? "";
  seed.value = -1;
  const sheet = el("dialog.slate.small", { "aria-label": "Retake" }, el("form", { method: "dialog" },
    el("h2", {}, "Retake"), el("p.muted", {}, "Made for this place, as long as the clip. When it is done it takes the clip's place by itself; the take that is there now is kept."),
    words, el("label.field", {}, el("span.name", {}, "Seed"), seed, el("span.muted", {}, `now ${options.seed ?? "none"}`)),
    el("div.row-end", {}, el("button.quiet", { type: "button", onclick: () => sheet.close() }, "Cancel"), el("button.lamp", { value: "yes" }, icon("retry"), "Make it"))));
  sheet.addEventListener("close", attempt(async () => {
    sheet.remove();
    if (sheet.returnValue) await ask(place, { options: { [field]: words.value, seed: Number(seed.value) } });
  }));
  document.body.append(sheet);
  sheet.showModal();
  words.focus();
}
