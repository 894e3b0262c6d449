// What lies over the picture: handles for what is selected, a title's words being written, frames being drawn, guides.

import { button, el } from "/ui/static/api.js";
import { bench, on, assetOf } from "./bench.js";
import { spans } from "./film.js";
import { framing } from "./framing.js";
import { handles } from "./handles.js";
import { lettering } from "./lettering.js";

let here = null;

/** Ask the picture for a mode: `motion` or `crop` (drawn on the source), or `words`. The inspector's buttons do. */
export const askFor = (mode) => here?.(mode);

export function overlay(stage) {
  const layer = el("div.over", { hidden: true });
  const guides = button("Safe areas (G)", "guides", () => guide(), { shown: false, kind: "bare", "aria-pressed": "false" });
  const safe = el("div.safe", { hidden: true, "aria-hidden": "true" }, el("i.action"), el("i.words"), el("i.cross"));
  stage.append(safe, layer);
  let resting = true, mode = null, said = "";

  /** The item on the picture: the selected one, when it lies on a picture row under the playhead. */
  function subject() {
    const { selected, item, timeline } = bench, track = timeline?.tracks[selected?.track];
    if (!item || track.kind !== "video" || !["clip", "title"].includes(item.type)) return null;
    const span = spans(track).find((one) => one.index === selected.index);
    if (!span || bench.frame < span.start || bench.frame >= span.end) return mode && mode !== "words" ? { item, k: 0, asset: assetOf(item.asset) } : null;
    return { item, k: bench.frame - span.start, asset: item.asset ? assetOf(item.asset) : null };
  }

  function draw() {
    const found = resting ? subject() : null;
    if (!found || (mode === "words" && found.item.type !== "title")) mode = null;
    layer.hidden = !found || (found.item.type === "clip" && !found.asset?.width);
    const now = JSON.stringify([layer.hidden, mode, bench.selected, found?.item, mode ? 0 : found?.k, bench.timeline?.width, bench.timeline?.height, bench.project?.id]);
    if (now === said) return;
    said = now;
    if (layer.contains(document.activeElement) && mode) return redraw(found);
    fill(found);
  }

  /** While a frame is being drawn by keys it keeps the focus. */
  function redraw(found) {
    const name = document.activeElement.getAttribute("data-name");
    fill(found);
    if (name) layer.querySelector(`[data-name="${name}"]`)?.focus({ preventScroll: true });
  }

  function fill(found) {
    if (layer.hidden) return layer.replaceChildren();
    layer.dataset.mode = mode ?? "place";
    const held = document.activeElement?.classList.contains("placed");
    const end = () => { mode = null; said = ""; draw(); layer.querySelector(".placed")?.focus(); };
    layer.replaceChildren(...(mode === "words" ? lettering(found, layer, end) : mode ? framing(found, mode, end) : handles(found, layer, () => turnTo("words"))));
    if (held) layer.querySelector(".placed")?.focus({ preventScroll: true });
  }

  function turnTo(wish) {
    mode = mode === wish ? null : wish;
    said = "";
    draw();
    layer.querySelector("[data-first]")?.focus();
  }
  here = turnTo;

  function guide() {
    safe.hidden = !safe.hidden;
    guides.setAttribute("aria-pressed", String(!safe.hidden));
  }

  const leave = () => { mode = null; draw(); };
  let of = "";
  on("selection", () => { const now = JSON.stringify(bench.selected); if (now !== of) { of = now; leave(); } else draw(); });
  on("project frame assets", draw);
  return { guides, show: (still) => { resting = still; draw(); } };
}
