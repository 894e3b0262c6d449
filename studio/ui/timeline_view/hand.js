// The hand on the rows: what a press of the pointer begins. A click selects, a drag moves, trims, rolls, slips or ropes
// in; the ruler scrubs. While a hand moves only the page moves; the edit is made when it lets go.

import { attempt, toast } from "/ui/static/api.js";
import { bench, picks, same, select, seek, toggle, zoom } from "./bench.js";
import { carryClips, receive } from "./carry.js";
import { cutAt } from "./groups.js";
import { spans, startOf } from "./film.js";
import { rope } from "./lasso.js";
import { fade, gain, roll, slip, stretch, stretchJoin } from "./pulls.js";
import { HEAD } from "./rows.js";
import { magnets, showLine, snapped } from "./snaps.js";

export function hand(view) {
  const { scroller, lanes, ruler } = view;
  ruler.addEventListener("pointerdown", (event) => event.button === 0 && scrub(view, event));
  scroller.addEventListener("wheel", (event) => closer(view, event), { passive: false });
  lanes.addEventListener("pointerdown", (event) => event.button === 0 && grasp(view, event));
  lanes.addEventListener("dblclick", (event) => {
    const clip = event.target.closest(".clip");
    if (clip && !bench.blade) seek(startOf(bench.timeline.tracks[clip.dataset.track], Number(clip.dataset.index)));
  });
  lanes.addEventListener("dragstart", (event) => event.preventDefault());      // a hand drags here, not the browser
  pinch(view);
  receive(view);
}

export const placeOf = (made) => ({ track: Number(made.dataset.track), index: Number(made.dataset.index) });

/** Follow the pointer until it is let go: `move(event)`, then `done(moved, event)`; Escape gives up. Near the edge the
 *  rows scroll along, and what is drawn anew meanwhile is held where the hand has it. */
export function drag(view, event, move, done) {
  const { scroller } = view, box = scroller.getBoundingClientRect();
  let moved = false, last = event, rolling = 0;
  const again = () => moved && move(last);
  const onMove = (e) => {
    if (e.pointerId !== event.pointerId) return;
    if (!moved && Math.abs(e.clientX - event.clientX) < 4 && Math.abs(e.clientY - event.clientY) < 6) return;
    if (!moved) { scroller.setPointerCapture?.(event.pointerId); view.held = again; }
    moved = true;
    last = e;
    move(e);
    if (pace()) rolling ||= requestAnimationFrame(glide);
  };
  const pace = () => {
    const out = last.clientX > box.right - 28 ? last.clientX - box.right + 28 : last.clientX < box.left + HEAD() + 4 ? last.clientX - box.left - HEAD() - 4 : 0;
    return Math.max(-24, Math.min(24, out / 2));
  };
  const glide = () => {
    rolling = 0;
    if (!moved || !pace()) return;
    scroller.scrollLeft += pace();
    move(last);
    rolling = requestAnimationFrame(glide);
  };
  const stop = (e, given) => {
    for (const [name, on] of Object.entries(ears)) removeEventListener(name, on, true);
    cancelAnimationFrame(rolling);
    view.held = null;
    showLine(view, null);
    done(moved && given, e);
  };
  const ears = {
    pointermove: onMove,
    pointerup: (e) => e.pointerId === event.pointerId && stop(e, true),
    pointercancel: (e) => e.pointerId === event.pointerId && stop(e, false),
    keydown: (e) => { if (e.key === "Escape") { e.stopPropagation(); e.preventDefault(); stop(e, false); } },
  };
  for (const [name, on] of Object.entries(ears)) addEventListener(name, on, true);
}

function scrub(view, event) {
  const points = magnets([bench.frame]), to = (e) => seek(snapped(view, view.frameAt(e.clientX), points));
  to(event);
  drag(view, event, to, () => {});
}

/** Ctrl and the wheel: closer to what is under the pointer. Shift and the wheel, or sideways: along. */
function closer(view, event) {
  if (!event.ctrlKey && !event.metaKey) return;
  event.preventDefault();
  zoomAt(view, event.clientX, Math.exp(-event.deltaY / 240));
}

