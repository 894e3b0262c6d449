// The bar between the pictures and the rows: the project, the tools, zoom.

import { button, el } from "/ui/static/api.js";
import { bench, on, zoom } from "./bench.js";
import { TITLE_STYLES, TRANSITION_NAMES } from "./names.js";
import * as cuts from "./cuts.js";
import { menu } from "./menu.js";
import { projects } from "./projects.js";

const tool = (words, key, name, act) => button(words, name, act, { shown: false, kind: "bare", title: `${words}${key && ` (${key})`}` });

export function tools({ fit, help }) {
  const split = tool("Split at the playhead", "S", "scissors", () => cuts.split());
  const remove = tool("Delete, and close the hole", "Del", "trash", () => cuts.remove());
  const lift = tool("Lift out, and leave a gap", "Shift+Del", "lift", () => cuts.lift());
  const copy = tool("Duplicate", "Ctrl+D", "copy", () => cuts.duplicate());
  const titles = menu("Title", "title", "Add a title at the playhead", Object.entries(TITLE_STYLES).map(([style, words]) => ({ words, run: () => cuts.addTitle(style) })));
  const joins = menu("Transition", "join", "Blend the selected clip into the next", Object.entries(TRANSITION_NAMES).map(([name, words]) => ({ words, run: () => cuts.addJoin(name) })));
  const captions = button("Captions", "captions", () => cuts.addCaptions(), { title: "Add captions from speech: what was said in the voice takes, word by word" });
  const track = menu("Row", "plus", "Add a row", [
    { words: "Video row", run: () => cuts.addTrack("video") },
    { words: "Sound row", run: () => cuts.addTrack("audio") },
    { words: "Narration row", run: () => cuts.addTrack("audio", "narration") },
    { words: "Music row, ducked under narration", run: () => cuts.addTrack("audio", "music") },
    { words: "Caption row", run: () => cuts.addTrack("captions") },
  ]);
  const snap = tool("Snap to edges", "N", "magnet", () => { bench.snap = !bench.snap; dress(); });
  const near = el("input.zoom", { type: "range", min: -4, max: 3.4, step: 0.05, "aria-label": "Zoom", title: "Zoom (Ctrl and the wheel)" });
  near.addEventListener("input", () => zoom(Math.exp(Number(near.value))));

  function dress() {
    const { item } = bench;
    for (const one of [remove, lift, copy]) one.disabled = !item;
    copy.disabled ||= ["gap", "transition"].includes(item?.type);
    split.disabled = !bench.frames;
    snap.setAttribute("aria-pressed", String(bench.snap));
  }
  on("project selection", dress);
  on("zoom project", () => { near.value = Math.log(bench.perFrame); });
  const part = (...inside) => el("span.part", {}, ...inside);
  const view = el("div.tools", { role: "toolbar", "aria-label": "Timeline tools" },
    part(projects()), part(split, remove, lift, copy), part(titles, joins, captions, track), el("span.fill"),
    part(snap, tool("Zoom out", "-", "minus", () => zoom(bench.perFrame / 1.4)), near, tool("Zoom in", "+", "plus", () => zoom(bench.perFrame * 1.4)), tool("Fit the film", "Shift+Z", "fit", fit)),
    part(tool("Keys", "?", "keyboard", help)));
  dress();
  return { view };
}
