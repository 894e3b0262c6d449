// The inspector: what is selected, field by field; with nothing selected, the film itself.

import { button, el, icon, promptOf, thumbUrl, fileUrl } from "/ui/static/api.js";
import { bench, on, assetOf, select } from "./bench.js";
import { choice, group, range, time, toggle, words } from "./fields.js";
import { CANVASES, MOTIONS, canvasName, motionName, seconds } from "./film.js";
import { CAPTION_STYLES, TITLE_STYLES, TRANSITION_NAMES, hueOf, nameOf, rowName } from "./names.js";
import * as cuts from "./cuts.js";

export function inspector() {
  const view = el("section.inspector", { "aria-label": "Inspector" });
  let due = 0, said = "", typing = null;
  view.addEventListener("input", (event) => { typing = event.target; });
  for (const done of ["change", "focusout"]) view.addEventListener(done, () => { typing = null; draw(); });
  const draw = () => { due ||= requestAnimationFrame(() => { due = 0; paint(); }); };

  function paint() {
    if (!bench.timeline || (typing?.isConnected && typing === document.activeElement)) return;   // typed first, drawn then
    const { selected, item } = bench, asset = item?.asset ? assetOf(item.asset) : null;
    const shown = item ?? (selected ? { ...bench.timeline.tracks[selected.track], items: 0 } : { ...bench.timeline, tracks: bench.timeline.tracks.length });
    const now = JSON.stringify([selected, shown, asset?.id, asset?.name, bench.timeline.fps, item ? 0 : bench.frames, bench.project.missing]);
    if (now === said) return;                                        // a field being typed in is left alone
    said = now;
    const held = document.activeElement?.closest?.(".inspector") && document.activeElement.getAttribute("aria-label");
    view.replaceChildren(...(item ? ofItem(item, asset) : selected ? ofTrack(selected.track) : ofFilm()));
    if (held) view.querySelector(`[aria-label="${CSS.escape(held)}"]`)?.focus({ preventScroll: true });
  }
  on("selection project assets", draw);
  return { view };
}

const heading = (kind, name, color) => el("header.what", { data: { hue: color } }, el("i.dot"), el("span.sort", {}, kind), el("h3", { title: name }, name));
const SORTS = { gap: "Gap", title: "Title", caption: "Caption", transition: "Transition", image: "Picture", video: "Video", audio: "Sound" };

function ofItem(item, asset) {
  const track = bench.timeline.tracks[bench.selected.track];
  const parts = { clip: ofClip, gap: ofGap, title: ofTitle, caption: ofCaption, transition: ofTransition }[item.type](item, asset, track);
  return [heading(SORTS[asset?.kind ?? item.type] ?? "Clip", nameOf(item, asset), hueOf(item, asset, track)), ...parts, deeds(item, asset)];
}

function length(item, asset) {
  const still = item.type !== "clip" || asset?.kind === "image" || item.loop || item.freeze;
  const [top, bottom] = String(item.speed ?? "1/1").split("/").map(Number), speed = top / (bottom || 1) || 1;
  const most = still || !asset?.duration_s ? Infinity : Math.floor((asset.duration_s * bench.fps + 1e-6 - (item.in ?? 0)) / speed);
  return time("Length", item.frames, bench.fps, (frames) => cuts.trim(bench.selected, { frames }), { least: 1, most });
}

