/* The queue: what runs, what waits in which order, and what is over; with everything one may do to each. */

import { attempt, button, copy, el, get, hue, icon, openTab, post, promptOf, pulse, report, seconds, thumbUrl, toast } from "./api.js";

const STATES = { "": "All", running: "Running", queued: "Waiting", done: "Done", failed: "Failed", cancelled: "Cancelled" };
const TASKS = { image: "Picture", video: "Video", music: "Music", sound: "Sound", speech: "Speech", restore: "Restoring", export: "Export", film: "Film", words: "Question", conform: "Make it real", score: "Sound for a film" };
const ICONS = { export: "film", conform: "film", score: "sound", video: "film", restore: "film" };
const PAGE = 30;

class Line extends HTMLElement {
  connectedCallback() {
    if (this.list) return;
    this.className = "house line";
    this.state = "";
    this.rows = new Map();
    this.filters = el("div.kinds", { role: "group", "aria-label": "Status" }, ...Object.entries(STATES).map(([state, words]) =>
      el("button.chip", { type: "button", data: { state }, "aria-pressed": String(!state), onclick: () => this.filter(state) }, el("span", {}, words), el("b.mono"))));
    this.hold = button("Pause", "pause", attempt(() => this.pause()), { title: "Start nothing new; what runs goes on" });
    this.clear = button("Cancel all waiting", "close", attempt(() => this.cancelAll()));
    this.note = el("p.paused", { hidden: true }, icon("pause", 16), "The queue is paused: what runs goes on, nothing new starts.");
    this.list = el("div.parts");
    this.foot = el("div.foot", {}, button("Older jobs", "history", attempt(() => this.older()), {}));
    this.append(el("div.line-bar", {}, this.filters, el("span.fill"), this.clear, this.hold), this.note, this.list, this.foot);
    this.deaf = pulse.hear((status) => this.status(status));
    new IntersectionObserver(([seen]) => seen.isIntersecting && this.load().catch(report)).observe(this);
    this.load().catch(report);
  }

  disconnectedCallback() { this.deaf?.(); }

  filter(state) {
    this.state = state;
    for (const chip of this.filters.children) chip.setAttribute("aria-pressed", String(chip.dataset.state === state));
    this.past = [];
    this.load().catch(report);
  }

  /** What runs is told by every pulse; the lists are read anew when a job has entered, left or ended. */
  status(status) {
    for (const chip of this.filters.children) {
      const { state } = chip.dataset, count = state ? status.queue[state] ?? 0 : 0;
      chip.querySelector("b").textContent = count || "";
    }
    this.note.hidden = !status.queue.paused;
    this.hold.querySelector("span").textContent = status.queue.paused ? "Resume" : "Pause";
    this.hold.querySelector("svg").replaceWith(icon(status.queue.paused ? "play" : "pause"));
    this.paused = status.queue.paused;
    this.clear.disabled = !status.queue.queued;
    for (const job of status.running) this.rows.get(job.id)?.update?.(job);
    const mark = pulse.mark(status) + status.running.map((job) => job.id);
    if (mark !== this.mark && this.offsetParent) { this.mark = mark; this.load().catch(report); }
  }

  async load() {
    if (this.dragging) return;
    const turn = (this.turn = (this.turn ?? 0) + 1), { state } = this, ended = !["running", "queued"].includes(state);
    const [line, past] = await Promise.all([get("/queue"), ended ? get(`/jobs?limit=${PAGE}${state && `&status=${state}`}`) : { items: [], next: null }]);
    if (turn !== this.turn) return;
    const known = new Set(past.items.map((job) => job.id));
    this.next = this.past?.length ? this.next : past.next;
    this.past = [...past.items, ...(this.past ?? []).filter((job) => !known.has(job.id))];
    this.waiting = line.items.filter((job) => job.status === "queued");
    this.draw(line.items.filter((job) => job.status === "running"), this.past.filter((job) => !["queued", "running"].includes(job.status)));
  }

  async older() {
    const page = await get(`/jobs?limit=${PAGE}&before=${this.next}${this.state && `&status=${this.state}`}`);
    this.next = page.next;
    this.past = [...this.past, ...page.items];
    await this.load();
  }

  draw(running, over) {
    const focused = document.activeElement?.closest?.(".job")?.dataset.id, name = document.activeElement?.getAttribute?.("aria-label");
    const wants = (state) => !this.state || this.state === state;
    this.rows.clear();
    const part = (title, jobs, row, props = {}) => (jobs.length ? [el("section", {}, el("h3", {}, title), el("div.jobs", { role: "list", ...props }, ...jobs.map((job) => row.call(this, job))))] : []);
    const parts = [
      ...(wants("running") ? part("Running", running, this.running) : []),
      ...(wants("queued") ? part(this.waiting.length > 1 ? `Waiting, ${this.waiting.length}` : "Waiting", this.waiting, this.queued, { ondragover: (event) => this.over(event), ondrop: (event) => event.preventDefault() }) : []),
      ...(["running", "queued"].includes(this.state) ? [] : part(this.state ? STATES[this.state] : "Over", over, this.ended)),
    ];
    this.list.replaceChildren(...(parts.length ? parts : [this.empty()]));
    this.foot.hidden = !this.next;
    if (focused) this.list.querySelector(`[data-id="${focused}"] [aria-label="${CSS.escape(name ?? "")}"]`)?.focus();
  }

  empty() {
    if (this.state) return el("div.empty", {}, icon("queue", 40), el("h3", {}, `Nothing is ${STATES[this.state].toLowerCase()}`));
    return el("div.empty", {}, icon("queue", 40), el("h3", {}, "Nothing to do"), el("p", {}, "Whatever you generate or export waits its turn here, and goes on when this page is closed or the studio restarts."),
      button("Make a picture", "image", () => openTab("Image")));
  }

