// The hand on the rows: a click selects, a drag moves or trims, the ruler scrubs, what comes from the bin is put down.
// While a hand moves only the page moves; the edit is made when it lets go.

import { el } from "/ui/static/api.js";
import { bench, select, seek, zoom, assetOf } from "./bench.js";
import { edges, placeAt, rowFrames, seconds, startOf } from "./film.js";
import { HEAD } from "./rows.js";
import { carry, put, trim, trimJoin } from "./cuts.js";

const REACH = 8;                                                     // pixels within which an edge draws things to itself

export function hand(view) {
  const { scroller, lanes, ruler } = view;
  ruler.addEventListener("pointerdown", (event) => scrub(view, event));
  scroller.addEventListener("wheel", (event) => closer(view, event), { passive: false });
  lanes.addEventListener("pointerdown", (event) => event.button === 0 && grasp(view, event));
  lanes.addEventListener("dblclick", (event) => {
    const clip = event.target.closest(".clip");
    if (clip) seek(startOf(bench.timeline.tracks[clip.dataset.track], Number(clip.dataset.index)));
  });
  lanes.addEventListener("keydown", (event) => {
    const clip = event.target.closest(".clip, .join");
    if (clip && event.target === clip && event.key === "Enter") select(placeOf(clip));
  });
  lanes.addEventListener("focusin", (event) => {
    if (event.target.matches(".clip:focus-visible, .join:focus-visible")) select(placeOf(event.target));
  });
  scroller.addEventListener("dragover", (event) => over(view, event));
  scroller.addEventListener("dragleave", () => { view.mark.hidden = true; });
  scroller.addEventListener("drop", (event) => drop(view, event));
}

const placeOf = (made) => ({ track: Number(made.dataset.track), index: Number(made.dataset.index) });

/** Follow the pointer until it is let go: `move(dx, event)`, then `done(dx, moved)`; Escape gives up. */
function drag(event, move, done) {
  const from = event.clientX, target = event.target;
  let moved = false;
  target.setPointerCapture?.(event.pointerId);
  const onMove = (e) => {
    if (!moved && Math.abs(e.clientX - from) < 4 && Math.abs(e.clientY - event.clientY) < 6) return;
    moved = true;
    move(e.clientX - from, e);
  };
  const stop = (e, given) => {
    target.removeEventListener("pointermove", onMove);
    target.removeEventListener("pointerup", onUp);
    target.removeEventListener("pointercancel", onCancel);
    removeEventListener("keydown", onKey, true);
    done(given ? e.clientX - from : 0, moved && given, e);
  };
  const onUp = (e) => stop(e, true), onCancel = (e) => stop(e, false);
  const onKey = (e) => { if (e.key === "Escape") { e.stopPropagation(); stop(e, false); } };
  target.addEventListener("pointermove", onMove);
  target.addEventListener("pointerup", onUp);
  target.addEventListener("pointercancel", onCancel);
  addEventListener("keydown", onKey, true);
}

function scrub(view, event) {
  const to = (e) => seek(snapped(view.frameAt(e.clientX), []));
  to(event);
  drag(event, (_, e) => to(e), () => {});
}

/** Ctrl and the wheel, or two fingers: closer to what is under the pointer. */
function closer(view, event) {
  if (!event.ctrlKey && !event.metaKey) return;
  event.preventDefault();
  const frame = view.frameAt(event.clientX), at = event.clientX - view.scroller.getBoundingClientRect().left;
  zoom(bench.perFrame * Math.exp(-event.deltaY / 240));
  view.scroller.scrollLeft = HEAD() + frame * bench.perFrame - at;
}

/** The frame, or an edge close to it, when edges draw. */
export function snapped(frame, except, reach = REACH) {
  if (!bench.snap) return Math.round(frame);
  const near = [...edges(bench.timeline), bench.frame].filter((edge) => !except.includes(edge));
  const best = near.reduce((a, b) => (Math.abs(b - frame) < Math.abs(a - frame) ? b : a), Infinity);
  return Math.abs(best - frame) * bench.perFrame <= reach ? best : Math.round(frame);
}

function grasp(view, event) {
  const clip = event.target.closest(".clip, .join");
  if (!clip) {
    if (event.target.closest(".head")) return;
    select(null);
    seek(view.frameAt(event.clientX));
    return;
  }
  const at = placeOf(clip), edge = event.target.dataset.edge;
  select(at);
  if (event.pointerType === "touch" && !edge) return;                // a finger on a clip scrolls; buttons move it
  if (clip.classList.contains("join")) stretchJoin(view, event, clip, at);
  else if (edge) stretch(view, event, clip, at, edge);
  else lift(view, event, clip, at);
}

