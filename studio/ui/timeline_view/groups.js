// Edits of everything selected, and of all rows at once; each is one message, and one step to undo.

import { Fault, toast } from "/ui/static/api.js";
import { bench, edit, picks, select } from "./bench.js";
import { spanAt, spans } from "./film.js";
import * as cuts from "./cuts.js";

const wire = (group) => group.map(({ track, index }) => [track, index]);
const itemOf = ({ track, index }) => bench.timeline.tracks[track]?.items[index];
const clipsOf = (group) => group.filter((one) => ["clip", "title", "caption"].includes(itemOf(one)?.type));
const startsOf = (group) => group.map(({ track, index }) => ({ track, start: spans(bench.timeline.tracks[track]).find((span) => span.index === index).start }));

/** Everything in `group` so many frames later and rows further down; it stays selected. */
export function moveGroup(group, by, rows = 0) {
  const movers = clipsOf(group), before = startsOf(movers);
  if (!movers.length || (!by && !rows)) return null;
  return edit({ verb: "move_group", picks: wire(movers), by, rows }, (_, now) => before.map(({ track, start }) => {
    const span = spans(now.tracks[track + rows]).find((one) => one.start === start + by && one.item.type !== "gap");
    return span && { track: track + rows, index: span.index };
  }).filter(Boolean));
}

/** To the row above (-1) or below (1) that is of the same kind. */
export function moveRow(way) {
  const group = clipsOf(picks()), { tracks } = bench.timeline;
  for (let rows = way; group.length && tracks[group[0].track + rows]; rows += way)
    if (group.every(({ track }) => tracks[track + rows]?.kind === tracks[track].kind)) return moveGroup(group, 0, rows);
  return toast("There is no row of its kind there.", { advice: "Add one with Row." });
}

export function remove() {
  const group = picks();
  if (group.length < 2) return cuts.remove();
  return edit({ verb: "remove_group", picks: wire(group) }, null);
}

export function lift() {
  const group = clipsOf(picks());
  return group.length < 2 ? cuts.lift() : edit({ verb: "lift_group", picks: wire(group) }, null);
}

export function toggleMute() {
  const group = picks().filter((one) => itemOf(one)?.type === "clip");
  if (group.length < 2) return cuts.toggleMute();
  return edit({ verb: "set_group", picks: wire(group), fields: { muted: group.some((one) => !itemOf(one).muted) } });
}

/** Louder or softer by some dB: what is selected, or the selected row. */
export function louder(by) {
  const near = (db) => Math.max(-40, Math.min(12, db + by)), { track, index } = bench.selected ?? {};
  if (track !== undefined && index === undefined) return cuts.setTrack(track, { gain_db: near(bench.timeline.tracks[track].gain_db ?? 0) });
  const group = picks().filter((one) => itemOf(one)?.type === "clip");
  if (!group.length) return toast("Select a clip first.");
  return edit({ verb: "set_group", picks: wire(group), fields: { gain_db: near(itemOf(group[0]).gain_db ?? 0) } });
}

/** A fade from the clip's start to the playhead ("in"), or from there to its end ("out"). */
export function fadeTo(side) {
  const { selected, item, frame } = bench, span = item && spans(bench.timeline.tracks[selected.track]).find((one) => one.index === selected.index);
  if (!span || !["clip", "title"].includes(item.type)) return toast("Select a clip first.");
  const most = item.frames - (item[side === "in" ? "fade_out" : "fade_in"] ?? 0), long = side === "in" ? frame - span.start : span.end - frame;
  const frames = long < 0 || long > item.frames ? 0 : Math.min(most, long);
  if (bench.timeline.tracks[selected.track].kind === "video" && item.type === "clip") return cuts.setPictureFade(selected, side === "in" ? -1 : 1, Math.min(frames, item.frames >> 1));
  return cuts.change({ [`fade_${side}`]: frames });
}

/** The cut at the start ("in") or end ("out") of the selected clip, rolled to the playhead. */
export function rollTo(side) {
  const { selected, item, frame } = bench, row = item ? spans(bench.timeline.tracks[selected.track]) : [], n = row.findIndex((span) => span.index === selected?.index);
  const [left, right] = side === "in" ? [row[n - 1], row[n]] : [row[n], row[n + 1]];
  if (!left || !right || left.item.type === "gap" || right.item.type === "gap") return toast("There is no cut there to roll.");
  return edit({ verb: "roll", track: selected.track, at: left.index, by: frame - right.start, still: cuts.isPicture(right.item) });
}

export const slipBy = (by) => (bench.item?.type === "clip" && !cuts.isPicture(bench.item) ? edit({ verb: "slip", track: bench.selected.track, at: bench.selected.index, by: Math.max(by, -(bench.item.in ?? 0)) }) : toast("Select a shot or a sound first."));

export function all() {
  const every = bench.timeline.tracks.flatMap((track, t) => (track.locked ? [] : spans(track).filter(({ item }) => item.type !== "gap").map(({ index }) => ({ track: t, index }))));
  select(every[0] ?? null, every);
}

/** Cut what lies at a frame of one row, or with `every` of all rows that are not locked. */
export function cutAt(track, frame, every) {
  if (every) return edit({ verb: "blade", frame });
  const span = spanAt(bench.timeline.tracks[track], frame);
  if (!span || span.item.type === "gap" || frame <= span.start) throw new Fault({ message: "Nothing to split there." });
  return edit({ verb: "split", track, at: span.index, frame: frame - span.start }, { track, index: span.index + 1 });
}

export const cutAll = () => edit({ verb: "blade", frame: bench.frame });
