// Frames drawn on the source picture: where a still's view begins and ends, or which edges are cut away.

import { button, el, fileUrl, thumbUrl } from "/ui/static/api.js";
import { bench } from "./bench.js";
import * as cuts from "./cuts.js";
import { choice } from "./fields.js";
import { grip, keyed } from "./grip.js";

const WHOLE = [0, 0, 1, 1], LEAST = 0.05;
const round = (value) => Math.round(value * 10000) / 10000;
const EASES = { linear: "Even", in: "Slow start", out: "Slow end", "in-out": "Slow start and end" };

/** The source picture with its frames: `motion` has two, `crop` one. */
export function framing({ item, asset }, mode, end) {
  const canvas = bench.timeline, shape = (canvas.width / canvas.height) * (asset.height / asset.width);     // of a frame, in the picture's own fractions
  const sheet = el("div.source-sheet", { style: { "aspect-ratio": `${asset.width} / ${asset.height}`, "--source": asset.width / asset.height } },
    el("img", { src: asset.kind === "image" ? fileUrl(asset.id) : thumbUrl(asset.id), alt: "The whole picture", draggable: false }));
  const done = button("Done", "check", end, { kind: "lamp" });
  if (mode === "crop") {
    const [left, top, right, bottom] = item.crop ?? [0, 0, 0, 0];
    const say = ([x, y, w, h]) => cuts.change({ crop: [x, y, Math.max(0, 1 - x - w), Math.max(0, 1 - y - h)].map(round) });
    sheet.append(frame("crop", "What is left of the picture", [left, top, 1 - left - right, 1 - top - bottom], null, sheet, say));
    return [wrap(sheet, "Pull the edges: what lies outside is cut away.", button("Whole picture", "fit", () => cuts.change({ crop: [0, 0, 0, 0] })), done)];
  }
  const motion = { from: fitted(item.motion?.from ?? WHOLE, shape), to: fitted(item.motion?.to ?? item.motion?.from ?? WHOLE, shape), ease: item.motion?.ease ?? "linear" };
  const keep = (more) => cuts.change({ motion: { ...Object.assign(motion, more) } });
  sheet.append(frame("from", "Start", motion.from, shape, sheet, (from) => keep({ from })), frame("to", "End", motion.to, shape, sheet, (to) => keep({ to })));
  const pace = choice("Pace", motion.ease, EASES, (ease) => keep({ ease }), "How the view sets out and arrives.");
  return [wrap(sheet, "Draw where the view starts and where it ends.", pace,
    button("Swap", "variation", () => keep({ from: motion.to, to: motion.from }), { title: "Start where it ends, end where it starts" }),
    button("None", "close", () => cuts.change({ motion: null }), { title: "No motion: the picture stands still" }), done)];
}

const wrap = (sheet, words, ...deeds) => el("div.framing.held-over", {}, el("div.source-room", {}, sheet), el("div.framing-bar", {}, el("p", {}, words), ...deeds));

/** The largest frame of this shape about the middle of what is seen now, inside the picture. */
function fitted([x, y, w, h], shape) {
  const wide = Math.min(1, w, h * shape), tall = wide / shape;
  return inside([x + w / 2 - wide / 2, y + h / 2 - tall / 2, wide, tall]);
}

const inside = ([x, y, w, h]) => [Math.max(0, Math.min(1 - w, x)), Math.max(0, Math.min(1 - h, y)), w, h];

/** One frame to move and size; `shape` is its width over its height in fractions, null when its sides are free. */
function frame(name, words, given, shape, sheet, done) {
  let now = [...given];
  const sides = shape ? ["nw", "ne", "sw", "se"] : ["n", "s", "w", "e", "nw", "ne", "sw", "se"];
  const made = el(`div.source-frame.${name}`, { tabindex: 0, role: "group", data: { name, ...(name !== "to" && { first: "" }) } }, el("b", {}, words), ...sides.map((side) => el(`i.pull.${side}`, { data: { side } })));

  function dress() {
    const [x, y, w, h] = now;
    Object.assign(made.style, { left: `${x * 100}%`, top: `${y * 100}%`, width: `${w * 100}%`, height: `${h * 100}%` });
    made.setAttribute("aria-label", `${words}: ${Math.round(x * 100)} % from the left, ${Math.round(y * 100)} % from the top, ${Math.round(w * 100)} % wide, ${Math.round(h * 100)} % high. Arrows move it, plus and minus change its size.`);
  }

  function commit() {
    now = now.map(round);
    const [x, y, w, h] = now;
    done([x, y, Math.min(w, 1 - x), Math.min(h, 1 - y)].map(round));
  }

  /** Pulled by a side or a corner; a shaped frame keeps its shape, and the corner across from the hand stays. */
  function pulled([x, y, w, h], side, dx, dy) {
    if (!shape) {
      const x0 = side.includes("w") ? Math.min(Math.max(0, x + dx), x + w - LEAST) : x, x1 = side.includes("e") ? Math.max(Math.min(1, x + w + dx), x + LEAST) : x + w;
      const y0 = side.includes("n") ? Math.min(Math.max(0, y + dy), y + h - LEAST) : y, y1 = side.includes("s") ? Math.max(Math.min(1, y + h + dy), y + LEAST) : y + h;
      return [x0, y0, x1 - x0, y1 - y0];
    }
    const right = side.includes("e"), low = side.includes("s"), wish = right ? w + dx : w - dx;
    const most = Math.min(right ? 1 - x : x + w, (low ? 1 - y : y + h) * shape), wide = Math.max(LEAST, Math.min(most, wish)), tall = wide / shape;
    return [right ? x : x + w - wide, low ? y : y + h - tall, wide, tall];
  }

  made.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    const before = [...now], box = sheet.getBoundingClientRect(), { side } = event.target.dataset;
    made.focus({ preventScroll: true });
    grip(event, (dx, dy) => {
      const [mx, my] = [dx / box.width, dy / box.height];
      now = side ? pulled(before, side, mx, my) : inside([before[0] + mx, before[1] + my, before[2], before[3]]);
      dress();
    }, (given) => { if (!given) now = before; dress(); if (given) commit(); });
  });
  keyed(made, ({ dx, dy, grow }) => {
    const [x, y, w, h] = now;
    if (!grow) now = inside([x + dx / 100, y + dy / 100, w, h]);
    else {
      const factor = grow > 0 ? 1.04 : 1 / 1.04, wide = Math.max(LEAST, Math.min(1, shape ?? 1, w * factor)), tall = shape ? wide / shape : Math.max(LEAST, Math.min(1, h * factor));
      now = inside([x + (w - wide) / 2, y + (h - tall) / 2, wide, tall]);
    }
    dress();
  }, commit);
  dress();
  return made;
}
