// What the buttons, keys and hands mean, said in the studio's edit verbs.

import { Fault, get, report, toast } from "/ui/static/api.js";
import { append, captionsOf, clipOf, cuesOf, lay, withWords } from "/ui/static/append.js";
import { assetOf, bench, edit, know, replace, select } from "./bench.js";
import { filmFrames, fpsOf, spanAt, spans } from "./film.js";

const TITLE_S = 3, JOIN_S = 0.5;
const rowOf = (timeline, t) => timeline.tracks[t];

// --- in -----------------------------------------------------------------------------------------------------------------

/** An asset at the end of its row, or of the sound or picture row that is selected; a voice brings its captions. */
export async function add(asset) {
  const [take] = await withWords([asset]);
  await replace((timeline) => {
    const chosen = bench.selected?.index === undefined ? rowOf(timeline, bench.selected?.track) : null;
    const fits = chosen?.kind === (asset.kind === "audio" ? "audio" : "video");
    return laid(timeline, take, fits ? { track: bench.selected.track } : {});
  });
}

/** An asset put down by hand at a place on the rows. */
export async function put(id, landing) {
  const asset = know(assetOf(id) ?? (await get(`/assets/${id}`)));
  if (landing.over) return edit({ verb: "overwrite", track: landing.track, frame: landing.frame, items: [clipOf(asset, bench.fps)] });
  const [take] = await withWords([asset]);
  await replace((timeline) => laid(timeline, take, landing));
}

function laid(timeline, take, to) {
  bench.selected = append(timeline, take, to) ?? bench.selected;
  bench.group = [];
  const { track, index } = bench.selected ?? {}, row = rowOf(timeline, track), rest = row?.items[index + 1];
  if (to.free && rest?.type === "gap") {                              // it lies in a gap, which is shorter by it now
    const left = rest.frames - to.gap - row.items[index].frames;
    row.items.splice(index + 1, 1, ...(left > 0 ? [{ ...rest, frames: left }] : []));
  }
  return timeline;
}

/** A title at the playhead: in the gap of a title row, when there is room, or on a row of its own above. */
export async function addTitle(style = "lower-third") {
  const words = { "lower-third": "Name\nWhat they do", "centre-card": "Title", chapter: "Chapter one", corner: "Live", quote: "Something worth saying", credits: "Made with\nHomereel" }[style];
  let put = null;
  await edit((timeline) => {
    const fps = fpsOf(timeline), room = roomFor(timeline, bench.frame, Math.round(TITLE_S * fps), Math.round(fps)), { frames } = room;
    const fade = Math.min(Math.round(fps / 4), frames >> 1), title = { type: "title", text: words, style, frames, fade_in: fade, fade_out: fade };
    put = room;
    if (room.track >= 0) return { verb: "overwrite", track: room.track, frame: room.frame, items: [title] };
    put.track = timeline.tracks.findLastIndex((track) => track.kind === "video") + 1;
    const before = room.frame ? [{ type: "gap", frames: room.frame }] : [];
    return { verb: "add_track", track: { kind: "video", name: "Titles", items: [...before, title] }, at: put.track };
  });
  const row = put && rowOf(bench.timeline, put.track), made = row && spanAt(row, put.frame);
  if (made?.item.type === "title" && made.start === put.frame) select({ track: put.track, index: made.index });
}

/** Where a title of `frames` goes: {track, frame, frames}. It ends where the gap does, or the film, as long as `least` is
 *  left; after the last frame, where there is no film any more, it has all the time it wants. */
function roomFor(timeline, at, frames, least) {
  const end = filmFrames(timeline), frame = at >= end - 1 ? end : at, until = end - frame >= least ? end : Infinity;
  for (const [track, row] of timeline.tracks.entries()) {
    const has = (type) => row.items.some((item) => item.type === type);
    if (row.kind !== "video" || has("clip") || !(track || has("title"))) continue;
    const over = spanAt(row, frame), free = Math.min(over ? over.end : Infinity, until) - frame;
    if ((!over || over.item.type === "gap") && free >= least) return { track, frame, frames: Math.min(frames, free) };
  }
  return { track: -1, frame, frames: Math.min(frames, until - frame) };
}

// --- captions -------------------------------------------------------------------------------------------------------------

/** What is said in the voice clips of the timeline, word by word, from the captions made with each take. */
export async function addCaptions() {
  try {
    const found = [];
    for (const track of bench.timeline.tracks.filter((one) => one.kind === "audio" && !one.muted))
      for (const span of spans(track)) if (span.item.type === "clip") found.push(...(await spoken(span)));
    if (!found.length) throw new Fault({ message: "No voice here has captions.", advice: "Make a voice in the Speech tab and add it; its captions come with it." });
    await replace((timeline) => { lay(timeline, found); return timeline; });
    toast(`${found.length} captions added.`);
  } catch (error) { report(error); }
}

