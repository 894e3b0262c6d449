/* Puts what was made on the rows it belongs to: pictures and films on the picture row, music and sounds on theirs, a
   voice with its captions. A row that is not there yet is added. Every tab and the cutting room add through here. */

import { Fault, fileUrl, get, hue, put } from "./api.js";
import { change } from "./project.js";

const STILL_S = 4;
const LIE = ["image", "video", "audio", "captions"];
const ROWS = {
  picture: { kind: "video", name: "Picture" },
  video: { kind: "video", name: "Picture" },
  narration: { kind: "audio", name: "Voice", role: "narration" },
  music: { kind: "audio", name: "Music", role: "music", gain_db: -6, duck: true },
  sound: { kind: "audio", name: "Sound", role: "effects" },
  title: { kind: "captions", name: "Captions" },
};

/** Each at the end of its row, in the order given; one step to undo. */
export async function add(assets) {
  const takes = await withWords(assets);
  return change((project, headers) => {
    const film = structuredClone(project.timeline);
    for (const take of takes) append(film, take);
    return put(`/projects/${project.id}`, { timeline: film }, headers);
  });
}

/** Those that can lie on a row, as `{asset, cues}`: a voice takes its captions along, so they are not put down twice. */
export async function withWords(assets) {
  const lying = assets.filter((asset) => LIE.includes(asset.kind)), along = new Set(), takes = [];
  if (!lying.length) throw new Fault({ message: `${assets[0].name} cannot lie on the timeline.`, advice: "Pictures, films, sounds and captions can." });
  for (const asset of lying.filter((one) => one.kind !== "captions")) {
    const spoken = await captionsOf(asset, lying);
    if (spoken) along.add(spoken.id);
    takes.push({ asset, cues: spoken ? await cuesOf(spoken) : [] });
  }
  for (const asset of lying) if (asset.kind === "captions" && !along.has(asset.id)) takes.push({ asset, cues: await cuesOf(asset) });
  return takes;
}

/** The captions made with a voice, by the same recipe: among `near`, else in the library; null when there are none. */
export async function captionsOf(voice, near = []) {
  const said = voice.recipe?.options?.text;
  if (voice.kind !== "audio" || !said) return null;
  const made = (one) => one.kind === "captions" && JSON.stringify(one.recipe) === JSON.stringify(voice.recipe);
  const known = near.find(made);
  if (known) return known;
  const { items } = await get(`/assets?${new URLSearchParams({ kind: "captions", q: said.slice(0, 90), limit: 50 })}`);
  return items.find(made) ?? null;
}

export const cuesOf = async (captions) => parse(await (await fetch(fileUrl(captions.id))).text());

/** Put a take on the film: on row `to.track` or the one it belongs to, before item `to.index` or at the row's end, after
 *  `to.gap` empty frames; its captions where it lies. Answers where it is: {track, index}, null for captions alone. */
export function append(film, { asset, cues }, to = {}) {
  const fps = rate(film);
  if (asset.kind === "captions") return lay(film, moved(cues, (to.frame ?? length(rowFor(film, "title"))) / fps)), null;
  const row = film.tracks[to.track] ?? rowFor(film, hue(asset)), index = Math.min(to.index ?? Infinity, row.items.length);
  const room = to.gap ? [{ type: "gap", frames: to.gap }] : [], at = length({ items: [...row.items.slice(0, index), ...room] });
  row.items.splice(index, 0, ...room, clipOf(asset, fps));
  if (cues.length) lay(film, moved(cues, at / fps));
  return { track: film.tracks.indexOf(row), index: index + room.length };
}

const rate = (film) => { const [n, d] = film.fps.split("/").map(Number); return n / (d || 1); };

/** A still has no end, and its view moves in slowly; of a film or a sound, the frames it surely has. */
export function clipOf(asset, fps) {
  const frames = Math.max(1, Math.floor((asset.duration_s ?? STILL_S) * fps + 1e-3));
  const move = asset.kind === "image" ? { motion: { from: [0, 0, 1, 1], to: [0.06, 0.06, 0.88, 0.88] } } : {};
  return { type: "clip", asset: asset.id, in: 0, frames, ...move };
}

/** A row with nothing but titles lies over the picture, and is none for it. */
const overlay = (track) => track.items.some((item) => item.type === "title") && !track.items.some((item) => item.type === "clip");

