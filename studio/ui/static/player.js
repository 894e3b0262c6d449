/* Shows one asset as large as fits: a picture, a film, or sound as its waveform with a head that follows it. */

import { API, el, fileUrl, get, hue, icon, seconds } from "./api.js";

export function player(asset) {
  if (asset.kind === "image") return el("img.shown", { src: fileUrl(asset.id), alt: asset.recipe?.options?.prompt ?? asset.name, width: asset.width, height: asset.height });
  if (asset.kind === "video") {
    return el("video.shown", { src: fileUrl(asset.id), controls: true, loop: true, playsInline: true, preload: "metadata", width: asset.width, height: asset.height,
      oncanplay: (event) => { event.target.dataset.ready = "1"; } });
  }
  if (asset.kind === "audio") return sound(asset);
  return el("div.empty", {}, icon(asset.kind, 40), el("p", {}, asset.name));
}

function sound(asset) {
  const audio = el("audio", { src: fileUrl(asset.id), preload: "metadata" });
  const canvas = el("canvas", { "aria-hidden": "true" });
  const press = el("button.play", { type: "button", "aria-label": "Play" }, icon("play", 26));
  const time = el("span.mono", {}, `0.0 / ${seconds(asset.duration_s)}`);
  const seek = el("input", { type: "range", min: "0", max: "1", step: "0.001", value: "0", "aria-label": "Position" });
  const node = el("div.hearing", { data: { hue: hue(asset) } }, audio, el("div.wave", {}, canvas, seek), el("div.keys", {}, press, time));

  let peaks = [], frame = 0;
  const draw = () => {
    const { width, height } = canvas.getBoundingClientRect();
    if (!width) return;
    const scale = devicePixelRatio || 1, pen = canvas.getContext("2d"), style = getComputedStyle(node);
    canvas.width = width * scale;
    canvas.height = height * scale;
    const at = audio.currentTime / (audio.duration || asset.duration_s || 1), step = 4 * scale, bars = Math.floor(canvas.width / step);
    for (let n = 0; n < bars; n++) {
      const part = peaks.slice(Math.floor((n / bars) * peaks.length), Math.max(Math.ceil(((n + 1) / bars) * peaks.length), 1));
      const tall = Math.max(part.reduce((most, peak) => Math.max(most, peak), 0) * canvas.height * 0.94, 2 * scale);
      pen.fillStyle = n / bars < at ? style.getPropertyValue("--lit") : style.getPropertyValue("--dim");
      pen.fillRect(n * step, (canvas.height - tall) / 2, 2.5 * scale, tall);
    }
  };
  const tick = () => {
    draw();
    seek.value = audio.currentTime / (audio.duration || 1) || 0;
    time.textContent = `${audio.currentTime.toFixed(1)} / ${seconds(audio.duration || asset.duration_s)}`;
    if (!audio.paused && node.isConnected) frame = requestAnimationFrame(tick);
  };
  const state = () => {
    press.replaceChildren(icon(audio.paused ? "play" : "pause", 26));
    press.setAttribute("aria-label", audio.paused ? "Play" : "Pause");
    cancelAnimationFrame(frame);
    tick();
  };
  press.addEventListener("click", () => (audio.paused ? audio.play() : audio.pause()));
  seek.addEventListener("input", () => { audio.currentTime = seek.value * (audio.duration || 0); tick(); });
  for (const event of ["play", "pause", "ended", "loadedmetadata"]) audio.addEventListener(event, state);
  new ResizeObserver(draw).observe(canvas);
  get(`/assets/${asset.id}/waveform`).then((wave) => { peaks = wave.peaks; draw(); }).catch(() => {});
  return node;
}
