/* The script beside the storyboard: the film's title, what all pictures share, its music, and all that is said, as it will
   be heard. */

import { attempt, el, fileUrl, icon, seconds } from "./api.js";

export class Script {
  constructor(change, focus) {
    Object.assign(this, { change, focus });
    this.title = this.field("input", "title", "Title", 200);
    this.look = this.field("textarea", "look", "What all pictures share", 800);
    this.music = this.field("textarea", "music", "Music", 1000);
    this.lines = el("ol.script-lines");
    this.sum = el("p.muted.mono");
    this.audio = new Audio();
    this.node = el("aside.film-script", { "aria-label": "Script" }, el("h3", {}, "Script"),
      ...[["Title", this.title], ["Look", this.look], ["Music", this.music]].map(([words, field]) => el("label.film-field", {}, el("span.label", {}, words), field)), this.lines, this.sum);
  }

  field(tag, name, words, maxLength) {
    return el(tag, { name, rows: 2, maxLength, "aria-label": words, placeholder: name === "title" ? "No title" : "None", onchange: attempt((event) => {
      const value = event.target.value.trim();
      return value === this.film.plan[name] ? undefined : this.change({ [name]: value });
    }) });
  }

  show(film) {
    this.film = film;
    this.node.hidden = !film.plan;
    if (!film.plan) return;
    for (const [field, name] of [[this.title, "title"], [this.look, "look"], [this.music, "music"]]) {
      if (document.activeElement !== field && field.value !== film.plan[name]) field.value = film.plan[name];
    }
    const key = JSON.stringify(film.shots.map((shot) => [shot.id, shot.line, shot.voice, shot.title]));
    if (key !== this.key) {
      this.key = key;
      this.lines.replaceChildren(...film.shots.map((shot, n) => this.line(shot, n)));
    }
    const lasts = film.shots.reduce((sum, shot) => sum + (shot.lasts_s ?? shot.seconds), 0);
    this.sum.textContent = `${film.shots.length} shots · ${seconds(lasts)}`;
  }

  line(shot, n) {
    const words = shot.line || shot.title || "—";
    return el("li", { class: shot.line ? "" : "still" },
      el("button.said-line", { type: "button", title: "Show its card", onclick: () => this.focus(shot.id) }, el("b.mono", {}, String(n + 1)), el("span", {}, words)),
      shot.voice && el("button.bare", { type: "button", "aria-label": `Listen to line ${n + 1}`, title: "Listen", onclick: attempt(() => this.say(shot.voice)) }, icon("play", 16)));
  }

  say(voice) {
    this.audio.src = fileUrl(voice);
    return this.audio.play();
  }
}
