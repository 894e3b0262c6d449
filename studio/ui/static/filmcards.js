/* The storyboard: a card a shot, with its picture, its line, its seconds, a lock and another roll. Cards are kept and
   changed in place, so that what somebody is writing stays under their fingers. */

import { attempt, button, el, fileUrl, icon, seconds, thumbUrl } from "./api.js";

const STATES = { waiting: "not made yet", making: "is being made", changed: "will be made anew", failed: "could not be made" };

export class Cards {
  constructor(change, roll) {
    Object.assign(this, { change, roll, cards: new Map() });
    this.list = el("div.shot-cards", { role: "list", "aria-label": "Storyboard" });
    this.node = el("section.storyboard", {}, this.list);
  }

  show(film) {
    this.film = film;
    const ids = film.shots.map((shot) => shot.id), shape = film.brief.aspect.replace(":", " / ");
    this.list.style.setProperty("--shape", shape);
    for (const [id, card] of this.cards) if (!ids.includes(id)) { card.node.remove(); this.cards.delete(id); }
    let at = 0;
    film.shots.forEach((shot, n) => {
      if (!this.cards.has(shot.id)) this.cards.set(shot.id, new Card(this, shot));
      const { node } = this.cards.get(shot.id);
      if (this.list.children[n] !== node) this.list.insertBefore(node, this.list.children[n] ?? null);
      this.cards.get(shot.id).show(shot, n, at);
      at += shot.lasts_s ?? shot.seconds;
    });
  }

  focus(id) {
    const card = this.cards.get(id);
    card?.node.scrollIntoView({ block: "nearest", behavior: "smooth" });
    card?.line.focus({ preventScroll: true });
  }

  move(id, by) {
    const order = this.film.shots.map((shot) => shot.id), at = order.indexOf(id), to = at + by;
    if (to < 0 || to >= order.length) return undefined;
    [order[at], order[to]] = [order[to], order[at]];
    return this.change({ order });
  }

  drop(id) { return this.change({ order: this.film.shots.map((shot) => shot.id).filter((one) => one !== id) }); }
}

class Card {
  constructor(board, shot) {
    Object.assign(this, { board, id: shot.id });
    this.face = el("div.shot-face", { onmouseenter: () => this.play(true), onmouseleave: () => this.play(false) });
    this.number = el("span.shot-number.mono");
    this.state = el("span.shot-state");
    this.line = this.field("textarea", "line", "What is said", { rows: 2, placeholder: "Nothing is said here", maxLength: 600 });
    this.prompt = this.field("textarea", "prompt", "What is seen", { rows: 2, maxLength: 1500 });
    this.title = this.field("input", "title", "Words on the picture", { maxLength: 200, placeholder: "None" });
    this.sound = this.field("input", "sound", "What is heard", { maxLength: 300, placeholder: "Nothing" });
    this.cast = this.field("input", "cast", "Who is in it", { maxLength: 800, placeholder: "Nobody", title: "Who and what must look the same as in other shots, with ; between: models that take references are shown them" });
    this.length = this.field("input", "seconds", "Seconds", { type: "number", min: "1.5", max: "60", step: "0.1" });
    this.lock = button("Lock", "unlock", attempt(() => board.change({ shots: [{ id: this.id, locked: !this.shot.locked }] })), { shown: false, kind: "bare" });
    this.dice = button("Roll again", "dice", attempt(() => board.roll({ shots: [{ id: this.id, reroll: true }] })), { shown: false, kind: "bare" });
    this.before = button("Earlier", "left", attempt(() => board.move(this.id, -1)), { shown: false, kind: "bare" });
    this.after = button("Later", "right", attempt(() => board.move(this.id, 1)), { shown: false, kind: "bare" });
    this.gone = button("Leave out", "trash", attempt(() => board.drop(this.id)), { shown: false, kind: "bare" });
    const more = el("details.shot-more", {}, el("summary", {}, "Picture, title, sound"), labelled("What is seen", this.prompt), labelled("Words on the picture", this.title), labelled("What is heard", this.sound), labelled("Who is in it", this.cast),
      el("div.shot-moves", {}, this.before, this.after, this.gone));
    this.node = el("article.card.shot-card", { role: "listitem", data: { shot: this.id } }, this.face,
      el("div.shot-body", {}, this.line, el("div.shot-foot", {}, el("label.shot-length", { title: "How long the shot lasts; longer where its line needs it" }, this.length, el("span", {}, "s")), this.actual = el("span.muted.mono"), el("span.fill"), this.dice, this.lock), more));
  }

  field(tag, name, words, props) {
    return el(tag, { ...props, "aria-label": words, name, onchange: attempt((event) => this.said(name, event.target)) });
  }

  said(name, field) {
    const value = { seconds: () => Number(field.value), cast: () => listed(field.value) }[name]?.() ?? field.value.trim();
    if (String(value) === String(this.shot[name]) || (name === "prompt" && !value)) return undefined;
    return this.board.change({ shots: [{ id: this.id, [name]: value }] });
  }

  show(shot, n, at) {
    this.shot = shot;
    this.node.dataset.state = shot.state;
    this.node.setAttribute("aria-label", `Shot ${n + 1}`);
    this.number.textContent = String(n + 1);
    for (const [field, name] of [[this.line, "line"], [this.prompt, "prompt"], [this.title, "title"], [this.sound, "sound"], [this.cast, "cast"], [this.length, "seconds"]]) {
      const value = name === "cast" ? shot.cast.join("; ") : String(shot[name]);
      if (document.activeElement !== field && field.value !== value) field.value = value;
      field.disabled = shot.locked;
    }
    const longer = shot.lasts_s && Math.abs(shot.lasts_s - shot.seconds) > 0.3;
    this.actual.textContent = longer ? `→ ${seconds(shot.lasts_s)}` : "";
    this.actual.title = longer ? "How long it lasts, so that its line can be said" : "";
    this.lock.replaceChildren(icon(shot.locked ? "lock" : "unlock"));
    this.lock.setAttribute("aria-pressed", String(shot.locked));
    this.lock.title = shot.locked ? "Unlock: it may change again" : "Lock: nothing makes it anew";
    this.lock.setAttribute("aria-label", shot.locked ? "Unlock" : "Lock");
    this.dice.disabled = shot.locked;
    this.dice.title = "Another take of this shot";
    this.node.classList.toggle("locked", shot.locked);
    this.look(shot);
  }

  look(shot) {
    const key = `${shot.asset} ${shot.state}`;
    if (key !== this.key) {
      this.key = key;
      const face = shot.asset ? el("img", { src: thumbUrl(shot.asset), alt: shot.prompt, loading: "lazy" }) : el("span.shot-blank", {}, icon("image", 26));
      this.state = el("span.shot-state", { role: "status" }, STATES[shot.state] ?? "");
      this.bar = el("span.bar", { hidden: shot.state !== "making" }, el("i"));
      this.face.replaceChildren(face, this.number, shot.state === "ready" ? "" : this.state, this.bar);
    }
    this.bar.style.setProperty("--part", shot.progress ?? 0);
  }

  /** A shot plays while somebody points at it. */
  play(on) {
    this.face.querySelector("video")?.remove();
    if (!on || this.shot?.kind !== "video" || !this.shot.asset) return;
    const video = el("video", { src: fileUrl(this.shot.asset), muted: true, loop: true, playsInline: true, "aria-hidden": "true" });
    this.face.append(video);
    video.play().catch(() => {});
  }
}

const listed = (text) => text.split(";").map((name) => name.trim()).filter(Boolean).slice(0, 4);
const labelled = (words, field) => el("label.film-field", {}, el("span.label", {}, words), field);
