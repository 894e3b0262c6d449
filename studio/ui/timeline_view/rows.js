// Draws the rows: ruler, heads, clips. Only what is in view is drawn, what says the same as before stays as it is, and
// the page is measured once before anything is written, so five hundred clips cost what a screenful costs.

import { el } from "/ui/static/api.js";
import { bench, on, picks, tell } from "./bench.js";
import { filmFrames, liveRows, spans, startOf, timecode, seconds, stepOf } from "./film.js";
import { rowKind, rowName } from "./names.js";
import { drawClip, look, sheetWidth, spoken } from "./clips.js";
import { head } from "./heads.js";

const phone = matchMedia("(max-width: 700px)");
export const HEAD = () => (phone.matches ? 84 : 188);
const SPARE = 500;                                        // pixels drawn on either side of what is in view
const MANY = 120, REST_MS = 120;                          // clips that are stretched, not drawn anew, until zooming rests

export function rows() {
  const ruler = el("canvas.ruler", { "aria-hidden": "true" });
  const flags = el("div.flags", { role: "group", "aria-label": "Markers" });
  const top = el("div.top", {}, el("div.corner"), ruler, flags);
  const lanes = el("div.lanes", { role: "group", "aria-label": "Clips" });
  const needle = el("div.needle", { "aria-hidden": "true" });
  const mark = el("div.landing", { hidden: true }), line = el("div.snapline.mono", { hidden: true });
  const sheet = el("div.reel", {}, top, lanes, mark, line, needle);
  const scroller = el("div.scroller", { tabindex: -1, role: "region", "aria-label": "Tracks" }, sheet);
  const view = { scroller, sheet, ruler, flags, lanes, mark, line, needle, drawn: new Map(), held: null, x, frameAt };

  function x(frame) { return HEAD() + frame * bench.perFrame; }
  function frameAt(clientX) {
    return (clientX - scroller.getBoundingClientRect().left + scroller.scrollLeft - HEAD()) / bench.perFrame;
  }

  let due = 0;
  const soon = () => { due ||= requestAnimationFrame(() => { due = 0; paint(view); }); };
  view.draw = () => { view.stale = true; soon(); };
  on("project assets selection", view.draw);
  on("zoom", () => { rest(view); soon(); });
  on("frame", () => placeNeedle(view));
  scroller.addEventListener("scroll", soon, { passive: true });
  new ResizeObserver(view.draw).observe(scroller);
  return view;
}

/** Zooming is drawn once it rests; till then what is drawn is stretched, where it is much. */
function rest(view) {
  clearTimeout(view.resting);
  view.resting = setTimeout(() => { view.resting = 0; view.draw(); }, REST_MS);
}

/** What is drawn, as wide as it should be by now; false where that would not fill the view, or be drawn as quickly. */
function stretched(view, timeline, box) {
  const by = bench.perFrame / view.drawnAt, end = filmFrames(timeline) * view.drawnAt;
  const from = box.left / by, to = Math.min(end, (box.left + box.wide - box.head) / by);
  if (!view.resting || view.stale || view.drawn.size < MANY || from < view.shown.from || to > view.shown.to) return false;
  for (const row of view.lanes.children) row.lastChild.style.transform = `scaleX(${by})`;
  view.sheet.style.width = `${sheetWidth(bench.perFrame, box.head, box.wide)}px`;
  return true;
}

/** All that is read of the page, before anything is written to it. */
function measured({ scroller, ruler }) {
  const { clientWidth: wide, scrollLeft: left } = scroller, style = getComputedStyle(ruler);
  const [muted, faint] = ["--muted", "--faint"].map((name) => style.getPropertyValue(name));
  return { wide, left, head: HEAD(), muted, faint, font: `11px ${style.fontFamily}` };
}

function paint(view) {
  const { timeline } = bench;
  if (!timeline || !view.scroller.clientWidth) return;
  const box = measured(view), from = box.left - SPARE, to = box.left + box.wide - box.head + SPARE;
  const zoomed = bench.perFrame !== view.drawnAt;
  const left = view.stale || zoomed || from + SPARE / 2 < view.shown.from || to - SPARE / 2 > view.shown.to;
  if (left && !(zoomed && stretched(view, timeline, box))) {
    view.shown = { from, to };
    drawRows(view, timeline, box);
    view.stale = false;
    view.drawnAt = bench.perFrame;
  }
  paintRuler(view, box);
  placeNeedle(view);
  view.held?.();
}

