// Pulling at one clip: its edges, the cut beside it, what it shows, its fades, its gain, a transition's length.

import { el } from "/ui/static/api.js";
import { assetOf, bench, edit } from "./bench.js";
import { pictureFade, setPictureFade, trim, trimJoin } from "./cuts.js";
import { gainWithin, heightOf } from "./clips.js";
import { seconds, spans, startOf } from "./film.js";
import { drag } from "./hand.js";
import { magnets, snapped } from "./snaps.js";

const signed = (n) => `${n < 0 ? "−" : "+"}${Math.abs(n)}`;
const speedOf = (item) => { const [top, bottom] = String(item.speed ?? "1/1").split("/").map(Number); return top / (bottom || 1) || 1; };
export const isStill = (item) => item.type !== "clip" || assetOf(item.asset)?.kind === "image";

/** How many frames of its media an item has from where it begins; no end for what loops, freezes or stands still. */
export function plenty(item) {
  const asset = item.asset ? assetOf(item.asset) : null;
  if (isStill(item) || item.loop || item.freeze || !asset?.duration_s) return Infinity;
  return Math.floor((asset.duration_s * bench.fps + 1e-6 - (item.in ?? 0)) / speedOf(item));
}

const itemAt = ({ track, index }) => bench.timeline.tracks[track].items[index];
const elementOf = (view, { track, index }) => view.drawn.get(`${track}/${index}`);

/** Words on what is held. */
function note(made, words) {
  let tag = made.querySelector(".note");
  if (!tag) { made.append((tag = el("span.note.mono"))); made.classList.add("held"); }
  tag.textContent = words;
}

/** Let go: make the edit, or put back what moved. The next drawing clears the marks of the hand. */
export function letGo(view, wish) {
  const undress = () => {
    for (const made of view.lanes.querySelectorAll(".held, .shoved")) {
      made.classList.remove("held", "shoved");
      made.querySelector(".note")?.remove();
      for (const name of ["translate", "opacity", "pointer-events"]) made.style.removeProperty(name);
      made.left = made.wide = null;
    }
    view.draw();
  };
  const asked = wish?.();
  asked ? asked.then(undress, undress) : undress();
}

function shove(view, track, after, px) {
  for (const [key, made] of view.drawn) {
    const [t, n] = key.split("/").map(Number);
    if (t !== track || !(n > after)) continue;
    made.classList.add("shoved");
    made.style.translate = `${px}px`;
  }
}

/** By an edge. What follows moves along; with the ripple switch off, or Ctrl, the gap beside takes it up. */
export function stretch(view, event, clip, at, edge) {
  const track = bench.timeline.tracks[at.track], item = itemAt(at), start = startOf(track, at.index), end = start + item.frames;
  const row = spans(track), n = row.findIndex((span) => span.index === at.index), beside = row[edge === "in" ? n - 1 : n + 1];
  const room = beside?.item.type === "gap" ? beside.item.frames - (beside.before?.frames ?? 0) : beside || edge === "in" ? 0 : Infinity;
  const points = magnets([start, end]), grab = view.frameAt(event.clientX), most = plenty(item);
  let by = 0, ripple = bench.ripple;
  drag(view, event, (e) => {
    ripple = bench.ripple !== (e.ctrlKey || e.metaKey);
    const to = snapped(view, (edge === "in" ? start : end) + view.frameAt(e.clientX) - grab, points);
    const grow = edge === "in" ? start - to : to - end;
    const limit = Math.min(edge === "in" ? (isStill(item) || item.loop ? Infinity : Math.floor((item.in ?? 0) / speedOf(item))) : most - item.frames, ripple ? Infinity : room);
    by = Math.max(1 - item.frames, Math.min(grow, limit));
    const made = elementOf(view, at) ?? clip;
    made.style.left = `${(edge === "in" ? start - by : start) * bench.perFrame}px`;
    made.style.width = `${Math.max(2, (item.frames + by) * bench.perFrame - 1)}px`;
    if (ripple && edge === "out") shove(view, at.track, at.index, by * bench.perFrame);
    note(made, `${seconds(item.frames + by, bench.fps)}  ${signed(by)} f`);
  }, (moved) => letGo(view, moved && by ? () => pulled(at, item, edge, by, ripple) : null));
}

function pulled(at, item, edge, by, ripple) {
  const from = edge === "in" && !isStill(item) ? (item.in ?? 0) - by * speedOf(item) : undefined;
  if (ripple) return trim(at, { frames: item.frames + by, ...(from !== undefined && { in: from }) });
  const said = { track: at.track, at: at.index, by: -by, ripple: false };
  return edge === "in" ? edit({ verb: "trim_head", ...said, still: isStill(item) }, (old, now) => where(now, at, by)) : edit({ verb: "trim_tail", ...said });
}

/** A gap made or taken before the clip changes its number. */
function where(now, { track, index }, by) {
  const items = now.tracks[track].items, was = bench.timeline.tracks[track].items.length;
  return { track, index: Math.max(0, Math.min(items.length - 1, by < 0 && items.length > was ? index + 1 : items.length < was ? index - 1 : index)) };
}

