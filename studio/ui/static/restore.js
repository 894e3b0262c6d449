/* The Restore tab: what is the matter with a clip, the spot a trial is made of, and the stage with before and after. */

import { API, attempt, button, el, get, icon, pulse, report, seconds } from "./api.js";
import { compare } from "./compare.js";
import { player } from "./player.js";
import "./stage.js";

/* --- the report on the left ------------------------------------------------------------------------------------- */

class Condition extends HTMLElement {
  connectedCallback() {
    this.className = "house condition";
    this.deaf ??= () => document.removeEventListener("restore-try", this.tried);
    this.tried = () => document.dispatchEvent(new CustomEvent("restore-spot", { detail: { at: this.at ?? 0, still: this.still, n: Date.now() } }));
    document.addEventListener("restore-try", this.tried);
  }

  disconnectedCallback() { this.deaf(); }

  /** The form's source has changed. */
  look(ids) {
    const id = String((Array.isArray(ids) ? ids[0] : ids) ?? "");   // a list of one comes as what is in it
    if (id === this.id) return;
    [this.id, this.at, this.still] = [id, 0, false];
    this.replaceChildren();
    if (id) this.measure(id).catch((error) => { this.replaceChildren(); report(error); });
  }

  async measure(id) {
    this.replaceChildren(el("p.muted", { role: "status" }, "Looking at it…"));
    const [asset, found] = await Promise.all([get(`/assets/${id}`), get(`/assets/${id}/condition`)]);
    if (id !== this.id) return;
    this.still = asset.kind === "image";
    const lines = found.findings.map((one) => el("li", { data: { state: one.state } }, icon(one.state === "warn" ? "warn" : "check", 15), el("span", {}, one.name), el("span.said", {}, one.said)));
    const use = button("Use what it suggests", "check", () => document.dispatchEvent(new CustomEvent("restore-recall", { detail: { options: found.suggested, at: Date.now() } })));
    this.replaceChildren(el("h3", {}, "What was measured"), el("ul.findings", {}, ...lines), use, ...(this.still ? [] : [this.spot(asset)]));
  }

  /** Where the two seconds of a trial begin, with the picture there. */
  spot(asset) {
    const last = Math.max(0, (asset.duration_s ?? 0) - 2), step = 1 / (asset.fps || 25);
    const picture = el("img", { alt: "The frame a trial begins with", width: 320, height: 180 });
    const said = el("output.mono", {}, "0.0 s");
    const slide = el("input", { type: "range", min: 0, max: last, step, value: last / 3, "aria-label": "Where the trial begins" });
    let soon = 0;
    const show = () => {
      this.at = Math.round(Math.round(Number(slide.value) / step) * step * 1e6) / 1e6;
      said.textContent = seconds(this.at);
      clearTimeout(soon);
      soon = setTimeout(() => { picture.src = `${API}/assets/${asset.id}/frame?width=480&t=${(this.at + step / 2).toFixed(4)}`; }, 100);
    };
    slide.addEventListener("input", show);
    show();
    return el("div.spot", {}, el("span.label", {}, "A trial begins here"), picture, el("div.row", {}, slide, said));
  }
}

/* --- the stage on the right --------------------------------------------------------------------------------------- */

const Stage = customElements.get("homereel-stage");

class Restored extends Stage {
  face(job) {
    if (job.status !== "done" || !job.assets.length) return super.face(job);
    const after = job.assets[0], { source, from_s: offset = 0 } = job.recipe.options;
    const shown = el("div.pair", {}, player(after));
    get(`/assets/${source}`).then((before) => {
      shown.replaceChildren(compare({ before, after, offset }));
      this.foretell(job, before, after);
    }).catch(() => {});
    return shown;
  }

  /** How long the whole would take, by the pace of a trial. */
  foretell(job, before, after) {
    const pace = job.result?.frames_a_second;
    if (!job.recipe.options.duration_s || !pace) return;
    this.whole = { id: job.id, said: `the whole would take about ${seconds(before.duration_s * (after.fps || 25) / pace)}` };
    if (job.id === this.take?.id) this.describe(job);
  }

  empty() {
    return el("div.empty", {}, icon("restore", 40), el("h3", {}, this.getAttribute("heading")), el("p", {}, this.getAttribute("lesson")));
  }

  describe(job) {
    super.describe(job);
    const said = this.caption.querySelector(".said"), made = job?.assets?.[0];
    if (!said) return;
    const { size, from_s: from, duration_s: length } = job.recipe.options;
    const what = length ? `Trial of ${seconds(length)} from ${seconds(from)}` : made?.name ?? "Restoring";
    said.textContent = [what, size !== "same" && size, this.whole?.id === job.id && this.whole.said].filter(Boolean).join(" · ");
    said.title = said.textContent;
  }
}

customElements.define("homereel-condition", Condition);
customElements.define("homereel-restored", Restored);
pulse.now();
