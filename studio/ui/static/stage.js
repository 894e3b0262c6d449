/* The stage: the take as large as fits, what runs with its progress, the takes as a strip, and what to do with one.
   It reads the jobs of its task from the studio, so any page at any time shows the same. */

import { attempt, button, el, fileUrl, get, hue, icon, isDraft, post, promptOf, pulse, report, seconds, send, thumbUrl, type } from "./api.js";
import { player } from "./player.js";
import { lift } from "./cargo.js";
import { actions } from "./takes.js";

const PAGE = 40;
const GOING = ["queued", "running"];

class Stage extends HTMLElement {
  connectedCallback() {
    if (this.screen) this.replaceChildren();
    this.className = "house stage";
    this.task = this.getAttribute("task");
    this.jobs = [];
    this.screen = el("div.screen");
    this.caption = el("div.caption");
    this.actions = el("div.actions", { role: "group", "aria-label": "What to do with this take" });
    this.strip = el("div.takes", { role: "listbox", "aria-label": "Takes, newest first", "aria-orientation": "horizontal", onkeydown: (event) => this.walk(event) });
    this.append(this.screen, this.caption, this.actions, this.strip);
    this.deaf = pulse.hear((status) => this.status(status));
    this.seen = new IntersectionObserver(([entry]) => this.shows(entry.isIntersecting));
    this.seen.observe(this);
    this.load().catch(report);
  }

  /** A tab that was left keeps its stage: silent, and read again when it comes back. */
  shows(now) {
    this.visible = now || this.offsetParent !== null;
    if (!this.visible) for (const sounding of this.querySelectorAll("audio, video")) sounding.pause();
    else if (this.stale) this.load().catch(report);
  }

  disconnectedCallback() {
    this.deaf?.();
    this.seen?.disconnect();
  }

  /** The form has just put these jobs in line: the first of them takes the stage. */
  follow(ids) {
    if (!ids?.length) return;
    this.chosen = ids[0];
    this.load().catch(report);
    pulse.now();
    if (matchMedia("(max-width: 860px)").matches) this.scrollIntoView({ behavior: "smooth", block: "start" });
  }

  async load() {
    this.stale = false;
    const page = await get(`/jobs?task=${this.task}&limit=${PAGE}`);
    const older = this.jobs.slice(this.jobs.findIndex((job) => job.id === page.next) + 1);
    this.jobs = this.more && page.next && older.length < this.jobs.length ? [...page.items, ...older] : page.items;
    this.next = this.more ? this.next : page.next;
    this.draw();
  }

  async older() {
    const page = await get(`/jobs?task=${this.task}&limit=${PAGE}&before=${this.next}`);
    this.more = true;
    this.jobs.push(...page.items);
    this.next = page.next;
    this.draw();
  }

  status(status) {
    const mark = pulse.mark(status);
    if (this.mark !== undefined && mark !== this.mark) {
      if (this.visible) this.load().catch(() => {});
      else this.stale = true;
    }
    this.mark = mark;
    for (const job of status.running ?? []) {
      const known = this.jobs.findIndex((one) => one.id === job.id);
      if (known < 0) continue;
      if (this.jobs[known].status === "queued") this.load().catch(() => {});
      this.jobs[known] = job;
      this.progress(job);
    }
  }

  /** What the strip shows: everything but what was cancelled or has gone to the trash. */
  get shown() {
    return this.jobs.filter((job) => job.status !== "cancelled" && (job.status !== "done" || job.assets.length));
  }

  get take() {
    const shown = this.shown;
    return shown.find((job) => job.id === this.chosen) ?? shown[0];
  }

  draw() {
    const job = this.take;
    const key = job ? `${job.id} ${job.status} ${job.position ?? ""}` : "empty";
    if (key !== this.key) {
      this.key = key;
      this.screen.replaceChildren(job ? this.face(job) : this.empty());
      this.screen.dataset.state = job?.status ?? "empty";
      this.screen.classList.toggle("dark", !!job);          // behind a picture it is night, by day too
    }
    this.describe(job);
    this.drawStrip(job);
  }

  /* --- the screen --- */

  face(job) {
    if (job.status === "done") return player(job.assets[0]);
    if (job.status === "failed") return this.fault(job);
    return this.running(job);
  }

  running(job) {
    const waiting = job.status === "queued";
    const stop = button(waiting ? "Cancel" : "Stop", "stop", attempt(() => post(`/jobs/${job.id}/cancel`).then(() => { pulse.now(); return this.load(); })));
    const face = el("div.working", { role: "status" },
      el("span.what", {}, icon(this.task, 28)), el("strong", {}), el("p", {}), el("span.bar", {}, el("i")), stop);
    queueMicrotask(() => this.progress(job));
    return face;
  }

