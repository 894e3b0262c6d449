/* The assistant, in a drawer beside every tab: what was said and done, what it asks, and one way back. */

import { API, attempt, button, el, get, icon, post, pulse, report } from "./api.js";
import { current, open as openProject, project } from "./project.js";

const EXAMPLES = ["make the first shot a night scene", "warmer music under the ending", "shorten it to 20 seconds", "captions off"];
const BUSY = ["thinking", "asking"];

export class Assistant {
  constructor() {
    this.log = el("div.talk", { role: "log", "aria-live": "polite", "aria-label": "What was said and done" });
    this.field = el("textarea", { rows: 2, maxLength: 2000, "aria-label": "What should be different?", placeholder: "What should be different?",
      onkeydown: (event) => { if (event.key === "Enter" && !event.shiftKey) { event.preventDefault(); this.send(); } } });
    this.go = button("Do it", "play", () => this.send(), { kind: "lamp" });
    this.stop = button("Stop", "stop", attempt(() => this.tell("stop")), { hidden: true });
    this.summary = el("a.quiet", { download: "summary.md", href: "#" }, icon("download"), "Summary");
    const shut = button("Close", "close", () => this.toggle(), { shown: false, kind: "bare" });
    this.node = el("aside.drawer.assistant", { hidden: true, role: "dialog", "aria-label": "Assistant", onkeydown: (event) => event.key === "Escape" && this.toggle() },
      el("header", {}, el("h2", {}, "Assistant"), this.summary, shut), el("div.inside", {}, this.log), el("footer", {}, this.field, el("div.deeds", {}, this.stop, this.go)));
    document.body.append(this.node);
    project.hear((found) => { if (found.id !== this.of) { this.of = found.id; this.turn = null; if (!this.node.hidden) this.recall().catch(report); } });
  }

  toggle(opener = this.opener) {
    this.opener = opener;
    this.node.hidden = !this.node.hidden;
    this.opener?.setAttribute("aria-expanded", String(!this.node.hidden));
    if (this.node.hidden) return void this.opener?.focus();
    this.recall().catch(report);
    this.field.focus();
  }

  /** What was said and done before, from the project's memory. */
  async recall() {
    const { id } = await current();
    this.of = id;
    this.summary.href = `${API}/projects/${id}/memory/summary`;
    const { items, turn } = await get(`/projects/${id}/memory?limit=60`);
    if (!this.turn && turn && (BUSY.includes(turn.state) || (turn.state === "failed" && turn.undo))) {
      this.turn = turn;                                  // asked before this page was opened
      this.follow().catch(report);
    }
    const past = items.filter((entry) => entry.request !== this.turn?.id).map((entry) => said(entry.who ?? "studio", entry.kind, entry.text));
    this.log.replaceChildren(...(past.length || this.turn ? past : [this.empty()]));
    this.draw();
  }

  empty() {
    return el("div.nothing", {}, el("p.muted", {}, "Say what should be different about the project on the table. For example:"),
      ...EXAMPLES.map((words) => el("button.chip", { type: "button", onclick: () => { this.field.value = words; this.field.focus(); } }, words)));
  }

  send = attempt(async () => {
    const text = this.field.value.trim();
    if (!text || BUSY.includes(this.turn?.state)) return;
    const { id } = await current();
    this.settle();
    this.turn = await post("/assistant", { project: id, text });
    this.field.value = "";
    this.log.querySelector(".nothing")?.remove();
    this.draw();
    await this.follow();
  });

  /** Look at the request until it is over. */
  async follow() {
    const { id } = this.turn;
    while (this.turn?.id === id && BUSY.includes(this.turn.state)) {
      await new Promise((done) => setTimeout(done, 250));
      const now = await get(`/assistant/${id}`);
      if (this.turn?.id !== id) return;
      const news = JSON.stringify(now) !== JSON.stringify(this.turn);
      this.turn = now;
      if (news) this.draw();
    }
    pulse.now();
    if (project.now) await openProject(project.now.id);
  }

  tell = async (what, body) => {
    this.turn = await post(`/assistant/${this.turn.id}/${what}`, body);
    this.draw();
    this.field.focus();                                  // the button that was pressed is gone
    if (what !== "answer" && project.now) await openProject(project.now.id);
  };

  /** A request that is over becomes part of the talk. */
  settle() {
    this.live?.removeAttribute("data-live");
    this.live?.querySelectorAll("button").forEach((one) => one.remove());
    this.live = null;
  }

  draw() {
    const { turn } = this;
    this.stop.hidden = !BUSY.includes(turn?.state);
    this.go.disabled = !this.stop.hidden;
    if (!turn) return;
    const parts = [said("you", "said", turn.text), ...turn.steps.map((step) => said("studio", "did", step.text))];
    const last = turn.steps.at(-1)?.text;
    if (turn.say && turn.say !== last) parts.push(said("studio", turn.state === "failed" ? "failed" : "said", turn.say));
    if (turn.state === "thinking") parts.push(el("p.muted.thinking", {}, "…"));
    if (turn.state === "asking") {
      parts.push(el("div.question", { role: "group", "aria-label": "The assistant asks" }, el("p", {}, icon("info", 18), turn.asks),
        el("div.deeds", {}, button("Yes, do it", "check", attempt(() => this.tell("answer", { yes: true })), { kind: "lamp" }), button("No", "close", attempt(() => this.tell("answer", { yes: false }))))));
    }
    if (turn.undo && !BUSY.includes(turn.state)) parts.push(button("Take back", "undo", attempt(() => this.tell("undo"))));
    const live = el("div.turn", { data: { live: "1" } }, ...parts);
    if (this.live?.isConnected) this.live.replaceWith(live);
    else this.log.append(live);
    this.live = live;
    live.scrollIntoView({ block: "end" });
  }
}

function said(who, kind, text) {
  const mark = { did: icon("check", 16), failed: icon("warn", 16), undone: icon("undo", 16), asked: icon("info", 16) }[kind];
  return el("p.says", { data: { who, kind } }, mark, el("span", {}, kind === "undone" ? `Taken back: ${text}` : text));
}