function zoomAt(view, clientX, by) {
  const frame = view.frameAt(clientX), at = clientX - view.scroller.getBoundingClientRect().left;
  zoom(bench.perFrame * by);
  view.sheet.style.minWidth = `${HEAD() + frame * bench.perFrame + view.scroller.clientWidth}px`;      // room to scroll to before it is drawn
  view.scroller.scrollLeft = HEAD() + frame * bench.perFrame - at;
}

/** Two fingers apart: closer to what lies between them. */
function pinch(view) {
  let wide = 0;
  const spread = ({ touches: [a, b] }) => [Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY), (a.clientX + b.clientX) / 2];
  view.scroller.addEventListener("touchstart", (event) => { wide = event.touches.length === 2 ? spread(event)[0] : 0; }, { passive: true });
  view.scroller.addEventListener("touchmove", (event) => {
    if (!wide || event.touches.length !== 2) return;
    event.preventDefault();
    const [now, middle] = spread(event);
    zoomAt(view, middle, now / wide);
    wide = now;
  }, { passive: false });
}

function grasp(view, event) {
  const clip = event.target.closest(".clip, .join, .cut");
  if (!clip) {
    if (!event.target.closest(".head")) bare(view, event);
    return;
  }
  const at = placeOf(clip), track = bench.timeline.tracks[at.track], { edge, fade: side, gain: line, cut } = event.target.dataset;
  if (bench.blade && !clip.matches(".join")) return attempt(() => cutAt(at.track, Math.round(view.frameAt(event.clientX)), event.shiftKey))();
  const plus = event.ctrlKey || event.metaKey, handle = edge || side || cut || (line && !plus && !event.shiftKey);
  if (event.shiftKey && !handle) return through(at);
  if (track.items[at.index]?.type === "gap" && !handle) return bare(view, event, at);
  const finger = event.pointerType === "touch", before = picks(), among = before.length > 1 && before.some((one) => same(one, at));
  const known = before.some((one) => same(one, at));
  if (!cut && !among && !(plus && !handle)) select(at);
  if (finger && !known && !handle) return;    // a finger's first touch chooses, or scrolls; the next one takes hold
  if (track.locked) return drag(view, event, () => {}, (moved) => moved && toast("This row is locked.", { advice: "Unlock it at its head first." }));
  if (plus && !handle) return carryClips(view, event, at, among, () => toggle(at));
  if (cut) roll(view, event, at);
  else if (clip.classList.contains("join")) event.altKey ? roll(view, event, { ...at, index: at.index - 1 }) : stretchJoin(view, event, clip, at);
  else if (side) fade(view, event, clip, at, side);
  else if (line) gain(view, event, clip, at);
  else if (edge) event.altKey ? rollEdge(view, event, at, edge) : stretch(view, event, clip, at, edge);
  else if (event.altKey) slip(view, event, clip, at);
  else carryClips(view, event, at, among, () => among && select(at));
}

/** Alt and an edge rolls the cut there, when there is one. */
function rollEdge(view, event, at, edge) {
  const row = spans(bench.timeline.tracks[at.track]), n = row.findIndex((span) => span.index === at.index) - (edge === "in" ? 1 : 0);
  if (row[n] && row[n + 1]) roll(view, event, { track: at.track, index: row[n].index });
}

/** Shift and a click: everything of the row between what was selected and this. */
function through(at) {
  const from = bench.selected?.track === at.track && bench.selected.index !== undefined ? bench.selected.index : at.index;
  const between = spans(bench.timeline.tracks[at.track]).map((span) => span.index).filter((n) => n >= Math.min(from, at.index) && n <= Math.max(from, at.index));
  select({ track: at.track, index: from }, between.map((index) => ({ track: at.track, index })));
}

/** Nothing is under the pointer, or a gap: a click brings the playhead, or selects the gap, a drag ropes clips in. A
 *  finger scrolls. */
function bare(view, event, gap = null) {
  const kept = event.shiftKey || event.ctrlKey || event.metaKey ? picks() : [];
  if (event.pointerType === "touch") return gap && select(gap);
  drag(view, event, rope(view, event, kept), (moved, e) => {
    view.lasso?.remove();
    if (moved || e.type !== "pointerup") return;
    select(gap);
    if (!gap) seek(view.frameAt(event.clientX));
  });
}
