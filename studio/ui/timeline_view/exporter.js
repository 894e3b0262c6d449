// The export sheet: choose what to write, watch it being written, play it, take it away.

import { Fault, attempt, button, bytes, call, el, fileUrl, get, icon, openTab, post, seconds } from "/ui/static/api.js";
import { bench } from "./bench.js";
import { seconds as filmSeconds, timecode } from "./film.js";
import { playRange, range } from "./scrub.js";

const GROUPS = {
  Film: {
    mp4: ["MP4", "Plays everywhere", "film"], webm: ["WebM", "For web pages", "film"], mov: ["MOV", "To edit further", "film"],
    gif: ["GIF", "A loop without sound", "image"], png: ["PNG", "The frame under the playhead", "image"],
  },
  Sound: { wav: ["WAV", "The sound alone", "sound"], mp3: ["MP3", "The sound, small", "sound"], flac: ["FLAC", "The sound, exact", "sound"] },
  Captions: { srt: ["SRT", "As text", "captions"], vtt: ["VTT", "For the web", "captions"], ass: ["ASS", "With their look", "captions"] },
  "Hand over": {
    zip: ["Homereel", "The project, all media and recipes", "project"], "otio.zip": ["OTIO", "What reads OpenTimelineIO", "project"],
    "fcpxml.zip": ["FCPXML", "Final Cut, DaVinci Resolve", "project"], "mlt.zip": ["MLT", "Kdenlive, Shotcut, melt", "project"],
    "edl.zip": ["EDL", "One row, cuts and dissolves", "project"], "stems.zip": ["Stems", "Each row's sound, tempo, markers", "sound"],
  },
};
const FORMATS = Object.assign({}, ...Object.values(GROUPS));
const FILMS = ["mp4", "webm", "mov"], PICTURE = [...FILMS, "gif", "png"], SOUNDS = ["wav", "mp3", "flac"];
const SIZES = { "": "As the canvas", 2160: "4K", 1440: "1440p", 1080: "1080p", 720: "720p", 480: "480p", 360: "360p" };
const PRESETS = { small: "Small file", standard: "Standard", high: "High" };
const PLACES = { "youtube-1080p": "YouTube 1080p", "youtube-4k": "YouTube 4K", shorts: "Shorts, Reels 9:16", square: "Square 1:1" };
const CODECS = {
  mp4: { "": "H.264", hevc: "HEVC", av1: "AV1" }, webm: { "": "VP9", av1: "AV1" },
  mov: { "": "H.264", hevc: "HEVC", prores: "ProRes 422 HQ", "prores-4444": "ProRes 4444, clear ground", dnxhr: "DNxHR HQ" },
};
const LOUDNESS = { "": "As the film is set", "-14": "−14 LUFS, web", "-16": "−16 LUFS, podcast", "-23": "−23 LUFS, broadcast" };
const CAPTIONS = { "": "Drawn into the picture", soft: "A track players can show", none: "Left out" };
const STORE = "homereel.export";

let job = null, sheet = null, polling = 0;

/** Open the sheet. An export that is still being written is shown where it stands. */
export function exportSheet(player) {
  player?.halt();
  if (sheet) return;
  const { format = "mp4", height = "", preset = "standard", codec = "", loudness = "", captions = "" } = JSON.parse(localStorage.getItem(STORE) ?? "{}"), wish = { format, height, preset, codec, loudness, captions, at: bench.frame };
  const body = el("div.export-body");
  sheet = el("dialog.slate.export", { "aria-label": "Export the film" },
    el("header", {}, el("h2", {}, "Export"), el("span.muted", {}, `${bench.project.title} · ${filmSeconds(bench.frames, bench.fps)}`),
      button("Close", "close", () => sheet.close(), { shown: false, kind: "bare" })), body);
  sheet.addEventListener("close", () => { sheet.remove(); sheet = null; polling = 0; });
  sheet.addEventListener("click", (event) => event.target === sheet && sheet.close());
  document.body.append(sheet);
  sheet.showModal();
  if (job && job.project === bench.project.id && !over(job)) watch(body, wish);
  else form(body, wish);
}