function ofClip(item, asset, track) {
  const set = (field) => (value) => cuts.change({ [field]: value });
  const moving = asset?.kind !== "image", seen = track.kind === "video", heard = asset?.kind === "audio" || asset?.sound;
  const fade = (label, field, other) => time(label, item[field] ?? 0, bench.fps, set(field), { most: item.frames - (item[other] ?? 0), hint: "How long the sound takes to come or go." });
  const dark = (label, way) => time(label, cuts.pictureFade(track.items, bench.selected.index, way), bench.fps, (frames) => cuts.setPictureFade(bench.selected, way, frames), { most: item.frames >> 1, hint: "How long the picture takes to come out of black, or to go into it." });
  return [
    asset?.gone && el("p.warning", {}, icon("warn", 16), "This file is not in the library. Restore it from the trash, or take the clip out."),
    group("Time", length(item, asset),
      moving && time("Starts at", item.in ?? 0, bench.fps, (at) => cuts.trim(bench.selected, { in: at }), { hint: "Where in the media the clip begins." }),
      moving && choice("Speed", speedName(item.speed), SPEEDS, (value) => cuts.change({ speed: value }), "Sound keeps its pitch."),
      moving && toggle("Loop", item.loop, set("loop"), "Start the media over when it ends.")),
    seen && group("Picture",
      choice("Motion", motionName(item.motion), { ...Object.fromEntries(Object.keys(MOTIONS).map((name) => [name, cap(name)])), ...(motionName(item.motion) === "own" && { own: "Own" }) },
        (name) => name !== "own" && cuts.change({ motion: MOTIONS[name] }), "How the view moves over the picture while it is shown."),
      choice("Fit", item.fit ?? "cover", { cover: "Fill the frame", contain: "Show all of it", stretch: "Stretch", none: "As it is" }, set("fit"), "How the picture is brought to the film's shape."),
      range("Opacity", Math.round((item.opacity ?? 1) * 100), { least: 0, most: 100, unit: "%" }, (value) => cuts.change({ opacity: value / 100 })),
      dark("From black", -1), dark("To black", 1)),
    heard && group("Sound",
      range("Gain", item.gain_db ?? 0, { least: -40, most: 12, step: 0.5, unit: "dB", hint: "How much louder or softer than it was recorded." }, set("gain_db")),
      fade("Fade in", "fade_in", "fade_out"), fade("Fade out", "fade_out", "fade_in"),
      !seen && range("Pan", item.pan ?? 0, { least: -1, most: 1, step: 0.1, unit: "", hint: "-1 is left, 1 is right." }, set("pan")),
      toggle("Muted", item.muted, set("muted"))),
    asset && !asset.gone && source(asset),
  ].filter(Boolean);
}

const cap = (text) => text[0].toUpperCase() + text.slice(1);
const SPEEDS = { "1/4": "¼ ×", "1/2": "½ ×", "3/4": "¾ ×", "1/1": "1 ×", "5/4": "1¼ ×", "3/2": "1½ ×", "2/1": "2 ×", "4/1": "4 ×" };
const speedName = (speed) => { const [a, b] = String(speed ?? "1/1").split("/"); return `${a}/${b ?? 1}`; };

/** Where the clip's file came from. */
function source(asset) {
  const prompt = promptOf(asset);
  return group("Source",
    el("div.source", {}, el("img", { src: thumbUrl(asset.id), alt: "" }),
      el("div", {}, el("p.name", {}, asset.name), el("p.muted", {}, asset.recipe?.model ?? "Uploaded"), prompt && el("p.muted.prompt", { title: prompt }, prompt))),
    el("div.deeds", {},
      asset.recipe && button("Reuse settings", "reuse", () => dispatchEvent(new CustomEvent("homereel.reuse", { detail: { recipe: asset.recipe, asset } }))),
      el("a.quiet", { href: `${fileUrl(asset.id)}?download=true`, download: asset.name }, icon("download"), "Download")));
}

const ofGap = (item) => [group("Time", length(item)), el("p.muted.hint", {}, "Nothing is shown or heard here. Ripple delete closes it.")];

function ofTitle(item) {
  const set = (field) => (value) => cuts.change({ [field]: value }), [x, y] = item.position ?? [0.5, 0.5];
  const place = (next) => cuts.change({ position: next });
  return [
    group("Words", words("Text", item.text, set("text"), { lines: 3 }), choice("Style", item.style ?? "lower-third", TITLE_STYLES, set("style"))),
    group("Time", length(item),
      time("Fade in", item.fade_in ?? 0, bench.fps, set("fade_in"), { most: item.frames - (item.fade_out ?? 0) }),
      time("Fade out", item.fade_out ?? 0, bench.fps, set("fade_out"), { most: item.frames - (item.fade_in ?? 0) })),
    group("Place",
      range("Across", Math.round(x * 100), { least: 0, most: 100, unit: "%" }, (value) => place([value / 100, y])),
      range("Down", Math.round(y * 100), { least: 0, most: 100, unit: "%" }, (value) => place([x, value / 100])),
      range("Size", Math.round((item.scale ?? 1) * 100), { least: 25, most: 300, step: 5, unit: "%" }, (value) => cuts.change({ scale: value / 100 })),
      range("Opacity", Math.round((item.opacity ?? 1) * 100), { least: 0, most: 100, unit: "%" }, (value) => cuts.change({ opacity: value / 100 }))),
  ];
}

const ofCaption = (item, _, track) => [
  group("Words", words("Text", item.text, (text) => cuts.change({ text, words: [] }), { lines: 3, hint: "Words typed by hand lose their single timings." }),
    choice("Style", track.style ?? "subtitle", CAPTION_STYLES, (style) => cuts.setTrack(bench.selected.track, { style }), "For all captions of this row.")),
  group("Time", length(item)),
];