  // --- rows ------------------------------------------------------------------------------------------------------------

  row(job, words, more, ...deeds) {
    const made = job.assets?.[0], name = nameOf(job);
    const face = made && made.kind !== "captions" ? el("img", { src: thumbUrl(made.id), alt: "", loading: "lazy" }) : icon(ICONS[job.task] ?? job.task, 22);
    return el("article.job", { role: "listitem", data: { id: job.id, status: job.status, hue: hue(job), kind: made?.kind ?? "" } },
      el("span.face", {}, face), el("div.what", {}, el("strong", { title: name }, name), words, more), el("div.deeds", {}, ...deeds.filter(Boolean)));
  }

  running(job) {
    const words = el("span.words"), bar = el("span.bar", { role: "progressbar", "aria-label": "Progress" }, el("i"));
    const node = this.row(job, words, bar, stop(job, "Stop"));
    const update = (now) => {
      bar.style.setProperty("--part", now.progress);
      bar.setAttribute("aria-valuenow", Math.round(now.progress * 100));
      words.replaceChildren(el("b.mono", {}, `${Math.round(now.progress * 100)} %`), [now.note, now.eta_s > 1 && `${seconds(now.eta_s)} left`, now.attempts > 1 && `attempt ${now.attempts}`].filter(Boolean).map((w) => ` · ${w}`).join(""));
    };
    update(job);
    this.rows.set(job.id, { node, update });
    return node;
  }

  queued(job) {
    const at = this.waiting.indexOf(job), where = job.position ? `waits · ${job.position} before it` : "next";
    const node = this.row(job, el("span.words", {}, `${TASKS[job.task] ?? job.task} · ${where}`), null,
      button("Earlier", "up", attempt(() => this.move(job, this.waiting[at - 1]?.id)), { shown: false, kind: "bare", disabled: at === 0 }),
      button("Later", "down", attempt(() => this.move(job, this.waiting[at + 2]?.id)), { shown: false, kind: "bare", disabled: at === this.waiting.length - 1 }),
      stop(job, "Cancel"));
    node.draggable = this.waiting.length > 1;
    node.addEventListener("dragstart", (event) => { this.dragging = node; event.dataTransfer.effectAllowed = "move"; event.dataTransfer.setData("text/plain", job.id); node.classList.add("held"); });
    node.addEventListener("dragend", attempt(async () => {
      const next = node.nextElementSibling?.dataset.id;
      this.dragging = null;
      node.classList.remove("held");
      await this.move(job, next);
    }));
    return node;
  }

  ended(job) {
    const took = job.started && job.finished ? seconds((new Date(job.finished) - new Date(job.started)) / 1000) : "", when = new Date(job.finished ?? job.created).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
    const state = { done: el("span.badge.good", {}, icon("check", 14), "done"), failed: el("span.badge.bad", {}, icon("warn", 14), "failed"), cancelled: el("span.badge", {}, icon("stop", 14), "cancelled") }[job.status];
    const words = el("span.words", {}, state, ` ${[TASKS[job.task] ?? job.task, when, took].filter(Boolean).join(" · ")}`);
    const why = job.error && el("p.why", {}, el("span", {}, job.error.message), job.error.advice && el("span.muted", {}, ` ${job.error.advice}`));
    const again = button(job.status === "done" ? "Again" : "Try again", "retry", attempt(async () => { await post(`/jobs/${job.id}/retry`); pulse.now(); }), { title: "The same recipe, as a new job" });
    const made = job.assets?.[0];
    return this.row(job, words, why, made && button("Show", "eye", () => { openTab("Library"); dispatchEvent(new CustomEvent("homereel.show", { detail: { id: made.id } })); }), job.status !== "done" && again,
      job.error && button("Copy details", "copy", () => copy(details(job)), { shown: false, kind: "bare" }));
  }

  // --- deeds ------------------------------------------------------------------------------------------------------------

  over(event) {
    if (!this.dragging) return;
    event.preventDefault();
    const list = this.dragging.parentNode, after = [...list.children].find((node) => node !== this.dragging && event.clientY < node.getBoundingClientRect().top + node.offsetHeight / 2);
    if (after !== this.dragging.nextElementSibling) list.insertBefore(this.dragging, after ?? null);
  }

  async move(job, before) {
    await post(`/jobs/${job.id}/move`, { before: before ?? null });
    await this.load();
  }

  async inLine() {
    return (await get("/queue")).items.filter((job) => job.status === "queued");
  }

  async pause() {
    await post(this.paused ? "/queue/resume" : "/queue/pause");
    await pulse.now();
  }

  async cancelAll() {
    const stopped = [];
    for (let found = await this.inLine(); found.length; found = await this.inLine())        // the line is told 200 at a time
      for (const job of found) await post(`/jobs/${job.id}/cancel`).then(() => stopped.push(job), () => {});   // one may have ended meanwhile
    pulse.now();
    toast(`${stopped.length} cancelled.`, { action: { words: "Put them back", run: attempt(async () => { for (const job of stopped) await post(`/jobs/${job.id}/retry`); pulse.now(); }) } });
  }
}

const stop = (job, words) => button(words, "stop", attempt(async () => { await post(`/jobs/${job.id}/cancel`); pulse.now(); }));
const nameOf = (job) => (job.task === "export" ? job.recipe.options.timeline?.title || "Film" : promptOf(job) || TASKS[job.task] || job.task);
const details = (job) => [`job ${job.id}`, `model ${job.model}`, `${job.error.type}: ${job.error.message}`, job.error.advice, `attempts ${job.attempts}`, JSON.stringify(job.recipe, null, 1)].filter(Boolean).join("\n");

customElements.get("homereel-line") ?? customElements.define("homereel-line", Line);