const over = (one) => ["done", "failed", "cancelled"].includes(one.status);

function form(body, wish) {
  const cards = el("div.format-groups", { role: "radiogroup", "aria-label": "Format" });
  const card = ([format, [name, about, iconName]]) =>
    el("button.format", { type: "button", role: "radio", "aria-checked": String(wish.format === format), onclick: () => form(body, { ...wish, format }) },
      icon(iconName, 20), el("strong", {}, name), el("small", {}, about));
  for (const [group, formats] of Object.entries(GROUPS)) cards.append(el("h3", {}, group), el("div.formats", {}, ...Object.entries(formats).map(card)));
  const seen = PICTURE.includes(wish.format);
  const pick = (label, field, options, after = () => {}) => {
    if (!(wish[field] in options)) wish[field] = Object.keys(options)[0];
    const select = el("select.pick", { "aria-label": label, onchange: (event) => { wish[field] = event.target.value; after(); } }, ...Object.entries(options).map(([value, words]) => el("option", { value }, words)));
    select.value = wish[field];
    return el("label.field", {}, el("span.name", {}, label), select);
  };
  const go = button("Export", "download", attempt(() => begin(body, wish)), { kind: "lamp" });
  body.replaceChildren(cards, el("div.export-fields", {},
    cutable(wish.format) && part(wish), FILMS.includes(wish.format) && pick("Quality", "preset", { ...PRESETS, ...PLACES }, () => { form(body, wish); body.querySelector('[aria-label="Quality"]').focus(); }),
    seen && !(wish.preset in PLACES && FILMS.includes(wish.format)) && pick("Size", "height", sizesFor()),
    FILMS.includes(wish.format) && pick("Codec", "codec", CODECS[wish.format]),
    FILMS.includes(wish.format) && captioned() && pick("Captions", "captions", CAPTIONS),
    heard(wish.format) && pick("Loudness", "loudness", LOUDNESS)), el("div.row-end", {}, go));
  cards.querySelector('[aria-checked="true"]').focus();
}

const captioned = () => bench.timeline.tracks.some((track) => track.kind === "captions" && track.items.length);
const heard = (format) => FILMS.includes(format) || SOUNDS.includes(format);
const marked = () => range.in !== null || range.out !== null;
const cutable = (format) => marked() && format !== "png" && [...PICTURE, ...SOUNDS].includes(format);

/** The whole film, or what lies between the in and the out point. */
function part(wish) {
  const [first, end] = playRange(), stretch = `${timecode(first, bench.fps)} to ${timecode(end, bench.fps)}`;
  const select = el("select.pick", { "aria-label": "Part", onchange: (event) => { wish.part = event.target.value; } },
    el("option", { value: "marked" }, `In to out, ${stretch}`), el("option", { value: "whole" }, "The whole film"));
  select.value = wish.part ??= "marked";
  return el("label.field", {}, el("span.name", {}, "Part"), select);
}

/** Sizes no larger than twice the canvas; more would only be a bigger file. */
function sizesFor() {
  const short = Math.min(bench.timeline.width, bench.timeline.height);
  return Object.fromEntries(Object.entries(SIZES).filter(([size]) => !size || Number(size) <= short * 2));
}

async function begin(body, wish) {
  localStorage.setItem(STORE, JSON.stringify({ ...wish, part: undefined }));
  job = await post(`/projects/${bench.project.id}/export`, request(wish));
  watch(body, wish);
}

/** The chosen size is the shorter side's, so that an upright film is not made small. */
function request({ format, height, preset, codec, loudness, captions, at, part: wanted }) {
  const [from, to] = playRange(), stretch = cutable(format) && wanted !== "whole" ? { from, to } : {};
  if (loudness && heard(format)) stretch.loudness_lufs = Number(loudness);
  if (!PICTURE.includes(format)) return { format, options: stretch };
  const { timeline } = bench, scale = Number(height) / Math.min(timeline.width, timeline.height), film = FILMS.includes(format);
  const sized = height && !(film && preset in PLACES);
  return { format, options: { ...stretch, ...(sized && { height: Math.round((timeline.height * scale) / 2) * 2 }),
    ...(film && { preset, ...(codec && { codec }), ...(captions && { burn_captions: false, soft_captions: captions === "soft" }) }), ...(format === "png" && Number.isInteger(at) && { at }) } };
}

