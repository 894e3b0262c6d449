// Markers: flags on the ruler that can be named, coloured, dragged, stepped to and taken away.

import { button, el } from "/ui/static/api.js";
import { bench, edit, on, seek } from "./bench.js";
import { timecode } from "./film.js";
import { drag } from "./hand.js";
import { magnets, snapped } from "./snaps.js";

export const COLOURS = ["amber", "red", "pink", "purple", "blue", "cyan", "green"];
const markers = () => bench.timeline?.markers ?? [];
const called = (marker) => marker.name || "Marker";

export function flags(view) {
  let said = "";
  const draw = () => {
    const held = view.flags.contains(document.activeElement) ? document.activeElement.dataset.marker : null;
    const now = JSON.stringify([markers(), bench.fps]);
    if (now !== said) {
      said = now;
      view.flags.replaceChildren(...markers().map((marker, n) => flag(view, marker, n)));
      if (held !== null) view.flags.children[Math.min(held, view.flags.children.length - 1)]?.focus({ preventScroll: true });
    }
    for (const made of view.flags.children) made.style.transform = `translateX(${view.x(markers()[made.dataset.marker]?.frame ?? 0)}px)`;
  };
  on("project zoom", draw);
  return { draw };
}

function flag(view, marker, n) {
  const words = `${called(marker)}, ${timecode(marker.frame, bench.fps)}`;
  const made = el("button.flag", { type: "button", title: `${words}: drag it; Enter or a double click changes it`, "aria-label": `Marker: ${words}`, data: { marker: n, color: marker.color ?? "amber" } },
    el("i"), marker.name && el("span", {}, marker.name));
  made.addEventListener("pointerdown", (event) => { if (event.button === 0) { event.stopPropagation(); pull(view, event, made, n); } });
  made.addEventListener("dblclick", () => change(view, n));
  made.addEventListener("keydown", (event) => {
    const by = event.shiftKey && { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const act = by ? () => set(n, { frame: Math.max(0, marker.frame + by) }) : { Enter: () => change(view, n), Delete: () => drop(n), Backspace: () => drop(n), " ": () => seek(marker.frame) }[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  });
  return made;
}

function pull(view, event, made, n) {
  const marker = markers()[n], points = magnets([marker.frame]), grab = view.frameAt(event.clientX);
  let frame = marker.frame;
  drag(view, event, (e) => {
    frame = Math.max(0, snapped(view, marker.frame + view.frameAt(e.clientX) - grab, points));
    made.style.transform = `translateX(${view.x(frame)}px)`;
  }, (moved) => {
    if (moved && frame !== marker.frame) return set(n, { frame });
    made.style.transform = `translateX(${view.x(marker.frame)}px)`;
    if (!moved) { seek(marker.frame); made.focus({ preventScroll: true }); }
  });
}

const set = (marker, fields) => edit({ verb: "set_marker", marker, fields });
const drop = (marker) => edit({ verb: "remove_marker", marker });

/** At the playhead; where there is one already, its sheet opens. */
export async function addMarker(view) {
  const there = markers().findIndex((marker) => marker.frame === bench.frame);
  if (there >= 0) return change(view, there);
  await edit({ verb: "add_marker", frame: bench.frame, name: `Marker ${markers().length + 1}` });
}

/** To the marker before (-1) or after (1) the playhead. */
export function stepMarker(way) {
  const all = markers(), next = way > 0 ? all.find(({ frame }) => frame > bench.frame) : all.findLast(({ frame }) => frame < bench.frame);
  if (next) seek(next.frame);
}

/** What the list of markers offers. */
export const listed = (view) => [
  { words: "Add a marker", note: "M", icon: "flag", run: () => addMarker(view) },
  ...markers().map((marker, n) => ({ words: called(marker), note: timecode(marker.frame, bench.fps), run: () => { seek(marker.frame); view.flags.children[n]?.focus(); } })),
];

/** A small sheet below the flag: its name, its colour, away with it. */
function change(view, n) {
  const marker = markers()[n], anchor = view.flags.children[n].getBoundingClientRect(), room = view.scroller.closest(".room");
  const name = el("input.words", { value: marker.name ?? "", "aria-label": "Name of the marker", placeholder: "Name", maxlength: 200 });
  let color = marker.color ?? "amber";
  const colours = el("div.colours", { role: "radiogroup", "aria-label": "Colour" }, ...COLOURS.map((one) => el("label", { title: one, data: { color: one } },
    el("input", { type: "radio", name: "marker-colour", value: one, checked: one === color, "aria-label": one, onchange: () => { color = one; } }))));
  const sheet = el("form.flag-sheet", { role: "dialog", "aria-label": "Marker" }, name, colours,
    el("div.deeds", {}, el("button.lamp", { type: "submit" }, "Keep"), button("Delete", "trash", () => { close(); drop(n); })));
  const close = () => { sheet.remove(); removeEventListener("pointerdown", outside, true); view.flags.children[n]?.focus({ preventScroll: true }); };
  const outside = (event) => sheet.contains(event.target) || close();
  sheet.addEventListener("submit", (event) => {
    event.preventDefault();
    close();
    const fields = { ...(name.value.trim() !== (marker.name ?? "") && { name: name.value.trim() }), ...(color !== (marker.color ?? "amber") && { color }) };
    if (Object.keys(fields).length) set(n, fields);
  });
  sheet.addEventListener("keydown", (event) => { event.stopPropagation(); if (event.key === "Escape") close(); });
  Object.assign(sheet.style, { left: `${Math.max(8, Math.min(anchor.left, innerWidth - 272))}px`, top: `${Math.min(anchor.bottom + 4, innerHeight - 150)}px` });
  room.append(sheet);
  addEventListener("pointerdown", outside, true);
  name.select();
}