const ofTransition = (item) => [
  group("Transition", choice("Kind", item.name ?? "dissolve", TRANSITION_NAMES, (name) => cuts.change({ name })),
    time("Length", item.frames, bench.fps, (frames) => cuts.trimJoin(bench.selected, frames), { least: 1 })),
  el("p.muted.hint", {}, "It plays the end of the one and the start of the other together, so the row is shorter by its length."),
];

/** What can be done to the selected item. */
function deeds(item, asset) {
  const join = item.type === "transition";
  return el("div.deeds.last", {},
    !join && button("Earlier", "left", () => cuts.nudge(-1), { title: "Change places with the clip before (Alt+Left)" }),
    !join && button("Later", "right", () => cuts.nudge(1), { title: "Change places with the clip after (Alt+Right)" }),
    !join && button("Split", "scissors", () => cuts.split(), { title: "Cut it in two at the playhead (S)" }),
    !join && item.type !== "gap" && button("Duplicate", "copy", () => cuts.duplicate(), { title: "Put a copy after it (Ctrl+D)" }),
    item.type === "clip" && asset?.kind !== "captions" && bench.timeline.tracks[bench.selected.track].kind !== "captions" && button("Dissolve", "join", () => cuts.addJoin(), { title: "Blend it into what follows (D)" }),
    button("Delete", "trash", () => cuts.remove(), { title: "Take it out and close the hole (Del); with Shift the hole stays" }));
}

const ROLES = { effects: "Sound", narration: "Narration", music: "Music" };

function ofTrack(t) {
  const track = bench.timeline.tracks[t], set = (field) => (value) => cuts.setTrack(t, { [field]: value });
  const audio = track.kind === "audio";
  return [
    heading({ video: "Video row", audio: "Sound row", captions: "Caption row" }[track.kind], rowName(track, bench.timeline.tracks), track.kind === "captions" ? "title" : audio ? track.role ?? "sound" : "video"),
    group("Row", words("Name", rowName(track, bench.timeline.tracks), set("name")),
      audio && choice("Role", track.role ?? "effects", ROLES, (role) => cuts.setTrack(t, { role }), "Music with ducking steps back under narration."),
      track.kind === "captions" && choice("Style", track.style ?? "subtitle", CAPTION_STYLES, set("style")),
      toggle(track.kind === "video" || track.kind === "captions" ? "Hidden" : "Muted", track.muted, set("muted"))),
    audio && group("Sound", range("Gain", track.gain_db ?? 0, { least: -40, most: 12, step: 0.5, unit: "dB" }, set("gain_db")),
      track.role !== "narration" && toggle("Duck under narration", track.duck, set("duck"), "Lower this row wherever someone speaks."),
      track.role !== "narration" && track.duck && range("Duck by", track.duck_db ?? -12, { least: -40, most: 0, step: 1, unit: "dB" }, set("duck_db"))),
    el("div.deeds.last", {}, button("Delete row", "trash", () => { select(null); cuts.removeTrack(t); })),
  ].filter(Boolean);
}

const LOUDNESS = { "-14": "−14 LUFS, web", "-16": "−16 LUFS, podcast", "-23": "−23 LUFS, broadcast", "": "As mixed" };

function ofFilm() {
  const { timeline, project } = bench, rate = String(Math.round(bench.fps * 100) / 100);
  const shapes = el("div.shapes", { role: "group", "aria-label": "Canvas" });
  for (const [name, [width, height]] of Object.entries(CANVASES))
    shapes.append(el("button.shape", { type: "button", title: `${name}, ${width} × ${height} px`, "aria-pressed": String(canvasName(timeline) === name), onclick: () => cuts.setFilm({ width, height }) },
      el("i", { style: { width: `${Math.min(26, (20 * width) / height)}px`, "aspect-ratio": `${width} / ${height}` } }), name));
  return [
    heading("Film", project.title, "video"),
    group("Canvas", shapes, el("p.muted.hint.mono", {}, `${timeline.width} × ${timeline.height} px · ${rate} fps · ${seconds(bench.frames, bench.fps)}`),
      choice("Frames per second", rate, ["24", "25", "30", "50", "60"], (fps) => cuts.setFilm({ fps: `${fps}/1` }), "Clips keep their length in seconds.")),
    group("Sound", choice("Loudness", String(timeline.loudness_lufs === undefined ? -14 : timeline.loudness_lufs ?? ""), LOUDNESS,
      (value) => cuts.setFilm({ loudness_lufs: value === "" ? null : Number(value) }), "What the whole film is brought to at export.")),
    project.missing?.length ? el("p.warning", {}, icon("warn", 16), `${project.missing.length} of its files are not in the library. Restore or replace them before export.`) : null,
    el("p.muted.hint", {}, "Select a clip to see what can be done to it. Press ? for all keys."),
  ].filter(Boolean);
}
