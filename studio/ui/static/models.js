/* The models as cards by task: what each is for, what it weighs, how it stands and what to do; with the studio's health. */

import { attempt, button, bytes, el, get, icon, pulse, report } from "./api.js";
import { addModel } from "./addmodel.js";
import { Card } from "./modelcard.js";
import { health } from "./health.js";

const TASKS = [["image", "Pictures"], ["video", "Shots"], ["music", "Music"], ["sound", "Sound"], ["speech", "Speech"], ["restore", "Restoration"]];
const SHOWN = {
  all: ["All", () => true], ready: ["Ready", (m) => m.status === "ready"], missing: ["Not here yet", (m) => m.status !== "ready"],
  commercial: ["For commercial use", (m) => m.commercial], own: ["My own", (m) => m.own],
};

class Models extends HTMLElement {
  connectedCallback() {
    if (this.cards) return;
    this.className = "house models";
    this.cards = new Map();
    this.stock = { jobs: [], faults: [] };
    this.shown = "all";
    this.words = el("input", { type: "search", placeholder: "Search models", "aria-label": "Search models", oninput: () => this.filter() });
    this.chips = el("div.kinds", { role: "group", "aria-label": "Which models" }, ...Object.entries(SHOWN).map(([name, [words]]) =>
      el("button.chip", { type: "button", data: { shown: name }, "aria-pressed": String(name === "all"), onclick: () => { this.shown = name; this.filter(); } }, words)));
    this.disk = el("span.disk.muted");
    this.wrong = el("div.wrong", { role: "alert", hidden: true });
    this.tip = el("p.tip", { hidden: true });
    this.tasks = el("div.tasks");
    const add = button("Add a model", "plus", () => addModel(() => this.load().catch(report)));
    this.replaceChildren(health(), el("div.models-bar", {}, el("label.seek", {}, icon("search"), this.words), this.chips, el("span.fill"), this.disk, add), this.wrong, this.tip, this.tasks);
    this.deaf = pulse.hear((status) => this.status(status));
    new IntersectionObserver(([seen]) => seen.isIntersecting && this.load().catch(report)).observe(this);
    this.load().catch(report);
  }

  disconnectedCallback() { this.deaf?.(); }

  /** The whole list anew, each card kept where it is. */
  async load() {
    const turn = (this.turn = (this.turn ?? 0) + 1);
    const [models, stock] = await Promise.all([get("/models"), get("/weights")]);
    if (turn !== this.turn) return;                   // a later one was asked, and knows better
    Object.assign(this, { models, stock });
    const jobs = new Map(stock.jobs.map((job) => [job.model, job]));
    for (const id of [...this.cards.keys()].filter((id) => !models.some((model) => model.id === id))) this.cards.delete(id);
    for (const model of models) {
      const card = this.cards.get(model.id) ?? new Card(() => this.load().catch(report));
      this.cards.set(model.id, card);
      card.show(model, jobs.get(model.id), stock.offline);
    }
    this.disk.textContent = `Models take ${bytes(stock.used)} · ${bytes(stock.free)} free`;
    this.wrong.hidden = !stock.faults.length;
    this.wrong.replaceChildren(...stock.faults.map((fault) => el("p", {}, icon("warn", 16), el("span", {}, fault))));
    this.filter();
  }

  filter() {
    if (!this.models) return;
    for (const chip of this.chips.children) {
      chip.setAttribute("aria-pressed", String(chip.dataset.shown === this.shown));
      chip.hidden = chip.dataset.shown === "own" && !this.models.some((model) => model.own);
    }
    const words = this.words.value.toLowerCase().split(/\s+/).filter(Boolean), fits = SHOWN[this.shown][1];
    const found = this.models.filter((m) => fits(m) && words.every((word) => `${m.id} ${m.title} ${m.task} ${m.licence} ${m.repo}`.toLowerCase().includes(word)));
    const sections = TASKS.flatMap(([task, title]) => {
      const mine = found.filter((model) => model.task === task);
      return mine.length ? [el("section", {}, el("h3", {}, icon(task === "restore" ? "film" : task), title), el("div.cards", {}, ...mine.map((model) => this.cards.get(model.id).node)))] : [];
    });
    this.tasks.replaceChildren(...(sections.length ? sections : [this.nothing()]));
    const real = this.models.filter((model) => model.repo), ready = real.some((model) => model.status === "ready");
    this.tip.hidden = !real.length || ready || this.shown !== "all" || words.length > 0;
    this.tip.replaceChildren(icon("info", 16), el("span", {}, "The draft models are ready now and make quick sketches. The others make the real thing: download one, and it is here for good."));
  }

  nothing() {
    return el("div.empty", {}, icon("search", 40), el("h3", {}, "No model fits"), el("p", {}, "Try other words, look at everything, or add a model of your own."),
      el("div.deeds", {}, button("Show everything", null, () => { this.words.value = ""; this.shown = "all"; this.filter(); })));
  }

  /** What runs is told by every pulse; everything is read anew when a job has entered, left or ended. */
  status(status) {
    for (const job of status.running) if (job.task === "download" || job.task === "verify") this.cards.get(job.model)?.told(job);
    const mark = pulse.mark(status), news = this.mark !== undefined && mark !== this.mark;
    this.mark = mark;
    if (news && this.models && this.offsetParent) attempt(() => this.load())();
  }
}

customElements.get("homereel-models") ?? customElements.define("homereel-models", Models);
