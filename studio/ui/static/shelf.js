/* The library: everything made or brought in, a page at a time, with search, a detail drawer, selection and trash. */

import { attempt, button, bytes, call, del, el, get, hue, icon, isDraft, openTab, post, promptOf, pulse, report, seconds, thumbUrl, toast } from "./api.js";
import { add } from "./append.js";
import { Arrivals } from "./arrivals.js";
import { CloseUp } from "./closeup.js";
import { lift } from "./cargo.js";
import { Handful } from "./handful.js";
import { liven } from "./liven.js";

const PAGE = 60;
const EMPTY = "Empty the trash", SURE = "Delete all for good?";
const KINDS = { "": "All", image: "Pictures", video: "Video", audio: "Sound", captions: "Captions", midi: "MIDI" };
export const KIND_ICONS = { image: "image", video: "film", audio: "sound", captions: "captions", midi: "midi", project: "project" };

class Shelf extends HTMLElement {
  connectedCallback() {
    if (this.grid) return;
    this.className = "house shelf";
    this.wish = { q: "", kind: "", starred: "", tag: "", trashed: "" };
    this.cards = new Map();
    this.grid = el("div.grid", { role: "list", "aria-label": "Library", onclick: (event) => this.clicked(event), onkeydown: (event) => this.keyed(event) });
    this.foot = el("div.foot", {}, el("span.sentinel"));
    this.handful = new Handful(this);
    this.closeup = new CloseUp(this);
    this.arrivals = new Arrivals(this, (asset) => this.arrived(asset));
    this.append(this.bar(), this.arrivals.node, this.grid, this.foot, this.handful.node);
    liven(this.grid, (id) => this.cards.get(id)?.asset);
    new IntersectionObserver(([seen]) => seen.isIntersecting && this.more(), { rootMargin: "900px" }).observe(this.foot);
    this.deaf = pulse.hear((status) => this.heard(status));
    addEventListener("homereel.show", (event) => attempt(() => this.show(event.detail.id))());
    this.fresh();
  }

  disconnectedCallback() { this.deaf?.(); }

  // --- what is asked for -------------------------------------------------------------------------------------------

  bar() {
    this.words = el("input", { type: "search", placeholder: "Search by words: names, prompts, tags", "aria-label": "Search the library", oninput: () => { clearTimeout(this.typing); this.typing = setTimeout(() => this.ask({ q: this.words.value.trim() }), 180); } });
    this.kinds = el("div.kinds", { role: "group", "aria-label": "Kind" }, ...Object.entries(KINDS).map(([kind, words]) =>
      el("button.chip", { type: "button", "aria-pressed": String(!kind), data: { kind }, onclick: () => this.ask({ kind }) }, words)));
    this.starred = button("Starred", "star", () => this.ask({ starred: this.wish.starred ? "" : "true" }), { "aria-pressed": "false" });
    this.trash = button("Trash", "trash", () => this.ask({ trashed: this.wish.trashed ? "" : "true" }), { "aria-pressed": "false" });
    this.emptier = button(EMPTY, null, () => this.emptied(), { hidden: true, title: "Delete for good what is in the trash; what a project holds stays" });
    this.tag = el("span.tag-wish");
    this.file = el("input", { type: "file", multiple: true, hidden: true, onchange: () => { this.arrivals.take(this.file.files); this.file.value = ""; } });
    const upload = button("Upload", "upload", () => this.file.click(), { kind: "lamp", title: "Pictures, video, sound, captions; or drop files anywhere here" });
    return el("div.shelf-bar", {}, el("label.seek", {}, icon("search"), this.words), this.kinds, this.tag, el("span.fill"), this.starred, this.emptier, this.trash, upload, this.file);
  }

  ask(change) {
    Object.assign(this.wish, change);
    const { kind, starred, trashed, tag } = this.wish;
    for (const chip of this.kinds.children) chip.setAttribute("aria-pressed", String(chip.dataset.kind === kind));
    this.starred.setAttribute("aria-pressed", String(!!starred));
    this.trash.setAttribute("aria-pressed", String(!!trashed));
    this.emptier.hidden = !trashed;
    this.tag.replaceChildren(...(tag ? [button(tag, "close", () => this.ask({ tag: "" }), { kind: "chip", title: "Show all tags again" })] : []));
    this.handful.clear();
    this.fresh();
  }

