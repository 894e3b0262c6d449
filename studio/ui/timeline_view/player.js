// The player: the exact frame under the playhead, and the film itself, played from a quick small render.

import { API, Fault, attempt, button, call, el, get, icon, post, seconds as inSeconds } from "/ui/static/api.js";
import { project } from "/ui/static/project.js";
import { bench, on, seek, tell } from "./bench.js";
import { edges, framesFrom, timecode } from "./film.js";

const KEPT = 60;                                                     // frames a scrub back finds at once
const PREVIEW = { format: "mp4", options: { preset: "preview" } };

export function player() {
  const picture = el("img.frame", { alt: "The frame under the playhead", draggable: false, hidden: true });
  const film = el("video.frame", { hidden: true, playsinline: true, preload: "auto" });
  const note = el("div.monitor-note", { hidden: true, role: "status" });
  const stage = el("div.monitor", {}, picture, film, note);
  const time = el("input.time.mono", { "aria-label": "Playhead, as timecode", title: "Type a timecode, or seconds", spellcheck: "false", inputmode: "text" });
  const total = el("span.total.mono", { title: "Length of the film" });
  const play = button("Play (Space)", "play", () => toggle(), { shown: false, kind: "bare", class: "bare playkey" });
  const step = (words, name, by) => button(words, name, () => { halt(); seek(bench.frame + by); }, { shown: false, kind: "bare" });
  const jump = (words, name, way) => button(words, name, () => { halt(); cut(way); }, { shown: false, kind: "bare" });
  const full = button("Full screen (F)", "full", () => (document.fullscreenElement ? document.exitFullscreen() : stage.requestFullscreen?.()), { shown: false, kind: "bare" });
  const transport = el("div.transport", {},
    el("span.clock", {}, time, total),
    el("span.keys", {}, jump("To the cut before (Up)", "tostart", -1), step("One frame back (Left)", "left", -1), play,
      step("One frame on (Right)", "right", 1), jump("To the next cut (Down)", "toend", 1)),
    el("span.aside", {}, full));
  const view = el("section.viewer", { "aria-label": "Player" }, stage, transport);

  // --- the still ---------------------------------------------------------------------------------------------------
  const kept = new Map();
  let busy = false, wanted = null, typing = false;                  // what is being typed stays, whatever happens meanwhile
  const key = () => `${bench.project?.id}/${bench.project?.version}/${bench.frame}/${sharp()}`;
  const sharp = () => (stage.clientWidth * (devicePixelRatio || 1) > 720 ? 960 : 640);

  async function show() {
    if (!typing) time.value = timecode(bench.frame, bench.fps);
    total.textContent = `/ ${timecode(bench.frames, bench.fps)}`;
    stage.style.setProperty("--shape", bench.timeline ? `${bench.timeline.width} / ${bench.timeline.height}` : "16 / 9");
    stage.classList.toggle("blank", !bench.frames);
    if (playing || !view.offsetParent) return;
    wanted = key();
    if (busy || !bench.frames) return;
    busy = true;
    while (wanted && wanted !== picture.dataset.key) {               // one at a time, and always the newest wish
      const mine = wanted;
      try {
        picture.src = await still(mine);
        await picture.decode();
        picture.hidden = false;                                      // black until there is a first frame, not a broken picture
        picture.dataset.key = mine;
        stage.classList.remove("torn");
      } catch (error) {
        if (wanted === mine) { stage.classList.add("torn"); say(error.message); picture.dataset.key = mine; }
      }
    }
    busy = false;
  }

  async function still(mine) {
    if (kept.has(mine)) return kept.get(mine);
    const [id, , frame, wide] = mine.split("/");
    const answer = await fetch(`${API}/projects/${id}/frames/${frame}?width=${wide}`);
    if (!answer.ok) throw new Fault((await answer.json().catch(() => ({}))).error ?? { message: "This frame cannot be shown." });
    const url = URL.createObjectURL(await answer.blob());
    kept.set(mine, url);
    if (kept.size > KEPT) { const [oldest, old] = kept.entries().next().value; URL.revokeObjectURL(old); kept.delete(oldest); }
    if (note.dataset.torn) say("");
    return url;
  }

  // --- the film ----------------------------------------------------------------------------------------------------
  let playing = false, rendered = null, asking = 0;

  function say(words, torn) {
    note.hidden = !words;
    note.dataset.torn = torn ? "1" : "";
    note.replaceChildren(words ?? "");
  }

  async function toggle() {
    if (playing || asking) return halt();
    if (!bench.frames) return;
    const mine = ++turn;
    asking = mine;
    dress();
    try {
      const url = await preview(mine);
      if (asking !== mine) return;
      asking = 0;
      await start(url);
    } catch (error) {
      if (asking === mine) { asking = 0; say(""); dress(); throw error; }
    }
  }
  let turn = 0;

  /** The film of the project as it is now: rendered once for each version. */
  async function preview(mine) {
    const { id, version } = bench.project;
    if (rendered?.key === `${id}/${version}`) return rendered.url;
    let job = await post(`/projects/${id}/export`, PREVIEW, { "Idempotency-Key": `preview-${id}-${version}` });
    while (!["done", "failed", "cancelled"].includes(job.status)) {
      if (asking !== mine) { call("POST", `/jobs/${job.id}/cancel`).catch(() => {}); throw new Fault({ message: "Stopped." }); }
      const left = job.eta_s ? ` · ${inSeconds(job.eta_s)} left` : "";
      say(job.status === "queued" ? `Preview waits: ${job.position ?? 0} before it` : `Preview ${Math.round(job.progress * 100)} %${left}`);
      await new Promise((done) => setTimeout(done, 250));
      job = await get(`/jobs/${job.id}`);
    }
    say("");
    if (job.status !== "done") throw new Fault(job.error ?? { message: "The preview was cancelled." });
    rendered = { key: `${id}/${version}`, url: job.assets[0].url };
    return rendered.url;
  }

  async function start(url) {
    if (!film.src.endsWith(url)) film.src = url;
    if (film.readyState < 1) await new Promise((done, fail) => { film.onloadedmetadata = done; film.onerror = () => fail(new Fault({ message: "The preview cannot be played here." })); });
    film.currentTime = bench.frame >= bench.frames - 1 ? 0 : (bench.frame + 0.01) / bench.fps;
    await film.play();
    film.hidden = false;
    playing = true;
    dress();
    requestAnimationFrame(tick);
  }

  function tick() {
    if (!playing) return;
    bench.frame = Math.min(bench.frames - 1, Math.floor(film.currentTime * bench.fps + 0.01));
    tell("frame");
    tell("playing");
    if (film.ended || !view.offsetParent) return halt();
    requestAnimationFrame(tick);
  }

  function halt() {
    asking = 0;
    say("");
    film.pause();
    film.playbackRate = 1;
    playing = false;
    dress();
    show().then(() => { if (!playing) film.hidden = true; });
  }

  function dress() {
    const busyNow = playing || asking;
    play.replaceChildren(icon(busyNow ? "pause" : "play", 22));
    play.setAttribute("aria-label", busyNow ? "Pause (Space)" : "Play (Space)");
    stage.classList.toggle("waiting", !!asking);
  }

  function cut(way) {
    const stops = edges(bench.timeline);
    const next = way > 0 ? stops.find((at) => at > bench.frame) : stops.findLast((at) => at < bench.frame);
    if (next !== undefined) seek(next);
  }

  time.addEventListener("input", () => { typing = true; });
  time.addEventListener("blur", () => { typing = false; show(); });
  time.addEventListener("keydown", (event) => { if (event.key === "Escape") { event.stopPropagation(); typing = false; show(); } });
  time.addEventListener("change", () => { typing = false; const frame = framesFrom(time.value, bench.fps); if (Number.isFinite(frame)) seek(frame); show(); });
  time.addEventListener("focus", () => time.select());
  stage.addEventListener("click", attempt(() => bench.frames && toggle()));
  on("project", () => { if (playing && rendered?.key !== `${project.now.id}/${project.now.version}`) halt(); else show(); });
  on("frame", show);
  new ResizeObserver(show).observe(stage);
  dress();

  const togglePlay = attempt(toggle);
  return { view, show, halt, cut, toggle: togglePlay, full: () => full.click(),
    faster: () => (playing ? (film.playbackRate = Math.min(4, film.playbackRate * 2)) : togglePlay()) };
}
