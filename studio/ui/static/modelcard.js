/* One model's card: its facts, how it stands, and the one thing to do next. */

import { attempt, button, bytes, copy, del, el, icon, post, pulse, toast } from "./api.js";

const STATES = {
  ready: ["good", "check", "ready"], not_downloaded: ["warn", "download", "not downloaded"], needs_package: ["warn", "warn", "needs a package"],
  needs_gpu: ["warn", "chip", "needs a GPU"], needs_server: ["warn", "warn", "needs a server"],
};
const GB = (n) => `${n < 10 ? Number(n).toFixed(1).replace(/\.0$/, "") : Math.round(n)} GB`;

/** Words with the addresses in them as links. */
const linked = (words) => words.split(/(https?:\/\/[^\s,)]+)/).map((part, n) => (n % 2 ? el("a", { href: part, rel: "noopener noreferrer", target: "_blank" }, part) : part));

export class Card {
  constructor(changed) {
    this.changed = changed;
    this.node = el("article.card");
    this.words = el("span.words");
    this.bar = el("span.bar", { role: "progressbar", "aria-label": "Progress" }, el("i"));
  }

  show(model, job, offline) {
    Object.assign(this, { model, job, offline });
    this.node.dataset.model = model.id;
    const going = job && (job.status === "queued" || job.status === "running");
    const [mark, sign, words] = going ? ["", "download", job.task === "verify" ? "being verified" : job.status === "queued" ? "waits" : "downloading"] : STATES[model.status] ?? ["warn", "info", model.status];
    this.node.replaceChildren(
      el("header", {}, el("h4", {}, model.title), model.draft && el("span.badge.draft", {}, "draft"), model.own && el("span.badge", {}, "my own"),
        el(`span.badge${mark ? `.${mark}` : ""}`, {}, icon(sign, 14), words)),
      el("p.id", {}, el("span.mono.muted", {}, model.id), this.link("Model page", "")), this.facts(), ...(going ? [this.progress(job)] : this.standing()), el("footer.deeds", {}, ...this.deeds(going)));
  }

  facts() {
    const { model } = this, weight = model.files.total || model.files.have || model.size_gb * 1e9;
    const licence = el("span", {}, model.licence || "unknown", !model.commercial && !model.own && el("b.badge.warn", {}, "non-commercial"));
    const facts = [["Licence", licence], ["Download", model.draft || !weight ? "" : bytes(weight)], ["Memory", model.vram_gb ? `${GB(model.vram_gb)} GPU` : model.draft ? "any machine" : ""]];
    return el("dl", {}, ...facts.filter(([, value]) => value).flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]));
  }

  /** Why it cannot run, or what went wrong last, with the way on. */
  standing() {
    const { model, job } = this, lines = [];
    if (job?.status === "failed") lines.push(el("p.why.bad", {}, icon("warn", 16), el("span", {}, job.error.message, " ", el("span.muted", {}, ...linked(job.error.advice)))));
    else if (model.why && model.status !== "not_downloaded") lines.push(el("p.why", {}, model.why));
    if (model.status === "needs_package") lines.push(el("p.command", {}, el("code", {}, "./setup.sh models"), button("Copy the command", "copy", () => copy("./setup.sh models"), { shown: false, kind: "bare" })));
    if (model.gated && model.status !== "ready") lines.push(el("p.why", {}, icon("lock", 16), el("span", {}, "Accept its licence on ", this.link("its page"), " first, and set HF_TOKEN.")));
    if (model.files.have && !model.files.complete) lines.push(this.part());
    return lines;
  }

  part() {
    const { have, total } = this.model.files;
    this.bar.style.setProperty("--part", total ? have / total : 0);
    return el("div.haul", {}, this.bar, el("span.words", {}, `${bytes(have)}${total ? ` of ${bytes(total)}` : ""} is here`));
  }

  link(words, otherwise = words) {
    const url = this.model.link;
    return url ? el("a", { href: url, rel: "noopener noreferrer", target: "_blank" }, words) : otherwise;
  }

  progress(job) {
    this.told(job);
    return el("div.haul", {}, this.bar, this.words);
  }

  /** A running job's news, without drawing the card anew. */
  told(job) {
    if (this.job?.id !== job.id) return;
    this.bar.style.setProperty("--part", job.progress);
    this.bar.setAttribute("aria-valuenow", Math.round(job.progress * 100));
    this.words.textContent = job.status === "queued" ? "waits its turn" : job.note || "starting";
  }

  deeds(going) {
    const { model, job } = this, downloadable = model.repo && !model.files.own_folder;
    if (going) return [button(job.task === "download" ? "Pause" : "Stop", job.task === "download" ? "pause" : "stop", this.run(() => post(`/jobs/${job.id}/cancel`)), { title: "What has come is kept" })];
    if (this.asking && model.files.have) return this.sure();
    const deeds = [];
    if (downloadable && !model.files.complete) {
      const words = model.files.have ? "Resume" : "Download";
      deeds.push(button(words, model.files.have ? "play" : "download", this.run(() => post(`/models/${model.id}/download`)), { disabled: this.offline, title: this.offline ? "The studio is offline" : `${words} ${model.title}` }));
    }
    if (model.files.complete && model.repo) deeds.push(button("Verify", "check", this.run(() => post(`/models/${model.id}/verify`)), { title: "Hold every file against its hash" }));
    if (downloadable && model.files.have) deeds.push(this.removal());
    if (model.own) deeds.push(button("Forget", "close", this.run(() => del(`/models/${model.id}`)), { title: "Take it out of this list; its files stay" }));
    return deeds;
  }

  /** Two presses: many gigabytes are not fetched again in a moment. The question stays when the card is drawn anew. */
  removal() {
    return button("Remove", "trash", () => { this.ask(true); this.node.querySelector("footer button").focus(); }, { title: "Take its files off the disk" });
  }

  sure() {
    const { model } = this;
    const remove = this.run(async () => { this.asking = false; toast(`${bytes((await del(`/models/${model.id}/files`)).freed)} are free again.`); });
    return [button(`Remove ${bytes(model.files.have)}`, "trash", remove), button("Keep", null, () => this.ask(false))];
  }

  ask(asking) {
    this.asking = asking;
    this.show(this.model, this.job, this.offline);
  }

  run(work) {
    return attempt(async () => {
      try { await work(); } finally { await pulse.now(); await this.changed(); }
    });
  }
}
