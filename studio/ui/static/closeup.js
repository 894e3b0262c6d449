/* One asset, close up: the thing itself, what it is, the recipe that made it, and what to do with it. */

import { attempt, button, bytes, call, el, fileUrl, get, hue, icon, isDraft, post, promptOf, pulse, seconds, send, toast } from "./api.js";
import { player } from "./player.js";
import { titleOf } from "./shelf.js";

const LONG = ["prompt", "text", "negative_prompt", "lyrics"];
let tasks = null;

/** Which task a recipe's model does; null for an export, or a model that is gone. */
async function taskOf(recipe) {
  tasks ??= get("/models").then((models) => new Map(models.map((model) => [model.id, model.task])));
  return (await tasks).get(recipe?.model) ?? null;
}

export class CloseUp {
  constructor(shelf) {
    this.shelf = shelf;
    this.inside = el("div.inside");
    this.heading = el("h2");
    this.node = el("aside.drawer.closeup", { hidden: true, role: "dialog", "aria-label": "About this take", onkeydown: (event) => this.keyed(event) },
      el("header", {}, this.heading, button("Close", "close", () => this.close(), { shown: false, kind: "bare" })), this.inside);
    document.body.append(this.node);
    document.addEventListener("click", (event) => {                  // leaving the tab leaves the drawer
      if (event.target.closest('[role="tab"]')) this.close(false);
    });
  }

  async open(asset) {
    this.asset = asset;
    this.heading.textContent = asset.kind === "video" ? "Video" : asset.kind === "image" ? "Picture" : asset.kind === "audio" ? "Sound" : "File";
    const trashed = this.shelf.wish.trashed;
    const task = await taskOf(asset.recipe).catch(() => null);
    if (this.asset !== asset) return;
    this.inside.replaceChildren(this.view(trashed), this.name(asset), this.facts(asset), trashed ? this.back(asset) : this.deeds(asset, task), !trashed && this.tags(asset), ...this.recipe(asset));
    this.inside.scrollTop = 0;
    this.node.hidden = false;
    this.node.querySelector("header button").focus();
  }

  close(back = true) {
    if (this.node.hidden) return;
    this.node.hidden = true;
    this.inside.replaceChildren();                                    // whatever was playing stops
    if (back) this.shelf.cards.get(this.asset?.id)?.node.querySelector(".open").focus();
  }

