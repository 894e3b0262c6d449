// What draws things to itself: edges, the playhead, markers, the beats of the music. Where something is held, a line says so.

import { assetOf, beatsOf, bench } from "./bench.js";
import { beatFrames, isMusic } from "./clips.js";
import { edges, liveRows, spans, timecode } from "./film.js";

const REACH = 8;                                                     // pixels
const WORDS = { edge: "edge", playhead: "playhead", marker: "marker", beat: "beat", start: "start" };

/** Everything that draws, as [{frame, kind}], but the frames in `but`. Asked for once, when a hand takes hold. */
export function magnets(but = []) {
  if (!bench.snap) return [];
  const left = new Set(but), found = new Map();
  const add = (frame, kind) => left.has(frame) || found.has(frame) || found.set(frame, { frame, kind });
  for (const marker of bench.timeline.markers ?? []) add(marker.frame, "marker");
  add(bench.frame, "playhead");
  for (const frame of edges(bench.timeline)) add(frame, "edge");
  for (const { item, start, asset } of music()) for (const frame of beatFrames(item, asset, beatsOf(item.asset))) add(start + frame, "beat");
  return [...found.values()];
}

function* music() {
  for (const track of liveRows(bench.timeline).filter((one) => one.kind === "audio"))
    for (const { item, start } of spans(track)) {
      const asset = item.asset ? assetOf(item.asset) : null;
      if (asset?.kind === "audio" && isMusic(item, asset, track)) yield { item, start, asset };
    }
}

/** The magnet nearest to any of some frames, within reach: {by, point}, what they must move to meet it; null if none is. */
export function drawn(frames, points) {
  let best = null;
  for (const point of points)
    for (const frame of frames) {
      const by = point.frame - frame;
      if (Math.abs(by) * bench.perFrame <= REACH && (!best || Math.abs(by) < Math.abs(best.by))) best = { by, point };
    }
  return best;
}

/** A frame, or the magnet close to it, which the line then shows. */
export function snapped(view, frame, points) {
  const found = drawn([frame], points);
  showLine(view, found?.point);
  return found ? found.point.frame : Math.round(frame);
}

export function showLine({ line, x }, point) {
  line.hidden = !point;
  if (!point) return;
  line.style.transform = `translateX(${x(point.frame) - 0.5}px)`;
  line.dataset.kind = point.kind;
  line.dataset.words = `${WORDS[point.kind]} ${timecode(point.frame, bench.fps)}`;
}
