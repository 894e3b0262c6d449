/* The brief: what the film is about, how long, in which shape and style, and who tells it. */

import { BASE, Fault, attempt, button, el, fileUrl, get, icon, post, pulse, report } from "./api.js";

const EXAMPLES = [
  "A fishing boat leaves the harbour at dawn and comes home in the evening",
  "A fox crosses a snowy forest at night and finds a cabin with a light",
  "How do bees make honey?",
  "Trailer: a detective follows a stranger through the fog in Venice",
  "Ein ruhiges Gedicht über den Regen auf dem See",
  "Une petite fille suit un chat dans les rues de Paris, la nuit",
];
const LENGTHS = [15, 30, 60, 90];
const SHAPES = { "16:9": [16, 9], "9:16": [9, 16], "1:1": [12, 12], "4:5": [10.4, 13], "21:9": [18, 7.7] };
const STYLES = ["auto", "cinematic", "watercolour", "oil", "pastel", "ink", "paper", "poster", "noir", "vintage", "neon", "blueprint", "pixel"];
const TONGUES = { auto: "The brief's own", en: "English", de: "Deutsch", fr: "Français", es: "Español", it: "Italiano" };
const MAKES = { image: "Pictures", video: "Shots", speech: "Voice", music: "Music", sound: "Sound" };

