/* The Film tab: a brief goes in, a storyboard stands between, a film comes out. What is shown is what the studio has, so
   a page opened anywhere shows the same, and one that was closed loses nothing. */

import { attempt, button, el, fileUrl, get, icon, isDraft, openTab, patch, post, pulse, report, seconds, thumbUrl, toast } from "./api.js";
import { Brief } from "./filmbrief.js";
import { Cards } from "./filmcards.js";
import { inTurn, open as openProject } from "./project.js";
import { Script } from "./filmscript.js";

const KEY = "homereel.film";
const GOING = ["queued", "running"];

class FilmRoom extends HTMLElement {
  connectedCallback() {
    if (this.brief) return;
    this.className = "house filmroom";
    this.brief = new Brief((wish) => this.begin(wish));
    this.past = el("section.past", { "aria-label": "Films so far", hidden: true });
    this.start = el("div.film-start", {}, this.brief.node, this.past);
    this.top = el("section.film-top");
    this.cards = new Cards((change) => this.change(change), (change) => this.roll(change));
    this.script = new Script((change) => this.change(change), (id) => this.cards.focus(id));
    this.work = el("div.film-work", { hidden: true }, this.top, el("div.film-desk", {}, this.cards.node, this.script.node));
    this.append(this.start, this.work);
    this.deaf = pulse.hear((status) => this.status(status));
    this.seen = new IntersectionObserver(([entry]) => entry.isIntersecting && this.load().catch(report));
    this.seen.observe(this);
    const id = localStorage.getItem(KEY);
    if (id) this.open(id).catch(() => this.leave());
    else this.leave();
  }

  disconnectedCallback() {
    this.deaf?.();
    this.seen?.disconnect();
  }

  // --- what is open --------------------------------------------------------------------------------------------------

  async open(id) {
    this.opened = id;
    this.key = null;
    localStorage.setItem(KEY, id);
    await this.load();
    scrollTo({ top: 0 });
  }

  /** Back to the prompt. The film goes on, and stands below with the others. */
  leave() {
    this.opened = this.film = null;
    localStorage.removeItem(KEY);
    this.work.hidden = true;
    this.start.hidden = false;
    this.history().catch(report);
  }

  begin = async (wish) => {
    const job = await post("/films", wish);
    pulse.now();
    await this.open(job.recipe.options.film);
  };

  /** Read the film again, unless a newer reading or a change has overtaken this one. */
  async load() {
    if (!this.opened) return;
    const turn = (this.turn = (this.turn ?? 0) + 1);
    const film = await get(`/films/${this.opened}`);
    if (turn === this.turn && film.id === this.opened) this.show(film);
  }

  status(status) {
    const mark = pulse.mark(status);
    const going = this.film && GOING.includes(this.film.job?.status);
    if (this.opened && (going || mark !== this.mark)) this.load().catch(() => {});
    else if (!this.opened && mark !== this.mark && this.offsetParent) this.history().catch(() => {});
    this.mark = mark;
  }

  change = (wanted) => inTurn(async () => {
    this.turn = (this.turn ?? 0) + 1;
    const film = await patch(`/films/${this.opened}`, wanted);
    this.turn += 1;
    this.show(film);
    return film;
  });

  /** Another take: changed, and made at once where takes were made already. */
  roll = async (wanted) => {
    const had = this.film.stage !== "script" || this.film.shots.some((shot) => shot.asset);
    await this.change(wanted);
    if (had) await this.go("takes");
  };

  go = async (until) => {
    await post(`/films/${this.opened}/go`, { until });
    pulse.now();
    await this.load();
  };

  // --- drawing -------------------------------------------------------------------------------------------------------

  show(film) {
    this.film = film;
    this.start.hidden = true;
    this.work.hidden = false;
    const going = GOING.includes(film.job?.status);
    const key = JSON.stringify([film.made, film.current, film.stage, film.job?.status, film.version, film.plan?.title, film.job?.error?.message]);
    if (key !== this.key) {
      this.key = key;
      this.drawTop(film, going);
    }
    if (going) this.progress(film.job);
    this.cards.show(film);
    this.script.show(film);
  }

