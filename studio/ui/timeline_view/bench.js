// What lies on the bench: the open project, what is selected, where the playhead stands, how close one looks. Panes
// hear of changes by topic, and every edit goes through here, one after the other.

import { call, get, post, report, toast } from "/ui/static/api.js";
import { project, settle, open, current, inTurn } from "/ui/static/project.js";
import { filmFrames, fpsOf } from "./film.js";

const heard = new Map();

export const bench = {
  selected: null,                          // {track, index}, {track} for a whole row, or null
  frame: 0,
  perFrame: 2,                             // pixels
  snap: true,
  get project() { return project.now; },
  get timeline() { return project.now?.timeline ?? null; },
  get fps() { return fpsOf(this.timeline); },
  get frames() { return filmFrames(this.timeline); },
  get item() {
    const { track, index } = this.selected ?? {};
    return this.timeline?.tracks[track]?.items[index] ?? null;
  },
};

/** Topics: project, selection, frame, zoom, assets. */
export function on(topics, listener) {
  for (const topic of topics.split(" ")) heard.set(topic, [...(heard.get(topic) ?? []), listener]);
}

export const tell = (topic, ...news) => (heard.get(topic) ?? []).forEach((listener) => listener(...news));

export function select(selected) {
  const typed = document.activeElement;
  if (typed?.matches(".inspector :is(input, textarea)")) typed.blur();      // what was typed belongs to what was selected
  bench.selected = selected;
  tell("selection");
}

export function seek(frame) {
  const last = Math.max(0, bench.frames - 1);
  const next = Math.max(0, Math.min(last, Math.round(frame)));
  if (next === bench.frame) return;
  bench.frame = next;
  tell("frame");
}

export function zoom(perFrame) {
  bench.perFrame = Math.max(0.02, Math.min(40, perFrame));
  tell("zoom");
}

// --- edits ----------------------------------------------------------------------------------------------------------

/** Ask for one edit. What is selected afterwards is `then`. A function is asked for its edit when its turn comes, so
 *  that it speaks about the rows as they are then. */
export function edit(wish, then) {
  return careful(async () => {
    const found = await current();
    const given = typeof wish === "function" ? wish(found.timeline) : wish;
    if (!given) return;
    if (then !== undefined) bench.selected = typeof then === "function" ? then(found.timeline) : then;
    settle(await post(`/projects/${found.id}/edits`, given, { "If-Match": `"${found.version}"` }));
  });
}

/** Put a whole timeline in place of what there is: one step, like any edit. */
export function replace(change) {
  return careful(async () => {
    const found = await current();
    const timeline = change(structuredClone(found.timeline));
    if (timeline) settle(await call("PUT", `/projects/${found.id}`, { timeline }, { "If-Match": `"${found.version}"` }));
  });
}

/** One step back (`undo`) or forward (`redo`). */
export const walk = (way) => careful(async () => {
  const found = project.now;
  if (found?.[`can_${way}`]) settle(await call("POST", `/projects/${found.id}/${way}`, undefined, { "If-Match": `"${found.version}"` }));
});

const careful = (work) => inTurn(() => work().catch(refused));

async function refused(error) {
  if (error.status !== 412) return report(error);
  await open(project.now.id).catch(report);
  toast("Someone else saved this project meanwhile.", { advice: "Their version is on the table now; make your change again.", kind: "warn" });
}

project.hear(() => {
  const row = bench.timeline.tracks[bench.selected?.track];
  if (bench.selected && (!row || (bench.selected.index !== undefined && !row.items[bench.selected.index]))) bench.selected = null;
  bench.frame = Math.min(bench.frame, Math.max(0, bench.frames - 1));
  tell("project");
  tell("selection");
});

// --- what the clips are made of ----------------------------------------------------------------------------------------

const assets = new Map(), asked = new Set(), waves = new Map();

/** The asset, if it is known by now; if not it is asked for, and "assets" tells when it has come. */
export function assetOf(id) {
  if (assets.has(id)) return assets.get(id);
  if (!asked.has(id)) {
    asked.add(id);
    get(`/assets/${id}`).then(know, () => know({ id, gone: true }));
  }
  return null;
}

let telling = 0;

export function know(asset) {
  assets.set(asset.id, asset);
  telling ||= requestAnimationFrame(() => { telling = 0; tell("assets"); });
  return asset;
}

/** An asset's peaks, 20 a second; null until they have come, and for ever when it has no sound. */
export function waveOf(id) {
  if (!waves.has(id)) {
    waves.set(id, null);
    get(`/assets/${id}/waveform`).then((found) => { waves.set(id, found); tell("assets"); }, () => {});
  }
  return waves.get(id);
}
