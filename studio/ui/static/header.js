/* The window's head: the project and its saved state on the left; device, queue, day and night, export on the right. */

import { attempt, button, clock, el, icon, openTab, pulse } from "./api.js";
import * as projects from "./project.js";
import { QueueDrawer } from "./drawer.js";
import { sharing } from "./share.js";
import { Assistant } from "./assistant.js";

class Header extends HTMLElement {
  connectedCallback() {
    if (this.childElementCount) return;
    this.className = "house head";
    this.drawer = new QueueDrawer();
    this.share = sharing();
    this.assistant = new Assistant();
    this.append(this.left(), this.right());
    this.deaf = [pulse.hear((status) => this.status(status)), projects.project.hear((found) => this.project(found))];
    attempt(projects.open)();
    document.addEventListener("keydown", (this.keys = (event) => this.key(event)));
    window.homereelDress?.();
    settleTabs();
  }

  disconnectedCallback() {
    for (const stop of this.deaf ?? []) stop();
    document.removeEventListener("keydown", this.keys);
    this.drawer.node.remove();
    this.share.drawer.remove();
    this.assistant.node.remove();
    this.replaceChildren();
  }

  left() {
    this.called = el("input.project-title", {
      type: "text", "aria-label": "Project title", placeholder: "Untitled film", maxlength: "200", spellcheck: false,
      onchange: attempt((event) => projects.retitle(event.target.value.trim() || "Untitled film")),
      onkeydown: (event) => { if (event.key === "Enter") this.called.blur(); if (event.key === "Escape") { this.called.value = projects.project.now?.title ?? ""; this.called.blur(); } },
    });
    this.saved = el("span.saved.muted", { "aria-live": "polite" });
    this.undo = button("Undo", "undo", attempt(projects.undo), { shown: false, kind: "bare", disabled: true });
    this.redo = button("Redo", "redo", attempt(projects.redo), { shown: false, kind: "bare", disabled: true });
    return el("div.left", {}, el("span.wordmark", {}, "Homereel"), this.called, this.saved, this.undo, this.redo);
  }

  right() {
    this.device = el("div.device", { role: "img" }, icon("chip", 16), el("span.words"), el("span.bar", {}, el("i")));
    this.pill = el("button.quiet.pill", { type: "button", "aria-haspopup": "dialog", "aria-expanded": "false",
      onclick: () => this.drawer.toggle(this.pill) }, el("span.dot"), el("span.words", {}, "idle"));
    const help = button("Assistant", "chat", () => this.assistant.toggle(help), { shown: false, kind: "bare", "aria-haspopup": "dialog", "aria-expanded": "false" });
    this.theme = button("Day or night", "sun", () => this.turn(), { shown: false, kind: "bare" });
    const out = button("Export", "film", () => this.export(), { kind: "quiet" });
    out.classList.add("out");
    out.setAttribute("aria-label", "Export the film");
    return el("div.right", {}, this.device, this.pill, help, this.theme, this.share.opener, out);
  }

  /* --- what it shows --- */

  project(found) {
    if (document.activeElement !== this.called) this.called.value = found.title;
    this.called.style.width = `${Math.min(Math.max(found.title.length + 2, 10), 34)}ch`;
    this.saved.textContent = `saved ${clock(found.updated)}`;
    this.undo.disabled = !found.can_undo;
    this.redo.disabled = !found.can_redo;
    this.undo.title = found.undo_label ? `Undo: ${found.undo_label}` : "Undo";
    this.redo.title = found.redo_label ? `Redo: ${found.redo_label}` : "Redo";
  }

  status(status) {
    const { device, running, queue } = status;
    if (device) {
      const used = device.used_gb ?? 0;
      const heat = device.celsius == null ? "" : ` · ${Math.round(device.celsius)} °C`;
      this.device.querySelector(".words").textContent = device.title + heat;
      this.device.querySelector("i").style.setProperty("--part", used / device.memory_gb);
      const busy = device.busy == null ? "" : `, ${Math.round(device.busy * 100)} % busy`;
      this.device.title = `${device.title}: ${used.toFixed(1)} of ${device.memory_gb.toFixed(0)} GB memory in use${busy}${heat}`;
      this.device.setAttribute("aria-label", this.device.title);
    }
    const waiting = queue.queued ?? 0, first = running[0];
    const parts = [
      running.length && `${running.length} running${first.progress > 0 ? ` ${Math.round(first.progress * 100)} %` : ""}`,
      waiting && `${waiting} waiting`,
      queue.paused && "paused",
    ].filter(Boolean);
    const words = status.offline ? "not connected" : parts.join(" · ") || "idle";
    this.pill.querySelector(".words").textContent = words;
    this.pill.dataset.state = status.offline ? "bad" : queue.paused ? "warn" : running.length ? "busy" : "idle";
    this.pill.setAttribute("aria-label", `Queue: ${words}`);
    this.drawer.status(status);
  }

  /* --- what it does --- */

  turn() {
    localStorage.setItem("homereel.theme", document.documentElement.classList.contains("dark") ? "light" : "dark");
    window.homereelDress();
  }

  async export() {
    openTab("Timeline");
    for (let n = 0; n < 40; n++) {                       // the tab's parts may be drawn for the first time
      const wish = new CustomEvent("homereel:export", { cancelable: true });
      document.dispatchEvent(wish);
      if (wish.defaultPrevented) return;
      await new Promise((done) => setTimeout(done, 50));
    }
  }

  key(event) {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || typing(event.target)) return;
    const key = event.key.toLowerCase();
    if (key === "z" && !event.shiftKey) { event.preventDefault(); this.undo.click(); }
    if (key === "y" || (key === "z" && event.shiftKey)) { event.preventDefault(); this.redo.click(); }
  }
}

const typing = (target) => target.closest?.("input:not([type=range], [type=checkbox], [type=radio]), textarea, [contenteditable=true]");

/* The chosen tab is kept in the address, and stays in view when the row scrolls. */
function settleTabs() {
  const row = document.querySelector("#tabs .tab-container:not(.visually-hidden)");
  if (!row) return void setTimeout(settleTabs, 50);
  const wish = new URL(location.href).searchParams.get("tab");
  const tab = (name) => [...row.querySelectorAll('[role="tab"]')].find((b) => b.textContent.trim().toLowerCase() === name);
  const show = (chosen) => chosen?.scrollIntoView({ inline: "center", block: "nearest" });
  row.addEventListener("click", (event) => {
    const chosen = event.target.closest('[role="tab"]');
    if (!chosen) return;
    show(chosen);
    const url = new URL(location.href);
    url.searchParams.set("tab", chosen.textContent.trim().toLowerCase());
    history.replaceState(history.state, "", url);
  });
  row.addEventListener("keydown", (event) => {
    const all = [...row.querySelectorAll('[role="tab"]')], step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = all[(all.indexOf(document.activeElement) + step + all.length) % all.length];
    next.focus();
    next.click();
  });
  if (wish) tab(wish)?.click();
  document.fonts.ready.then(() => show(row.querySelector('[aria-selected="true"]'))); // letters change the row's width
}

customElements.define("homereel-header", Header);