  // --- pages -------------------------------------------------------------------------------------------------------

  query(before) {
    const given = Object.entries({ ...this.wish, limit: PAGE, before }).filter(([, value]) => value);
    return `/assets?${new URLSearchParams(given)}`;
  }

  async fresh() {
    const turn = (this.turn = (this.turn ?? 0) + 1);
    try {
      const page = await get(this.query());
      if (turn !== this.turn) return;
      this.next = page.next;
      this.cards.clear();
      this.grid.replaceChildren(...shown(page).map((asset) => this.card(asset)));
      this.foot.querySelector(".empty")?.remove();
      if (!this.grid.children.length && !this.next) this.foot.prepend(this.empty());
    } catch (error) { report(error); }
  }

  async more() {
    if (!this.next || this.loading) return;
    const turn = this.turn;
    this.loading = true;
    try {
      const page = await get(this.query(this.next));
      if (turn !== this.turn) return;
      this.next = page.next;
      this.grid.append(...shown(page).filter((asset) => !this.cards.has(asset.id)).map((asset) => this.card(asset)));
    } catch (error) { report(error); this.next = null; } finally { this.loading = false; }
    const { top } = this.foot.getBoundingClientRect();
    if (this.next && this.offsetParent && top < innerHeight + 900) this.more();
  }

  /** New takes go on top; where one has scrolled to stays. */
  async heard(status) {
    const mark = String(status.queue.done ?? 0);
    const news = this.mark !== undefined && mark !== this.mark;
    this.mark = mark;
    if (!news || this.wish.trashed || this.wish.starred) return;
    const page = await get(this.query()).catch(() => ({ items: [] }));
    const fresh = shown(page).filter((asset) => !this.cards.has(asset.id));
    this.grid.prepend(...fresh.map((asset) => this.card(asset)));
    if (fresh.length) this.foot.querySelector(".empty")?.remove();
  }

  arrived(asset) {
    this.cards.get(asset.id)?.node.remove();
    this.grid.prepend(this.card(asset));
    this.foot.querySelector(".empty")?.remove();
  }

  // --- cards -------------------------------------------------------------------------------------------------------

  card(asset) {
    const shape = Math.max(0.5, Math.min(2.4, asset.width && asset.height ? asset.width / asset.height : 16 / 9));
    const name = titleOf(asset), pick = el("input.pick", { type: "checkbox", "aria-label": `Select ${name.slice(0, 80)}` });
    const node = el("article.item", { role: "listitem", draggable: true, ondragstart: (event) => lift(event, asset), data: { id: asset.id, hue: hue(asset), kind: asset.kind }, style: { "--shape": shape } },
      el("button.open", { type: "button", "aria-label": `${KINDS[asset.kind] ?? asset.kind}: ${name}` }, el("img", { src: thumbUrl(asset.id), alt: "", loading: "lazy", decoding: "async" })),
      el("span.mark", {}, icon(KIND_ICONS[asset.kind] ?? "info", 14), asset.duration_s ? seconds(asset.duration_s) : "", isDraft(asset) && el("em", {}, "draft")),
      pick, button("Star", "star", () => this.star(asset.id), { shown: false, kind: "bare star", "aria-pressed": String(asset.starred) }),
      el("span.name", { title: name }, name));
    this.cards.set(asset.id, { asset, node });
    pick.checked = this.handful.has(asset.id);
    node.classList.toggle("picked", pick.checked);
    return node;
  }

  /** The asset has changed: draw it as it now is. */
  renew(asset) {
    const old = this.cards.get(asset.id)?.node;
    old?.replaceWith(this.card(asset));
  }

  forget(ids) {
    for (const id of ids) { this.cards.get(id)?.node.remove(); this.cards.delete(id); }
    if (!this.grid.children.length) this.next ? this.more() : this.fresh();
  }

  clicked(event) {
    const node = event.target.closest(".item");
    if (!node) return;
    if (event.target.closest(".pick")) return this.handful.set(node.dataset.id, event.target.checked, event.shiftKey);
    if (!event.target.closest(".open")) return;
    if (event.ctrlKey || event.metaKey || event.shiftKey || this.handful.size) return this.handful.set(node.dataset.id, !this.handful.has(node.dataset.id), event.shiftKey);
    this.closeup.open(this.cards.get(node.dataset.id).asset);
  }