function drawRows(view, timeline, box) {
  const { perFrame } = bench, held = document.activeElement?.closest?.(".lanes :is(.clip, .join)");
  const mine = held && `${held.dataset.track}/${held.dataset.index}`;
  view.sheet.style.setProperty("--head", `${box.head}px`);
  view.sheet.style.width = `${sheetWidth(perFrame, box.head, box.wide)}px`;
  while (view.lanes.children.length > timeline.tracks.length) view.lanes.lastChild.remove();
  const live = new Set(liveRows(timeline)), chosen = new Set(picks().map(({ track, index }) => `${track}/${index}`)), spare = new Map();
  for (const made of view.drawn.values()) if (made.said) spare.set(made.said, [...(spare.get(made.said) ?? []), made]);
  const kept = new Map(), brush = { view, kept, spare, chosen, shown: view.shown, stop: stopOf(timeline) };
  timeline.tracks.forEach((track, t) => {
    const row = view.lanes.children[t] ?? view.lanes.appendChild(el("div.row", {}, el("div.head"), el("div.lane")));
    dressRow(row, track, t, live.has(track));
    row.lastChild.style.transform = "";
    let last = null;
    for (const span of spans(track)) {
      const left = span.start * perFrame, right = span.end * perFrame;
      if (right >= view.shown.from && left <= view.shown.to) {
        place(brush, row.lastChild, t, span, left, right);
        if (span.before) placeJoin(brush, row.lastChild, t, track, span.index - 1);
        else if (last && !track.locked && track.kind !== "captions") placeCut(brush, row.lastChild, t, last, span);
      }
      last = span;
    }
  });
  for (const made of view.drawn.values()) if (!made.used) made.remove();
  for (const made of kept.values()) made.used = false;
  view.drawn = kept;
  if (held) focusOn(view, mine);
}

/** Where Tab enters the rows: at what is selected, else at the first clip there is. */
function stopOf(timeline) {
  const { track, index } = bench.selected ?? {};
  if (index !== undefined) return `${track}/${index}`;
  const first = timeline.tracks.findIndex((row) => row.items.length);
  return first < 0 ? "" : `${first}/${timeline.tracks[first].items[0].type === "gap" && timeline.tracks[first].items[1] ? 1 : 0}`;
}

/** The focus goes where the choice goes, so that there is one mark on the rows and the keys mean what is marked. */
function focusOn({ drawn }, held) {
  const { track, index } = bench.selected ?? {}, made = drawn.get(`${track}/${index}`) ?? drawn.get(held);
  if (made && made !== document.activeElement) made.focus({ preventScroll: true });
}

function dressRow(row, track, t, live) {
  const chosen = bench.selected?.track === t && bench.selected.index === undefined;
  row.dataset.track = t;
  row.dataset.kind = rowKind(track);
  row.classList.toggle("chosen", chosen);
  row.classList.toggle("muted-row", !live);
  row.classList.toggle("locked", !!track.locked);
  const said = JSON.stringify([rowName(track, bench.timeline.tracks), track.role, track.muted, track.solo, track.locked, track.duck, rowKind(track), t]);
  if (row.said === said || row.querySelector(".rename")) return;
  const at = row.contains(document.activeElement) && [...row.querySelectorAll(".head button")].indexOf(document.activeElement);
  row.said = said;
  row.firstChild.replaceWith(head(track, t));
  if (at !== false && at >= 0) row.querySelectorAll(".head button")[at]?.focus();
}

/** The element for a key: the one that says the same, wherever it lay before, else a new one. */
function taken({ view, spare }, key, said, draw) {
  const before = view.drawn.get(key), alike = spare.get(said);
  const made = before?.said === said && !before.used ? before : alike?.find((one) => !one.used) ?? draw();
  made.said = said;
  made.used = true;
  return made;
}

function place(brush, lane, t, span, left, right) {
  const wide = Math.max(2, right - left - 1), key = `${t}/${span.index}`, { shown, chosen } = brush;
  const facts = look(t, span, wide, [shown.from - left, shown.to - left]);
  const made = taken(brush, key, facts.said, () => drawClip(facts));
  put(made, lane, left, wide, t, span.index);
  made.tabIndex = brush.stop === key ? 0 : -1;
  made.classList.toggle("chosen", chosen.has(key));
  made.setAttribute("aria-pressed", chosen.has(key));
  const words = spoken(t, span);
  if (made.words !== words) { made.words = words; made.setAttribute("aria-label", words); made.title = words; }
  brush.kept.set(key, made);
}

