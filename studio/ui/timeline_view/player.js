// The player: the exact frame under the playhead, and the film itself, forwards and backwards, while it is painted.

import { API, Fault, attempt, button, el, icon } from "/ui/static/api.js";
import { bench, on, seek, tell } from "./bench.js";
import { edges, framesFrom, timecode } from "./film.js";
import { flipbook } from "./flipbook.js";
import { overlay } from "./overlay.js";
import { clearRange, mark, playRange, range, scrubBar } from "./scrub.js";
import { soundtrack } from "./soundtrack.js";

const KEPT = 60;                                                     // frames a scrub back finds at once
const RUN_UP_S = 0.4;                                                // painted ahead before it plays

export function player() {
  const picture = el("img.frame", { alt: "The frame under the playhead", draggable: false, hidden: true });
  const film = el("canvas.frame.film", { hidden: true, "aria-label": "The film, playing" });
  const note = el("div.monitor-note", { hidden: true, role: "status" });
  const stage = el("div.monitor", {}, picture, film, note);
  const bare = (words, name, act, more = {}) => button(words, name, act, { shown: false, kind: "bare", ...more });
  const time = el("input.time.mono", { "aria-label": "Playhead, as timecode", title: "Type a timecode, or seconds", spellcheck: "false", inputmode: "text" });
  const total = el("span.total.mono", { title: "Length of the film" });
  const play = bare("Play (Space)", "play", () => toggle(), { class: "bare playkey" });
  const step = (words, name, by) => bare(words, name, () => { halt(); seek(bench.frame + by); });
  const jump = (words, name, way) => bare(words, name, () => { halt(); cut(way); });
  const full = bare("Full screen (F)", "full", () => (document.fullscreenElement ? document.exitFullscreen() : view.requestFullscreen?.()));
  const looping = bare("Loop (Shift+L)", "reuse", () => loop(), { "aria-pressed": "false" });
  const points = [bare("In point here (I)", "inpoint", () => mark("in")), bare("Out point here (O)", "outpoint", () => mark("out"))];
  const book = flipbook({ grown: () => { scrub.dressReady(); wake(); } }), sound = soundtrack();
  const scrub = scrubBar(() => halt(), book.painted), over = overlay(stage);
  const transport = el("div.transport", {},
    el("span.clock", {}, time, total),
    el("span.keys", {}, jump("To the cut before (Up)", "tostart", -1), step("One frame back (Left)", "left", -1), play,
      step("One frame on (Right)", "right", 1), jump("To the next cut (Down)", "toend", 1)),
    el("span.aside", {}, ...points, looping, over.guides, full));
  const view = el("section.viewer", { "aria-label": "Player" }, stage, scrub.bar, transport);

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
    if (rate || !view.offsetParent) return;
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
        if (wanted === mine) { stage.classList.add("torn"); say(error.message, true); picture.dataset.key = mine; }
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

  function say(words, torn) {
    note.hidden = !words;
    note.dataset.torn = torn ? "1" : "";
    note.replaceChildren(words ?? "");
  }

  // --- the film ----------------------------------------------------------------------------------------------------
  let rate = 0, turn = 0, asking = false, clock = null, wake = () => {};

  const toggle = attempt(() => (rate || asking ? halt() : go(1)));

  /** Play at a rate: 1 is the film's own, below 0 backwards. What is not painted yet is waited for, and said. */
  async function go(wish, on = false) {
    if (!bench.frames) return;
    const mine = ++turn, way = Math.sign(wish), [first, end] = playRange();
    let from = bench.frame;
    const over = way > 0 ? from >= end - 1 : from <= first;
    if (from < first || from >= end || (over && !on)) from = way > 0 ? first : end - 1;
    hold();
    asking = true;
    dress();
    try {
      await book.open(bench.project, sharp());
      await Promise.all([painted(mine, from, wish), sound.cue(book.plan, from, wish)]);
      if (turn !== mine) return;
      asking = false;
      begin(from, wish);
    } catch (error) {
      if (turn !== mine) return;
      halt();
      throw error;
    }
  }

  async function painted(mine, from, wish) {
    const enough = Math.ceil(RUN_UP_S * bench.fps * Math.abs(wish)), way = Math.sign(wish);
    const asked = performance.now();
    while (turn === mine && book.ahead(from, way, enough) < enough) {
      book.want(from, way);
      const fault = book.faultAt(from);
      if (fault) throw fault;
      if (performance.now() - asked > 300) say(`Painting the preview · ${Math.round((100 * book.ahead(from, way, enough)) / enough)} %`);
      await new Promise((done) => { wake = done; setTimeout(done, 1000); });
    }
    if (turn === mine) say("");
  }

  function begin(from, wish) {
    [film.width, film.height] = book.plan.size;
    rate = wish;
    clock = sound.start(from, wish);
    dress();
    requestAnimationFrame(() => tick(turn));
  }

  function tick(mine) {
    if (turn !== mine || !rate) return;
    if (!view.offsetParent) return halt();
    const [first, end] = playRange(), way = Math.sign(rate), frame = clock();
    if (frame >= end || frame < first) return atEnd(way > 0 ? first : end - 1, way > 0 ? end - 1 : first);
    const found = book.bitmap(frame);
    if (!found) { bench.frame = frame; return void attempt(go)(rate, true); }                      // the painter is caught up with
    draw(found, mine);
    for (let n = 1; n <= 8; n++) book.bitmap(frame + n * rate);                              // decoded before they are needed
    book.want(frame, way);
    if (frame !== bench.frame) { bench.frame = frame; tell("frame"); tell("playing"); }
    requestAnimationFrame(() => tick(mine));
  }

  /** At the end of what is played: round again, or stop on its last frame. */
  function atEnd(again, last) {
    bench.frame = range.loop ? again : last;
    tell("frame");
    if (!range.loop) return halt();
    view.dataset.rounds = Number(view.dataset.rounds ?? 0) + 1;
    attempt(go)(rate);
  }

  async function draw(found, mine) {
    const bitmap = found instanceof Promise ? await found : found;
    if (turn !== mine || !rate) return;
    film.getContext("2d").drawImage(bitmap, 0, 0, film.width, film.height);
    film.hidden = false;
  }

  function hold() {
    rate = 0;
    sound.stop();
  }

  function halt() {
    turn += 1;
    asking = false;
    hold();
    say("");
    book.rest();
    wake();
    dress();
    show().then(() => { if (!rate) film.hidden = true; });
  }

  const faster = (way) => attempt(go)(Math.sign(rate) === way ? way * Math.min(4, Math.abs(rate) * 2) : way);

  function loop() {
    range.loop = !range.loop;
    looping.setAttribute("aria-pressed", String(range.loop));
  }

  function dress() {
    const going = rate || asking, words = going ? "Pause (Space)" : "Play (Space)";
    play.replaceChildren(icon(going ? "pause" : "play", 22));
    play.setAttribute("aria-label", words);
    play.title = words;
    stage.classList.toggle("waiting", asking);
    view.dataset.rate = rate;
    over.show(!going);
  }

  function cut(way) {
    const stops = edges(bench.timeline);
    const next = way > 0 ? stops.find((at) => at > bench.frame) : stops.findLast((at) => at < bench.frame);
    if (next !== undefined) seek(next);
  }

  time.addEventListener("input", () => { typing = true; });
  time.addEventListener("blur", () => { typing = false; show(); });
  time.addEventListener("keydown", (event) => { if (event.key === "Escape") { event.stopPropagation(); typing = false; show(); } });
  time.addEventListener("change", () => { const frame = framesFrom(time.value, bench.fps); typing = false; halt(); if (Number.isFinite(frame)) seek(frame); show(); });
  time.addEventListener("focus", () => time.select());
  stage.addEventListener("click", (event) => { if (!event.target.closest(".held-over") && bench.frames) toggle(); });
  let version = "";
  on("project", () => {
    const now = `${bench.project?.id}/${bench.project?.version}`, changed = now !== version;
    version = now;
    scrub.dressReady();
    if (rate && changed) attempt(go)(rate, true);
    else show();
  });
  on("frame", show);
  new ResizeObserver(show).observe(stage);
  dress();

  return { view, show, halt, cut, toggle, loop, mark, clearRange, guides: () => over.guides.click(), full: () => full.click(),
    faster: () => faster(1), back: () => faster(-1) };
}
