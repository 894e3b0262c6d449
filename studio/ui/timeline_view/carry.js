// Carrying things over the rows: clips that were taken up, and what comes from the bin, the library, a tab's takes or the
// list of transitions. Where it would come down is shown; it is put there when the hand lets go.

import { attempt } from "/ui/static/api.js";
import { carried, letDown } from "/ui/static/cargo.js";
import { assetOf, bench, picks, select } from "./bench.js";
import { addJoinAt, carry, put } from "./cuts.js";
import { isFree, placeAt, rowFrames, spans, startOf } from "./film.js";
import { drag } from "./hand.js";
import { moveGroup } from "./groups.js";
import { letGo } from "./pulls.js";
import { rowBoxes } from "./rows.js";
import { drawn, magnets, showLine } from "./snaps.js";

const APART = 14;                                                    // pixels: less is no move, but an unsteady hand
const RANK = { image: "video", video: "video", audio: "audio", captions: "captions" };

// --- clips ------------------------------------------------------------------------------------------------------------

/** Take up the clip at `at`, or with it all that is selected, and put it down elsewhere; `unmoved` is what a click means. */
export function carryClips(view, event, at, among, unmoved) {
  const group = among ? picks() : [at], lead = spanOf(at), grab = view.frameAt(event.clientX);
  const held = group.map(spanOf).filter((span) => span && span.item.type !== "gap"), starts = held.map((span) => span.start), ends = held.map((span) => span.end);
  const points = magnets([]), rows = rowBoxes(view);
  let landing = null;
  drag(view, event, (e) => {
    let by = view.frameAt(e.clientX) - grab;
    const found = drawn([...(group.length > 1 ? [...starts, ...ends] : [lead.start, lead.end])].map((frame) => frame + by), points);
    by = Math.max(-Math.min(...starts), Math.round(found ? by + found.by : by));
    const to = rowUnder(view, rows, e, at.track, group), ripple = bench.ripple !== (e.ctrlKey || e.metaKey);
    landing = group.length > 1 ? { by, rows: to - at.track } : landingOf(view, at, lead, to, by, ripple, view.frameAt(e.clientX));
    showLine(view, landing.index === undefined ? found?.point : null);
    showLanding(view, landing, to);
    for (const one of group) float(view, one, by, rows[one.track + (to - at.track)]?.top - rows[one.track]?.top || 0);
  }, (moved) => {
    view.mark.hidden = true;
    if (!moved) { unmoved(); return letGo(view); }
    letGo(view, landing && (() => settle(at, group, landing)));
  });
}

const spanOf = ({ track, index }) => spans(bench.timeline.tracks[track]).find((span) => span.index === index);

function settle(at, group, landing) {
  if (landing.still) return null;
  if (group.length === 1 && landing.index !== undefined) return carry(at, landing);
  return landing.by || landing.rows ? moveGroup(group, landing.by, landing.rows) : null;
}

function float(view, { track, index }, by, down) {
  const made = view.drawn.get(`${track}/${index}`);
  if (!made) return;
  made.classList.add("held");
  made.style.translate = `${by * bench.perFrame}px ${down}px`;
  made.style.pointerEvents = "none";
}

/** Where a single clip goes: into a free place, over what is there with the ripple switch off, else between two. */
function landingOf(view, at, span, to, by, ripple, pointer) {
  const track = bench.timeline.tracks[to], own = to === at.track, frame = span.start + by, end = rowFrames(track);
  const near = own && Math.abs(by) * bench.perFrame < APART;
  if (near) return { by: 0, rows: 0, still: true };
  const free = isFree(track, frame, frame + span.item.frames, own ? [at.index] : []), last = own && span.end >= end;
  if (!ripple || (free && (own ? !last || frame < span.start || frame > span.end : frame < end || (frame - end) * bench.perFrame > 40) && !(last && frame >= span.start && (by * bench.perFrame) <= 40)))
    return { by, rows: to - at.track, frame, frames: span.item.frames };
  const index = placeAt(track, Math.max(0, pointer)), same = own && (index === at.index || index === at.index + 1);
  return { track: to, index, frame: index < track.items.length ? startOf(track, index) : end, still: same };
}

/** The row under the pointer when everything carried may lie so many rows further, else the one it was on. */
function rowUnder(view, rows, event, from, group) {
  const y = event.clientY - view.sheet.getBoundingClientRect().top;
  const to = rows.findIndex(({ top, tall }) => top <= y && y < top + tall), { tracks } = bench.timeline;
  const fits = to >= 0 && group.every(({ track }) => tracks[track + to - from]?.kind === tracks[track].kind && !tracks[track + to - from].locked);
  return fits ? to : from;
}

