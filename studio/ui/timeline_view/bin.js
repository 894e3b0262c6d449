// The bin: what the library holds, to be dragged onto the rows or put in with one click.

import { attempt, button, el, get, hue, icon, openTab, pulse, report, seconds, thumbUrl, upload } from "/ui/static/api.js";
import { carrying, lift } from "/ui/static/cargo.js";
import { isPreview } from "/ui/static/shelf.js";
import { know } from "./bench.js";
import { add } from "./cuts.js";
import { assetName } from "./names.js";

const KINDS = [["", "All"], ["image", "Pictures"], ["video", "Video"], ["audio", "Sound"]];
const USED = ["image", "video", "audio", "captions"];
export const ICONS = { image: "image", video: "film", audio: "sound", captions: "captions", midi: "midi", project: "project" };

export function bin() {
  const search = el("input.search", { type: "search", placeholder: "Search the library", "aria-label": "Search the library" });
  const kinds = el("div.kinds", { role: "group", "aria-label": "Kind" });
  const shelf = el("div.shelf-list", { role: "list" });
  const foot = el("div.shelf-foot");
  const file = el("input", { type: "file", multiple: true, hidden: true });
  const bring = button("Upload", "upload", () => file.click(), { shown: false, kind: "bare" });
  const view = el("section.bin", { "aria-label": "Bin" },
    el("div.bin-head", {}, el("span.seek", {}, icon("search", 16), search), bring, file), kinds, el("div.bin-scroll", {}, shelf, foot));
  let kind = "", next = null, asking = 0, mark = "";

  for (const [value, words] of KINDS)
    kinds.append(el("button.chip", { type: "button", "aria-pressed": String(value === kind), onclick: (event) => {
      kind = value;
      for (const chip of kinds.children) chip.setAttribute("aria-pressed", String(chip === event.currentTarget));
      load();
    } }, words));

  async function load(before) {
    const mine = ++asking;
    const wish = new URLSearchParams({ limit: 40, ...(kind && { kind }), ...(search.value.trim() && { q: search.value.trim() }), ...(before && { before }) });
    try {
      const page = await get(`/assets?${wish}`);
      if (mine !== asking) return;
      if (carrying()) return void addEventListener("dragend", () => load(before), { once: true });
      next = page.next;
      const cards = page.items.filter((asset) => USED.includes(asset.kind) && !isPreview(asset)).map((asset) => card(know(asset)));
      before ? shelf.append(...cards) : shelf.replaceChildren(...cards);
      foot.replaceChildren(...(shelf.children.length ? [] : [empty()]));
    } catch (error) { report(error); }
  }

  function empty() {
    if (search.value || kind) return el("p.muted", {}, "Nothing here fits. Try other words, or All.");
    return el("div.empty", {}, el("p", {}, "What you make or upload lies here, ready for the film."), button("Make a picture", "image", () => openTab("Image")));
  }

  let typing = 0;
  search.addEventListener("input", () => { clearTimeout(typing); typing = setTimeout(load, 180); });
  file.addEventListener("change", attempt(async () => { for (const one of file.files) await upload(one); file.value = ""; load(); }));
  view.querySelector(".bin-scroll").addEventListener("scroll", (event) => {
    const box = event.currentTarget;
    if (next && box.scrollTop + box.clientHeight > box.scrollHeight - 300) { const before = next; next = null; load(before); }
  }, { passive: true });
  pulse.hear((status) => {
    const now = String(status.queue.done ?? 0);
    if (mark && now !== mark && view.offsetParent && view.querySelector(".bin-scroll").scrollTop < 40) load();
    mark = now;
  });
  load();
  return { view, load };
}

function card(asset) {
  const name = assetName(asset), put = attempt(() => add(asset));
  const long = asset.duration_s ? seconds(asset.duration_s) : "";
  return el("div.bin-card", {
    role: "listitem", draggable: true, title: name, data: { hue: hue(asset), kind: asset.kind, id: asset.id },
    ondragstart: (event) => lift(event, asset),
    ondblclick: put,
  },
    el("span.face", {}, el("img", { src: thumbUrl(asset.id), alt: "", loading: "lazy", draggable: false })),
    el("span.kind", {}, icon(ICONS[asset.kind] ?? "info", 14), long),
    button(`Add to the timeline: ${name.slice(0, 60)}`, "plus", put, { shown: false, kind: "bare", class: "bare add" }),
    el("span.name", {}, name));
}
