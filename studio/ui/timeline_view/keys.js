// Every key of the cutting room, in one table: what the keyboard does and what the help shows are the same list.

import { el } from "/ui/static/api.js";
import { bench, seek, select, walk, zoom } from "./bench.js";
import * as cuts from "./cuts.js";
import { copy, cut, duplicate, paste } from "./copies.js";
import { addMarker, stepMarker } from "./flags.js";
import { nudgeBy } from "./carry.js";
import * as groups from "./groups.js";

export function keymap({ player, rows, fit, exportFilm, dress }) {
  const flip = (field) => () => { bench[field] = !bench[field]; dress(); };
  const step = (by) => () => { player.halt(); seek(bench.frame + by()); };
  return [
    ["Space", "Play or pause", () => player.toggle()],
    ["J", "Play backwards; again: faster", () => player.back()],
    ["K", "Stop", () => player.halt()],
    ["L", "Play; again: faster", () => player.faster()],
    ["I", "In point at the playhead", () => player.mark("in")],
    ["O", "Out point at the playhead", () => player.mark("out")],
    ["Shift+X", "Clear the in and out points", () => player.clearRange()],
    ["Shift+L", "Loop on or off", () => player.loop()],
    ["ArrowLeft", "One frame back", step(() => -1)],
    ["ArrowRight", "One frame on", step(() => 1)],
    ["Shift+ArrowLeft", "One second back", step(() => -Math.round(bench.fps))],
    ["Shift+ArrowRight", "One second on", step(() => Math.round(bench.fps))],
    ["ArrowUp", "To the cut before", () => player.cut(-1)],
    ["ArrowDown", "To the next cut", () => player.cut(1)],
    ["Home", "To the start", step(() => -bench.frame)],
    ["End", "To the end", step(() => bench.frames)],
    ["F", "Full screen", () => player.full()],
    ["G", "Safe areas on or off", () => player.guides()],
    ["S", "Split at the playhead", () => cuts.split()],
    ["Shift+S", "Split all rows at the playhead", () => groups.cutAll()],
    ["B", "Blade on or off: a click cuts", flip("blade")],
    ["Delete", "Delete, and close the hole", () => groups.remove()],
    ["Backspace", "", () => groups.remove()],
    ["Shift+Delete", "Lift out, and leave a gap", () => groups.lift()],
    ["Shift+Backspace", "", () => groups.lift()],
    ["Ctrl+A", "Select everything", () => groups.all()],
    ["Ctrl+C", "Copy", () => copy()],
    ["Ctrl+X", "Cut out", () => cut()],
    ["Ctrl+V", "Paste at the playhead", () => paste()],
    ["Ctrl+D", "Duplicate", () => duplicate()],
    ["D", "Dissolve into the next clip", () => cuts.addJoin()],
    ["T", "Add a title", () => cuts.addTitle("lower-third")],
    [",", "Nudge one frame earlier", () => nudgeBy(-1)],
    [".", "Nudge one frame later", () => nudgeBy(1)],
    ["<", "Nudge one second earlier", () => nudgeBy(-Math.round(bench.fps))],
    [">", "Nudge one second later", () => nudgeBy(Math.round(bench.fps))],
    ["Alt+ArrowLeft", "Move the clip earlier", () => cuts.nudge(-1)],
    ["Alt+ArrowRight", "Move the clip later", () => cuts.nudge(1)],
    ["Alt+ArrowUp", "Move to the row above", () => groups.moveRow(-1)],
    ["Alt+ArrowDown", "Move to the row below", () => groups.moveRow(1)],
    ["[", "Trim the clip's start to the playhead", () => cuts.trimTo("in")],
    ["]", "Trim the clip's end to the playhead", () => cuts.trimTo("out")],
    ["{", "Roll the cut at the clip's start to the playhead", () => groups.rollTo("in")],
    ["}", "Roll the cut at the clip's end to the playhead", () => groups.rollTo("out")],
    ["Alt+,", "Slip: one frame earlier of the shot", () => groups.slipBy(-1)],
    ["Alt+.", "Slip: one frame later of the shot", () => groups.slipBy(1)],
    ["(", "Fade in until the playhead", () => groups.fadeTo("in")],
    [")", "Fade out from the playhead", () => groups.fadeTo("out")],
    ["Ctrl+ArrowUp", "One decibel louder", () => groups.louder(1)],
    ["Ctrl+ArrowDown", "One decibel softer", () => groups.louder(-1)],
    ["Shift+M", "Mute the clip", () => groups.toggleMute()],
    ["M", "Add a marker", () => addMarker(rows)],
    ["Shift+ArrowUp", "To the marker before", () => stepMarker(-1)],
    ["Shift+ArrowDown", "To the next marker", () => stepMarker(1)],
    ["N", "Snap on or off", flip("snap")],
    ["R", "Ripple on or off: what follows moves along", flip("ripple")],
    ["Escape", "Select nothing", () => select(null)],
    ["Ctrl+Z", "Undo", () => walk("undo")],
    ["Ctrl+Shift+Z", "Redo", () => walk("redo")],
    ["Ctrl+Y", "", () => walk("redo")],
    ["+", "Closer", () => zoom(bench.perFrame * 1.4)],
    ["=", "", () => zoom(bench.perFrame * 1.4)],
    ["-", "Further", () => zoom(bench.perFrame / 1.4)],
    ["Shift+Z", "Fit the film", fit],
    ["Ctrl+E", "Export", exportFilm],
  ];
}

const TYPED = "input:not([type=range]):not([type=checkbox]), textarea, select, [contenteditable=true]";

/** Listen while `view` is what the person sees and nothing is being typed. */
export function listen(view, map, help) {
  const deeds = new Map(map.map(([keys, , act]) => [keys.toLowerCase(), act]));
  addEventListener("keydown", (event) => {
    if (event.defaultPrevented || !view.offsetParent || document.querySelector("dialog[open]")) return;
    if (event.target.closest?.(TYPED) || event.target.closest?.("[role=tab], [role=menu]")) return;
    const onButton = event.target.closest?.("button, a, input, summary");
    if (onButton && [" ", "Enter"].includes(event.key)) return;
    if (onButton?.type === "range" && event.key.startsWith("Arrow")) return;
    const name = event.key === " " ? "Space" : event.key;
    if (name === "?") return help();
    const symbol = name.length === 1 && name.toLowerCase() === name.toUpperCase();
    const said = [(event.ctrlKey || event.metaKey) && "Ctrl", event.altKey && "Alt", event.shiftKey && !symbol && "Shift", name].filter(Boolean).join("+");
    const act = deeds.get(said.toLowerCase());
    if (!act) return;
    event.preventDefault();
    act();
  });
}

const SHOWN = { ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓", Delete: "Del" };

export function helpSheet(map) {
  const rows = map.filter(([, words]) => words).map(([keys, words]) =>
    el("div", {}, el("dt", {}, ...keys.split("+").filter(Boolean).concat(keys === "+" ? "+" : []).map((key) => el("kbd", {}, SHOWN[key] ?? key))), el("dd", {}, words)));
  const sheet = el("dialog.slate.keys-sheet", { "aria-label": "Keys" }, el("form", { method: "dialog" },
    el("header", {}, el("h2", {}, "Keys"), el("button.quiet", { value: "" }, "Close")), el("dl", {}, ...rows)));
  sheet.addEventListener("close", () => sheet.remove());
  sheet.addEventListener("click", (event) => event.target === sheet && sheet.close());
  document.body.append(sheet);
  sheet.showModal();
}
