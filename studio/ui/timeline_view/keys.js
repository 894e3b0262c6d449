// Every key of the cutting room, in one table: what the keyboard does and what the help shows are the same list.

import { el } from "/ui/static/api.js";
import { bench, seek, select, walk, zoom } from "./bench.js";
import * as cuts from "./cuts.js";

export function keymap({ player, fit, exportFilm, dress }) {
  const step = (by) => () => { player.halt(); seek(bench.frame + by()); };
  return [
    ["Space", "Play or pause", () => player.toggle()],
    ["K", "Pause", () => player.halt()],
    ["L", "Play; again: faster", () => player.faster()],
    ["J", "Back one second", step(() => -Math.round(bench.fps))],
    ["ArrowLeft", "One frame back", step(() => -1)],
    ["ArrowRight", "One frame on", step(() => 1)],
    ["Shift+ArrowLeft", "One second back", step(() => -Math.round(bench.fps))],
    ["Shift+ArrowRight", "One second on", step(() => Math.round(bench.fps))],
    ["ArrowUp", "To the cut before", () => player.cut(-1)],
    ["ArrowDown", "To the next cut", () => player.cut(1)],
    ["Home", "To the start", step(() => -bench.frame)],
    ["End", "To the end", step(() => bench.frames)],
    ["F", "Full screen", () => player.full()],
    ["S", "Split at the playhead", () => cuts.split()],
    ["Delete", "Delete, and close the hole", () => cuts.remove()],
    ["Backspace", "", () => cuts.remove()],
    ["Shift+Delete", "Lift out, and leave a gap", () => cuts.lift()],
    ["Shift+Backspace", "", () => cuts.lift()],
    ["Ctrl+D", "Duplicate", () => cuts.duplicate()],
    ["D", "Dissolve into the next clip", () => cuts.addJoin()],
    ["T", "Add a title", () => cuts.addTitle("lower-third")],
    ["Alt+ArrowLeft", "Move the clip earlier", () => cuts.nudge(-1)],
    ["Alt+ArrowRight", "Move the clip later", () => cuts.nudge(1)],
    ["[", "Trim the clip's start to the playhead", () => cuts.trimTo("in")],
    ["]", "Trim the clip's end to the playhead", () => cuts.trimTo("out")],
    ["M", "Mute the clip", () => cuts.toggleMute()],
    ["N", "Snap on or off", () => { bench.snap = !bench.snap; dress(); }],
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
    const symbol = name.length === 1 && !/[a-z]/i.test(name);
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
