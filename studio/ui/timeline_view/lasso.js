// A box drawn over the rows: everything it touches is selected.

import { el } from "/ui/static/api.js";
import { bench, same, select } from "./bench.js";
import { spans } from "./film.js";
import { HEAD, rowBoxes } from "./rows.js";

/** What to do at each move of a drag that began at `event`; `kept` stays selected. */
export function rope(view, event, kept) {
  const { scroller, sheet } = view, box = scroller.getBoundingClientRect();
  const at = (e) => ({ x: e.clientX - box.left + scroller.scrollLeft, y: e.clientY - box.top + scroller.scrollTop });
  const from = at(event), rows = rowBoxes(view);
  const frame = el("div.lasso", { "aria-hidden": "true" });
  view.lasso = frame;
  return (e) => {
    const to = at(e), left = Math.min(from.x, to.x), right = Math.max(from.x, to.x), top = Math.min(from.y, to.y), bottom = Math.max(from.y, to.y);
    if (!frame.parentNode) sheet.append(frame);
    Object.assign(frame.style, { left: `${left}px`, top: `${top}px`, width: `${right - left}px`, height: `${bottom - top}px` });
    const found = touched(rows, (left - HEAD()) / bench.perFrame, (right - HEAD()) / bench.perFrame, top, bottom);
    const all = [...kept, ...found.filter((one) => !kept.some((other) => same(one, other)))];
    select(all.at(-1) ?? null, all);
  };
}

function touched(rows, from, to, top, bottom) {
  return bench.timeline.tracks.flatMap((track, t) => (track.locked || !rows[t] || rows[t].top + rows[t].tall < top || rows[t].top > bottom ? []
    : spans(track).filter((span) => span.item.type !== "gap" && span.end > from && span.start < to).map((span) => ({ track: t, index: span.index }))));
}
