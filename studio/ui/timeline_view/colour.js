// The inspector's colour: four settings, and a look from a .cube file.

import { attempt, button, el, get, toast, upload } from "/ui/static/api.js";
import { choice, group, range } from "./fields.js";
import * as cuts from "./cuts.js";

const STILL = { exposure: 0, contrast: 0, saturation: 0, temperature: 0 };
let looks = null;                                                    // {asset id: name}, once they were asked for

/** One thing of the clip's colour changed; no colour at all when nothing is left of it. */
const give = (more) => cuts.change(({ colour }) => {
  const said = Object.entries({ ...colour, ...more }).filter(([, value]) => value);
  return { colour: said.length ? Object.fromEntries(said) : null };
});

export function colour(item) {
  const now = { ...STILL, ...item.colour };
  const part = (label, field, hint) => range(label, Math.round(now[field] * 100), { least: -100, most: 100, unit: "%", hint }, (value) => give({ [field]: value / 100 }));
  return group("Colour",
    range("Exposure", now.exposure, { least: -4, most: 4, step: 0.1, unit: "EV", hint: "One up is twice the light." }, (exposure) => give({ exposure })),
    part("Contrast", "contrast", "How far from middle grey."),
    part("Saturation", "saturation", "-100 % is black and white."),
    part("Temperature", "temperature", "Below 0 is colder, above it warmer."),
    look(now.lut),
    item.colour && el("div.deeds", {}, button("As it was shot", "undo", () => cuts.change({ colour: null }))));
}

/** The library's look-up tables, and a way to bring one in. */
function look(lut) {
  const place = el("div.looks");
  const file = el("input", { type: "file", accept: ".cube", hidden: true, "aria-label": "A .cube file", onchange: attempt(async () => {
    const [given] = file.files;
    if (!given) return;
    file.value = "";
    const asset = await upload(given);
    if (asset.kind !== "lut") return void toast("This is no look-up table.", { advice: "Choose a .cube file." });
    looks = null;
    give({ lut: asset.id });
  }) });
  const draw = () => place.replaceChildren(
    choice("Look", lut ?? "", { "": "None", ...(lut && { [lut]: "Not in the library" }), ...looks }, (value) => give({ lut: value || null }), "A look-up table, after the settings above."),
    el("div.deeds", {}, button("Bring in a .cube file", "upload", () => file.click()), file));
  draw();
  if (!looks) get("/assets?kind=lut&limit=200").then(({ items }) => { looks = Object.fromEntries(items.map(({ id, name }) => [id, name.replace(/\.cube$/i, "")])); draw(); }, () => {});
  return place;
}
