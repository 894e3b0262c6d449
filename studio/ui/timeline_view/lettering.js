// A title written where it stands: type over the picture, Ctrl+Enter or a click elsewhere keeps it, Escape does not.

import { el } from "/ui/static/api.js";
import { bench } from "./bench.js";
import * as cuts from "./cuts.js";
import { boxOf } from "./placing.js";

const SIZES = { "lower-third": 42, "centre-card": 72, chapter: 64, corner: 24, quote: 48, credits: 30, "end-roll": 30, kinetic: 72 };   // of 720

export function lettering({ item, k }, layer, end) {
  const { x, y, w, h, turn } = boxOf(item, k, bench.timeline, bench.timeline);
  const style = item.style ?? "lower-third", centred = !["lower-third", "chapter", "corner"].includes(style);
  const field = el("textarea.lettering.held-over", { "aria-label": "Words of the title", maxlength: 2000, spellcheck: "true", data: { first: "", style, name: "words" },
    style: { left: `${(x - w / 2) * 100}%`, top: `${(y - h / 2) * 100}%`, width: `${w * 100}%`, "min-height": `${h * 100}%`, rotate: `${turn}deg`, "text-align": centred ? "center" : "start", "font-size": `${Math.max(13, (SIZES[style] / 720) * (item.scale ?? 1) * Math.min(layer.clientWidth, layer.clientHeight))}px` } });
  field.value = item.text;
  let over = false;
  const leave = (keep) => {
    if (over) return;
    over = true;
    const words = field.value;
    end();
    if (keep && words.trim() && words !== item.text) cuts.change({ text: words });
  };
  field.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Escape") leave(false);
    else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) leave(true);
  });
  field.addEventListener("blur", () => leave(true));
  const tall = () => { field.style.height = "auto"; field.style.height = `${Math.min(layer.clientHeight, field.scrollHeight + 2)}px`; };
  field.addEventListener("input", tall);
  requestAnimationFrame(() => { field.select(); tall(); });
  return [field, el("p.over-hint", {}, "Ctrl+Enter keeps it, Escape does not")];
}
