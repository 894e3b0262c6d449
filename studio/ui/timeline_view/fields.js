// The fields of the inspector: a label, a control, its unit; each says what it became when a person is done with it.

import { el } from "/ui/static/api.js";
import { framesFrom, seconds } from "./film.js";

const line = (label, hint, ...parts) => el("label.field", { title: hint ?? "" }, el("span.name", {}, label), ...parts);

/** A length or a place in time: shown in seconds, typed as seconds, timecode or frames (`12f`). */
export function time(label, frames, fps, done, { least = 0, most = Infinity, hint } = {}) {
  const field = el("input.number.mono", { value: seconds(frames, fps), spellcheck: "false", inputmode: "decimal", "aria-label": `${label}, seconds` });
  const count = el("span.unit.mono", {}, `${frames} f`);
  const give = (value) => {
    const next = Math.max(least, Math.min(most, value));
    if (Number.isFinite(next) && next !== frames) done(next);
    else field.value = seconds(frames, fps);
  };
  field.addEventListener("focus", () => field.select());
  field.addEventListener("change", () => give(framesFrom(field.value, fps)));
  field.addEventListener("keydown", (event) => {
    const by = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (by) { event.preventDefault(); give(frames + by * (event.shiftKey ? Math.round(fps) : 1)); }
  });
  return line(label, hint ?? "Seconds; also timecode, or frames as 12f. Up and down move one frame, with Shift one second.", field, count);
}

/** A number with a slider beside it. */
export function range(label, value, { least, most, step = 1, unit = "", hint }, done) {
  const digits = Math.max(0, -Math.floor(Math.log10(step)));
  const slide = el("input.slide", { type: "range", min: least, max: most, step, "aria-label": label });
  const field = el("input.number.mono", { type: "number", min: least, max: most, step, "aria-label": `${label}${unit && `, ${unit}`}` });
  slide.value = value;
  field.value = Number(value).toFixed(digits);
  slide.addEventListener("input", () => { field.value = Number(slide.value).toFixed(digits); });
  const give = (next) => Number.isFinite(next) && next !== value && done(Math.max(least, Math.min(most, next)));
  slide.addEventListener("change", () => give(Number(slide.value)));
  field.addEventListener("change", () => give(Number(field.value)));
  return line(label, hint, slide, field, el("span.unit", {}, unit));
}

export function choice(label, value, options, done, hint) {
  const pick = el("select.pick", { "aria-label": label });
  for (const [key, words] of Array.isArray(options) ? options.map((o) => [o, o]) : Object.entries(options)) pick.append(el("option", { value: key }, words));
  if (![...pick.options].some((option) => option.value === value)) pick.append(el("option", { value }, value));
  pick.value = value;
  pick.addEventListener("change", () => done(pick.value));
  return line(label, hint, pick);
}

export function toggle(label, value, done, hint) {
  const box = el("input.switch", { type: "checkbox", role: "switch", "aria-label": label });
  box.checked = !!value;
  box.addEventListener("change", () => done(box.checked));
  return line(label, hint, el("span.fill"), box);
}

export function words(label, value, done, { lines = 1, hint } = {}) {
  const field = lines > 1 ? el("textarea.words", { rows: lines, "aria-label": label }) : el("input.words", { "aria-label": label });
  field.value = value;
  field.addEventListener("change", () => { if (field.value.trim() && field.value !== value) done(field.value); else field.value = value; });
  return el("label.field.tall", { title: hint ?? "" }, el("span.name", {}, label), field);
}

export const group = (title, ...parts) => el("fieldset.field-group", {}, el("legend", {}, title), ...parts);

export const heading = (kind, name, color) => el("header.what", { data: { hue: color } }, el("i.dot"), el("span.sort", {}, kind), el("h3", { title: name }, name));
