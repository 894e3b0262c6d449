/* The selected few: a bar with what can be done to all of them at once. */

import { API, Fault, attempt, button, call, el } from "./api.js";

export class Handful {
  constructor(shelf) {
    this.shelf = shelf;
    this.ids = new Set();
    this.count = el("strong", { role: "status" });
    this.deeds = el("span.deeds");
    this.node = el("div.handful", { hidden: true, role: "toolbar", "aria-label": "Selected" }, this.count, this.deeds, button("Clear", "close", () => this.clear(), { shown: false, kind: "bare" }));
  }

  get size() { return this.ids.size; }
  has(id) { return this.ids.has(id); }
  get assets() { return [...this.ids].map((id) => this.shelf.cards.get(id)?.asset).filter(Boolean); }

  /** Take one in or out; with `through`, all from the last one to it. */
  set(id, wanted, through) {
    const order = [...this.shelf.grid.children].map((node) => node.dataset.id);
    const from = through && this.last ? order.indexOf(this.last) : -1, to = order.indexOf(id);
    const meant = from < 0 ? [id] : order.slice(Math.min(from, to), Math.max(from, to) + 1);
    for (const one of meant) {
      wanted ? this.ids.add(one) : this.ids.delete(one);
      const { node } = this.shelf.cards.get(one);
      node.classList.toggle("picked", wanted);
      node.querySelector(".pick").checked = wanted;
    }
    this.last = id;
    this.dress();
  }

  clear() { for (const id of [...this.ids]) this.shelf.cards.has(id) ? this.set(id, false) : this.ids.delete(id); this.last = null; this.dress(); }

  dress() {
    this.node.hidden = !this.size;
    this.shelf.classList.toggle("choosing", !!this.size);
    this.count.textContent = `${this.size} selected`;
    const ids = () => [...this.ids], trashed = this.shelf.wish.trashed;
    this.deeds.replaceChildren(...(trashed
      ? [button("Restore", "reuse", () => this.shelf.restore(ids()), { kind: "lamp" })]
      : [button("Add to timeline", "timeline", () => this.shelf.place(this.assets.reverse())), button("Download zip", "download", attempt(() => this.zip())),
        button("Star", "star", attempt(() => this.each({ starred: true }))), button("Tag", "tag", () => this.tag()), button("Trash", "trash", () => this.shelf.discard(ids()))]));
  }

  async each(change) {
    for (const asset of this.assets) {
      const given = typeof change === "function" ? change(asset) : change;
      this.shelf.renew(await call("PATCH", `/assets/${asset.id}`, given));
    }
  }

  tag() {
    const field = el("input.words", { "aria-label": "Tag", placeholder: "A word or two", maxlength: 60 });
    const keep = attempt((event) => { event.preventDefault(); const tag = field.value.trim(); if (tag) return this.each((asset) => ({ tags: [...new Set([...asset.tags, tag])] })).then(() => this.dress()); });
    this.deeds.replaceChildren(el("form.tagging", { onsubmit: keep }, field, el("button.lamp", { type: "submit" }, "Add tag")));
    field.focus();
  }

  async zip() {
    const answer = await fetch(`${API}/assets/zip`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ ids: [...this.ids] }) });
    if (!answer.ok) throw new Fault((await answer.json().catch(() => ({}))).error ?? {}, answer.status);
    const url = URL.createObjectURL(await answer.blob());
    el("a", { href: url, download: "homereel.zip" }).click();
    setTimeout(() => URL.revokeObjectURL(url), 60000);
  }
}
