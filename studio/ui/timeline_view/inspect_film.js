// The inspector's fields of a whole row, and of the film.

import { attempt, button, el, icon } from "/ui/static/api.js";
import { bench, select } from "./bench.js";
import { captionList } from "./captions.js";
import { conformSheet } from "./conform.js";
import { choice, group, heading, range, toggle, words } from "./fields.js";
import { CANVASES, canvasName, seconds } from "./film.js";
import { CAPTION_STYLES, rowName } from "./names.js";
import { treatment } from "./treatment.js";
import * as cuts from "./cuts.js";

const ROLES = { effects: "Sound", narration: "Narration", music: "Music" };

export function ofTrack(t) {
  const track = bench.timeline.tracks[t], set = (field) => (value) => cuts.setTrack(t, { [field]: value });
  const audio = track.kind === "audio";
  return [
    heading({ video: "Video row", audio: "Sound row", captions: "Caption row" }[track.kind], rowName(track, bench.timeline.tracks), track.kind === "captions" ? "title" : audio ? track.role ?? "sound" : "video"),
    group("Row", words("Name", rowName(track, bench.timeline.tracks), set("name")),
      audio && choice("Role", track.role ?? "effects", ROLES, (role) => cuts.setTrack(t, { role }), "Music with ducking steps back under narration."),
      track.kind === "captions" && choice("Style", track.style ?? "subtitle", CAPTION_STYLES, set("style")),
      toggle(track.kind === "video" || track.kind === "captions" ? "Hidden" : "Muted", track.muted, set("muted")),
      toggle("Solo", track.solo, set("solo"), "The others of its kind are neither seen nor heard."),
      toggle("Locked", track.locked, set("locked"), "What lies on it cannot be changed.")),
    track.kind === "captions" && captionList(t),
    audio && group("Sound", range("Gain", track.gain_db ?? 0, { least: -40, most: 12, step: 0.5, unit: "dB" }, set("gain_db")),
      ...treatment(track, (fields) => cuts.setTrack(t, fields)),
      track.role !== "narration" && toggle("Duck under narration", track.duck, set("duck"), "Lower this row wherever someone speaks."),
      track.role !== "narration" && track.duck && range("Duck by", track.duck_db ?? -12, { least: -40, most: 0, step: 1, unit: "dB" }, set("duck_db"))),
    el("div.deeds.last", {}, button("Delete row", "trash", () => { select(null); cuts.removeTrack(t); })),
  ].filter(Boolean);
}

const LOUDNESS = { "-14": "−14 LUFS, web", "-16": "−16 LUFS, podcast", "-23": "−23 LUFS, broadcast", "": "As mixed" };

export function ofFilm() {
  const { timeline, project } = bench, rate = String(Math.round(bench.fps * 100) / 100);
  const shapes = el("div.shapes", { role: "group", "aria-label": "Canvas" });
  for (const [name, [width, height]] of Object.entries(CANVASES))
    shapes.append(el("button.shape", { type: "button", title: `${name}, ${width} × ${height} px`, "aria-pressed": String(canvasName(timeline) === name), onclick: () => cuts.setFilm({ width, height }) },
      el("i", { style: { width: `${Math.min(26, (20 * width) / height)}px`, "aspect-ratio": `${width} / ${height}` } }), name));
  return [
    heading("Film", project.title, "video"),
    bench.frames > 0 && el("div.deeds.real", {}, button("Make it real…", "film", attempt(conformSheet), { title: "Have the drafts made again by models with weights, each in its place" })),
    group("Canvas", shapes, el("p.muted.hint.mono", {}, `${timeline.width} × ${timeline.height} px · ${rate} fps · ${seconds(bench.frames, bench.fps)}`),
      choice("Frames per second", rate, ["24", "25", "30", "50", "60"], (fps) => cuts.setFilm({ fps: `${fps}/1` }), "Clips keep their length in seconds.")),
    group("Sound", choice("Loudness", String(timeline.loudness_lufs === undefined ? -14 : timeline.loudness_lufs ?? ""), LOUDNESS,
      (value) => cuts.setFilm({ loudness_lufs: value === "" ? null : Number(value) }), "What the whole film is brought to at export.")),
    project.missing?.length ? el("p.warning", {}, icon("warn", 16), `${project.missing.length} of its files are not in the library. Restore or replace them before export.`) : null,
    el("p.muted.hint", {}, "Select a clip to see what can be done to it. Press ? for all keys."),
  ].filter(Boolean);
}
