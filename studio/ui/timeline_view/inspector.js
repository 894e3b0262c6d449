// The inspector: what is selected, field by field; with nothing selected, the film itself.

import { button, el } from "/ui/static/api.js";
import { bench, edit, on, assetOf } from "./bench.js";
import { captionList } from "./captions.js";
import { choice, group, heading, range, time, toggle, words } from "./fields.js";
import { gapMaker } from "./gapmaker.js";
import { length, ofClip, placing } from "./inspect_clip.js";
import { ofFilm, ofTrack } from "./inspect_film.js";
import { CAPTION_STYLES, TITLE_STYLES, TRANSITION_NAMES, hueOf, nameOf } from "./names.js";
import { askFor } from "./overlay.js";
import { pending } from "./takes.js";
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
    const row = bench.timeline.tracks[selected?.track], listed = row?.kind === "captions" && row.items;
    const shown = item ?? (selected ? { ...row, items: 0 } : { ...bench.timeline, tracks: bench.timeline.tracks.length });
    const now = JSON.stringify([selected, shown, asset?.id, asset?.name, bench.timeline.fps, item ? 0 : bench.frames, bench.project.missing, bench.group?.length > 1 && bench.group, listed, pending.said]);
    if (now === said) return;                                        // a field being typed in is left alone
    said = now;
    const held = document.activeElement?.closest?.(".inspector") && document.activeElement.getAttribute("aria-label");
    view.replaceChildren(...(bench.group?.length > 1 ? ofGroup(bench.group) : item ? ofItem(item, asset) : selected ? ofTrack(selected.track) : ofFilm()));
    if (held) view.querySelector(`[aria-label="${CSS.escape(held)}"]`)?.focus({ preventScroll: true });
  }
  on("selection project assets pending", draw);
  return { view };
}

const SORTS = { gap: "Gap", title: "Title", caption: "Caption", transition: "Transition", image: "Picture", video: "Video", audio: "Sound" };

function ofItem(item, asset) {
  const track = bench.timeline.tracks[bench.selected.track];
  const parts = { clip: ofClip, gap: ofGap, title: ofTitle, caption: ofCaption, transition: ofTransition }[item.type](item, asset, track);
  return [heading(SORTS[asset?.kind ?? item.type] ?? "Clip", nameOf(item, asset), hueOf(item, asset, track)), ...parts, deeds(item, asset)];
}

const ofGap = (item, _, track) => [group("Time", length(item)), gapMaker(item, track), el("p.muted.hint", {}, "Nothing is shown or heard here. Ripple delete closes it.")].filter(Boolean);

/** Several at once: what they can share. */
function ofGroup(picks) {
  const items = picks.map(({ track, index }) => bench.timeline.tracks[track].items[index]), kinds = new Set(items.map((item) => item.type));
  const rows = picks.map(({ track }) => bench.timeline.tracks[track].kind), all = (...names) => items.every((item) => names.includes(item.type));
  const set = (field, factor = 1) => (value) => edit({ verb: "set_group", picks: picks.map(({ track, index }) => [track, index]), fields: { [field]: value / factor } });
  const seen = all("clip", "title") && rows.every((kind) => kind === "video"), first = items[0];
  return [
    heading(`${kinds.size > 1 ? "Items" : SORTS[items[0].type] ?? "Clips"}, together`, `${picks.length} selected`, ""),
    seen && group("Place", range("Size", Math.round((first.scale ?? 1) * 100), { least: 5, most: 400, unit: "%" }, set("scale", 100)),
      range("Opacity", Math.round((first.opacity ?? 1) * 100), { least: 0, most: 100, unit: "%" }, set("opacity", 100))),
    all("clip") && group("Sound", range("Gain", first.gain_db ?? 0, { least: -40, most: 12, step: 0.5, unit: "dB" }, set("gain_db")),
      range("Pan", first.pan ?? 0, { least: -1, most: 1, step: 0.1 }, set("pan"))),
    el("p.muted.hint", {}, "A change here is made to all of them, in one step."),
    el("div.deeds.last", {}, button("Delete", "trash", () => cuts.remove())),
  ].filter(Boolean);
}

function ofTitle(item) {
  const set = (field) => (value) => cuts.change({ [field]: value });
  return [
    group("Words", words("Text", item.text, set("text"), { lines: 3 }),
      el("div.deeds", {}, button("Write on the picture", "title", () => askFor("words"), { title: "Type over the picture; a double click there does the same" })),
      choice("Style", item.style ?? "lower-third", TITLE_STYLES, set("style"))),
    group("Time", length(item),
      time("Fade in", item.fade_in ?? 0, bench.fps, set("fade_in"), { most: item.frames - (item.fade_out ?? 0) }),
      time("Fade out", item.fade_out ?? 0, bench.fps, set("fade_out"), { most: item.frames - (item.fade_in ?? 0) })),
    placing(item),
  ];
}

const ofCaption = (item, _, track) => [
  group("Words", words("Text", item.text, (text) => cuts.change({ text, words: [] }), { lines: 3, hint: "Words typed by hand lose their single timings." }),
    choice("Style", track.style ?? "subtitle", CAPTION_STYLES, (style) => cuts.setTrack(bench.selected.track, { style }), "For all captions of this row.")),
  group("Time", length(item)),
  captionList(bench.selected.track),
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

