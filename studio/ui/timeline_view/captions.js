// A caption row as a list: every caption's words and times, to be written where they stand; SRT and VTT files come in.

import { Fault, attempt, button, el, toast } from "/ui/static/api.js";
import { lay, parse } from "/ui/static/append.js";
import { bench, replace, seek, select } from "./bench.js";
import { group } from "./fields.js";
import { framesFrom, seconds, spans, timecode } from "./film.js";

/** The captions of a row where they lie: {index, item, start, end}. */
const cuesOf = (track) => spans(track).filter((span) => span.item.type === "caption");

/** A row's items from cues in time's order; one that begins before the one before it has ended begins there. */
function rowOf(cues) {
  const items = [];
  let at = 0;
  for (const { item, start, end } of [...cues].sort((a, b) => a.start - b.start)) {
    const from = Math.max(start, at), frames = end - from;
    if (frames < 1) continue;
    if (from > at) items.push({ type: "gap", frames: from - at });
    items.push(frames === item.frames ? item : { ...item, frames, ...(item.words && { words: item.words.map(([word, a, b]) => [word, Math.min(a, frames), Math.min(b, frames)]) }) });
    at = end;
  }
  return items;
}

const rewrite = (t, change) => replace((timeline) => {
  const cues = change(cuesOf(timeline.tracks[t]));
  if (!cues) return null;
  timeline.tracks[t].items = rowOf(cues);
  return timeline;
});

export function captionList(t) {
  const track = bench.timeline.tracks[t], cues = cuesOf(track);
  const file = el("input", { type: "file", accept: ".srt,.vtt,text/vtt", hidden: true, onchange: attempt(async () => { const given = file.files[0]; file.value = ""; if (given) await bringIn(t, given); }) });
  return group("Captions",
    cues.length > 0 && el("ol.cues", { "aria-label": "Captions of this row" }, ...cues.map((cue, n) => line(t, cue, n))),
    el("div.deeds", {},
      button("Add one here", "plus", () => addAt(t, bench.frame), { title: "A caption at the playhead, two seconds long" }),
      button("Bring in SRT or VTT", "upload", () => file.click(), { title: "Captions from a file, in place of what they meet" }), file));
}

function line(t, { item, index, start, end }, n) {
  const stamp = (words, frame, give) => {
    const field = el("input.number.mono", { value: timecode(frame, bench.fps), spellcheck: "false", "aria-label": `Caption ${n + 1}, ${words}`, title: "Timecode, seconds, or frames as 12f" });
    field.addEventListener("change", () => {
      const next = framesFrom(field.value, bench.fps);
      if (Number.isFinite(next) && next !== frame) give(next);
      else field.value = timecode(frame, bench.fps);
    });
    return field;
  };
  const moved = (more) => rewrite(t, (cues) => {
    const cue = { ...cues[n], ...more };
    if (cue.end - cue.start < 1) return void toast("A caption ends after it begins.");
    return cues.map((one, k) => (k === n ? { ...cue, item: { ...cue.item, frames: cue.end - cue.start, ...(more.start !== undefined || cue.item.words ? { words: [] } : {}) } } : one));
  });
  const words = el("textarea.words", { rows: Math.min(3, Math.ceil(item.text.length / 34) || 1), "aria-label": `Caption ${n + 1}, words` });
  words.value = item.text;
  words.addEventListener("focus", () => seek(start));
  words.addEventListener("change", () => {
    if (!words.value.trim()) words.value = item.text;
    else if (words.value !== item.text) rewrite(t, (cues) => cues.map((one, k) => (k === n ? { ...one, item: { ...one.item, text: words.value.trim(), words: [] } } : one)));
  });
  return el("li.cue", { "aria-current": bench.selected?.index === index ? "true" : "false" },
    el("span.cue-times", {}, stamp("begins", start, (from) => moved({ start: from })), stamp("ends", end, (to) => moved({ end: to })),
      button(`Delete caption ${n + 1}`, "trash", () => { select({ track: t }); rewrite(t, (cues) => cues.filter((_, k) => k !== n)); }, { shown: false, kind: "bare" })), words);
}

/** A caption of two seconds, or what is free. */
function addAt(t, frame) {
  return rewrite(t, (cues) => {
    if (cues.some((cue) => cue.start <= frame && frame < cue.end)) return void toast("A caption is here already.", { advice: "Move the playhead to a free place." });
    const next = Math.min(...cues.map((cue) => cue.start).filter((start) => start > frame), frame + Math.round(2 * bench.fps));
    return [...cues, { start: frame, end: next, item: { type: "caption", text: "What is said", frames: next - frame } }];
  });
}

/** A file's captions onto the film. SRT is VTT with commas. */
async function bringIn(t, file) {
  const text = (await file.text()).replace(/^\ufeff/, "").replace(/(\d\d:\d\d),(\d{3})/g, "$1.$2");
  const cues = parse(text).filter((cue) => Number.isFinite(cue.start) && cue.end > cue.start);
  if (!cues.length) throw new Fault({ message: `${file.name} holds no captions.`, advice: "Choose an SRT or a WebVTT file." });
  await replace((timeline) => { lay(timeline, cues); return timeline; });
  toast(`${cues.length} captions from ${file.name}, until ${seconds(Math.round(cues.at(-1).end * bench.fps), bench.fps)}.`);
}