/** The cut after `at`: one side gets what the other loses. */
export function roll(view, event, at) {
  const track = bench.timeline.tracks[at.track], row = spans(track), n = row.findIndex((span) => span.index === at.index), [left, right] = [row[n], row[n + 1]];
  if (!right) return;
  const cut = right.start, points = magnets([cut]), grab = view.frameAt(event.clientX);
  const back = isStill(right.item) || right.item.loop ? Infinity : Math.floor((right.item.in ?? 0) / speedOf(right.item));
  let by = 0;
  drag(view, event, (e) => {
    by = snapped(view, cut + view.frameAt(e.clientX) - grab, points) - cut;
    by = Math.max(1 - left.item.frames, -back, Math.min(by, right.item.frames - 1, plenty(left.item) - left.item.frames));
    const one = elementOf(view, { track: at.track, index: left.index }), other = elementOf(view, { track: at.track, index: right.index });
    if (one) one.style.width = `${Math.max(2, (left.item.frames + by) * bench.perFrame - 1)}px`;
    if (other) {
      other.style.left = `${(right.start + by) * bench.perFrame}px`;
      other.style.width = `${Math.max(2, (right.item.frames - by) * bench.perFrame - 1)}px`;
      note(other, `roll ${signed(by)} f`);
    }
    if (one) one.classList.add("held");
  }, (moved) => letGo(view, moved && by ? () => edit({ verb: "roll", track: at.track, at: left.index, by, still: isStill(right.item) }) : null));
}

/** Other moments of the media in the same place. */
export function slip(view, event, clip, at) {
  const item = itemAt(at), speed = speedOf(item), grab = view.frameAt(event.clientX);
  if (isStill(item)) return;
  const spare = plenty(item) - item.frames, most = spare === Infinity ? Infinity : Math.floor(spare * speed);
  let by = 0;
  drag(view, event, (e) => {
    by = Math.max(-(item.in ?? 0), Math.min(Math.round((grab - view.frameAt(e.clientX)) * speed), most));
    const made = elementOf(view, at) ?? clip;
    for (const shown of made.querySelectorAll(".pictures, .wave")) shown.style.translate = `${(-by / speed) * bench.perFrame}px`;
    note(made, `slip ${signed(by)} f`);
  }, (moved) => {
    for (const shown of clip.querySelectorAll(".pictures, .wave")) shown.style.translate = "";
    letGo(view, moved && by ? () => edit({ verb: "slip", track: at.track, at: at.index, by }) : null);
  });
}

/** A corner: how long the sound takes to come or go, a title to appear, a picture to come out of black. */
export function fade(view, event, clip, at, side) {
  const item = itemAt(at), track = bench.timeline.tracks[at.track], grab = view.frameAt(event.clientX), way = side === "in" ? -1 : 1;
  const dark = track.kind === "video" && item.type === "clip", now = dark ? pictureFade(track.items, at.index, way) : (item[`fade_${side}`] ?? 0);
  const other = dark ? Math.ceil(item.frames / 2) : (item[side === "in" ? "fade_out" : "fade_in"] ?? 0);
  let frames = now;
  drag(view, event, (e) => {
    frames = Math.max(0, Math.min(item.frames - other, Math.round(now + (view.frameAt(e.clientX) - grab) * -way)));
    const made = elementOf(view, at) ?? clip;
    let wedge = made.querySelector(`.fade.${side}`);
    if (!wedge) made.append((wedge = el(`i.fade.${side}`)));
    wedge.style.width = `${frames * bench.perFrame}px`;
    made.querySelector(`.corner-grip.${side}`)?.style.setProperty(side === "in" ? "left" : "right", `${frames * bench.perFrame}px`);
    note(made, `fade ${side} ${seconds(frames, bench.fps)}`);
  }, (moved) => {
    const changed = moved && frames !== now;
    clip.said = null;                                                // drawn anew, whatever comes of it
    letGo(view, !changed ? null : () => (dark ? setPictureFade(at, way, frames) : edit({ verb: "set_item", track: at.track, at: at.index, fields: { [`fade_${side}`]: frames } })));
  });
}

/** The line across a sound: up is louder, down softer; near 0 dB it stays there. Half a decibel a pixel, with
 *  Shift a tenth. */
export function gain(view, event, clip, at) {
  const item = itemAt(at), now = item.gain_db ?? 0;
  let db = now;
  drag(view, event, (e) => {
    const wish = gainWithin(now - (e.clientY - event.clientY) * (e.shiftKey ? 0.1 : 0.5));
    db = Math.abs(wish) < 0.8 && !e.shiftKey ? 0 : Math.round(wish * 10) / 10;
    const made = elementOf(view, at) ?? clip;
    made.querySelector(".gain")?.style.setProperty("top", `${heightOf(db) * 100}%`);
    note(made, `${db > 0 ? "+" : ""}${db.toFixed(1).replace("-", "−")} dB`);
  }, (moved) => {
    clip.said = null;
    letGo(view, moved && db !== now ? () => edit({ verb: "set_item", track: at.track, at: at.index, fields: { gain_db: db } }) : null);
  });
}

export function stretchJoin(view, event, join, at) {
  const item = itemAt(at), row = bench.timeline.tracks[at.track].items, grab = view.frameAt(event.clientX);
  const most = Math.min(row[at.index - 1].frames, row[at.index + 1].frames), left = startOf(bench.timeline.tracks[at.track], at.index);
  const away = view.frameAt(event.clientX) > left + item.frames / 2 ? 1 : -1;
  let frames = item.frames;
  drag(view, event, (e) => {
    frames = Math.max(1, Math.min(most, Math.round(item.frames + (view.frameAt(e.clientX) - grab) * away * 2)));
    const made = elementOf(view, at) ?? join;
    made.style.left = `${(left - (frames - item.frames) / 2) * bench.perFrame}px`;
    made.style.width = `${Math.max(10, frames * bench.perFrame)}px`;
    note(made, seconds(frames, bench.fps));
  }, (moved) => letGo(view, moved && frames !== item.frames ? () => trimJoin(at, frames) : null));
}
