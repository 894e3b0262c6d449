// Handles on the picture for what is selected: drag it to its place, a corner for its size, the stalk to turn it.

import { el, fileUrl, thumbUrl } from "/ui/static/api.js";
import { bench } from "./bench.js";
import * as cuts from "./cuts.js";
import { grip, keyed } from "./grip.js";
import { boxOf } from "./placing.js";

const NEAR = 0.012;                                                  // as near as this to the middle, it is the middle
const round = (value) => Math.round(value * 10000) / 10000;

export function handles({ item, k, asset }, layer, write) {
  const canvas = bench.timeline, size = asset ?? canvas, title = item.type === "title";
  const now = { position: [...(item.position ?? [0.5, 0.5])], scale: item.scale ?? 1, rotation: item.rotation ?? 0 };
  const ghost = asset?.kind === "image" && el("img.ghost", { src: fileUrl(asset.id), alt: "", draggable: false, onerror: (event) => { event.target.src = thumbUrl(asset.id); } });
  const corners = ["nw", "ne", "sw", "se"].map((name) => el(`i.knob.${name}`, { data: { grip: "scale" } }));
  const box = el("div.placed.held-over", { tabindex: 0, role: "group", data: { name: "placed" } }, ghost, ...corners, el("i.stalk", { data: { grip: "turn" } }));
  const lines = el("div.middle", { "aria-hidden": "true" }, el("i.across", { hidden: true }), el("i.down", { hidden: true }));

  function dress() {
    const { x, y, w, h, turn } = boxOf({ ...item, ...now }, k, size, canvas);
    Object.assign(box.style, { left: `${(x - w / 2) * 100}%`, top: `${(y - h / 2) * 100}%`, width: `${w * 100}%`, height: `${h * 100}%`, rotate: `${turn}deg` });
    const [px, py] = now.position;
    const place = `across ${Math.round(px * 100)} %, down ${Math.round(py * 100)} %, size ${Math.round(now.scale * 100)} %, turned ${Math.round(now.rotation)}°`;
    box.setAttribute("aria-label", `${title ? "Title" : "Picture"} on the canvas: ${place}. Arrows move it, plus and minus change its size, Alt and arrows turn it${title ? ", Enter writes" : ""}.`);
  }

  function commit() {
    const fields = {};
    if (now.position.some((value, n) => value !== (item.position ?? [0.5, 0.5])[n])) fields.position = now.position.map(round);
    if (now.scale !== (item.scale ?? 1)) fields.scale = round(now.scale);
    if (now.rotation !== (item.rotation ?? 0)) fields.rotation = round(now.rotation);
    if (Object.keys(fields).length) cuts.change(fields);
  }

  const towards = (value, goal) => (Math.abs(value - goal) < NEAR ? goal : value);
  const resize = (scale) => { now.scale = Math.max(0.05, Math.min(20, scale)); };

  box.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    const way = event.target.dataset.grip ?? "move", before = structuredClone(now), frame = layer.getBoundingClientRect();
    const at = boxOf({ ...item, ...now }, k, size, canvas), middle = [frame.left + now.position[0] * frame.width, frame.top + now.position[1] * frame.height];
    const far = (e) => Math.hypot(e.clientX - middle[0], e.clientY - middle[1]), angle = (e) => (Math.atan2(e.clientX - middle[0], middle[1] - e.clientY) * 180) / Math.PI;
    const from = { far: Math.max(4, far(event)), angle: angle(event) };
    grip(event, (dx, dy, e) => {
      box.classList.add("held");
      if (way === "scale") resize((before.scale * far(e)) / from.far);
      else if (way === "turn") { const to = before.rotation + angle(e) - from.angle; now.rotation = e.shiftKey ? Math.round(to) : Math.round(to / 15) * 15; }
      else now.position = [towards(before.position[0] + dx / frame.width, 0.5), towards(before.position[1] + dy / frame.height, 0.5)];
      lines.children[0].hidden = way !== "move" || now.position[1] !== 0.5;
      lines.children[1].hidden = way !== "move" || now.position[0] !== 0.5;
      dress();
    }, (given, moved) => {
      box.classList.remove("held");
      for (const line of lines.children) line.hidden = true;
      if (!given) Object.assign(now, before);
      dress();
      if (given) commit();
      else if (!moved && at) box.focus({ preventScroll: true });
    });
  });
  keyed(box, ({ dx, dy, grow, turn }) => {
    now.position = [now.position[0] + dx / 100, now.position[1] + dy / 100];
    if (grow) resize(now.scale * (grow > 0 ? 1.05 : 1 / 1.05));
    now.rotation += turn;
    dress();
  }, commit);
  box.addEventListener("dblclick", () => title && write());
  box.addEventListener("keydown", (event) => { if (title && event.key === "Enter") { event.preventDefault(); event.stopPropagation(); write(); } });
  dress();
  return [lines, box];
}
