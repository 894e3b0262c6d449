// One clip as it lies on its row: pictures along it, the shape of its sound, its name, and the handles a hand takes it by.

import { API, el, icon, thumbUrl } from "/ui/static/api.js";
import { assetOf, beatsOf, bench, waveOf } from "./bench.js";
import { filmFrames, seconds, timecode } from "./film.js";
import { hueOf, nameOf, rowName } from "./names.js";
import { paintWave } from "./wave.js";

const STRIP = 24, SHARE = 1024;                           // pictures of a filmstrip; pixels of a wide clip drawn at a time
const LOUDEST = 12, SOFTEST = -40;

/** All that decides how a clip looks: as long as it says the same, what was drawn stays. */
export function look(t, span, wide, [from, to]) {
  const { item } = span, track = bench.timeline.tracks[t], asset = item.asset ? assetOf(item.asset) : null;
  const sound = item.asset && wide > 12 && (asset?.kind === "audio" || asset?.sound);
  const wave = sound ? waveOf(item.asset) : null, beats = asset?.kind === "audio" && isMusic(item, asset, track) && wide > 60 ? beatsOf(item.asset) : [];
  const lead = (span.before?.frames ?? 0) * bench.perFrame, tail = (span.after?.frames ?? 0) * bench.perFrame;
  const part = wide <= 2 * SHARE ? [0, wide] : [Math.max(0, Math.floor(from / SHARE) * SHARE), Math.min(wide, Math.ceil(to / SHARE) * SHARE)];
  const said = JSON.stringify([item, track.kind, track.role, track.locked, asset?.id, asset?.name, asset?.gone, !!wave, beats.length, Math.round(wide), lead, tail, part]);
  return { t, item, track, asset, wave, beats, wide, lead, tail, part, said };
}

export const isMusic = (item, asset, track) => track.role === "music" || hueOf(item, asset, track) === "music";

export function drawClip({ item, track, asset, wave, beats, wide, lead, tail, part }) {
  const kind = item.type === "clip" ? (asset?.kind ?? "clip") : item.type, name = nameOf(item, asset);
  const made = el(`div.clip.${kind}`, { role: "button", data: { hue: hueOf(item, asset, track) }, style: { "--lead": `${lead}px`, "--tail": `${tail}px` } });
  if (asset?.gone) made.classList.add("gone");
  if (wide < 8) return made;
  const long = seconds(item.frames, bench.fps), free = wide - lead - tail;      // what transitions leave for words
  if (asset?.kind === "image") made.append(el("i.strip", { style: { "background-image": `url("${thumbUrl(asset.id)}")` } }));
  if (asset?.kind === "video" && !asset.gone) made.append(pictures(item, asset, wide, part));
  if (wave) made.append(paintWave(wave, item, wide, bench.fps, asset.kind === "audio", part));
  if (beats.length) made.append(ticks(item, asset, beats, wide));
  if (item.type === "gap") { if (free > 44) made.append(el("span.label", {}, `gap ${long}`)); }
  else if (free > 26) made.append(el("span.label", {}, asset?.gone ? `missing: ${name}` : name));
  if (free > 150 && item.type !== "gap") made.append(el("span.long.mono", {}, long));
  if (item.muted && free > 60) made.append(el("span.mute", { title: "Muted" }, icon("sound", 14)));
  handles(made, item, track, asset, wide, lead, tail);
  return made;
}

/** What it is called for those who do not see it. */
export function spoken(t, span) {
  const { item, start } = span, track = bench.timeline.tracks[t], asset = item.asset ? assetOf(item.asset) : null;
  const sort = item.type === "clip" ? (asset?.kind ?? "clip") : item.type;
  const words = [nameOf(item, asset), sort, seconds(item.frames, bench.fps), `at ${timecode(start, bench.fps)}`, rowName(track, bench.timeline.tracks)];
  return [...words, item.muted && "muted", track.locked && "locked"].filter(Boolean).join(", ");
}

