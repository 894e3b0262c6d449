/* Chooses files for an option: thumbnails of what is chosen, the library in a sheet, upload, drop and paste. */

import { attempt, button, el, get, hue, icon, promptOf, seconds, thumbUrl, toast, upload } from "./api.js";
import { paint } from "./painter.js";

class Picker extends HTMLElement {
  bind(props, told) {
    Object.assign(this, { label: props.label, said: props.said, kinds: props.kinds ?? [], many: props.many, over: props.paint, told });
    this.ids = [...(props.value || [])];
    this.draw();
  }

  draw() {
    this.className = "house picker";
    const chosen = this.ids.map((id) => el("div.chosen", {},
      el("img", { src: thumbUrl(id), alt: "chosen file", loading: "lazy" }),
      button(`Remove from ${this.label}`, "close", () => this.set(this.ids.filter((one) => one !== id)), { shown: false, kind: "bare" })));
    const room = this.many || !this.ids.length;
    const add = room && el("button.add", { type: "button", title: this.said, "aria-label": `${this.label}: choose a file`, onclick: attempt(() => this.sheet()) },
      icon(this.kinds[0] ?? "image"), el("span", {}, "Choose or drop"));
    const brush = this.over && el("button.add.paint", { type: "button", title: `Paint it over the ${this.over}`, onclick: attempt(() => this.paint()) }, icon("brush"), el("span", {}, "Paint"));
    this.replaceChildren(el("span.label", { title: this.said }, this.label), el("div.row", {}, ...chosen, ...[add, brush].filter(Boolean)));
    this.ondragover = (event) => { event.preventDefault(); event.stopPropagation(); };
    this.ondrop = (event) => { event.preventDefault(); event.stopPropagation(); attempt(() => this.dropped(event))(); };
    this.onpaste = (event) => event.clipboardData.files.length && attempt(() => this.bring(event.clipboardData.files[0]))();
  }

  set(ids) {
    this.ids = ids;
    this.draw();
    this.told(ids);
  }

  add(asset) {
    if (!this.kinds.includes(asset.kind)) return void toast(`${this.label} takes ${this.kinds.join(" or ")}, and this is ${asset.kind}.`, { kind: "bad" });
    this.set(this.many ? [...this.ids.filter((id) => id !== asset.id), asset.id] : [asset.id]);
  }

  async dropped(event) {
    const id = event.dataTransfer.getData("text/homereel-asset");
    if (id) this.add(await get(`/assets/${id}`));
    else if (event.dataTransfer.files.length) await this.bring(event.dataTransfer.files[0]);
  }

  async bring(file) {
    const said = toast(`Bringing in ${file.name}…`);
    try { this.add(await upload(file)); } finally { said.remove(); }
  }

  /** Draw it, over what the option `over` of the same form holds. */
  async paint() {
    const [source] = this.closest(".files")?.querySelector(`.option-${this.over} homereel-picker`)?.ids ?? [];
    if (!source) return void toast(`${this.label} is painted over a ${this.over}.`, { advice: `Choose the ${this.over} first.` });
    const file = await paint(source, this.ids[0]);
    this.querySelector(".paint")?.focus();
    if (file) { this.ids = []; await this.bring(file); }
  }

  /* --- the library, in a sheet --- */

  async sheet() {
    const grid = el("div.grid", { "aria-live": "polite" });
    const find = el("input", { type: "search", placeholder: "Search the library", "aria-label": "Search the library" });
    const file = el("input", { type: "file", hidden: true, accept: this.kinds.map((kind) => `${kind}/*`).join(), onchange: attempt(async () => { box.close(); await this.bring(file.files[0]); }) });
    const box = el("dialog.sheet", { "aria-label": `${this.label}: choose a file`, onclose: () => { box.remove(); this.querySelector("button")?.focus(); } },
      el("header", {}, el("h2", {}, this.label), find, button("Upload", "upload", () => file.click()), file,
        button("Close", "close", () => box.close(), { shown: false, kind: "bare" })), grid);
    const show = async () => {
      const pages = await Promise.all(this.kinds.map((kind) => get(`/assets?kind=${kind}&limit=60&q=${encodeURIComponent(find.value)}`)));
      const found = pages.flatMap((page) => page.items);
      grid.replaceChildren(...found.map((asset) => el("button", { type: "button", title: promptOf(asset) || asset.name, data: { hue: hue(asset) }, onclick: () => { box.close(); this.add(asset); } },
        el("img", { src: thumbUrl(asset.id), alt: promptOf(asset) || asset.name, loading: "lazy" }),
        asset.duration_s ? el("span.mono", {}, seconds(asset.duration_s)) : null)));
      if (!found.length) grid.append(el("p.empty", {}, find.value ? "Nothing is called that." : "The library has none yet: upload one, or make one first."));
    };
    let soon = 0;
    find.addEventListener("input", () => { clearTimeout(soon); soon = setTimeout(attempt(show), 200); });
    document.body.append(box);
    box.showModal();
    await show();
  }
}

customElements.define("homereel-picker", Picker);