/** The cues of a voice clip, in seconds of the film: those that fall inside what the clip plays. */
async function spoken({ item, start }) {
  const made = await captionsOf(assetOf(item.asset) ?? know(await get(`/assets/${item.asset}`)));
  if (!made) return [];
  const cues = await cuesOf(made), [top, bottom] = String(item.speed ?? "1/1").split("/").map(Number);
  const speed = top / (bottom || 1), fps = bench.fps, from = (item.in ?? 0) / fps, at = (second) => start / fps + (second - from) / speed;
  return cues.filter((cue) => cue.end > from && cue.start < from + (item.frames * speed) / fps)
    .map((cue) => ({ text: cue.text, start: at(cue.start), end: Math.min(at(cue.end), (start + item.frames) / fps), words: cue.words.map(([word, a, b]) => [word, at(a), at(b)]) }));
}

// --- on what is selected ------------------------------------------------------------------------------------------------------

const chosen = (act) => () => (bench.item ? act(bench.selected, bench.item) : toast("Select a clip first."));


/** Other values for some fields of the selected item; a function of the item says them when their turn comes, so that of
 *  two changes of one field's parts neither is lost. */
export function change(fields) {
  const { selected, item } = bench;
  if (!item) return;
  const said = (timeline) => (typeof fields === "function" ? fields(rowOf(timeline, selected.track).items[selected.index] ?? item) : fields);
  return edit((timeline) => ({ verb: "set_item", track: selected.track, at: selected.index, fields: said(timeline) }));
}
export const remove = chosen(({ track, index }) => edit({ verb: "remove", track, at: index }, neighbour(track, index)));
export const lift = chosen(({ track, index }, item) => (item.type === "transition" ? remove() : edit({ verb: "lift", track, at: index }, null)));
export const duplicate = chosen(({ track, index }, item) => ["gap", "transition"].includes(item.type) || edit({ verb: "duplicate", track, at: index }, { track, index: index + 1 }));
export const toggleMute = chosen((_, item) => item.type === "clip" && change({ muted: !item.muted }));

const neighbour = (track, index) => (timeline) => (rowOf(timeline, track).items.length > 1 ? { track, index: Math.min(index, rowOf(timeline, track).items.length - 2) } : null);

/** Cut at the playhead: the selected clip when it is there, else whatever the first picture row shows. */
export function split() {
  const under = (t) => spanAt(rowOf(bench.timeline, t), bench.frame), here = bench.selected && under(bench.selected.track);
  const track = here && here.index === bench.selected.index ? bench.selected.track : bench.timeline.tracks.findIndex((row, t) => row.kind === "video" && under(t)?.item.type === "clip");
  const span = track >= 0 && under(track);
  if (!span || span.item.type === "gap") return toast("Nothing to split at the playhead.");
  if (span.start === bench.frame) return toast("There is a cut here already.");
  return edit({ verb: "split", track, at: span.index, frame: bench.frame - span.start }, { track, index: span.index + 1 });
}

/** Change places with the clip before (-1) or after (1). */
export const nudge = (way) => chosen(({ track, index }, item) => {
  if (item.type === "transition") return null;
  const row = spans(rowOf(bench.timeline, track)), n = row.findIndex((span) => span.index === index), other = row[n + way];
  if (!other) return null;
  const to = way > 0 ? other.index + 1 : other.index, gone = [index - 1, index + 1].filter((k) => rowOf(bench.timeline, track).items[k]?.type === "transition");
  const index2 = way > 0 ? to - 1 - gone.length : to - gone.filter((k) => k < to).length;
  return edit({ verb: "move", track, at: index, to_track: track, to }, { track, index: Math.max(0, index2) });
})();

/** Pulled by an edge, or a new length or start typed: `{frames?, in?}`. */
export function trim({ track, index }, { frames, in: from }) {
  const item = rowOf(bench.timeline, track).items[index], still = item.type === "clip" && assetOf(item.asset)?.kind === "image";
  const at = { track, at: index };
  if (frames === undefined) return edit({ verb: "slip", ...at, by: from - (item.in ?? 0) });
  const by = item.frames - frames, head = from !== undefined && from !== (item.in ?? 0) && !still;
  return edit({ verb: head ? "trim_head" : "trim_tail", ...at, by, ripple: true });
}

