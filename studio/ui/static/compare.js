/* Before and after on the same frame: two pictures one over the other, with a line that is drawn across by mouse, touch or
   arrow keys; below, the moment that is shown. */

import { API, button, el, fileUrl, seconds } from "./api.js";

const WIDE = 1600;
const frameUrl = (id, t) => `${API}/assets/${id}/frame?width=${WIDE}&t=${t.toFixed(4)}`;

/** `compare({before, after, offset})`: assets, and how many seconds into the first the second begins. */
export function compare({ before, after, offset = 0 }) {
  const film = after.kind === "video", half = 0.5 / (after.fps || 25);
  const old = el("img.before", { alt: `Before: ${before.name}`, draggable: false });
  const fresh = el("img.after", { alt: `After: ${after.name}`, draggable: false });
  const line = el("input", { type: "range", min: 0, max: 100, step: 0.5, value: 50, "aria-label": "How much of each is seen: left before, right after" });
  const frame = el("div.frame", { style: { "--ratio": `${after.width} / ${after.height}` } }, fresh, el("div.left", {}, old), el("i.seam"),
    el("span.tag.was", {}, "Before"), el("span.tag.is", {}, "After"), line);
  line.addEventListener("input", () => frame.style.setProperty("--at", `${line.value}%`));

  const at = el("input.moment", { type: "range", min: 0, max: Math.max(0, (after.duration_s ?? 0) - half), step: 1 / (after.fps || 25), value: 0, "aria-label": "Moment that is compared" });
  const said = el("output.mono", {}, "0.0 s");
  const nearer = button("Closer", "search", () => { const near = frame.classList.toggle("near"); nearer.setAttribute("aria-pressed", String(near)); }, { kind: "quiet", "aria-pressed": "false" });
  const playing = film && el("video.whole", { src: fileUrl(after.id), controls: true, playsInline: true, preload: "none", hidden: true });
  const play = film && button("Play", "play", () => {
    const shown = playing.hidden;
    playing.hidden = !shown;
    frame.hidden = shown;
    play.querySelector("span").textContent = shown ? "Compare" : "Play";
    if (shown) playing.play().catch(() => {});
    else { playing.pause(); at.value = playing.currentTime; show(); }
  }, { kind: "quiet" });

  let turn = 0;

  /** The same moment of both at once: until the slower one is there, the moment before stays. */
  async function show() {
    const t = film ? Number(at.value) + half / 2 : 0, mine = ++turn;
    said.textContent = seconds(Number(at.value));
    const wanted = [frameUrl(before.id, film ? t + offset : 0), frameUrl(after.id, t)];
    frame.setAttribute("aria-busy", "true");
    await Promise.allSettled(wanted.map((src) => Object.assign(new Image(), { src }).decode()));
    if (mine !== turn) return;
    [old.src, fresh.src] = wanted;
    frame.removeAttribute("aria-busy");
  }
  let soon = 0;
  at.addEventListener("input", () => { said.textContent = seconds(Number(at.value)); clearTimeout(soon); soon = setTimeout(show, 120); });
  frame.addEventListener("pointermove", (event) => {
    const box = frame.getBoundingClientRect();
    frame.style.setProperty("--x", `${(100 * (event.clientX - box.left)) / box.width}%`);
    frame.style.setProperty("--y", `${(100 * (event.clientY - box.top)) / box.height}%`);
  });
  show();
  return el("div.compare", {}, el("div.view", {}, frame, playing), el("div.under", {}, film && at, film && said, nearer, play));
}