function rowFor(film, name) {
  const wish = ROWS[name];
  const fits = (track) => track.kind === wish.kind && !track.locked && (wish.kind !== "audio" || (track.role ?? "effects") === wish.role) && !overlay(track);
  const found = film.tracks.find(fits);
  if (found) return found;
  const row = { ...wish, items: [] }, sound = film.tracks.findLastIndex((track) => track.kind === "audio") + 1;
  film.tracks.splice({ video: 0, audio: sound || film.tracks.length, captions: film.tracks.length }[wish.kind], 0, row);
  return row;
}

const length = (row) => row.items.reduce((sum, item) => sum + (item.type === "transition" ? -item.frames : item.frames), 0);

const moved = (cues, by) => cues.map((cue) => ({ ...cue, start: cue.start + by, end: cue.end + by, words: cue.words.map(([word, a, b]) => [word, a + by, b + by]) }));

/** Cues, in seconds of the film, as the caption row's items. What was there before gives way where they meet: it ends
 *  where the new one begins, or goes when less than half would be left. */
export function lay(film, cues) {
  const fps = rate(film), frame = (second) => Math.max(0, Math.round(second * fps)), row = rowFor(film, "title"), old = [];
  const fresh = cues.map((cue) => captionOf(cue, frame));
  let at = 0;
  for (const item of row.items) {
    const start = at, end = (at += item.frames), met = fresh.find((cue) => cue.start < end && start < cue.end);
    const frames = met ? met.start - start : item.frames;
    if (item.type === "caption" && frames > item.frames / 2) old.push({ item: cut(item, frames), start, end: start + frames });
  }
  row.items = [];
  at = 0;
  for (const one of [...old, ...fresh].sort((a, b) => a.start - b.start)) {
    if (one.start < at) continue;
    if (one.start > at) row.items.push({ type: "gap", frames: one.start - at });
    row.items.push(one.item);
    at = one.end;
  }
}

const cut = (caption, frames) => (caption.frames === frames ? caption : {
  ...caption, frames, ...(caption.words && { words: caption.words.map(([text, a, b]) => [text, Math.min(a, frames), Math.min(b, frames)]) }),
});

function captionOf(cue, frame) {
  const start = frame(cue.start), end = Math.max(start + 1, frame(cue.end)), inside = (second) => Math.min(Math.max(frame(second) - start, 0), end - start);
  const words = cue.words.map(([text, a, b]) => [text, inside(a), inside(b)]);
  return { start, end, item: { type: "caption", text: cue.text, frames: end - start, ...(words.length && { words }) } };
}

/* --- WebVTT, as far as the studio writes it ----------------------------------------------------------------------- */

const STAMP = /(?:(\d+):)?(\d\d):(\d\d)\.(\d{3})/;
const time = (text) => { const [, h = 0, m, s, ms] = text.match(STAMP); return h * 3600 + m * 60 + +s + ms / 1000; };
const plain = (text) => text.replace(/<[^>]*>/g, "").replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&nbsp;/g, " ").replace(/&amp;/g, "&");

export function parse(text) {
  const cues = [];
  for (const block of text.replace(/\r\n?/g, "\n").split(/\n\n+/)) {
    const lines = block.split("\n"), at = lines.findIndex((line) => line.includes("-->"));
    if (at < 0 || !plain(lines.slice(at + 1).join("\n")).trim()) continue;
    const [start, end] = lines[at].split("-->").map(time), body = lines.slice(at + 1).join("\n");
    cues.push({ start, end, text: plain(body).trim(), words: wordsOf(body, start, end) });
  }
  return cues;
}

/** A stamp inside a cue is when what follows begins: `[word, from, to]`, in seconds. */
function wordsOf(body, start, end) {
  const words = [];
  let from = start;
  for (const part of body.split(/(<\d[\d:.]*>)/)) {
    if (/^<\d/.test(part)) {
      const now = time(part);
      if (words.length && words.at(-1)[2] === null) words.at(-1)[2] = now;
      from = now;
    } else if (plain(part).trim()) {
      words.push([plain(part).trim(), from, null]);
    }
  }
  if (words.length && words.at(-1)[2] === null) words.at(-1)[2] = end;
  return words;
}