/** Trim the clip under the playhead to it: its start ("in") or its end ("out"). */
export function trimTo(side) {
  const track = bench.selected?.track ?? bench.timeline.tracks.findIndex((row) => row.kind === "video"), span = track >= 0 && spanAt(rowOf(bench.timeline, track), bench.frame);
  if (!span || span.item.type === "gap") return null;
  const by = side === "in" ? bench.frame - span.start : span.end - bench.frame - 1;
  if (by <= 0) return null;
  if (bench.ripple) return edit({ verb: side === "in" && !isPicture(span.item) ? "trim_head" : "trim_tail", track, at: span.index, by }, { track, index: span.index });
  const gap = side === "in" && rowOf(bench.timeline, track).items[span.index - 1]?.type !== "gap" ? 1 : 0;
  return edit({ verb: side === "in" ? "trim_head" : "trim_tail", track, at: span.index, by, ripple: false, ...(side === "in" && { still: isPicture(span.item) }) }, { track, index: span.index + gap });
}

/** Taken up by hand and put down elsewhere. */
export function carry({ track, index }, landing) {
  const item = rowOf(bench.timeline, track).items[index];
  if (landing.gap) return edit({ verb: "move_to", track, at: index, to_track: landing.track, frame: landing.frame }, null);
  const same = landing.track === track, index2 = same && landing.index > index ? landing.index - 1 : landing.index;
  return item && edit({ verb: "move", track, at: index, to_track: landing.track, to: landing.index }, { track: landing.track, index: index2 });
}

// --- between clips --------------------------------------------------------------------------------------------------------------

export const addJoin = (name = "dissolve") => chosen((at) => addJoinAt(at, name))();

/** A transition after the item at a place, or another kind where there is one. */
export function addJoinAt({ track, index }, name) {
  const row = rowOf(bench.timeline, track), item = row.items[index], at = item.type === "transition" ? index - 1 : index, next = row.items[at + 1];
  if (row.kind === "captions") return toast("Captions have no transitions.");
  if (!next) return toast("There is no clip after this one to blend into.", { advice: "For an ending, give it a fade out." });
  const after = next.type === "transition" ? row.items[at + 2] : next;
  const frames = next.type === "transition" ? next.frames : Math.max(1, Math.min(Math.round(JOIN_S * bench.fps), row.items[at].frames >> 1, after.frames >> 1));
  return edit({ verb: "add_transition", track, at, name, frames }, { track, index: at + 1 });
}

export const isPicture = (item) => item.type !== "clip" || assetOf(item.asset)?.kind === "image";

/** How long a picture takes to come out of black (-1) or go into it (1): a transition beside a gap, which is a fade. */
export function pictureFade(items, index, way) {
  const join = items[index + way], gap = items[index + 2 * way];
  return join?.type === "transition" && gap?.type === "gap" ? join.frames : 0;
}

/** Make it so many frames. The gap is as long as the fade, so nothing moves. */
export const setPictureFade = ({ track, index }, way, frames) => replace((timeline) => {
  const { items } = rowOf(timeline, track), now = pictureFade(items, index, way), beside = items[index + way];
  if (!now && beside?.type === "transition") return void toast("A transition is there already.", { advice: "Delete it first, then fade." });
  const gap = now ? items[index + 2 * way] : beside?.type === "gap" ? beside : { type: "gap", frames: 0 };
  const rest = { type: "gap", frames: gap.frames - now + frames }, join = { type: "transition", name: "dissolve", frames };
  const put = [frames && join, rest.frames && rest].filter(Boolean), taken = (now ? 2 : 0) || (beside?.type === "gap" ? 1 : 0);
  if (way > 0) items.splice(index + 1, taken, ...put);
  else { items.splice(index - taken, taken, ...put.reverse()); bench.selected = { track, index: index - taken + put.length }; }
  return timeline;
});

export const trimJoin = ({ track, index }, frames) => edit({ verb: "set_item", track, at: index, fields: { frames } });

// --- rows and the film --------------------------------------------------------------------------------------------------------------

export const setTrack = (track, fields) => edit({ verb: "set_track", track, fields });
export const removeTrack = (track) => edit({ verb: "remove_track", track }, null);

export function addTrack(kind, role = null, name = "") {
  const called = name || { narration: "Voice", music: "Music" }[role] || { video: "Picture", audio: "Sound", captions: "Captions" }[kind];
  const row = { kind, name: called, ...((role || kind === "audio") && { role: role ?? "effects" }), ...(role === "music" && { duck: true, gain_db: -6 }), items: [] };
  return edit((timeline) => {
    const after = timeline.tracks.findLastIndex((track) => track.kind === kind);
    return { verb: "add_track", track: row, at: after >= 0 ? after + 1 : timeline.tracks.length };
  });
}

export function setFilm({ fps, ...fields }) {
  if (fps) return edit({ verb: "at_fps", fps });
  return edit({ verb: "set_film", fields });
}
