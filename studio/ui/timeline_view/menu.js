// A button that opens a short list. Arrow keys walk it, Escape and a click elsewhere close it.

import { el, icon } from "/ui/static/api.js";
import { lift } from "/ui/static/cargo.js";

export const RULE = { rule: true };

/** `entries` are `{words, run, note?, icon?, off?, drag?}` or a `RULE`; a function is asked for them at each opening. */
export function menu(words, iconName, title, entries, { kind = "quiet" } = {}) {
  const face = el("span", {}, words);
  const button = el(`button.${kind}`, { type: "button", title, "aria-haspopup": "menu", "aria-expanded": "false", onclick: () => (list ? close() : open()) }, icon(iconName), face, icon("chevron", 14));
  const holder = el("span.menu-holder", {}, button);
  let list = null;

  async function open() {
    const found = typeof entries === "function" ? await entries() : entries;
    list = el("div.menu", { role: "menu", "aria-label": title });
    for (const entry of found)
      list.append(entry === RULE ? el("hr") : el("button", { type: "button", role: "menuitem", disabled: !!entry.off, onclick: () => { close(true); entry.run(); }, ...carriedBy(entry) },
        entry.icon && icon(entry.icon, 16), el("span", {}, entry.words), entry.note && el("small", {}, entry.note)));
    (button.closest(".room") ?? document.body).append(list);         // outside what scrolls, so that nothing cuts it off
    place();
    button.setAttribute("aria-expanded", "true");
    list.addEventListener("keydown", walk);
    list.querySelector("button:not(:disabled)")?.focus();
    addEventListener("pointerdown", outside, true);
    addEventListener("resize", close);
  }

  /** An entry that can also be dragged out: the list makes room while it is on its way, and closes when it is put down. */
  const carriedBy = ({ drag }) => drag && { draggable: true, ondragstart: (event) => { lift(event, drag); setTimeout(() => list?.classList.add("aside")); }, ondragend: () => list && close() };

  function place() {
    const at = button.getBoundingClientRect(), room = innerHeight - at.bottom;
    list.style.left = `${Math.max(8, Math.min(at.left, innerWidth - list.offsetWidth - 8))}px`;
    const up = room < Math.min(list.scrollHeight, 280) && at.top > room;
    list.style.maxHeight = `${(up ? at.top : room) - 16}px`;
    list.style[up ? "bottom" : "top"] = `${up ? innerHeight - at.top + 4 : at.bottom + 4}px`;
  }

  function close(back) {
    removeEventListener("pointerdown", outside, true);
    removeEventListener("resize", close);
    list?.remove();
    list = null;
    button.setAttribute("aria-expanded", "false");
    if (back === true) button.focus();
  }

  const outside = (event) => { if (!list.contains(event.target) && !holder.contains(event.target)) close(); };

  function walk(event) {
    event.stopPropagation();
    if (event.key === "Escape" || event.key === "Tab") return close(true);
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    const all = [...list.querySelectorAll("button:not(:disabled)")];
    all[(all.indexOf(document.activeElement) + by + all.length) % all.length]?.focus();
  }

  holder.face = face;
  return holder;
}
