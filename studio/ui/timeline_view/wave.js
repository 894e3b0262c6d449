// The shape of a clip's sound, as loud as its gain makes it, its fades cut off. A path in the colour of its surroundings.

const SVG = "http://www.w3.org/2000/svg", TALL = 44;

/** `wave` is what /waveform answers; `wide` the clip's width in pixels, of which [from, to) is drawn; `whole` when sound
 *  is all the clip has. */
export function paintWave(wave, item, wide, fps, whole, [from, to] = [0, wide]) {
  const points = Math.max(2, Math.round((to - from) / 3)), per = item.frames / wide;
  const [top, bottom] = String(item.speed ?? "1/1").split("/").map(Number), pace = wave.per_second / fps;
  const step = (((to - from) * per) / points) * (top / (bottom || 1)) * pace;
  const first = ((item.in ?? 0) + from * per * (top / (bottom || 1))) * pace, gain = 10 ** ((item.gain_db ?? 0) / 20);
  let drawn = "";
  for (let n = 0; n < points; n++) {
    const frame = (from + (n / points) * (to - from)) * per;
    const fade = Math.min(1, item.fade_in ? frame / item.fade_in : 1, item.fade_out ? (item.frames - frame) / item.fade_out : 1);
    const loud = item.muted ? 0 : peak(wave.peaks, first + n * step, first + (n + 1) * step, item.loop) * gain * fade;
    const half = Math.max(0.5, Math.min(1, loud) ** 0.75 * (TALL / 2 - 3));
    drawn += `M${n} ${(TALL / 2 - half).toFixed(1)}v${(half * 2).toFixed(1)}`;
  }
  const svg = document.createElementNS(SVG, "svg"), path = document.createElementNS(SVG, "path");
  for (const [name, value] of Object.entries({ viewBox: `-0.5 0 ${points} ${TALL}`, preserveAspectRatio: "none", class: whole ? "wave" : "wave low" }))
    svg.setAttribute(name, value);
  svg.style.cssText = `left:${from}px;width:${to - from}px`;
  path.setAttribute("d", drawn);
  svg.append(path);
  return svg;
}

/** The loudest of the peaks in [from, to), and at least of one. */
function peak(peaks, from, to, loop) {
  let loud = 0;
  for (let k = Math.floor(from); k < Math.max(to, Math.floor(from) + 1); k++)
    loud = Math.max(loud, peaks[loop && peaks.length ? k % peaks.length : k] ?? 0);
  return loud;
}
