// What things on the timeline are called, and which colour they have.

import { hue, promptOf } from "/ui/static/api.js";

const ROWS = { video: "Picture", title: "Titles", audio: "Sound", narration: "Voice", music: "Music", captions: "Captions" };

/** A row of titles alone, or one that waits for them, is one of its own kind. */
export function rowKind(track) {
  const has = (type) => track.items.some((item) => item.type === type);
  return track.kind === "video" && !has("clip") && (has("title") || track.name === ROWS.title) ? "title" : track.kind;
}

const plainName = (track) => (track.kind === "audio" && ROWS[track.role]) || ROWS[rowKind(track)];
const unnamed = (track) => !track.name || Object.values(ROWS).includes(track.name);

/** What a person named it; else its kind, with a number where there are several of a kind. */
export function rowName(track, tracks) {
  if (!unnamed(track)) return track.name;
  const called = (one) => one.name || plainName(one), name = called(track);
  const alike = tracks.filter((one) => unnamed(one) && called(one) === name);
  return alike.length > 1 ? `${name} ${alike.indexOf(track) + 1}` : name;
}

export function nameOf(item, asset) {
  if (item.type === "gap") return "Gap";
  if (item.type === "transition") return TRANSITION_NAMES[item.name ?? "dissolve"] ?? item.name;
  if (item.text !== undefined) return item.text.replace(/\s+/g, " ");
  return assetName(asset);
}

/** A made thing is called by what was asked for (what only the voice is told left out), an uploaded one by its file's name. */
export const assetName = (asset) => (asset ? promptOf(asset).replace(/\s*\[\w+:[^\]]*\]/g, "") || asset.name || "Untitled" : "…");

export function hueOf(item, asset, track) {
  if (item.type === "title" || item.type === "caption") return "title";
  if (item.type === "gap") return "";
  if (!asset || asset.gone) return track.kind === "video" ? "video" : ["narration", "music"].includes(track.role) ? track.role : "sound";
  const found = hue(asset);
  return found === "sound" && ["narration", "music"].includes(track.role) ? track.role : found;
}

export const TRANSITION_NAMES = {
  "dissolve": "Dissolve", "fade": "Fade", "dip-to-black": "Dip to black", "dip-to-white": "Dip to white",
  "wipe-left": "Wipe left", "wipe-right": "Wipe right", "wipe-up": "Wipe up", "wipe-down": "Wipe down",
  "slide-left": "Slide left", "slide-right": "Slide right", "slide-up": "Slide up", "slide-down": "Slide down",
  "push-left": "Push left", "push-right": "Push right", "push-up": "Push up", "push-down": "Push down",
  "zoom-in": "Zoom in", "zoom-out": "Zoom out", "blur": "Blur",
};

export const TITLE_STYLES = {
  "lower-third": "Lower third", "centre-card": "Centre card", "chapter": "Chapter", "corner": "Corner", "quote": "Quote", "credits": "Credits",
  "end-roll": "End roll", "kinetic": "Kinetic caption",
};

export const CAPTION_STYLES = { subtitle: "Subtitle", outline: "Outline", large: "Large", karaoke: "Karaoke" };
