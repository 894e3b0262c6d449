// The inspector's fields of a clip: its time, its picture and where that lies, its sound, its takes, and its recipe.

import { button, el, fileUrl, icon, promptOf, thumbUrl } from "/ui/static/api.js";
import { bench } from "./bench.js";
import { choice, group, range, time, toggle } from "./fields.js";
import { MOTIONS, motionName } from "./film.js";
import { colour } from "./colour.js";
import { askFor } from "./overlay.js";
import { treatment } from "./treatment.js";
import { takesGroup } from "./takes.js";
import * as cuts from "./cuts.js";

const FITS = { cover: "Fill the frame", contain: "Show all of it", stretch: "Stretch", none: "As it is" };
const BLENDS = { normal: "Normal", multiply: "Multiply", screen: "Screen", add: "Add", overlay: "Overlay", lighten: "Lighten", darken: "Darken" };
const SPEEDS = { "1/4": "¼ ×", "1/2": "½ ×", "3/4": "¾ ×", "1/1": "1 ×", "5/4": "1¼ ×", "3/2": "1½ ×", "2/1": "2 ×", "4/1": "4 ×" };
const MIDDLE = [0.5, 0.5];
const ENDS = { end: "Ends", loop: "Starts over", freeze: "Holds its last frame" };

export function length(item, asset) {
  const still = item.type !== "clip" || asset?.kind === "image" || item.loop || item.freeze;
  const [top, bottom] = String(item.speed ?? "1/1").split("/").map(Number), speed = top / (bottom || 1) || 1;
  const most = still || !asset?.duration_s ? Infinity : Math.floor((asset.duration_s * bench.fps + 1e-6 - (item.in ?? 0)) / speed);
  return time("Length", item.frames, bench.fps, (frames) => cuts.trim(bench.selected, { frames }), { least: 1, most });
}


export function ofClip(item, asset, track) {
  const moving = asset?.kind !== "image", seen = track.kind === "video", heard = asset?.kind === "audio" || asset?.sound;
  return [
    asset?.gone && el("p.warning", {}, icon("warn", 16), "This file is not in the library. Restore it from the trash, or take the clip out."),
    timing(item, asset, moving),
    seen && picture(item, asset, track),
    seen && colour(item),
    seen && placing(item),
    heard && sound(item, seen),
    takesGroup(item, asset),
    asset && !asset.gone && source(asset),
  ].filter(Boolean);
}

const set = (field) => (value) => cuts.change({ [field]: value });
const cap = (text) => text[0].toUpperCase() + text.slice(1);
const speedName = (speed) => { const [a, b] = String(speed ?? "1/1").split("/"); return `${a}/${b ?? 1}`; };

function timing(item, asset, moving) {
  return group("Time", length(item, asset),
    moving && time("Starts at", item.in ?? 0, bench.fps, (at) => cuts.trim(bench.selected, { in: at }), { hint: "Where in the media the clip begins." }),
    moving && choice("Speed", speedName(item.speed), SPEEDS, (value) => cuts.change({ speed: value }), "Sound keeps its pitch, or follows."),
    moving && toggle("Reverse", item.reverse, set("reverse"), "Play the same stretch from its end to its start."),
    moving && choice("At its end", item.loop ? "loop" : item.freeze ? "freeze" : "end", ENDS, (value) => cuts.change({ loop: value === "loop", freeze: value === "freeze" }), "What happens when the media is shorter than the clip."));
}

function picture(item, asset, track) {
  const own = motionName(item.motion) === "own", names = Object.fromEntries(Object.keys(MOTIONS).map((name) => [name, cap(name)]));
  const dark = (label, way) => time(label, cuts.pictureFade(track.items, bench.selected.index, way), bench.fps, (frames) => cuts.setPictureFade(bench.selected, way, frames), { most: item.frames >> 1, hint: "How long the picture takes to come out of black, or to go into it." });
  return group("Picture",
    choice("Motion", motionName(item.motion), { ...names, ...(own && { own: "Own" }) }, (name) => name !== "own" && cuts.change({ motion: MOTIONS[name] }), "How the view moves over the picture while it is shown."),
    asset?.width && el("div.deeds", {}, button("Draw start and end", "framing", () => askFor("motion"), { title: "Draw on the picture where the view starts and ends" }),
      button("Crop", "crop", () => askFor("crop"), { title: "Cut the picture's edges away" })),
    choice("Fit", item.fit ?? "cover", FITS, set("fit"), "How the picture is brought to the film's shape."),
    dark("From black", -1), dark("To black", 1));
}

