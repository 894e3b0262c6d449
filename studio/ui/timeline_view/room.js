// The cutting room: puts bin, player, inspector, tools and rows together and wakes them when they are seen.

import { attempt, button, el, pulse, report, toast } from "/ui/static/api.js";
import { create, open, project, refresh, sample } from "/ui/static/project.js";
import { bench, on, picks, tell } from "./bench.js";
import { bin } from "./bin.js";
import { exportSheet } from "./exporter.js";
import { flags } from "./flags.js";
import { hand } from "./hand.js";
import { inspector } from "./inspector.js";
import { helpSheet, keymap, listen } from "./keys.js";
import { player as makePlayer } from "./player.js";
import { fit, follow, rows as makeRows } from "./rows.js";
import { tools as makeTools } from "./tools.js";
import { walk } from "./walk.js";

class CuttingRoom extends HTMLElement {
  connectedCallback() {
    if (this.childElementCount) return;
    this.classList.add("house", "room");
    furnish(this);
  }
}

function furnish(room) {
  const rows = makeRows(), player = makePlayer();
  const exportFilm = () => (bench.frames ? exportSheet(player) : toast("There is nothing to export yet.", { advice: "Put something on the timeline first." }));
  const fitFilm = () => fit(rows);
  const help = () => helpSheet(map);
  const tools = makeTools({ rows, fit: fitFilm, help });
  const map = keymap({ player, rows, fit: fitFilm, exportFilm, dress: () => tell("selection") });
  const stack = el("div.stack", {}, rows.scroller, empty());
  room.replaceChildren(bin().view, player.view, inspector().view, tools.view, divider(room), stack);
  hand(rows);
  walk(rows);
  flags(rows);
  const word = el("div.sr", { role: "status", "aria-live": "polite" });
  stack.append(word);
  on("edited", (label) => { word.textContent = `${label}. ${picks().length > 1 ? `${picks().length} selected.` : ""}`; });
  listen(room, map, help);

  let fitted = null;
  on("project", () => {
    room.classList.toggle("bare-film", !bench.frames);
    if (bench.frames && fitted !== bench.project.id && rows.scroller.clientWidth) { fitted = bench.project.id; requestAnimationFrame(fitFilm); }
  });
  on("frame", () => follow(rows));
  document.addEventListener("homereel:export", (event) => { event.preventDefault(); exportFilm(); });   // the header asks
  new IntersectionObserver(([seen]) => { if (seen.isIntersecting) { tell("project"); tell("selection"); player.show(); } }).observe(room);
  const gone = (error) => [404, 410].includes(error.status) && open().catch(report);
  pulse.hear(() => { if (room.offsetParent) refresh().catch(gone); });   // another page, or a program, may edit too
  if (!project.now) open().then((found) => found ?? tell("project"), report);
  const measure = () => room.offsetParent && room.style.setProperty("--above", `${room.getBoundingClientRect().top + scrollY}px`);
  new ResizeObserver(measure).observe(document.body);
  measure();
  room.classList.add("ready");
}

/** What the rows say while there is nothing on them. */
function empty() {
  return el("div.empty.rows-empty", {},
    el("h3", {}, "Nothing on the timeline yet"),
    el("p", {}, "Drag takes here from the bin, or press + on one. Pictures and video go on top, sound below."),
    el("div.deeds", {}, button("Open the sample", "film", attempt(sample), { kind: "lamp" }),
      button("New project", "plus", attempt(() => create("Untitled film")))));
}

/** Pull it to give the rows more room or less. */
function divider(room) {
  const bar = el("div.divider", { role: "separator", "aria-orientation": "horizontal", "aria-label": "Height of the rows", tabindex: 0 });
  const set = (tall) => room.style.setProperty("--rows", `${Math.max(140, Math.min(room.clientHeight - 260, tall))}px`);
  bar.addEventListener("pointerdown", (event) => {
    bar.setPointerCapture(event.pointerId);
    const move = (e) => set(room.getBoundingClientRect().bottom - e.clientY);
    bar.addEventListener("pointermove", move);
    bar.addEventListener("pointerup", () => bar.removeEventListener("pointermove", move), { once: true });
  });
  bar.addEventListener("keydown", (event) => {
    const by = { ArrowUp: 24, ArrowDown: -24 }[event.key];
    if (by) { event.preventDefault(); event.stopPropagation(); set(room.lastChild.clientHeight + by); }
  });
  return bar;
}

customElements.get("homereel-cutting-room") ?? customElements.define("homereel-cutting-room", CuttingRoom);