/** Pull a clip by one of its edges. What follows moves along when the hand lets go. */
function stretch(view, event, clip, at, edge) {
  const track = bench.timeline.tracks[at.track], item = track.items[at.index], start = startOf(track, at.index);
  const asset = item.asset ? assetOf(item.asset) : null;
  const still = item.type !== "clip" || asset?.kind === "image" || item.loop || item.freeze;
  const most = still || !asset?.duration_s ? Infinity : Math.floor(asset.duration_s * bench.fps + 1e-6);
  const note = el("span.note.mono");
  let change = null;
  drag(event, (dx) => {
    const own = [start, start + item.frames], moved = snapped(own[edge === "in" ? 0 : 1] + dx / bench.perFrame, own);
    const by = Math.round(moved - own[edge === "in" ? 0 : 1]);
    if (edge === "out") change = { frames: Math.max(1, Math.min(item.frames + by, most - (item.in ?? 0))) };
    else {
      const least = still ? -Infinity : -(item.in ?? 0);
      const cut = Math.max(least, Math.min(by, item.frames - 1));
      change = { frames: item.frames - cut, ...(item.type === "clip" ? { in: still && asset?.kind === "image" ? 0 : (item.in ?? 0) + cut } : {}) };
    }
    const left = edge === "in" ? start + item.frames - change.frames : start;
    clip.style.left = `${left * bench.perFrame}px`;
    clip.style.width = `${change.frames * bench.perFrame}px`;
    const by2 = change.frames - item.frames;
    note.textContent = `${seconds(change.frames, bench.fps)}  ${by2 < 0 ? "−" : "+"}${Math.abs(by2)} f`;
    if (!note.parentNode) { clip.append(note); clip.classList.add("held"); }
  }, (_, moved) => letGo(clip, note, moved && change && change.frames !== item.frames && (() => trim(at, change))));
}

function stretchJoin(view, event, join, at) {
  const item = bench.timeline.tracks[at.track].items[at.index], note = el("span.note.mono");
  let frames = item.frames;
  drag(event, (dx) => {
    frames = Math.max(1, Math.round(item.frames + (2 * dx) / bench.perFrame));
    note.textContent = seconds(frames, bench.fps);
    if (!note.parentNode) { join.append(note); join.classList.add("held"); }
  }, (_, moved) => letGo(join, note, moved && frames !== item.frames && (() => trimJoin(at, frames))));
}

function letGo(made, note, act) {
  note.remove();
  made.classList.remove("held");
  made.dataset.said = "";                                            // whatever comes of it, it is drawn afresh
  made.style.transform = "";
  if (act) act();
  else bench.timeline && select(bench.selected);
}

/** Take a clip up and put it down elsewhere, in its row or another of its kind. */
function lift(view, event, clip, at) {
  const track = bench.timeline.tracks[at.track], item = track.items[at.index];
  let landing = null;
  drag(event, (dx, e) => {
    clip.classList.add("held");
    clip.style.transform = `translate(${dx}px, ${e.clientY - event.clientY}px)`;
    clip.style.pointerEvents = "none";
    landing = landingAt(view, e, item.type === "clip" ? track.kind : item.type === "caption" ? "captions" : item.type === "title" ? "video" : track.kind);
    showLanding(view, landing);
  }, (_, moved) => {
    clip.style.pointerEvents = "";
    view.mark.hidden = true;
    const same = landing && landing.track === at.track && (landing.index === at.index || landing.index === at.index + 1);
    letGo(clip, el("i"), moved && landing && !(same && !landing.gap) && (() => carry(at, landing)));
  });
}

/** Where something put down here would go: a row, before which of its items, and how many empty frames before it. */
function landingAt(view, event, kind) {
  const row = document.elementsFromPoint(event.clientX, event.clientY).find((made) => made.closest?.(".row"))?.closest(".row");
  const tracks = bench.timeline?.tracks ?? [], frame = Math.max(0, view.frameAt(event.clientX));
  let t = row ? Number(row.dataset.track) : -1;
  if (tracks[t]?.kind !== kind) t = tracks.findIndex((track) => track.kind === kind);
  if (t < 0) return { track: -1, index: 0, frame: 0, gap: 0, kind };
  const track = tracks[t], end = rowFrames(track), index = placeAt(track, frame);
  const free = index >= track.items.length ? snapped(frame, []) - end : 0;
  const gap = free * bench.perFrame > 40 ? free : 0;
  return { track: t, index, gap, frame: index < track.items.length ? startOf(track, index) : end + gap, kind };
}

function showLanding(view, landing) {
  const row = view.lanes.children[landing.track];
  view.mark.hidden = !row;
  if (!row) return;
  Object.assign(view.mark.style, { left: `${view.x(landing.frame)}px`, top: `${row.offsetTop + view.lanes.offsetTop}px`, height: `${row.offsetHeight}px` });
}

const KINDS = { image: "video", video: "video", audio: "audio", captions: "captions" };
const carried = (event) => [...event.dataTransfer.types].find((type) => type.startsWith("homereel/"))?.slice(9);

function over(view, event) {
  const kind = carried(event);
  if (!KINDS[kind]) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = "copy";
  showLanding(view, landingAt(view, event, KINDS[kind]));
}

function drop(view, event) {
  view.mark.hidden = true;
  const kind = carried(event), id = kind && event.dataTransfer.getData(`homereel/${kind}`);
  if (!id) return;
  event.preventDefault();
  put(id, landingAt(view, event, KINDS[kind]));
}
