/* Paints a mask over a picture: white where something new goes. Opened by a picker whose option names what it lies on. */

import { attempt, button, el, fileUrl, icon } from "./api.js";

const LARGEST = 2048, NEAR = 1 / 4; // of a mask's longer side, in pixels; of the brush, an arrow key's step
const TINT = [224, 33, 138]; // what is painted is seen on any picture, and white only in what is kept

class Painter {
  /** Have a mask painted over the picture `source`, going on from the mask `old` if there is one. Gives a PNG, or null. */
  static paint(source, old) {
    return new Promise((done) => {
      const painter = new Painter(), { box } = painter;
      document.body.append(box);
      box.addEventListener("close", () => { done(painter.made ?? null); box.remove(); }, { once: true });
      box.showModal();
      attempt(() => painter.open(source, old))();
    });
  }

  constructor() {
    Object.assign(this, { tool: "brush", size: 0.08, strokes: [], at: [0.5, 0.5], made: null });
    const tool = (name, words, key) => el("button.quiet", { type: "button", "aria-pressed": String(name === this.tool), title: `${words} (${key})`, data: { tool: name }, onclick: () => this.take(name) }, icon(name), el("span", {}, words));
    this.width = el("input", { type: "range", min: "1", max: "40", value: "8", "aria-label": "Size of the brush", oninput: () => this.resize(this.width.value / 100) });
    this.undoButton = button("Undo", "undo", () => this.undo(), { shown: false });
    this.bar = el("div.tools", { role: "toolbar", "aria-label": "Painting" },
      tool("brush", "Brush", "B"), tool("eraser", "Eraser", "E"), el("label.size", {}, el("span", {}, "Size"), this.width),
      button("Invert", "invert", () => this.did({ kind: "invert" })), this.undoButton, button("Clear", "trash", () => this.did({ kind: "clear" })));
    this.sheet = el("canvas", {
      tabindex: "0", role: "application", "aria-label": "Mask. The arrow keys move the brush, Space paints, B and E choose brush and eraser, [ and ] its size, I inverts, Delete clears.",
      onpointerdown: (e) => this.press(e), onpointermove: (e) => this.drag(e), onpointerup: () => this.lift(), onpointercancel: () => this.lift(),
      onkeyup: (e) => e.key === " " && this.lift(),
    });
    this.ring = el("i.ring", { "aria-hidden": "true" });
    this.picture = el("img", { alt: "The source" });
    this.easel = el("div.easel", {}, this.picture, this.sheet, this.ring);
    this.use = button("Use this mask", "check", attempt(() => this.keep()), { kind: "lamp" });
    this.box = el("dialog.sheet.painter", { "aria-label": "Paint a mask", onkeydown: (e) => this.key(e) },
      el("header", {}, el("h2", {}, "Paint what is to be new"), this.use, button("Close", "close", () => this.box.close(), { shown: false, kind: "bare" })),
      this.bar, el("div.table", {}, this.easel));
  }

  async open(source, old) {
    this.picture.src = fileUrl(source);
    await this.picture.decode();
    const { naturalWidth: w, naturalHeight: h } = this.picture, scale = Math.min(1, LARGEST / Math.max(w, h));
    Object.assign(this.sheet, { width: Math.round(w * scale), height: Math.round(h * scale) });
    this.easel.style.setProperty("--shape", `${w} / ${h}`);
    this.easel.style.setProperty("--ratio", w / h);
    if (old) this.ground = await this.read(old);
    this.draw();
    this.box.dataset.ready = "";
    this.sheet.focus();
  }

  /** A mask from the library: what is white in it, as strokes of ours would be. */
  async read(id) {
    const image = el("img", { src: fileUrl(id), alt: "" });
    await image.decode();
    const { width, height } = this.sheet, canvas = el("canvas", { width, height }), pen = canvas.getContext("2d");
    pen.drawImage(image, 0, 0, width, height);
    const pixels = pen.getImageData(0, 0, width, height);
    for (let n = 0; n < pixels.data.length; n += 4) pixels.data.set([...TINT, pixels.data[n]], n);
    pen.putImageData(pixels, 0, 0);
    return canvas;
  }

  /* --- strokes: kept as they were made, in parts of the picture's sides, so that each can be taken back --- */