  drawTop(film, going) {
    this.bar = el("span.bar", { role: "progressbar", "aria-label": "Progress" }, el("i"));
    this.note = el("span.note.muted");
    const draft = Object.values(film.brief.models).some((model) => isDraft({ model }));
    const head = el("header", {},
      button("All films", "left", () => this.leave(), { kind: "quiet" }),
      el("h2", {}, film.plan?.title ?? "A film is being planned"),
      draft && el("span.badge.draft", { title: "Made by draft models: it can be made anew with real ones" }, "draft"),
      film.plan && el("span.badge", { title: "Who planned it" }, film.plan.planner === "built in" ? "built-in planner" : film.plan.planner));
    this.top.replaceChildren(head, this.screen(film, going), this.deeds(film, going));
  }

  /** The film, as large as fits; before there is one, how far it is. */
  screen(film, going) {
    if (going) {
      const last = film.made && el("img.behind", { src: thumbUrl(film.made), alt: "" });
      return el("div.film-screen.busy", { role: "status" }, last, el("div.working", {}, icon("film", 28), el("strong", {}, this.doing(film)), this.note, this.bar,
        button("Stop", "stop", attempt(async () => { await post(`/jobs/${film.job.id}/cancel`); pulse.now(); await this.load(); }))));
    }
    if (film.job?.status === "failed") {
      return el("div.film-screen.failed", { role: "alert" }, el("div.working", {}, icon("warn", 28), el("strong", {}, film.job.error.message), el("span", {}, film.job.error.advice)));
    }
    const poster = film.job?.assets.find((asset) => asset.kind === "image");
    if (film.made) return el("div.film-screen", {}, el("video", { src: fileUrl(film.made), poster: poster && fileUrl(poster.id), controls: true, playsInline: true, preload: "metadata", "aria-label": film.plan.title }));
    return el("div.film-screen.quiet", {}, el("div.working", {}, icon("film", 28), el("strong", {}, film.stage === "takes" ? "All takes are there" : "The script is ready"),
      el("span", {}, film.stage === "takes" ? "Look at them below, roll again what you do not like, then make the film." : "Change what you like below, then go on.")));
  }

  doing(film) {
    if (!film.plan) return "Writing the script";
    return film.until === "takes" ? "Making the takes" : film.stage === "script" ? "Making your film" : "Cutting your film";
  }

  progress(job) {
    this.bar.style.setProperty("--part", job.progress);
    this.bar.setAttribute("aria-valuenow", Math.round(job.progress * 100));
    this.note.textContent = [`${Math.round(job.progress * 100)} %`, job.status === "queued" ? "waits" : job.note, job.eta_s > 1 && `${seconds(job.eta_s)} left`].filter(Boolean).join(" · ");
  }

  /** One thing to do next, in the lamp's colour; the others quiet beside it. */
  deeds(film, going) {
    if (going || !film.plan) return el("div.film-deeds");
    const lamp = (words, until) => button(words, "film", attempt(() => this.go(until)), { kind: "lamp" });
    const next = film.made && film.current ? [] : film.made ? [lamp("Update the film", "film")]
      : film.stage === "takes" ? [lamp("Make the film", "film")]
      : [lamp("Just make it", "film"), button("Make the takes first", "image", attempt(() => this.go("takes")), { title: "Pictures, voice and music, to look at before they are cut" })];
    const name = `${film.plan.title.replace(/[^\p{L}\p{N}]+/gu, "-").toLowerCase() || "film"}.mp4`;
    const have = film.made ? [
      el(`a.${film.current ? "lamp" : "quiet"}`, { href: fileUrl(film.made), download: name }, icon("download"), "Download"),
      button("Copy description", "copy", () => navigator.clipboard?.writeText(film.description).then(() => toast("Copied."), () => toast(film.description))),
    ] : [];
    const cut = film.project ? [button("Open in the timeline", "timeline", attempt(async () => { await openProject(film.project); openTab("Timeline"); }))] : [];
    const roll = film.stage !== "script" ? [button("Roll all again", "dice", attempt(() => this.roll({ reroll: true })), { title: "Another take of every shot that is not locked" })] : [];
    return el("div.film-deeds", {}, next, have, cut, roll);
  }

  async history() {
    const { items } = await get("/films?limit=24");
    this.past.hidden = !items.length;
    this.past.replaceChildren(el("h3", {}, "Films so far"), el("div.past-films", {}, ...items.map((film) =>
      el("button.past-film", { type: "button", title: film.brief, onclick: attempt(() => this.open(film.id)) },
        el("span.face", {}, film.made ? el("img", { src: thumbUrl(film.made), alt: "", loading: "lazy" }) : icon("film", 26)),
        el("strong", {}, film.title || film.brief), el("span.muted", {}, `${Math.round(film.seconds)} s`)))));
  }
}

customElements.define("homereel-film", FilmRoom);
