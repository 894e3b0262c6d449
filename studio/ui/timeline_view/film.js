// What a timeline says about time: where items lie, what stands at a frame. Pure: it knows no page and no server.

export function fpsOf(timeline) {
  const [top, bottom] = String(timeline?.fps ?? "30/1").split("/").map(Number);
  return top / (bottom || 1);
}

/** Every item but transitions, where it lies: frames [start, end), and the transitions it shares with its neighbours. */
export function spans(track) {
  const found = [];
  let at = 0;
  track.items.forEach((item, index) => {
    if (item.type === "transition") {
      at -= item.frames;
      return;
    }
    const before = track.items[index - 1], after = track.items[index + 1];
    found.push({
      index, item, start: at, end: at + item.frames,
      before: before?.type === "transition" ? before : null,
      after: after?.type === "transition" ? after : null,
    });
    at += item.frames;
  });
  return found;
}

/** Where each item of a row begins; a transition begins where the next item does. */
export function startOf(track, index) {
  let at = 0;
  for (let n = 0; n < index; n++) at += track.items[n].type === "transition" ? -track.items[n].frames : track.items[n].frames;
  const item = track.items[index];
  return item?.type === "transition" ? at - item.frames : at;
}

export const rowFrames = (track) =>
  track.items.reduce((sum, item) => sum + (item.type === "transition" ? -item.frames : item.frames), 0);

export const filmFrames = (timeline) => Math.max(0, ...(timeline?.tracks ?? []).map(rowFrames));

/** The item a row shows at a frame: under a transition, the one that is coming. */
export const spanAt = (track, frame) => spans(track).findLast((span) => span.start <= frame && frame < span.end);

/** The rows that take part: those not muted, and where rows of a kind are solo, of that kind only those. */
export function liveRows(timeline) {
  const solo = new Set(timeline.tracks.filter((track) => track.solo).map((track) => track.kind));
  return timeline.tracks.filter((track) => !track.muted && (track.solo || !solo.has(track.kind)));
}

/** Where on `now` the item is that was at {track, index} on `old`: at its place, else the same one nearest to it. */
export function refound(old, now, { track, index }) {
  const item = old?.tracks[track]?.items[index], items = now?.tracks[track]?.items ?? [];
  if (!item) return null;
  const said = JSON.stringify(item), same = (n) => JSON.stringify(items[n]) === said;
  if (same(index)) return { track, index };
  const found = items.map((_, n) => n).filter(same).sort((a, b) => Math.abs(a - index) - Math.abs(b - index));
  if (found.length) return { track, index: found[0] };
  return items[index] && items.length === old.tracks[track].items.length ? { track, index } : null;
}

/** Whether frames [from, to) of a row are empty but for the items numbered in `but`. */
export const isFree = (track, from, to, but = []) =>
  spans(track).every((span) => span.end <= from || span.start >= to || span.item.type === "gap" || but.includes(span.index));

/** Every frame at which something begins or ends, in order, each once. */
export function edges(timeline) {
  const found = new Set([0, filmFrames(timeline)]);
  for (const track of timeline.tracks)
    for (const span of spans(track))
      if (span.item.type !== "gap") found.add(span.start).add(span.end);
  return [...found].sort((a, b) => a - b);
}

/** Before which item of a row something put down at `frame` goes: the edge nearest to it. Never beside a transition. */
export function placeAt(track, frame) {
  const row = spans(track);
  const span = row.find((s) => frame < s.end);
  if (!span) return track.items.length;
  let index = frame < (span.start + span.end) / 2 ? span.index : span.index + 1;
  if (track.items[index]?.type === "transition") index += 1;
  if (track.items[index - 1]?.type === "transition") index -= 1;
  return index;
}

const two = (n) => String(Math.trunc(n)).padStart(2, "0");

/** 00:01:02:12: hours, minutes, seconds, frames. Frames are counted, not dropped. */
export function timecode(frames, fps) {
  const rate = Math.round(fps), whole = Math.max(0, Math.round(frames));
  const seconds = Math.floor(whole / rate);
  return [seconds / 3600, (seconds / 60) % 60, seconds % 60, whole % rate].map(two).join(":");
}

/** Frames from what a person types: `4.5`, `4.5 s`, `120f`, `1:02`, `00:00:04:12`; NaN when it is none of these. */
export function framesFrom(text, fps) {
  const said = String(text).trim().toLowerCase().replace(",", ".");
  if (/^\d+\s*f$/.test(said)) return parseInt(said, 10);
  const parts = said.replace(/\s*s$/, "").split(":").map(Number);
  if (!said || parts.some((part) => !Number.isFinite(part) || part < 0)) return NaN;
  if (parts.length === 4) return Math.round(((parts[0] * 60 + parts[1]) * 60 + parts[2]) * Math.round(fps)) + parts[3];
  return Math.round(parts.reduce((sum, part) => sum * 60 + part, 0) * fps);
}

export const seconds = (frames, fps) => `${(frames / fps).toFixed(frames / fps < 100 ? 1 : 0)} s`;

/** How far apart the ruler's marks stand, in frames, so that each has at least `room` pixels. */
export function stepOf(fps, perFrame, room = 86) {
  const rate = Math.round(fps);
  const steps = [1, 2, 5, 10, rate, 2 * rate, 5 * rate, 10 * rate, 15 * rate, 30 * rate, 60 * rate, 120 * rate, 300 * rate, 600 * rate];
  return steps.find((step) => step * perFrame >= room) ?? 1800 * rate;
}

export const MOTIONS = {
  still: null,
  "push in": { from: [0, 0, 1, 1], to: [0.1, 0.1, 0.8, 0.8] },
  "pull out": { from: [0.1, 0.1, 0.8, 0.8], to: [0, 0, 1, 1] },
  "pan left": { from: [0.2, 0.1, 0.8, 0.8], to: [0, 0.1, 0.8, 0.8] },
  "pan right": { from: [0, 0.1, 0.8, 0.8], to: [0.2, 0.1, 0.8, 0.8] },
  "tilt up": { from: [0.1, 0.2, 0.8, 0.8], to: [0.1, 0, 0.8, 0.8] },
  "tilt down": { from: [0.1, 0, 0.8, 0.8], to: [0.1, 0.2, 0.8, 0.8] },
};

/** Which of the presets a clip's motion is; "own" when it is none of them. */
export function motionName(motion) {
  if (!motion) return "still";
  const same = (a, b) => a.every((value, n) => Math.abs(value - b[n]) < 1e-6);
  const from = motion.from ?? [0, 0, 1, 1], to = motion.to ?? [0, 0, 1, 1];
  return Object.keys(MOTIONS).find((name) => MOTIONS[name] && same(MOTIONS[name].from, from) && same(MOTIONS[name].to, to)) ?? "own";
}

export const CANVASES = {
  "16:9": [1280, 720], "9:16": [720, 1280], "1:1": [1080, 1080], "4:5": [1080, 1350], "21:9": [1680, 720],
};

export const canvasName = (timeline) =>
  Object.keys(CANVASES).find((name) => {
    const [w, h] = CANVASES[name];
    return Math.abs(timeline.width / timeline.height - w / h) < 0.01;
  }) ?? "own";
