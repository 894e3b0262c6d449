// A row's head: its name, and the two or three things one does to a whole row.

import { el, icon } from "/ui/static/api.js";
import { bench, select } from "./bench.js";
import { rowKind, rowName } from "./names.js";
import { setTrack } from "./cuts.js";

export function head(track, t) {
  const toggle = (words, iconName, field, on) => el("button.bare.tiny", {
    type: "button", title: words, "aria-label": `${words}: ${rowName(track, bench.timeline.tracks)}`, "aria-pressed": String(on),
    onclick: () => setTrack(t, { [field]: !on }),
  }, icon(iconName, 16));
  const name = el("button.rowname", { type: "button", title: "Select the row", onclick: () => select({ track: t }) }, rowName(track, bench.timeline.tracks));
  const audible = track.kind !== "captions";
  return el("div.head", { data: { hue: hueOfRow(track) } },
    name,
    track.role !== "narration" && track.kind === "audio" && toggle("Duck under narration", "duck", "duck", !!track.duck),
    audible && toggle(track.kind === "video" ? "Hide" : "Mute", track.kind === "video" ? "eye" : "sound", "muted", !!track.muted));
}

export function hueOfRow(track) {
  if (track.kind === "captions") return "title";
  if (track.kind === "video") return rowKind(track);
  return ["narration", "music"].includes(track.role) ? track.role : "sound";
}

