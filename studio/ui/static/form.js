/* What makes the forms pleasant: example prompts and the history behind the prompt, Ctrl+Enter, a voice to listen to,
   errors beside the button, and files dropped on a form. */

import { Fault, attempt, button, copy, el, fileUrl, get, icon, pulse, send, toast, type, upload } from "./api.js";

const fieldOf = (task) => document.querySelector(`#${task}-prompt textarea, #${task}-text textarea`);

class Prompts extends HTMLElement {
  connectedCallback() {
    if (this.childElementCount) return;
    this.className = "house prompts";
    this.task = this.getAttribute("task");
    const examples = JSON.parse(this.getAttribute("examples") || "[]");
    const chips = examples.map((words) => el("button.chip", { type: "button", title: words, onclick: () => this.take(words) }, el("span", {}, words)));
    this.past = el("button.chip.past", { type: "button", "aria-expanded": "false", onclick: attempt(() => this.history()) }, icon("history", 15), "History");
    this.append(el("div.chips", { role: "group", "aria-label": "Example prompts" }, this.past, ...chips));
  }

  take(words) {
    const field = fieldOf(this.task);
    type(field, words);
    field.focus();
    this.shut();
  }

  async history() {
    if (this.list) return this.shut();
    const said = await get(`/prompts?task=${this.task}&limit=50`);
    const rows = said.map((words) => el("button", { type: "button", onclick: () => this.take(words) }, words));
    this.list = el("div.history", { role: "group", "aria-label": "Prompts used before", onkeydown: (e) => { if (e.key === "Escape") { this.shut(); this.past.focus(); } } },
      ...(rows.length ? rows : [el("p.muted", {}, "What you ask for is kept here, the latest first.")]));
    this.append(this.list);
    this.past.setAttribute("aria-expanded", "true");
    rows[0]?.focus();
  }

  shut() {
    this.list?.remove();
    this.list = null;
    this.past.setAttribute("aria-expanded", "false");
  }
}

class FaultLine extends HTMLElement {
  connectedCallback() {
    if (this.dressed) return;
    this.dressed = true;
    this.classList.add("house", "fault");
    this.prepend(icon("warn"));
    this.append(button("Copy details", "copy", () => copy(this.getAttribute("details")), { kind: "quiet" }));
  }
}

/* Plays a few words in the chosen voice, through a job like any other: Python submits it, this follows and plays it. */
class Listen extends HTMLElement {
  connectedCallback() {
    if (this.press) return;
    this.className = "house listen";
    this.audio = new Audio();
    this.press = button("Listen to this voice", "play", () => this.ask());
    this.append(this.press);
  }

  ask() {
    if (!this.audio.paused) return void this.audio.pause();
    this.press.disabled = true;
    setTimeout(() => { this.press.disabled = false; }, 4000);
    this.dispatchEvent(new CustomEvent("listen"));
  }

  play = attempt(async (id) => {
    if (!id || id === this.id) return;
    this.id = id;
    pulse.now();
    for (let n = 0; n < 200; n++) {
      const job = await get(`/jobs/${id}`);
      if (["failed", "cancelled"].includes(job.status)) throw new Fault(job.error ?? { message: "It was cancelled." });
      if (job.status === "done") {
        this.audio.src = fileUrl(job.assets[0].id);
        this.press.disabled = false;
        return void (await this.audio.play());
      }
      await new Promise((done) => setTimeout(done, 150));
    }
  });
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  const go = event.target.closest?.(".desk")?.querySelector("button.go");
  if (!go) return;
  event.preventDefault();
  event.target.blur?.();                                 // so that Gradio has the last letters
  event.target.focus?.();
  go.click();
});

/* What is typed into a list that can be searched takes the place of what was chosen. */
document.addEventListener("focusin", (event) => {
  if (event.target.matches?.(".desk input[role=combobox]:not([readonly])")) setTimeout(() => event.target.select(), 30);
});

/* A file dropped anywhere on a form: one of our own brings its settings back, any other becomes what to start from. */
const FIRST = { image: { image: "source" }, video: { image: "start", video: "source" }, restore: { image: "source", video: "source" } };
for (const name of ["dragover", "drop"]) {
  document.addEventListener(name, (event) => {
    const form = event.target.closest?.(".desk");
    if (!form || !event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    form.classList.toggle("dropping", name === "dragover");
    if (name === "drop") attempt(take)(form.id.replace("-form", ""), event.dataTransfer.files[0]);
  });
}
document.addEventListener("dragleave", (event) => event.target.closest?.(".desk")?.classList.remove("dropping"));

async function take(task, file) {
  const asset = await upload(file);
  const model = asset.recipe?.model && (await get("/models")).find((m) => m.id === asset.recipe.model);
  if (["image", "video", "music", "sound", "speech", "restore"].includes(model?.task)) {
    await send(model.task, asset.recipe);
    return toast("The settings it was made with are back.");
  }
  const option = FIRST[task]?.[asset.kind];
  if (option) await send(task, { options: { [option]: asset.id } });
  toast(option ? `${asset.name} is what it starts from.` : `${asset.name} is in the library.`);
}

customElements.define("homereel-prompts", Prompts);
customElements.define("homereel-fault", FaultLine);
customElements.define("homereel-listen", Listen);