export class Brief {
  constructor(begin) {
    this.begin = begin;
    this.wish = { seconds: 30, aspect: "16:9", style: "auto" };
    this.text = el("textarea", { id: "film-brief", rows: 3, maxLength: 20000, placeholder: "A sentence is enough. A page or a script is welcome too.",
      onkeydown: (event) => { if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); this.send("film"); } } });
    this.seconds = el("input.mono", { type: "number", min: "5", max: "300", step: "1", value: "30", "aria-label": "Length in seconds", oninput: () => this.length(+this.seconds.value, false) });
    this.lengths = this.choices("Length", LENGTHS, (n) => `${n} s`, (n) => this.length(n));
    this.shapes = this.choices("Shape", Object.keys(SHAPES), (name) => [outline(SHAPES[name]), name], (name) => this.pick(this.shapes, "aspect", name));
    this.styles = this.choices("Style", STYLES, styleCard, (name) => this.pick(this.styles, "style", name));
    this.styles.classList.add("styles");
    this.language = this.select("Language", Object.entries(TONGUES));
    this.voice = this.select("Voice", [["auto", "Best voice here"]]);
    this.hear = button("Listen to this voice", "play", attempt(() => this.listen()), { shown: false, kind: "quiet" });
    this.music = this.select("Music", [["auto", "As the mood asks"], ["none", "None"]]);
    this.models = el("div.film-models");
    this.fault = el("p.film-fault", { role: "alert", hidden: true });
    this.more = el("details.film-more", { ontoggle: () => this.more.open && this.catalogue().catch(report) }, el("summary", {}, "More"), this.models);
    const file = el("input", { type: "file", accept: ".txt,.md,.fountain,text/plain", hidden: true, onchange: () => file.files[0] && this.read(file.files[0]) });
    this.make = button("Make my film", "film", () => this.send("film"), { kind: "lamp" });
    this.plan = button("Plan it first", "captions", () => this.send("script"), { title: "See and change the script before anything is made" });
    this.node = el("form.film-brief", { onsubmit: (event) => event.preventDefault(), ondragover: (event) => event.preventDefault(), ondrop: (event) => { event.preventDefault(); if (event.dataTransfer.files[0]) this.read(event.dataTransfer.files[0]); } },
      el("label.ask", { for: "film-brief" }, "What is your film about?"), this.text,
      el("div.chips", { role: "group", "aria-label": "Examples" }, ...EXAMPLES.map((words) => el("button.chip", { type: "button", onclick: () => { this.text.value = words; this.text.focus(); } }, el("span", {}, words)))),
      el("div.film-row", {}, this.field("Length", el("div.both", {}, this.lengths, el("span.count", {}, this.seconds, "s"))), this.field("Shape", this.shapes)),
      this.field("Style", this.styles),
      el("div.film-row", {}, this.field("Voice", el("div.both", {}, this.voice, this.hear)), this.field("Language", this.language), this.field("Music", this.music)),
      this.more, this.fault,
      el("div.film-going", {}, this.make, this.plan, button("Open a text file", "upload", () => file.click(), { title: "A script or a page, .txt or .md" }), file));
    this.length(30);
    this.pick(this.shapes, "aspect", "16:9");
    this.pick(this.styles, "style", "auto");
    this.voices().catch(report);
  }

  // --- parts -----------------------------------------------------------------------------------------------------------

  field(words, control) { return el("div.film-field", { role: "group", "aria-label": words }, el("span.label", {}, words), control); }

  choices(name, values, face, chosen) {
    return el("div.choices", { role: "radiogroup", "aria-label": name }, ...values.map((value) =>
      el("button", { type: "button", role: "radio", "aria-checked": "false", data: { value: String(value) }, onclick: () => chosen(value) }, face(value))));
  }

  select(name, options) {
    return el("select", { "aria-label": name }, ...options.map(([value, words]) => el("option", { value }, words)));
  }

  pick(group, name, value) {
    if (name) this.wish[name] = value;
    for (const choice of group.children) choice.setAttribute("aria-checked", String(choice.dataset.value === String(value)));
  }

  length(n, typed = true) {
    this.wish.seconds = n;
    if (typed) this.seconds.value = n;
    this.pick(this.lengths, null, n);
  }

  async read(file) {
    if (file.size > 200_000) return report(new Fault({ message: `${file.name} is too long for a brief.`, advice: "A brief has at most 20,000 letters." }));
    this.text.value = (await file.text()).slice(0, 20000);
    return this.text.focus();
  }

  async voices() {
    const models = await get("/models");
    this.known = models;
    const speech = models.find((model) => model.id === "speech") ?? models.find((model) => model.task === "speech");
    const names = speech?.options.properties.voice["x-names"] ?? {};
    this.voice.append(...Object.entries(names).map(([id, name]) => el("option", { value: id }, name)));
  }

  /** Which model makes what, for those who want to say. */
  async catalogue() {
    if (this.models.childElementCount) return;
    const ready = (this.known ?? (await get("/models"))).filter((model) => model.status === "ready");
    this.models.replaceChildren(...Object.entries(MAKES).map(([task, words]) => {
      const rows = [["", "The best that is ready"], ...(task === "video" ? [["stills", "Pictures that move, quickest"]] : []), ...ready.filter((model) => model.task === task).map((model) => [model.id, model.title])];
      const select = this.select(words, rows);
      select.dataset.task = task;
      return this.field(words, select);
    }));
  }

  async listen() {
    const said = (this.text.value.trim() || EXAMPLES[0]).slice(0, 120);
    const voice = this.voice.value, options = { text: said, ...(voice === "auto" ? {} : { voice }) };
    this.hear.disabled = true;
    try {
      const { id } = await post("/jobs", { model: "speech", options });
      pulse.now();
      for (let n = 0; n < 400; n++) {
        const job = await get(`/jobs/${id}`);
        if (job.status === "done") { this.sounding?.pause(); this.sounding = new Audio(fileUrl(job.assets[0].id)); return void (await this.sounding.play()); }
        if (job.status !== "queued" && job.status !== "running") throw new Fault(job.error ?? { message: "It was cancelled." });
        await new Promise((done) => setTimeout(done, 150));
      }
    } finally { this.hear.disabled = false; }
  }

  async send(until) {
    const brief = this.text.value.trim();
    this.say(brief ? "" : "Say in a sentence what it is about, or take an example.");
    if (!brief) return this.text.focus();
    const models = Object.fromEntries([...this.models.querySelectorAll("select")].filter((s) => s.value).map((s) => [s.dataset.task, s.value]));
    const wish = { ...this.wish, brief, until, language: this.language.value, voice: this.voice.value, music: this.music.value, models };
    this.make.disabled = this.plan.disabled = true;
    try {
      await this.begin(wish);
    } catch (error) {
      this.say([error.message, error.advice].filter(Boolean).join(" "));
    } finally { this.make.disabled = this.plan.disabled = false; }
    return undefined;
  }

  say(words) {
    this.fault.hidden = !words;
    this.fault.replaceChildren(icon("warn", 16), words);
  }
}

function outline([w, h]) {
  return el("i.outline", { "aria-hidden": "true", style: { width: `${w}px`, height: `${h}px` } });
}

function styleCard(name) {
  const face = name === "auto" ? el("span.any", {}, icon("brush", 22)) : el("img", { src: `${BASE}/ui/static/styles/${name}.webp`, alt: "", width: 112, height: 63, loading: "lazy" });
  return [face, el("span", {}, name === "auto" ? "as the brief says" : name)];
}
