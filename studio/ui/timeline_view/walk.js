// The rows by keyboard: Tab comes in, arrows go from clip to clip, Shift and arrows move what is selected. After a click
// the arrows belong to the playhead again.

import { bench, picks, same, seek, select } from "./bench.js";
import { nudgeBy } from "./carry.js";
import { spans } from "./film.js";
import { placeOf } from "./hand.js";
import { HEAD, rowBoxes } from "./rows.js";

export function walk(view) {
  const { lanes } = view;
  let keyboard = false, walking = false;
  addEventListener("keydown", () => { keyboard = true; }, true);
  addEventListener("pointerdown", () => { keyboard = walking = false; }, true);
  lanes.addEventListener("focusin", (event) => {
    if (!keyboard || !event.target.matches(".clip, .join")) return;
    walking ||= !bench.selected || !same(bench.selected, placeOf(event.target)) || !event.relatedTarget || !lanes.contains(event.relatedTarget);
    if (walking && !same(bench.selected, placeOf(event.target))) go(view, placeOf(event.target));
  });
  lanes.addEventListener("focusout", (event) => { if (event.relatedTarget && !lanes.contains(event.relatedTarget)) walking = false; });
  lanes.addEventListener("keydown", (event) => {
    const made = event.target;
    if (!made.matches(".clip, .join")) return;
    const at = bench.item ? bench.selected : placeOf(made), way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (event.key === "Enter") { event.preventDefault(); select(at); return seek(placed(at).start); }
    if (!walking || !way || event.altKey || ((event.ctrlKey || event.metaKey) && !event.shiftKey)) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.ctrlKey || event.metaKey) return further(view, at, way[0]);
    if (event.shiftKey) return void (way[0] && nudgeBy(way[0]));
    const next = way[0] ? beside(at, way[0]) : across(at, way[1]);
    if (next) go(view, next);
  });
}

const placed = ({ track, index }) => {
  const row = spans(bench.timeline.tracks[track]);
  return row.find((span) => span.index === index) ?? row.find((span) => span.index === index + 1) ?? { start: 0, end: 0 };
};

/** The item before or after, transitions included. */
function beside({ track, index }, way) {
  return bench.timeline.tracks[track].items[index + way] ? { track, index: index + way } : null;
}

/** What stands on the row above or below at the same time. */
function across(at, way) {
  const { start, end } = placed(at), middle = (start + end) / 2, { tracks } = bench.timeline;
  for (let track = at.track + way; tracks[track]; track += way) {
    const row = spans(tracks[track]);
    if (!row.length) continue;
    const near = row.reduce((a, b) => (away(b, middle) < away(a, middle) ? b : a));
    return { track, index: near.index };
  }
  return null;
}

const away = ({ item, start, end }, frame) => Math.max(start - frame, frame - end, 0) + (item.type === "gap" ? 1e6 : 0);

/** Take one more into the selection. */
function further(view, at, way) {
  const next = way && beside(at, way);
  if (!next) return;
  const all = picks();
  show(view, next);
  select(next, all.some((one) => same(one, next)) ? all.filter((one) => !same(one, at)) : [...all, next]);
}

function go(view, next) {
  show(view, next);
  select(next);
}

/** Scroll until it is in sight, so that it is drawn and can have the focus. */
function show(view, next) {
  const { scroller } = view, { start, end } = placed(next), left = start * bench.perFrame, right = end * bench.perFrame;
  const room = scroller.clientWidth - HEAD();
  if (left < scroller.scrollLeft || right > scroller.scrollLeft + room)
    scroller.scrollLeft = right - left > room || left < scroller.scrollLeft ? Math.max(0, left - 40) : right - room + 40;
  const row = rowBoxes(view)[next.track];
  if (!row) return;
  if (row.top - 26 < scroller.scrollTop) scroller.scrollTop = Math.max(0, row.top - 26);
  else if (row.top + row.tall > scroller.scrollTop + scroller.clientHeight) scroller.scrollTop = row.top + row.tall - scroller.clientHeight;
}
