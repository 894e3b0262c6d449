// The bar between the pictures and the rows: the project, the tools, zoom.

import { button, el } from "/ui/static/api.js";
import { bench, on, picks, tell, zoom } from "./bench.js";
import { TITLE_STYLES, TRANSITION_NAMES } from "./names.js";
import * as cuts from "./cuts.js";
import { copy as take, duplicate, paste } from "./copies.js";
import { listed } from "./flags.js";
import * as groups from "./groups.js";
import { RULE, menu } from "./menu.js";
import { projects } from "./projects.js";
import { exchange } from "/ui/static/exchange.js";

const tool = (words, key, name, act) => button(words, name, act, { shown: false, kind: "bare", title: `${words}${key && ` (${key})`}` });

export function tools({ rows, fit, help }) {
  const split = tool("Split at the playhead", "S", "scissors", () => cuts.split());
  const remove = tool("Delete, and close the hole", "Del", "trash", () => groups.remove());
  const lift = tool("Lift out, and leave a gap", "Shift+Del", "lift", () => groups.lift());
  const more = menu("Edit", "more", "More edits of what is selected", () => [
    { words: "Copy", note: "Ctrl+C", icon: "copy", off: !picks().length, run: () => take() },
    { words: "Paste at the playhead", note: "Ctrl+V", icon: "paste", run: () => paste() },
    { words: "Duplicate", note: "Ctrl+D", icon: "copy", off: !picks().length, run: () => duplicate() },
    { words: "Select everything", note: "Ctrl+A", icon: "check", run: () => groups.all() },
    RULE,
    { words: "Split all rows at the playhead", note: "Shift+S", icon: "scissors", run: () => groups.cutAll() },
    { words: "Start at the playhead", note: "[", icon: "start", run: () => cuts.trimTo("in") },
    { words: "End at the playhead", note: "]", icon: "lastframe", run: () => cuts.trimTo("out") },
    { words: "Roll the cut before to the playhead", note: "{", icon: "join", run: () => groups.rollTo("in") },
    { words: "Roll the cut after to the playhead", note: "}", icon: "join", run: () => groups.rollTo("out") },
    RULE,
    { words: "To the row above", note: "Alt+↑", icon: "up", run: () => groups.moveRow(-1) },
    { words: "To the row below", note: "Alt+↓", icon: "down", run: () => groups.moveRow(1) },
    RULE,
    { words: "Use restored clips", icon: "restore", off: !bench.frames, run: () => exchange("restored") },
    { words: "Back to the originals", icon: "undo", off: !bench.frames, run: () => exchange("originals") },
  ]);
  const marks = menu("Markers", "flag", "Markers: places with a name", () => listed(rows));
  const titles = menu("Title", "title", "Add a title at the playhead", Object.entries(TITLE_STYLES).map(([style, words]) => ({ words, run: () => cuts.addTitle(style) })));
  const joins = menu("Transition", "join", "Blend the selected clip into the next; or drag one onto a cut", Object.entries(TRANSITION_NAMES).map(([name, words]) => ({ words, run: () => cuts.addJoin(name), drag: { kind: "transition", id: name } })));
  const captions = button("Captions", "captions", () => cuts.addCaptions(), { title: "Add captions from speech: what was said in the voice takes, word by word" });
  const track = menu("Row", "plus", "Add a row", [
    { words: "Video row", run: () => cuts.addTrack("video") },
    { words: "Sound row", run: () => cuts.addTrack("audio") },
    { words: "Narration row", run: () => cuts.addTrack("audio", "narration") },
    { words: "Music row, ducked under narration", run: () => cuts.addTrack("audio", "music") },
    { words: "Caption row", run: () => cuts.addTrack("captions") },
  ]);
  const flip = (words, key, name, field) => tool(words, key, name, () => { bench[field] = !bench[field]; tell("selection"); });
  const snap = flip("Snap to edges, markers and beats", "N", "magnet", "snap"), blade = flip("Blade: a click cuts", "B", "blade", "blade");
  const ripple = flip("Ripple: what follows moves along", "R", "ripple", "ripple");
  const near = el("input.zoom", { type: "range", min: -4, max: 3.4, step: 0.05, "aria-label": "Zoom", title: "Zoom (Ctrl and the wheel)" });
  near.addEventListener("input", () => zoom(Math.exp(Number(near.value))));

  function dress() {
    const { item } = bench;
    for (const one of [remove, lift]) one.disabled = !item;
    split.disabled = !bench.frames;
    for (const [made, field] of [[snap, "snap"], [blade, "blade"], [ripple, "ripple"]]) made.setAttribute("aria-pressed", String(bench[field]));
    view.parentElement?.classList.toggle("blade", bench.blade);
  }
  on("project selection", dress);
  on("zoom project", () => { near.value = Math.log(bench.perFrame); });
  const part = (...inside) => el("span.part", {}, ...inside);
  const view = el("div.tools", { role: "toolbar", "aria-label": "Timeline tools" },
    part(projects()), part(split, blade, remove, lift, more), part(titles, joins, captions, track, marks), el("span.fill"),
    part(ripple, snap, tool("Zoom out", "-", "minus", () => zoom(bench.perFrame / 1.4)), near, tool("Zoom in", "+", "plus", () => zoom(bench.perFrame * 1.4)), tool("Fit the film", "Shift+Z", "fit", fit)),
    part(tool("Keys", "?", "keyboard", help)));
  dress();
  return { view };
}