async function watch(body, wish) {
  const mine = (polling = Date.now());
  const fill = el("i"), line = el("p.muted", { role: "status" });
  const stop = button("Stop", "stop", attempt(async () => { job = await call("POST", `/jobs/${job.id}/cancel`); }));
  body.replaceChildren(el("div.writing", {}, el("h3", {}, `Writing the ${FORMATS[wish.format]?.[0] ?? "film"}`), el("div.bar.wide", { role: "progressbar", "aria-label": "Export" }, fill), line,
    el("p.muted.hint", {}, "You can close this: the export goes on, and the film comes to the library.")), el("div.row-end", {}, stop));
  stop.focus();
  while (sheet && polling === mine) {
    fill.parentNode.style.setProperty("--part", job.progress);
    fill.parentNode.setAttribute("aria-valuenow", Math.round(job.progress * 100));
    line.textContent = job.status === "queued" ? `Waits: ${job.position ?? 0} before it` : [`${Math.round(job.progress * 100)} %`, job.note, job.eta_s && !job.note.endsWith("left") ? `${seconds(job.eta_s)} left` : ""].filter(Boolean).join(" · ");
    if (over(job)) return end(body, wish);
    await new Promise((done) => setTimeout(done, 350));
    try { job = await get(`/jobs/${job.id}`); } catch (error) { line.textContent = error.message; }
  }
}

function end(body, wish) {
  const again = button("Export again", "reuse", () => form(body, wish));
  if (job.status !== "done") {
    const error = job.error ?? new Fault({ message: "The export was stopped.", advice: "Nothing was left behind." });
    body.replaceChildren(el("div.writing", {}, el("h3.bad", {}, icon("warn"), error.message), el("p.muted", {}, error.advice ?? "")), el("div.row-end", {}, again));
    return again.focus();
  }
  const [film] = job.assets;
  const facts = [film.width && `${film.width} × ${film.height} px`, film.duration_s && seconds(film.duration_s), bytes(film.bytes)].filter(Boolean).join(" · ");
  const save = el("a.lamp.as-button", { href: `${fileUrl(film.id)}?download=true&credentials=true`, download: film.name }, icon("download"), "Download");
  const paper = (what, words) => el("a", { href: fileUrl(film.id).replace(/file$/, what), download: `${film.name.replace(/\.\w+$/, "")}.${what === "manifest" ? "manifest.json" : "credits.txt"}` }, words);
  const papers = film.kind !== "project" && film.kind !== "captions" && film.kind !== "image" && el("p.muted.facts", {}, paper("manifest", "Manifest"), " · ", paper("credits", "Credits and licences"));
  body.replaceChildren(shown(film), el("p.mono.muted.facts", {}, facts), ...(papers ? [papers] : []),
    el("div.row-end", {}, again, button("Show in the library", "project", () => { sheet.close(); openTab("Library"); dispatchEvent(new CustomEvent("homereel.show", { detail: { id: film.id } })); }), save));
  save.focus();
}

function shown(film) {
  if (film.kind === "video") return el("video.result", { src: fileUrl(film.id), controls: true, playsinline: true });
  if (film.kind === "audio") return el("audio.result", { src: fileUrl(film.id), controls: true });
  if (film.kind === "image") return el("img.result", { src: fileUrl(film.id), alt: "The exported film" });
  if (film.mime === "application/zip") return el("div.writing", {}, icon("project", 32), el("h3", {}, "Packed, with its media"), el("p.muted", {}, "Take it to where it is wanted. It opens here, too: project menu, Open a file."));
  const text = el("pre.result.mono", {}, "…");
  fetch(fileUrl(film.id)).then((answer) => answer.text()).then((words) => { text.textContent = words.slice(0, 20000); });
  return text;
}
