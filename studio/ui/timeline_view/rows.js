// Draws the rows: ruler, heads, clips as strips of pictures and waves. Only what is in view is drawn, and what did not
// change stays as it is, so a hundred clips cost what a screenful costs.

import { el, icon, thumbUrl } from "/ui/static/api.js";
import { bench, on, tell, assetOf, waveOf } from "./bench.js";
import { spans, startOf, timecode, seconds, stepOf } from "./film.js";
import { hueOf, nameOf, rowKind, rowName } from "./names.js";
import { head } from "./heads.js";
import { paintWave } from "./wave.js";

export const HEAD = () => (matchMedia("(max-width: 700px)").matches ? 76 : 148);
const SPARE = 400;                                        // pixels drawn on either side of what is in view

export function rows() {
  const ruler = el("canvas.ruler", { "aria-hidden": "true" });
  const corner = el("div.corner");
  const top = el("div.top", {}, corner, ruler);
  const lanes = el("div.lanes");
  const needle = el("div.needle", { "aria-hidden": "true" });
  const mark = el("div.landing", { hidden: true });
  const sheet = el("div.reel", {}, top, lanes, mark, needle);
  const scroller = el("div.scroller", { tabindex: -1, role: "region", "aria-label": "Tracks" }, sheet);
  const view = { scroller, sheet, ruler, lanes, mark, needle, drawn: new Map(), x, frameAt };

  function x(frame) { return HEAD() + frame * bench.perFrame; }
  function frameAt(clientX) {
    return (clientX - scroller.getBoundingClientRect().left + scroller.scrollLeft - HEAD()) / bench.perFrame;
  }

  let due = 0;
  const draw = () => { due ||= requestAnimationFrame(() => { due = 0; paint(view); }); };
  on("project zoom assets selection", draw);
  on("frame", () => placeNeedle(view));
  scroller.addEventListener("scroll", draw, { passive: true });
  new ResizeObserver(draw).observe(scroller);
  return view;
}

function paint(view) {
  const { timeline, perFrame } = bench;
  if (!timeline || !view.scroller.clientWidth) return;
  view.sheet.style.setProperty("--head", `${HEAD()}px`);
  const wide = HEAD() + bench.frames * perFrame + Math.max(240, view.scroller.clientWidth * 0.4);
  view.sheet.style.width = `${Math.max(view.scroller.clientWidth, wide)}px`;
  const from = (view.scroller.scrollLeft - SPARE - HEAD()) / perFrame;
  const to = (view.scroller.scrollLeft + view.scroller.clientWidth + SPARE) / perFrame;
  while (view.lanes.children.length > timeline.tracks.length) view.lanes.lastChild.remove();
  const kept = new Map(), held = document.activeElement?.closest?.(".lanes :is(.clip, .join)");
  const mine = held && `${held.dataset.track}/${held.dataset.index}`;
  timeline.tracks.forEach((track, t) => {
    const row = view.lanes.children[t] ?? view.lanes.appendChild(el("div.row", {}, el("div.head"), el("div.lane")));
    dressRow(row, track, t);
    for (const span of spans(track)) {
      if (span.end < from || span.start > to) continue;
      place(view, kept, row.lastChild, t, span);
      if (span.after) placeJoin(view, kept, row.lastChild, t, track, span.index + 1);
    }
  });
  for (const [key, made] of view.drawn) if (!kept.has(key)) made.remove();
  view.drawn = kept;
  if (held) focusOn(kept, mine);
  paintRuler(view);
  placeNeedle(view);
}

/** The focus goes where the choice goes, so that there is one mark on the rows and the keys mean what is marked. */
function focusOn(drawn, held) {
  const { track, index } = bench.selected ?? {}, made = drawn.get(`${track}/${index}`) ?? drawn.get(held);
  if (made && made !== document.activeElement) made.focus({ preventScroll: true });
}

function dressRow(row, track, t) {
  const chosen = bench.selected?.track === t && bench.selected.index === undefined;
  row.dataset.track = t;
  row.dataset.kind = rowKind(track);
  row.classList.toggle("chosen", chosen);
  row.classList.toggle("muted-row", !!track.muted);
  const said = JSON.stringify([rowName(track, bench.timeline.tracks), track.role, track.muted, track.duck, rowKind(track), t]);
  if (row.dataset.said === said) return;
  row.dataset.said = said;
  row.firstChild.replaceWith(head(track, t));
}

function place(view, kept, lane, t, span) {
  const { item, index, start } = span;
  const asset = item.asset ? assetOf(item.asset) : null;
  const wide = Math.max(2, item.frames * bench.perFrame - 1), key = `${t}/${index}`;
  const room = { lead: (span.before?.frames ?? 0) * bench.perFrame, tail: (span.after?.frames ?? 0) * bench.perFrame };
  const chosen = bench.selected?.track === t && bench.selected.index === index;
  const wave = item.asset && (asset?.kind === "audio" || asset?.sound) ? waveOf(item.asset) : null;
  const said = JSON.stringify([item, asset?.id, asset?.name, asset?.gone, !!wave, Math.round(wide), room.lead, room.tail]);
  let made = view.drawn.get(key);
  if (!made || made.dataset.said !== said) {
    const fresh = draw(t, index, item, asset, wave, wide, room);
    fresh.dataset.said = said;
    made ? made.replaceWith(fresh) : lane.append(fresh);
    made = fresh;
  }
  if (made.parentNode !== lane) lane.append(made);
  made.style.left = `${start * bench.perFrame}px`;
  made.style.width = `${wide}px`;
  made.classList.toggle("chosen", chosen);
  made.setAttribute("aria-pressed", chosen);
  kept.set(key, made);
}