function put(made, lane, left, wide, t, index) {
  if (made.parentNode !== lane) lane.append(made);
  if (made.left !== left || made.wide !== wide) {
    made.style.left = `${left}px`;
    made.style.width = `${wide}px`;
    Object.assign(made, { left, wide });
  }
  made.dataset.track = t;
  made.dataset.index = index;
}

function placeJoin(brush, lane, t, track, index) {
  const item = track.items[index], key = `${t}/${index}`, wide = Math.max(10, item.frames * bench.perFrame);
  const made = taken(brush, key, `join ${item.name} ${item.frames}`, () => el("div.join", { role: "button" }));
  put(made, lane, startOf(track, index) * bench.perFrame, wide, t, index);
  made.title = `${item.name ?? "dissolve"} · ${seconds(item.frames, bench.fps)}`;
  made.setAttribute("aria-label", `Transition: ${made.title}, at ${timecode(startOf(track, index), bench.fps)}`);
  made.tabIndex = brush.stop === key ? 0 : -1;
  made.classList.toggle("chosen", brush.chosen.has(key));
  brush.kept.set(key, made);
}

/** What a cut is rolled by, where two items touch. */
function placeCut(brush, lane, t, last, span) {
  const room = Math.min(last.item.frames, span.item.frames) * bench.perFrame;
  if (last.item.type === "gap" || span.item.type === "gap" || room < 26) return;
  const made = taken(brush, `${t}/${last.index}/cut`, "cut", () => el("div.cut", { title: "The cut: drag to roll it, drop a transition on it", data: { cut: "1" } }));
  put(made, lane, span.start * bench.perFrame - 8, 16, t, last.index);
  brush.kept.set(`${t}/${last.index}/cut`, made);
}

function paintRuler({ ruler }, { wide: all, left, head: side, muted, faint, font }) {
  const wide = all - side, tall = 26, fine = devicePixelRatio || 1;
  if (ruler.width !== Math.round(wide * fine)) {
    Object.assign(ruler, { width: Math.round(wide * fine), height: tall * fine });
    ruler.style.width = `${wide}px`;
  }
  const pen = ruler.getContext("2d");
  pen.setTransform(fine, 0, 0, fine, 0, 0);
  pen.clearRect(0, 0, wide, tall);
  pen.font = font;
  const step = stepOf(bench.fps, bench.perFrame), parts = step % 5 === 0 ? 5 : step % 2 === 0 ? 2 : 1;
  const first = Math.floor(left / bench.perFrame / step) * step;
  for (let frame = first; frame * bench.perFrame - left < wide; frame += step / parts) {
    const at = Math.round(frame * bench.perFrame - left) + 0.5, whole = Math.abs(frame / step - Math.round(frame / step)) < 1e-9;
    pen.fillStyle = whole ? muted : faint;
    pen.fillRect(at, whole ? 12 : 20, 1, whole ? 14 : 6);
    if (whole) pen.fillText(timecode(frame, bench.fps), at + 5, 17);
  }
}

function placeNeedle({ needle, scroller, x }) {
  needle.hidden = bench.frame * bench.perFrame < scroller.scrollLeft - 6;     // under the heads
  needle.style.transform = `translateX(${x(bench.frame) - 0.5}px)`;
}

/** Where the rows are, in pixels from the top of the sheet: [{top, tall}]. */
export function rowBoxes({ sheet, lanes }) {
  const from = sheet.getBoundingClientRect().top;
  return [...lanes.children].map((row) => row.getBoundingClientRect()).map(({ top, height }) => ({ top: top - from, tall: height }));
}

/** Bring a frame into view when it has left it. */
export function follow({ scroller, x }, frame = bench.frame) {
  const at = x(frame) - scroller.scrollLeft;
  if (at < HEAD() + 8 || at > scroller.clientWidth - 24) scroller.scrollLeft = x(frame) - HEAD() - (scroller.clientWidth - HEAD()) / 4;
}

/** As close as the whole film fits. */
export function fit({ scroller }) {
  const room = scroller.clientWidth - HEAD() - 48;
  bench.perFrame = Math.max(0.02, Math.min(12, room / Math.max(1, filmFrames(bench.timeline))));
  tell("zoom");
  scroller.scrollLeft = 0;
}