function showLanding(view, landing, row) {
  const made = rowBoxes(view)[landing.track ?? row];
  view.mark.hidden = !made || landing.still || (landing.index === undefined && landing.frame === undefined);
  if (view.mark.hidden) return;
  const box = landing.index === undefined || landing.free;
  view.mark.classList.toggle("box", !!box);
  Object.assign(view.mark.style, {
    left: `${view.x(landing.frame)}px`, width: box ? `${Math.max(3, (landing.frames ?? 30) * bench.perFrame)}px` : "",
    top: `${made.top}px`, height: `${made.tall}px`,
  });
}

// --- from elsewhere -----------------------------------------------------------------------------------------------------

export function receive(view) {
  const { scroller } = view;
  let points = null;
  scroller.addEventListener("dragover", (event) => {
    const thing = carried(event);
    if (!thing || !bench.timeline) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
    points ??= magnets([]);
    thing.kind === "transition" ? showCut(view, cutUnder(view, event)) : showDrop(view, dropOf(view, event, thing, points));
  });
  const away = () => { points = null; view.mark.hidden = true; showLine(view, null); };
  scroller.addEventListener("dragleave", (event) => scroller.contains(event.relatedTarget) || away());
  scroller.addEventListener("drop", attempt(async (event) => {
    const thing = carried(event), all = points ?? magnets([]);
    away();
    if (!thing) return;
    event.preventDefault();
    letDown();
    if (thing.kind !== "transition") return put(thing.id, dropOf(view, event, thing, all));
    const cut = cutUnder(view, event);
    if (cut) await addJoinAt(cut, thing.id);
  }));
}

function showDrop(view, landing) {
  showLanding(view, landing, landing.track);
  showLine(view, landing.point);
}

/** Where something from outside comes down: a row of its kind, in a free place of it or between two of its items. */
function dropOf(view, event, { kind, id }, points) {
  const tracks = bench.timeline.tracks, wish = RANK[kind], asset = assetOf(id);
  const row = document.elementsFromPoint(event.clientX, event.clientY).find((made) => made.closest?.(".row"))?.closest(".row");
  let t = row ? Number(row.dataset.track) : -1;
  if (tracks[t]?.kind !== wish || tracks[t].locked) t = tracks.findIndex((track) => track.kind === wish && !track.locked);
  const pointer = Math.max(0, view.frameAt(event.clientX)), found = drawn([pointer], points), frame = found ? found.point.frame : Math.round(pointer);
  if (t < 0) return { track: -1, index: 0, frame, gap: 0 };
  const track = tracks[t], frames = Math.max(1, Math.floor((asset?.duration_s ?? 4) * bench.fps)), end = rowFrames(track);
  if (isFree(track, frame, frame + frames) && (frame < end || (frame - end) * bench.perFrame > 40)) {
    const span = spans(track).find((one) => one.start <= frame && frame < one.end);
    return { track: t, index: span?.index ?? track.items.length, gap: frame - (span?.start ?? end), frame, frames, free: true, point: found?.point };
  }
  if (!bench.ripple && frame < end) return { track: t, index: 0, frame, frames, over: true, free: true, point: found?.point };
  const index = placeAt(track, pointer);
  return { track: t, index, gap: 0, frame: index < track.items.length ? startOf(track, index) : end };
}

/** The cut nearest to the pointer on the row under it: {track, index} of the item before it. */
function cutUnder(view, event) {
  const row = document.elementsFromPoint(event.clientX, event.clientY).find((made) => made.closest?.(".row"))?.closest(".row");
  const t = row ? Number(row.dataset.track) : -1, track = bench.timeline.tracks[t];
  if (!track || track.locked || track.kind === "captions") return null;
  const all = spans(track), pointer = view.frameAt(event.clientX);
  const cuts = all.slice(1).map((span, n) => ({ track: t, index: all[n].index, frame: span.start, gaps: [all[n], span].filter(({ item }) => item.type === "gap").length })).filter((cut) => cut.gaps < 2);
  const best = cuts.reduce((a, b) => (!a || Math.abs(b.frame - pointer) < Math.abs(a.frame - pointer) ? b : a), null);
  return best && Math.abs(best.frame - pointer) * bench.perFrame < 60 ? best : null;
}

const showCut = (view, cut) => { if (cut) showLanding(view, cut, cut.track); else view.mark.hidden = true; };

/** Several clips at once, by frames and rows; they stay selected. */
export const nudgeBy = (by) => {
  const group = picks().filter((one) => spanOf(one)?.item.type !== "gap" && spanOf(one));
  return group.length ? moveGroup(group, Math.max(by, -Math.min(...group.map((one) => spanOf(one).start)))) : null;
};