  /** Arrows walk the cards, as they lie on the screen. */
  keyed(event) {
    const at = event.target.closest(".open");
    if (!at || !event.key.startsWith("Arrow")) return;
    const all = [...this.grid.querySelectorAll(".open")], n = all.indexOf(at), here = at.getBoundingClientRect();
    const below = (one, way) => way * (one.getBoundingClientRect().top - here.top) > 20 && Math.abs(one.getBoundingClientRect().left - here.left) < here.width * 0.8;
    const next = { ArrowLeft: () => all[n - 1], ArrowRight: () => all[n + 1], ArrowDown: () => all.slice(n).find((one) => below(one, 1)), ArrowUp: () => all.slice(0, n).findLast((one) => below(one, -1)) }[event.key]();
    event.preventDefault();
    next?.focus();
  }

  star = attempt(async (id) => {
    const { asset } = this.cards.get(id);
    this.renew(await call("PATCH", `/assets/${id}`, { starred: !asset.starred }));
    this.cards.get(id).node.querySelector(".star").focus();
  });

  async show(id) {
    if (Object.values(this.wish).some(Boolean)) { this.words.value = ""; this.ask({ q: "", kind: "", starred: "", tag: "", trashed: "" }); }
    this.closeup.open(await get(`/assets/${id}`));
  }

  // --- deeds on many -----------------------------------------------------------------------------------------------

  discard = attempt(async (ids) => {
    await post("/assets/trash", { ids });
    this.handful.clear();
    this.forget(ids);
    toast(ids.length === 1 ? "It is in the trash." : `${ids.length} are in the trash.`, { action: { words: "Undo", run: () => this.restore(ids, true) } });
  });

  restore = attempt(async (ids, undone) => {
    await post("/assets/restore", { ids });
    this.handful.clear();
    if (undone) return this.fresh();
    this.forget(ids);
    toast(ids.length === 1 ? "It is back in the library." : `${ids.length} are back in the library.`);
  });

  /** Asks once more before it does. */
  emptied = attempt(async () => {
    const words = this.emptier.querySelector("span");
    if (words.textContent === EMPTY) {
      words.textContent = SURE;
      return void setTimeout(() => { words.textContent = EMPTY; }, 6000);
    }
    words.textContent = EMPTY;
    const { deleted, freed, kept } = await del("/trash");
    await this.fresh();
    toast(`${deleted} deleted, ${bytes(freed)} are free again.${kept ? ` ${kept} stay: a project holds them.` : ""}`);
  });

  place = attempt(async (assets) => {
    await add(assets);
    toast(assets.length === 1 ? "It is on the timeline." : "They are on the timeline.", { action: { words: "Show", run: () => openTab("Timeline") } });
  });

  empty() {
    const { q, kind, starred, tag, trashed } = this.wish;
    if (trashed) return el("div.empty", {}, icon("trash", 40), el("h3", {}, "The trash is empty"), el("p", {}, "What you delete waits here, and can be restored."));
    if (q || kind || starred || tag)
      return el("div.empty", {}, icon("search", 40), el("h3", {}, "Nothing fits"), el("p", {}, "Try fewer or other words, or look at everything."), button("Show everything", null, () => { this.words.value = ""; this.ask({ q: "", kind: "", starred: "", tag: "" }); }));
    return el("div.empty", {}, icon("image", 40), el("h3", {}, "Everything you make comes here"), el("p", {}, "Each take with the recipe that made it, so that it can be made again. Drop files here to bring in your own."),
      el("div.deeds", {}, button("Make a picture", "image", () => openTab("Image")), button("Upload files", "upload", () => this.file.click())));
  }
}

export const titleOf = (asset) => promptOf(asset).replace(/\s*\[\w+:[^\]]*\]/g, "") || asset.name || "Untitled";

/** The quick films the player plays from are the cutting room's own business. */
export const isPreview = ({ recipe, tags }) => recipe?.model === "export" && (tags.includes("preview") || recipe.options.settings?.preset === "preview");
const shown = (page) => page.items.filter((asset) => !isPreview(asset));

customElements.get("homereel-shelf") ?? customElements.define("homereel-shelf", Shelf);
