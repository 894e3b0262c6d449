// Cut, copy, paste and duplicate. What was copied is kept in this browser, so that another window can paste it too.

import { toast } from "/ui/static/api.js";
import { bench, edit, picks } from "./bench.js";
import { isFree, rowFrames, spans } from "./film.js";
import * as cuts from "./cuts.js";
import { lift, remove } from "./groups.js";

const KEY = "homereel.clipboard";
const length = (items) => rowFrames({ items });

/** What is selected as parts for the verb `paste`: items that follow each other stay together. */
export function parts(timeline, group) {
  const found = [];
  for (const [t, track] of timeline.tracks.entries()) {
    const mine = spans(track).filter((span) => span.item.type !== "gap" && group.some((one) => one.track === t && one.index === span.index));
    for (const span of mine) {
      const last = found.at(-1);
      if (last?.track === t && last.next === span.index) { last.items.push(span.item); last.next += 1; }
      else if (last?.track === t && last.next + 1 === span.index && span.before) { last.items.push(span.before, span.item); last.next += 2; }
      else found.push({ track: t, kind: track.kind, start: span.start, items: [span.item], next: span.index + 1 });
    }
  }
  const first = Math.min(...found.map((part) => part.start));
  return found.map(({ track, kind, start, items }) => ({ track, kind, after: start - first, items }));
}

export function copy() {
  const found = bench.timeline ? parts(bench.timeline, picks()) : [];
  if (!found.length) return void toast("Select a clip first.");
  localStorage.setItem(KEY, JSON.stringify(found));
  toast(`${picks().length === 1 ? "The clip is" : `${picks().length} clips are`} copied.`, { advice: "Ctrl+V puts a copy at the playhead." });
  return found;
}

export function cut() {
  if (copy()) return bench.ripple ? remove() : lift();
}

/** Copies at the playhead: on the selected row when they are of one row, else on the rows they came from. */
export function paste() {
  const copied = JSON.parse(localStorage.getItem(KEY) ?? "[]");
  if (!copied.length) return toast("Nothing was copied yet.");
  return lay(copied, bench.frame, bench.selected?.track);
}

function lay(copied, frame, chosen) {
  return edit((timeline) => {
    const single = new Set(copied.map((part) => part.track)).size === 1;
    const to = ({ track, kind }) => {
      const fits = (t) => timeline.tracks[t]?.kind === kind && !timeline.tracks[t].locked;
      if (single && fits(chosen)) return chosen;
      return fits(track) ? track : timeline.tracks.findIndex((_, t) => fits(t));
    };
    const laid = copied.map((part) => ({ track: to(part), after: part.after, items: part.items })).filter((part) => part.track >= 0);
    if (!laid.length) return void toast("There is no row for it.", { advice: "Add one with Row, or unlock one." });
    const free = laid.every((part) => isFree(timeline.tracks[part.track], frame + part.after, frame + part.after + length(part.items)));
    return { verb: "paste", frame, parts: laid, ripple: bench.ripple && !free };
  }, (_, now) => now.tracks.flatMap((track, t) => spans(track).filter((span) => copied.some((part) => part.kind === track.kind && covers(part, span, frame))).map(({ index }) => ({ track: t, index }))));
}

/** Whether a span is where one of a part's items was laid, and says the same. */
function covers(part, span, frame) {
  return spans(part).some(({ item, start }) => frame + part.after + start === span.start && JSON.stringify(item) === JSON.stringify(span.item));
}

/** The same once more right behind. */
export function duplicate() {
  const group = picks();
  if (group.length < 2) return cuts.duplicate();
  const ends = group.map(({ track, index }) => spans(bench.timeline.tracks[track]).find((span) => span.index === index)?.end ?? 0);
  return lay(parts(bench.timeline, group), Math.max(...ends));
}
