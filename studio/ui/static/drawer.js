/* The queue, in a drawer from the right: what runs and waits, each with its state and a way to stop it. */

import { attempt, button, el, get, hue, icon, openTab, post, promptOf, pulse, seconds, thumbUrl } from "./api.js";

export class QueueDrawer {
  constructor() {
    this.inside = el("div.inside");
    this.hold = button("Pause", "pause", attempt(() => this.pause()), { title: "Start nothing new; what runs goes on" });
    const shut = button("Close", "close", () => this.toggle(), { shown: false, kind: "bare" });
    const whole = button("All jobs", "queue", () => { this.toggle(); openTab("Queue"); });
    this.node = el("aside.drawer", { hidden: true, role: "dialog", "aria-label": "Queue", onkeydown: (e) => e.key === "Escape" && this.toggle() },
      el("header", {}, el("h2", {}, "Queue"), this.hold, whole, shut), this.inside);
    document.body.append(this.node);
    this.rows = new Map();
  }

  toggle(opener = this.opener) {
    this.opener = opener;
    this.node.hidden = !this.node.hidden;
    this.opener?.setAttribute("aria-expanded", String(!this.node.hidden));
    if (this.node.hidden) { this.opener?.focus(); return; }
    this.mark = null;
    this.status(this.last);
    this.node.querySelector("button").focus();
  }

  status(status) {
    this.last = status;
    if (this.node.hidden || !status) return;
    this.hold.querySelector("span").textContent = status.queue.paused ? "Resume" : "Pause";
    for (const job of status.running) this.rows.get(job.id)?.update(job);
    const mark = pulse.mark(status) + status.running.map((job) => job.id);
    if (mark !== this.mark) attempt(() => this.load(mark))();
  }

  async load(mark) {
    this.mark = mark;
    const [line, past] = await Promise.all([get("/queue"), get("/jobs?limit=20")]);
    const over = past.items.filter((job) => !["queued", "running"].includes(job.status)).slice(0, 8);
    this.rows = new Map([...line.items, ...over].map((job) => [job.id, new Row(job)]));
    const nodes = (jobs) => jobs.map((job) => this.rows.get(job.id).node);
    this.inside.replaceChildren(
      ...(line.items.length ? nodes(line.items) : [el("p.muted.none", {}, "Nothing runs or waits. What you generate or export shows here, and goes on when this page is closed.")]),
      ...(over.length ? [el("h3", {}, "Lately"), ...nodes(over)] : []));
  }

  async pause() {
    await post(this.last.queue.paused ? "/queue/resume" : "/queue/pause");
    pulse.now();
  }
}

/** One job as a row: picture or icon, words, bar, and stop or again. */
class Row {
  constructor(job) {
    this.bar = el("span.bar", {}, el("i"));
    this.words = el("span.muted.words");
    const made = job.assets?.[0];
    const face = made && made.kind !== "captions" ? el("img", { src: thumbUrl(made.id), alt: "", loading: "lazy" }) : icon(job.task === "export" ? "film" : job.task);
    const going = ["queued", "running"].includes(job.status);
    const act = going
      ? button("Cancel", "close", attempt(() => post(`/jobs/${job.id}/cancel`).then(pulse.now)), { shown: false, kind: "bare" })
      : job.status !== "done" && button("Try again", "retry", attempt(() => post(`/jobs/${job.id}/retry`).then(pulse.now)), { shown: false, kind: "bare" });
    this.node = el("div.job", { data: { hue: hue(job), status: job.status } },
      el("span.face", {}, face), el("div.what", {}, el("strong", {}, promptOf(job) || nameOf(job)), this.words, going && this.bar), act);
    this.update(job);
  }

  update(job) {
    this.bar.firstChild.style.setProperty("--part", job.progress);
    this.words.textContent = line(job);
  }
}

const nameOf = (job) => (job.task === "export" ? `Export: ${job.recipe.options.timeline?.title || "film"}` : job.task);

export function line(job) {
  if (job.status === "queued") return job.position ? `waiting · ${job.position} before it` : "waiting · next";
  if (job.status === "running") return [`${Math.round(job.progress * 100)} %`, job.note, job.eta_s > 1 && `${seconds(job.eta_s)} left`].filter(Boolean).join(" · ");
  if (job.status === "failed") return `failed · ${job.error?.message ?? ""}`;
  return job.status;
}
