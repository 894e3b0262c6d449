// The bar under the picture: the whole film in one line, the playhead, what is painted, and the in and out points.

import { el } from "/ui/static/api.js";
import { bench, on, seek, tell } from "./bench.js";
import { timecode } from "./film.js";

/** In and out points, as frames; null where there is none. They belong to this browser, not to the project. */
export const range = { in: null, out: null, loop: false };
bench.range = range;

/** What is played and looped: [first, end). */
export function playRange() {
  const first = range.in ?? 0, end = range.out === null ? bench.frames : Math.min(range.out + 1, bench.frames);
  return end > first && first < bench.frames ? [first, end] : [0, bench.frames];
}

/** Set a point at the playhead; one on the wrong side of the other takes its place. */
export function mark(side) {
  range[side] = bench.frame;
  if (range.in !== null && range.out !== null && range.in > range.out) range[side === "in" ? "out" : "in"] = null;
  tell("range");
}

export function clearRange() {
  Object.assign(range, { in: null, out: null });
  tell("range");
}

export function scrubBar(halt, painted) {
  const needle = el("i.scrub-needle"), marked = el("i.scrub-range", { hidden: true }), ready = el("span.scrub-ready");
  const bar = el("div.scrub", { role: "slider", tabindex: 0, "aria-label": "Playhead in the film", "aria-valuemin": 0 }, ready, marked, needle);
  const part = (frame) => `${(100 * frame) / Math.max(1, bench.frames - 1)}%`;
  let project = "";

  function dress() {
    needle.style.left = part(bench.frame);
    bar.setAttribute("aria-valuemax", Math.max(0, bench.frames - 1));
    bar.setAttribute("aria-valuenow", bench.frame);
    bar.setAttribute("aria-valuetext", timecode(bench.frame, bench.fps));
  }

  function dressRange() {
    marked.hidden = range.in === null && range.out === null;
    const [first, end] = playRange();
    marked.style.left = part(first);
    marked.style.width = part(end - 1 - first);
    marked.title = `In ${timecode(first, bench.fps)}, out ${timecode(end - 1, bench.fps)}`;
  }

  function dressReady() {
    ready.replaceChildren(...painted().map(([first, end]) => el("i", { style: { left: part(first), width: part(end - first) } })));
  }

  const to = (event) => { const box = bar.getBoundingClientRect(); seek(((event.clientX - box.left) / box.width) * (bench.frames - 1)); };
  bar.addEventListener("pointerdown", (event) => { halt(); bar.setPointerCapture(event.pointerId); to(event); });
  bar.addEventListener("pointermove", (event) => bar.hasPointerCapture(event.pointerId) && to(event));
  on("frame", dress);
  on("range", dressRange);
  on("project", () => {
    if (project !== bench.project?.id) { project = bench.project?.id; clearRange(); }
    dress();
    dressRange();
  });
  return { bar, dressReady };
}
