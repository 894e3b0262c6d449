// What lies on the bench: the open project, what is selected, where the playhead stands, how close one looks. Panes
// hear of changes by topic, and every edit goes through here, one after the other.

import { call, get, post, report, toast } from "/ui/static/api.js";
import { project, settle, open, current, inTurn } from "/ui/static/project.js";
import { filmFrames, fpsOf, refound } from "./film.js";
import { rebased } from "./rebase.js";

const heard = new Map();

export const bench = {
  selected: null,                          // {track, index}, {track} for a whole row, or null
  group: [],                               // every {track, index} of a selection of several
  frame: 0,
  perFrame: 2,                             // pixels
  snap: true,
  ripple: true,                            // what follows moves along
  blade: false,                            // a click cuts
  get project() { return project.now; },
  get timeline() { return project.now?.timeline ?? null; },
  get fps() { return fpsOf(this.timeline); },
  get frames() { return filmFrames(this.timeline); },
  get item() {
    const { track, index } = this.selected ?? {};
    return this.timeline?.tracks[track]?.items[index] ?? null;
  },
};

/** Topics: project, selection, frame, zoom, assets, edited. */
export function on(topics, listener) {
  for (const topic of topics.split(" ")) heard.set(topic, [...(heard.get(topic) ?? []), listener]);
}

export const tell = (topic, ...news) => (heard.get(topic) ?? []).forEach((listener) => listener(...news));

export function select(selected, group = []) {
  const typed = document.activeElement;
  if (typed?.matches(".inspector :is(input, textarea)")) typed.blur();      // what was typed belongs to what was selected
  bench.selected = selected;
  bench.group = group.length > 1 ? group : [];
  tell("selection");
}

/** Everything selected, as [{track, index}]; nothing when a whole row is. */
export const picks = () => (bench.group.length ? bench.group : bench.item ? [bench.selected] : []);

export const same = (one, other) => one?.track === other?.track && one?.index === other?.index;

/** Into the selection, or out of it. */
export function toggle(one) {
  const now = picks(), rest = now.filter((other) => !same(one, other));
  const next = rest.length < now.length ? rest : [...now, one];
  select(next.at(-1) ?? null, next);
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

/** Ask for one edit. What is selected afterwards is `then`: one, a list, or what a function of the rows before and
 *  after says. A wish that is a function is asked when its turn comes, so that it speaks about the rows as they are then. */
export function edit(wish, then) {
  return careful(async () => {
    const found = await current();
    const given = typeof wish === "function" ? wish(found.timeline) : wish;
    if (!given) return;
    const answer = await post(`/projects/${found.id}/edits`, given, { "If-Match": `"${found.version}"` }).catch((error) => onTop(error, given, found));
    const chosen = typeof then === "function" ? then(found.timeline, answer.timeline) : then;
    if (chosen !== undefined) [bench.selected, bench.group] = Array.isArray(chosen) ? [chosen.at(-1) ?? null, chosen.length > 1 ? chosen : []] : [chosen, []];
    kept(answer);
  });
}

/** Somebody else saved first: the same edit on top of theirs, when the two do not contradict each other. */
async function onTop(error, given, found) {
  if (error.status !== 412) throw error;
  const theirs = await get(`/projects/${found.id}`), wish = rebased(given, found.timeline, theirs.timeline);
  if (!wish) throw error;
  const answer = await post(`/projects/${found.id}/edits`, wish, { "If-Match": `"${theirs.version}"` });
  toast("This project was changed elsewhere meanwhile.", { advice: "Your change was made on top of that." });
  return answer;
}

/** Put a whole timeline in place of what there is: one step, like any edit. */
export function replace(change) {
  return careful(async () => {
    const found = await current();
    const timeline = change(structuredClone(found.timeline));
    if (timeline) kept(await call("PUT", `/projects/${found.id}`, { timeline }, { "If-Match": `"${found.version}"` }));
  });
}

let ours = false, before = null;

/** The answer to an edit of this page: what is selected is known already. */
function kept(answer) {
  ours = true;
  try { settle(answer); } finally { ours = false; }
  tell("edited", answer.undo_label);
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
  const there = ({ track, index }) => bench.timeline.tracks[track]?.items[index];
  const found = (pick) => (ours || before?.id !== project.now.id ? there(pick) && pick : refound(before.timeline, bench.timeline, pick));
  bench.group = bench.group.map(found).filter(Boolean);
  if (bench.group.length < 2) bench.group = [];
  if (bench.selected?.index !== undefined) bench.selected = found(bench.selected) || (bench.group.at(-1) ?? null);
  else if (bench.selected && !bench.timeline.tracks[bench.selected.track]) bench.selected = null;
  before = project.now;
  bench.frame = Math.min(bench.frame, Math.max(0, bench.frames - 1));
  tell("project");
  tell("selection");
});

// --- what the clips are made of ----------------------------------------------------------------------------------------

const assets = new Map(), asked = new Set(), waves = new Map(), pulses = new Map();

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

/** The seconds at which a sound's beats fall; none until they have come. */
export function beatsOf(id) {
  if (!pulses.has(id)) {
    pulses.set(id, []);
    get(`/assets/${id}/beats`).then(({ beats }) => { pulses.set(id, beats); tell("assets"); }, () => {});
  }
  return pulses.get(id);
}