  draw() {
    const pen = this.sheet.getContext("2d"), { width, height } = this.sheet;
    pen.globalCompositeOperation = "source-over";
    pen.clearRect(0, 0, width, height);
    if (this.ground) pen.drawImage(this.ground, 0, 0);
    for (const stroke of this.strokes) this.stroke(pen, stroke, width, height);
    this.undoButton.disabled = !this.strokes.length;
    this.box.dataset.strokes = this.strokes.length;
  }

  stroke(pen, { kind, size, points }, width, height) {
    pen.fillStyle = pen.strokeStyle = `rgb(${TINT})`;
    if (kind === "clear") return pen.clearRect(0, 0, width, height);
    pen.globalCompositeOperation = { invert: "xor", eraser: "destination-out", brush: "source-over" }[kind];
    if (kind === "invert") pen.fillRect(0, 0, width, height);
    else {
      Object.assign(pen, { lineCap: "round", lineJoin: "round", lineWidth: size * Math.max(width, height) });
      pen.beginPath();
      points.forEach(([x, y], n) => pen[n ? "lineTo" : "moveTo"](x * width, y * height));
      if (points.length === 1) pen.lineTo(points[0][0] * width, points[0][1] * height + 0.01);
      pen.stroke();
    }
    pen.globalCompositeOperation = "source-over";
  }

  did(stroke) {
    this.strokes.push(stroke);
    this.draw();
  }

  undo() {
    this.strokes.pop();
    this.draw();
  }

  begin() {
    this.now = { kind: this.tool, size: this.size, points: [this.at] };
    this.did(this.now);
  }

  lift() { this.now = null; }

  reach(at) {
    this.at = at.map((part) => Math.min(1, Math.max(0, part)));
    this.show();
    if (!this.now) return;
    this.now.points.push(this.at);
    this.draw();
  }

  /* --- by hand --- */

  where(event) {
    const box = this.sheet.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  }

  press(event) {
    if (event.button) return;
    this.sheet.setPointerCapture(event.pointerId);
    this.reach(this.where(event));
    this.begin();
  }

  drag(event) {
    for (const one of this.now && event.getCoalescedEvents?.().length ? event.getCoalescedEvents() : [event]) this.reach(this.where(one));
  }

  /* --- by key --- */

  key(event) {
    const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const deeds = {
      b: () => this.take("brush"), e: () => this.take("eraser"), i: () => this.did({ kind: "invert" }), Delete: () => this.did({ kind: "clear" }),
      "[": () => this.resize(this.size / 1.25), "]": () => this.resize(this.size * 1.25),
    };
    if (event.target === this.width || event.altKey) return;
    if (event.ctrlKey || event.metaKey) {
      if (event.key.toLowerCase() !== "z") return;
      this.undo();
    } else if (event.target === this.sheet && arrows[event.key]) this.step(arrows[event.key]);
    else if (event.target === this.sheet && event.key === " ") { if (!event.repeat) this.begin(); }
    else if (deeds[event.key]) deeds[event.key]();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  step([x, y]) {
    const { width, height } = this.sheet, far = this.size * NEAR * Math.max(width, height);
    this.reach([this.at[0] + x * far / width, this.at[1] + y * far / height]);
  }

  take(tool) {
    this.tool = tool;
    for (const one of this.bar.querySelectorAll("[data-tool]")) one.setAttribute("aria-pressed", String(one.dataset.tool === tool));
  }

  resize(size) {
    this.size = Math.min(0.4, Math.max(0.01, size));
    this.width.value = Math.round(this.size * 100);
    this.show();
  }

  /** Where the brush is, and how wide. */
  show() {
    const { width, height } = this.sheet;
    const across = (this.size * Math.max(width, height)) / width;
    for (const [name, part] of [["left", this.at[0]], ["top", this.at[1]], ["width", across]]) this.ring.style[name] = `${part * 100}%`;
  }

  async keep() {
    const { width, height } = this.sheet, canvas = el("canvas", { width, height }), pen = canvas.getContext("2d");
    pen.drawImage(this.sheet, 0, 0);
    for (const [how, colour] of [["source-in", "#fff"], ["destination-over", "#000"]]) {
      Object.assign(pen, { globalCompositeOperation: how, fillStyle: colour });
      pen.fillRect(0, 0, width, height);
    }
    const blob = await new Promise((done) => canvas.toBlob(done, "image/png"));
    this.made = new File([blob], "mask.png", { type: "image/png" });
    this.box.close();
  }
}

export const paint = Painter.paint;