  keyed(event) {
    if (event.key === "Escape") return this.close();
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!by || event.target.closest("input, textarea, video, audio")) return;
    const ids = [...this.shelf.cards.keys()].filter((id) => this.shelf.cards.get(id).node.isConnected);
    const order = [...this.shelf.grid.children].map((node) => node.dataset.id).filter((id) => ids.includes(id));
    const next = this.shelf.cards.get(order[order.indexOf(this.asset.id) + by]);
    if (next) this.open(next.asset);
  }

  async keep(change) {
    this.asset = await call("PATCH", `/assets/${this.asset.id}`, change);
    this.shelf.renew(this.asset);
    return this.asset;
  }

  // --- its parts -----------------------------------------------------------------------------------------------------

  view(trashed) {
    const shown = trashed ? el("p.muted.inwaste", {}, icon("trash"), "It is in the trash. Restore it to see and use it.") : player(this.asset);
    return el("div.screen", { data: { hue: hue(this.asset) } }, shown);
  }

  name(asset) {
    const field = el("input.title", { "aria-label": "Name", maxlength: 200, title: "Name: type to change it" });
    field.value = asset.name;
    field.addEventListener("change", attempt(async () => { if (field.value.trim()) field.value = (await this.keep({ name: field.value.trim() })).name; }));
    field.addEventListener("keydown", (event) => event.key === "Enter" && field.blur());
    return field;
  }

  facts(asset) {
    const made = new Date(asset.created).toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
    const said = [asset.width && `${asset.width} × ${asset.height} px`, asset.duration_s && seconds(asset.duration_s), asset.fps && `${Math.round(asset.fps * 100) / 100} fps`, bytes(asset.bytes), made];
    return el("p.mono.muted.facts", {}, said.filter(Boolean).join(" · "));
  }

  deeds(asset, task) {
    const shelf = this.shelf, { recipe } = asset;
    const again = attempt(async () => {
      await post("/jobs", { model: recipe.model, options: { ...recipe.options, seed: -1 } });
      pulse.now();
      toast("Another one is on its way.", { advice: "The same recipe with a new seed." });
    });
    const star = button("Star", "star", attempt(async () => star.setAttribute("aria-pressed", String((await this.keep({ starred: !this.asset.starred })).starred))), { shown: false, kind: "bare", "aria-pressed": String(asset.starred) });
    return el("div.deeds", {},
      task && button("Reuse settings", "reuse", () => { this.close(false); reuse(recipe); }, { kind: "lamp", title: "Fill the form it came from with its prompt, seed and settings" }),
      task && button("Make another", "variation", again, { title: "The same recipe, a new seed" }),
      ["image", "video", "audio", "captions"].includes(asset.kind) && button("Add to timeline", "timeline", () => shelf.place([asset])),
      el("a.quiet", { href: `${fileUrl(asset.id)}?download=true&credentials=true`, download: asset.name }, icon("download"), "Download"),
      el("span.fill"), star, button("Move to trash", "trash", () => { this.close(); shelf.discard([asset.id]); }, { shown: false, kind: "bare" }));
  }

  back(asset) {
    return el("div.deeds", {}, button("Restore", "reuse", () => { this.close(); this.shelf.restore([asset.id]); }, { kind: "lamp" }));
  }

  tags(asset) {
    const row = el("div.tags", { role: "group", "aria-label": "Tags" });
    const draw = (now) => {
      const field = el("input", { placeholder: "Add a tag", "aria-label": "Add a tag", maxlength: 60 });
      field.addEventListener("keydown", attempt(async (event) => {
        if (event.key !== "Enter" || !field.value.trim()) return;
        draw(await this.keep({ tags: [...new Set([...this.asset.tags, field.value.trim()])] }));
        row.querySelector("input").focus();
      }));
      const find = (tag) => button(tag, "tag", () => { this.close(false); this.shelf.ask({ tag }); }, { kind: "chip", title: `Show all tagged “${tag}”` });
      const off = (tag) => button(`Take off the tag ${tag}`, "close", attempt(async () => draw(await this.keep({ tags: this.asset.tags.filter((one) => one !== tag) }))), { shown: false, kind: "bare" });
      row.replaceChildren(...now.tags.map((tag) => el("span.tagged", {}, find(tag), off(tag))), field);
    };
    draw(asset);
    return row;
  }

  /** The recipe as a person reads it: the words first, then every setting. */
  recipe({ recipe, ...asset }) {
    if (!recipe) return [el("p.muted", {}, "It was brought in, and carries no recipe.")];
    if (recipe.model === "export") return [el("p.muted", {}, `Exported from “${recipe.options.timeline?.title || "a timeline"}”.`)];
    const words = promptOf({ recipe }), rows = Object.entries(recipe.options).filter(([name, value]) => !LONG.slice(0, 2).includes(name) && value !== null && value !== "" && !(Array.isArray(value) && !value.length));
    return [
      words && el("blockquote", {}, words),
      el("dl.recipe", {}, ...[["model", recipe.model], ...rows].map(([name, value]) => el("div", {}, el("dt", {}, spoken(name)), el("dd.mono", { title: String(value) }, shown(value))))),
      isDraft({ recipe, ...asset }) && el("p.muted.hint", {}, "A draft take: made without weights, in a blink. The same recipe makes the same bytes again."),
    ].filter(Boolean);
  }
}

const spoken = (name) => { const words = name.replace(/_s$/, "").replaceAll("_", " "); return words[0].toUpperCase() + words.slice(1); };
const shown = (value) => (typeof value === "boolean" ? (value ? "yes" : "no") : /^[0-9a-f]{64}$/.test(value) ? `${value.slice(0, 10)}…` : typeof value === "object" ? JSON.stringify(value) : String(value));

/** Open the tab a recipe belongs to, filled in with it. Anyone may ask: `dispatchEvent(new CustomEvent("homereel.reuse", {detail: {recipe}}))`. */
export const reuse = attempt(async (recipe) => {
  const task = await taskOf(recipe);
  if (!task) return toast("No tab makes this any more.", { advice: `Its model, ${recipe.model}, is not in the catalogue.` });
  await send(task, { model: recipe.model, options: recipe.options });
});

addEventListener("homereel.reuse", (event) => reuse(event.detail.recipe));
