// A row's head: its name, and what one does to a whole row: mute or hide it, hear or see it alone, lock it, duck it.

import { el, icon } from "/ui/static/api.js";
import { bench, select } from "./bench.js";
import { rowKind, rowName } from "./names.js";
import { setTrack } from "./cuts.js";

export function head(track, t) {
  const called = rowName(track, bench.timeline.tracks), seen = track.kind !== "audio";
  const toggle = (words, iconName, field, on) => el("button.bare.tiny", {
    type: "button", title: words, "aria-label": `${words}: ${called}`, "aria-pressed": String(!!on), data: { field },
    onclick: () => setTrack(t, { [field]: !on }),
  }, icon(iconName, 15));
  const name = el("button.rowname", {
    type: "button", title: `${called}: select the row; double click or F2 renames it`, onclick: () => select({ track: t }), ondblclick: () => rename(name, t),
  }, called);
  name.addEventListener("keydown", (event) => { if (event.key === "F2") { event.preventDefault(); rename(name, t); } });
  return el("div.head", { data: { hue: hueOfRow(track) } }, name,
    track.role !== "narration" && track.kind === "audio" && toggle("Duck under narration", "duck", "duck", track.duck),
    toggle(seen ? "Hide" : "Mute", seen ? "eye" : "sound", "muted", track.muted),
    toggle("Solo", "solo", "solo", track.solo), toggle("Lock", track.locked ? "lock" : "unlock", "locked", track.locked));
}

/** Write another name in the place of the old one. */
export function rename(name, t) {
  const field = el("input.rename", { value: name.textContent, "aria-label": "Name of the row", maxlength: 80, spellcheck: "false" });
  let over = false;
  const done = (keep) => {
    if (over) return;
    over = true;
    const words = field.value.trim();
    field.replaceWith(name);
    name.focus();
    if (keep && words && words !== name.textContent) { name.textContent = words; setTrack(t, { name: words }); }
  };
  field.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (["Enter", "Escape"].includes(event.key)) { event.preventDefault(); done(event.key === "Enter"); }
  });
  field.addEventListener("blur", () => done(true));
  name.replaceWith(field);
  field.select();
}

export function hueOfRow(track) {
  if (track.kind === "captions") return "title";
  if (track.kind === "video") return rowKind(track);
  return ["narration", "music"].includes(track.role) ? track.role : "sound";
}