/** Where something painted lies; for clips and titles alike. */
export function placing(item) {
  const [x, y] = item.position ?? MIDDLE, place = (axis) => (value) => cuts.change(({ position }) => ({ position: (position ?? MIDDLE).with(axis, value / 100) }));
  const moved = item.position || item.scale || item.rotation;
  return group("Place",
    range("Across", Math.round(x * 100), { least: -100, most: 200, unit: "%" }, place(0)),
    range("Down", Math.round(y * 100), { least: -100, most: 200, unit: "%" }, place(1)),
    range("Size", Math.round((item.scale ?? 1) * 100), { least: 5, most: 400, unit: "%" }, (value) => cuts.change({ scale: value / 100 })),
    range("Rotation", Math.round(item.rotation ?? 0), { least: -180, most: 180, unit: "°" }, set("rotation")),
    range("Opacity", Math.round((item.opacity ?? 1) * 100), { least: 0, most: 100, unit: "%" }, (value) => cuts.change({ opacity: value / 100 })),
    choice("Blend", item.blend ?? "normal", BLENDS, set("blend"), "How it is laid over what is below."),
    moved && el("div.deeds", {}, button("Back to its place", "undo", () => cuts.change({ position: MIDDLE, scale: 1, rotation: 0 }))));
}

function sound(item, seen) {
  const fade = (label, field, other) => time(label, item[field] ?? 0, bench.fps, set(field), { most: item.frames - (item[other] ?? 0), hint: "How long the sound takes to come or go." });
  return group("Sound",
    range("Gain", item.gain_db ?? 0, { least: -40, most: 12, step: 0.5, unit: "dB", hint: "How much louder or softer than it was recorded." }, set("gain_db")),
    fade("Fade in", "fade_in", "fade_out"), fade("Fade out", "fade_out", "fade_in"),
    range("Pan", item.pan ?? 0, { least: -1, most: 1, step: 0.1, unit: "", hint: "-1 is left, 1 is right." }, set("pan")),
    ...treatment(item, cuts.change),
    speedName(item.speed) !== "1/1" && choice("Pitch", item.pitch ?? "keep", { keep: "Keeps", follow: "Follows the speed" }, set("pitch"), "Whether another speed sounds higher or lower."),
    toggle("Muted", item.muted, set("muted"), seen ? "The picture stays." : ""));
}

/** Where the clip's file came from: every option of its recipe. */
function source(asset) {
  const { recipe } = asset, prompt = promptOf(asset);
  const said = Object.entries(recipe?.options ?? {}).filter(([name, value]) => !["prompt", "text"].includes(name) && value !== null && value !== "" && !(Array.isArray(value) && !value.length));
  return group("Recipe",
    el("div.source", {}, el("img", { src: thumbUrl(asset.id), alt: "" }),
      el("div", {}, el("p.name", { title: asset.name }, asset.name), el("p.muted", {}, recipe?.model ?? "Uploaded"))),
    prompt && el("p.muted.prompt", {}, prompt),
    said.length > 0 && el("details.recipe", {}, el("summary", {}, `${said.length} settings`),
      el("dl", {}, ...said.flatMap(([name, value]) => [el("dt", {}, name.replace(/_/g, " ")), el("dd.mono", {}, shownValue(value))]))),
    el("div.deeds", {},
      recipe && button("Reuse settings", "reuse", () => dispatchEvent(new CustomEvent("homereel.reuse", { detail: { recipe, asset } }))),
      el("a.quiet", { href: `${fileUrl(asset.id)}?download=true&credentials=true`, download: asset.name }, icon("download"), "Download")));
}

const shownValue = (value) => { const text = typeof value === "object" ? JSON.stringify(value) : String(value); return /^[0-9a-f]{64}$/.test(text) ? text.slice(0, 10) : text; };
