// Where an item lies on the canvas, as the studio's painter puts it: pure. All in fractions of the canvas.

export const EASES = { linear: (p) => p, in: (p) => p * p, out: (p) => 1 - (1 - p) * (1 - p), "in-out": (p) => p * p * (3 - 2 * p) };

/** The part of the source a clip shows at its frame k, [x, y, w, h] in fractions of it. */
export function lookedAt(item, k) {
  if (!item.motion) return [0, 0, 1, 1];
  const { from = [0, 0, 1, 1], to = [0, 0, 1, 1], ease = "linear" } = item.motion, p = item.frames > 1 ? EASES[ease](k / (item.frames - 1)) : 0;
  return from.map((value, n) => value + (to[n] - value) * p);
}

/** About where the words of a title style stand, [x, y, w, h]. */
export const WORDS_AT = {
  "lower-third": [0.05, 0.62, 0.62, 0.22], "centre-card": [0.1, 0.3, 0.8, 0.4], chapter: [0.11, 0.36, 0.78, 0.28], corner: [0.03, 0.04, 0.5, 0.14],
  quote: [0.13, 0.28, 0.74, 0.44], credits: [0.2, 0.1, 0.6, 0.8], "end-roll": [0.2, 0.05, 0.6, 0.9], kinetic: [0.08, 0.25, 0.84, 0.5],
};

/** Where an item's picture, or a title's words, are seen: centre, width and height, and the turn in degrees. `size` is
 *  the source's in pixels. */
export function boxOf(item, k, size, canvas) {
  const [px, py] = item.position ?? [0.5, 0.5], scale = item.scale ?? 1, turn = item.rotation ?? 0;
  if (item.type === "title") {
    const [x, y, w, h] = WORDS_AT[item.style ?? "lower-third"], [dx, dy] = turned(x + w / 2 - 0.5, y + h / 2 - 0.5, turn, canvas);
    return { x: px + dx * scale, y: py + dy * scale, w: w * scale, h: h * scale, turn };
  }
  const [fx, fy, fw, fh] = lookedAt(item, k), rw = fw * size.width, rh = fh * size.height;
  const sides = [canvas.width / rw, canvas.height / rh], fit = item.fit ?? "cover";
  const [sx, sy] = { cover: [Math.max(...sides), Math.max(...sides)], contain: [Math.min(...sides), Math.min(...sides)], stretch: sides, none: [1, 1] }[fit];
  const whole = fit === "cover" ? [canvas.width, canvas.height] : [rw * sx, rh * sy];
  const seen = cropped(item.crop, fx, fy, fw, fh, size, whole, [sx, sy]);
  const [dx, dy] = turned(seen.dx / canvas.width, seen.dy / canvas.height, turn, canvas);
  return { x: px + dx * scale, y: py + dy * scale, w: (seen.w / canvas.width) * scale, h: (seen.h / canvas.height) * scale, turn };
}

/** A shift in fractions of the canvas, turned as the canvas's pixels are. */
function turned(dx, dy, degrees, { width, height }) {
  const angle = (degrees * Math.PI) / 180, c = Math.cos(angle), s = Math.sin(angle), x = dx * width, y = dy * height;
  return [(c * x - s * y) / width, (s * x + c * y) / height];
}

/** What cutting the source's edges leaves of what is shown: its size and how far its middle moved, in canvas pixels. */
function cropped(crop, fx, fy, fw, fh, size, [w, h], [sx, sy]) {
  if (!crop?.some(Boolean)) return { w, h, dx: 0, dy: 0 };
  const middle = [(fx + fw / 2) * size.width, (fy + fh / 2) * size.height], [left, top, right, bottom] = crop;
  const x0 = Math.max(middle[0] - w / sx / 2, left * size.width), x1 = Math.min(middle[0] + w / sx / 2, (1 - right) * size.width);
  const y0 = Math.max(middle[1] - h / sy / 2, top * size.height), y1 = Math.min(middle[1] + h / sy / 2, (1 - bottom) * size.height);
  return { w: Math.max(0, x1 - x0) * sx, h: Math.max(0, y1 - y0) * sy, dx: ((x0 + x1) / 2 - middle[0]) * sx, dy: ((y0 + y1) / 2 - middle[1]) * sy };
}