/** Pictures of a film one after the other, each of the moment it stands at. */
function pictures(item, asset, wide, [from, to]) {
  const box = el("i.pictures"), tall = 48, each = Math.max(20, tall * ((asset.width || 16) / (asset.height || 9)));
  const [top, bottom] = String(item.speed ?? "1/1").split("/").map(Number), speed = top / (bottom || 1);
  const media = Math.max(1, (asset.duration_s ?? 1) * bench.fps);
  for (let left = Math.floor(from / each) * each; left < to; left += each) {
    const k = Math.min(item.frames, ((left + Math.min(each, wide - left) / 2) / wide) * item.frames);
    const at = (item.in ?? 0) + (item.reverse ? item.frames - k : k) * speed, share = (item.loop ? at % media : Math.min(at, media - 1)) / media;
    const n = Math.max(0, Math.min(STRIP - 1, Math.floor(share * STRIP)));
    box.append(el("i", { style: { left: `${left}px`, width: `${each}px`, "background-image": `url("${API}/assets/${asset.id}/filmstrip")`, "background-size": `${each * STRIP}px 100%`, "background-position": `${-n * each}px 0` } }));
  }
  return box;
}

function ticks(item, asset, beats, wide) {
  const box = el("i.beats"), at = beatFrames(item, asset, beats);
  if (at.length * 5 < wide) for (const frame of at) box.append(el("i", { style: { left: `${(frame / item.frames) * wide}px` } }));
  return box;
}

/** The frames of a clip at which its beats fall, from its own start. */
export function beatFrames(item, asset, beats) {
  const [top, bottom] = String(item.speed ?? "1/1").split("/").map(Number), speed = top / (bottom || 1) || 1, found = [];
  const media = asset?.duration_s ?? Infinity, until = ((item.in ?? 0) + item.frames * speed) / bench.fps;
  for (let round = 0; round === 0 || (item.loop && round * media < until); round++)
    for (const beat of beats) {
      const frame = Math.round(((beat + round * (round ? media : 0)) * bench.fps - (item.in ?? 0)) / speed);
      if (frame >= 0 && frame < item.frames) found.push(frame);
    }
  return found;
}

function handles(made, item, track, asset, wide, lead, tail) {
  const fades = { in: item.fade_in ?? 0, out: item.fade_out ?? 0 }, seen = track.kind === "video" && item.type === "clip";
  for (const side of ["in", "out"])
    if (fades[side] && asset?.kind !== "image") made.append(el(`i.fade.${side}`, { style: { width: `${fades[side] * bench.perFrame}px` } }));
  if (track.locked || (item.type === "gap" && wide <= 30)) return;
  made.append(el("i.edge.left", { data: { edge: "in" } }), el("i.edge.right", { data: { edge: "out" } }));
  if (wide < 48 || !["clip", "title"].includes(item.type)) return;
  if (!lead) made.append(el("i.corner-grip.in", { data: { fade: "in" }, title: "Fade in", style: { left: `${seen ? 0 : fades.in * bench.perFrame}px` } }));
  if (!tail) made.append(el("i.corner-grip.out", { data: { fade: "out" }, title: "Fade out", style: { right: `${seen ? 0 : fades.out * bench.perFrame}px` } }));
  if (asset?.kind === "audio") made.append(el("i.gain", { data: { gain: "1" }, title: "Gain: drag up or down", style: { top: `${heightOf(item.gain_db ?? 0) * 100}%` } }));
}

/** Where a gain stands on its clip, from 0 at the top to 1: below the name, 0 dB half-way. */
export const heightOf = (db) => 0.38 + 0.58 * ((LOUDEST - Math.max(SOFTEST, Math.min(LOUDEST, db))) / (LOUDEST - SOFTEST));
export const gainWithin = (db) => Math.max(SOFTEST, Math.min(LOUDEST, db));

export const sheetWidth = (perFrame, head, wide) => Math.max(wide, head + filmFrames(bench.timeline) * perFrame + Math.max(240, wide * 0.4));
