/* The models as cards by task, each with its licence, memory and state; the studio's own health on top. */

import { el, get, icon, report } from "./api.js";

const TASKS = [["image", "Pictures"], ["video", "Shots"], ["music", "Music"], ["sound", "Sound"], ["speech", "Speech"], ["restore", "Restoration"]];
const STATES = {
  ready: ["good", "check", "ready"], not_downloaded: ["warn", "download", "not downloaded"], needs_package: ["warn", "warn", "needs a package"],
  needs_gpu: ["warn", "chip", "needs a GPU"], needs_server: ["warn", "warn", "needs a server"],
};

class Models extends HTMLElement {
  connectedCallback() {
    this.className = "house models";
    this.health = el("div.health", { role: "status" });
    this.tasks = el("div.tasks");
    this.replaceChildren(this.health, this.tasks);
    this.load().catch(report);
    this.again = setInterval(() => !document.hidden && this.offsetParent && this.strip().catch(() => {}), 5000);
  }

  disconnectedCallback() { clearInterval(this.again); }

  async load() {
    await Promise.all([this.strip(), this.cards()]);
  }

  async strip() {
    const answer = await fetch("/health");
    const found = await answer.json();
    const fine = found.status === "ok";
    const fact = (name, words) => el("span.fact", {}, el("span.muted", {}, name), el("span", {}, words));
    const workers = (found.workers ?? []).filter((worker) => worker.alive).length;
    this.health.replaceChildren(
      el(`span.badge.${fine ? "good" : "bad"}`, {}, icon(fine ? "check" : "warn", 14), fine ? "all is well" : found.status),
      ...(found.devices ?? []).map((device) => fact("Device", `${device.title}, ${Math.round(device.memory_gb)} GB`)),
      fact("Workers", String(workers)), fact("Disk", `${found.disk.free_gb} GB free`), fact("Homereel", found.version));
  }

  async cards() {
    const models = await get("/models");
    this.tasks.replaceChildren(...TASKS.flatMap(([task, words]) => {
      const mine = models.filter((model) => model.task === task);
      return mine.length ? [el(`section${mine.length > 1 ? ".wide" : ""}`, {}, el("h3", {}, icon(task), words), el("div.cards", {}, ...mine.map(card)))] : [];
    }));
  }
}

function card(model) {
  const [mark, sign, words] = STATES[model.status] ?? ["warn", "info", model.status];
  const size = model.draft ? "no weights" : model.size_gb ? `${model.size_gb} GB` : "";
  const memory = model.vram_gb ? `${model.vram_gb} GB` : "any machine";
  const facts = [["Licence", model.licence || "unknown"], ["Commercial use", model.commercial ? "yes" : "no"], ["Size", size], ["Memory", memory]];
  return el("article.card", { data: { model: model.id } },
    el("header", {}, el("h4", {}, model.title), model.draft && el("span.badge.draft", {}, "draft"), el(`span.badge.${mark}`, {}, icon(sign, 14), words)),
    el("p.mono.muted", {}, model.id),
    el("dl", {}, ...facts.filter(([, value]) => value).flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)])),
    model.why && el("p.why", {}, model.why),
    model.link && el("a.quiet", { href: model.link, rel: "noopener noreferrer", target: "_blank" }, "Model page"));
}

customElements.define("homereel-models", Models);