  progress(job) {
    this.strip.querySelector(`[data-job="${job.id}"] .bar i`)?.style.setProperty("--part", job.progress);
    if (job.id !== this.take?.id) return;
    const face = this.screen.querySelector(".working");
    if (!face) return;
    const waiting = job.status === "queued";
    face.querySelector("strong").textContent = waiting ? "Waiting" : `${Math.round(job.progress * 100)} %`;
    const left = job.eta_s > 1 ? `about ${seconds(job.eta_s)} left` : "";
    const before = job.position ? `${job.position} ${job.position === 1 ? "job" : "jobs"} before it` : "next in line";
    face.querySelector("p").textContent = waiting ? before : [job.note, left].filter(Boolean).join(" · ");
    face.querySelector(".bar i").style.setProperty("--part", job.progress);
  }

  fault(job) {
    const { type: kind, message, advice } = job.error ?? { type: "error", message: "It failed.", advice: "" };
    const fault = el("homereel-fault", { details: `${kind}: ${message} ${advice} (job ${job.id})` }, el("div.said", {}, el("strong", {}, message), el("span", {}, advice)));
    const again = button("Try again", "retry", attempt(async () => this.follow([(await post(`/jobs/${job.id}/retry`)).id])));
    return el("div.working", {}, fault, again);
  }

  empty() {
    const words = this.getAttribute("sample");
    const fill = () => {
      const field = document.querySelector(`#${this.task}-prompt textarea, #${this.task}-text textarea`);
      type(field, words);
      field.focus();
    };
    return el("div.empty", {}, icon(this.task, 40), el("h3", {}, this.getAttribute("heading")), el("p", {}, this.getAttribute("lesson")),
      button("Fill in an example", "plus", fill));
  }

  describe(job) {
    const made = job?.status === "done" && job.assets[0];
    const { seed } = job?.recipe?.options ?? {};
    const size = made && made.width ? `${made.width} × ${made.height} px` : "";
    const facts = made ? [size, made.duration_s ? seconds(made.duration_s) : "", made.fps ? `${Math.round(made.fps * 100) / 100} fps` : "", seed !== undefined ? `seed ${seed}` : ""] : [];
    this.caption.replaceChildren(...(job ? [
      el("p.said", { title: promptOf(job) }, promptOf(job)),
      el("p.facts", {}, isDraft(job) && el("span.badge.draft", { title: "Made by a draft model: quick, and no GPU" }, "draft"), el("span.mono.muted", {}, facts.filter(Boolean).join(" · "))),
    ] : []));
    this.actions.replaceChildren(...(made ? actions(job, this) : []));
  }

  /* --- the strip --- */

  drawStrip(current) {
    const focused = this.strip.contains(document.activeElement) && document.activeElement.dataset.job;
    const tiles = this.shown.map((job) => this.tile(job, job.id === current?.id));
    if (this.next) tiles.push(button("Older", "chevron", attempt(() => this.older())));
    this.strip.replaceChildren(...tiles);
    if (focused) this.strip.querySelector(`[data-job="${focused}"]`)?.focus();
  }

  tile(job, chosen) {
    const made = job.status === "done" && job.assets[0];
    const words = `${promptOf(job)}${made ? "" : `, ${job.status}`}`;
    const face = made ? el("img", { src: thumbUrl(made.id), alt: "", loading: "lazy" }) : icon(job.status === "failed" ? "warn" : this.task);
    return el("button.take", {
      type: "button", role: "option", "aria-selected": String(chosen), "aria-label": words, title: words, tabIndex: chosen ? 0 : -1,
      data: { job: job.id, hue: hue(job), status: job.status }, onclick: () => this.choose(job.id),
      draggable: !!made, ondragstart: made && ((event) => lift(event, made)),
    }, face, made?.duration_s ? el("span.mono", {}, seconds(made.duration_s)) : null, made?.starred && icon("star", 14),
    GOING.includes(job.status) && el("span.bar", {}, el("i", { style: { "--part": job.progress } })));
  }

  choose(id) {
    this.chosen = id;
    this.draw();
  }

  walk(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const shown = this.shown, at = shown.findIndex((job) => job.id === this.take.id);
    const next = shown[Math.min(Math.max(at + step, 0), shown.length - 1)];
    this.choose(next.id);
    this.strip.querySelector(`[data-job="${next.id}"]`).focus();
  }
}

customElements.define("homereel-stage", Stage);