function draw(t, index, item, asset, wave, wide, { lead, tail }) {
  const name = nameOf(item, asset), long = seconds(item.frames, bench.fps);
  const kind = item.type === "clip" ? (asset?.kind ?? "clip") : item.type;
  const made = el(`div.clip.${kind}`, {
    tabindex: 0, role: "button", "aria-label": `${name}, ${long}`, title: `${name} · ${long}`,
    data: { track: t, index, hue: hueOf(item, asset, bench.timeline.tracks[t]) },
    style: { "--lead": `${lead}px`, "--tail": `${tail}px` },
  });
  const free = wide - lead - tail;                                   // what transitions leave for words
  if (asset?.gone) made.classList.add("gone");
  if (asset && (asset.kind === "image" || asset.kind === "video"))
    made.append(el("i.strip", { style: { "background-image": `url("${thumbUrl(asset.id)}")` } }));
  if (wave) made.append(paintWave(wave, item, wide, bench.fps, asset.kind === "audio"));
  if (free > 26) made.append(el("span.label", {}, item.type === "gap" ? `gap ${long}` : asset?.gone ? `missing: ${name}` : name));
  if (free > 150 && item.type !== "gap") made.append(el("span.long.mono", {}, long));
  if (item.muted && free > 60) made.append(el("span.mute", { title: "Muted" }, icon("sound", 14)));
  for (const side of ["in", "out"])
    if (item[`fade_${side}`] && asset?.kind !== "image") made.append(el(`i.fade.${side}`, { style: { width: `${item[`fade_${side}`] * bench.perFrame}px` } }));
  if (item.type !== "gap" || wide > 30) made.append(el("i.edge.left", { data: { edge: "in" } }), el("i.edge.right", { data: { edge: "out" } }));
  return made;
}

function placeJoin(view, kept, lane, t, track, index) {
  const item = track.items[index], key = `${t}/${index}`, wide = Math.max(10, item.frames * bench.perFrame);
  let made = view.drawn.get(key);
  if (!made?.classList.contains("join")) {
    made?.remove();
    made = el("div.join", { tabindex: 0, role: "button", data: { track: t, index } });
  }
  if (made.parentNode !== lane || made.nextSibling) lane.append(made);         // above the clips it joins
  made.title = `${item.name ?? "dissolve"} · ${seconds(item.frames, bench.fps)}`;
  made.setAttribute("aria-label", `Transition: ${made.title}`);
  made.style.left = `${startOf(track, index) * bench.perFrame}px`;
  made.style.width = `${wide}px`;
  made.classList.toggle("chosen", bench.selected?.track === t && bench.selected.index === index);
  kept.set(key, made);
}

function paintRuler({ ruler, scroller }) {
  const wide = scroller.clientWidth - HEAD(), tall = 26, fine = devicePixelRatio || 1;
  if (ruler.width !== Math.round(wide * fine)) Object.assign(ruler, { width: wide * fine, height: tall * fine });
  ruler.style.width = `${wide}px`;
  const pen = ruler.getContext("2d"), style = getComputedStyle(ruler);
  pen.setTransform(fine, 0, 0, fine, 0, 0);
  pen.clearRect(0, 0, wide, tall);
  pen.font = `11px ${style.fontFamily}`;
  const step = stepOf(bench.fps, bench.perFrame), parts = step % 5 === 0 ? 5 : step % 2 === 0 ? 2 : 1;
  const first = Math.floor(scroller.scrollLeft / bench.perFrame / step) * step;
  for (let frame = first; (frame * bench.perFrame) - scroller.scrollLeft < wide; frame += step / parts) {
    const at = Math.round(frame * bench.perFrame - scroller.scrollLeft) + 0.5, whole = Math.abs(frame / step - Math.round(frame / step)) < 1e-9;
    pen.fillStyle = whole ? style.getPropertyValue("--muted") : style.getPropertyValue("--faint");
    pen.fillRect(at, whole ? 12 : 20, 1, whole ? 14 : 6);
    if (whole) pen.fillText(timecode(frame, bench.fps), at + 5, 17);
  }
}

function placeNeedle({ needle, scroller, x }) {
  needle.style.transform = `translateX(${x(bench.frame) - 0.5}px)`;
  needle.dataset.time = timecode(bench.frame, bench.fps);
}

/** Bring a frame into view when it has left it. */
export function follow({ scroller, x }) {
  const at = x(bench.frame) - scroller.scrollLeft;
  if (at < HEAD() + 8 || at > scroller.clientWidth - 24) scroller.scrollLeft = x(bench.frame) - HEAD() - (scroller.clientWidth - HEAD()) / 4;
}

/** As close as the whole film fits. */
export function fit({ scroller }) {
  const room = scroller.clientWidth - HEAD() - 48;
  bench.perFrame = Math.max(0.02, Math.min(12, room / Math.max(1, bench.frames)));
  tell("zoom");
  scroller.scrollLeft = 0;
}

