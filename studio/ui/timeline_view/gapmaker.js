// Something made for a gap: as long as it, in the film's shape, from the frame before it to the one after, if the model
// takes those.

import { attempt, button, el, get, isDraft } from "/ui/static/api.js";
import { bench } from "./bench.js";
import { choice, group, toggle, words } from "./fields.js";
import { seconds } from "./film.js";
import { ask, onTheWay, wayOf } from "./takes.js";

const TASKS = { video: ["video", "image"], audio: ["music", "sound", "speech"] };
const ROLES = { narration: "speech", music: "music" };
const wish = { prompt: "", model: {}, start: true, end: true };      // what was typed stays, whichever gap is looked at
let models = null;

export function gapMaker(item, track) {
  if (!TASKS[track.kind]) return null;
  const holder = el("div.gapmaker"), place = bench.selected;
  attempt(async () => {
    models ??= (await get("/models")).filter((one) => one.status === "ready");
    holder.replaceChildren(group("Make something for it", ...form(holder, item, track, place)), ...onTheWay(place).map(wayOf));
  })();
  return holder;
}

function form(holder, item, track, place) {
  const tasks = TASKS[track.kind], first = tasks.includes(ROLES[track.role]) ? ROLES[track.role] : tasks[0];
  const fitting = models.filter((one) => tasks.includes(one.task)).sort((a, b) => (b.task === first) - (a.task === first) || isDraft({ model: a.id }) - isDraft({ model: b.id }));
  if (!fitting.length) return [el("p.muted", {}, "No model for this row is ready.")];
  const key = `${track.kind}/${track.role ?? ""}`, model = fitting.find((one) => one.id === wish.model[key]) ?? fitting[0];
  const takes = model.options.properties, before = place.index > 0 && track.items[place.index - 1], after = track.items[place.index + 1];
  const field = "text" in takes ? "text" : "prompt";
  const go = button(`Make ${seconds(item.frames, bench.fps)}`, "plus", attempt(async () => {
    await ask(place, { model: model.id, start: wish.start && "start" in takes, end: wish.end && "end" in takes, options: { [field]: wish.prompt } });
  }), { kind: "lamp", disabled: !wish.prompt.trim() });
  const prompt = words(field === "text" ? "What is said" : "What is wanted", wish.prompt, () => {}, { lines: 3 });
  prompt.querySelector("textarea").addEventListener("input", (event) => { wish.prompt = event.target.value; go.disabled = !wish.prompt.trim(); });
  const most = takes.duration_s?.maximum, long = item.frames / bench.fps;
  return [
    prompt,
    choice("Model", model.id, Object.fromEntries(fitting.map((one) => [one.id, one.title])), (id) => { wish.model[key] = id; holder.replaceWith(gapMaker(item, track)); }),
    before && "start" in takes && toggle("From the frame before", wish.start, (on) => { wish.start = on; }, "Begin with the last frame of what is before it."),
    after && "end" in takes && toggle("To the frame after", wish.end, (on) => { wish.end = on; }, "End with the first frame of what is after it."),
    el("p.muted.hint", {}, model.task === "image" ? "A still as long as the gap." : most && long > most ? `This model makes ${most} s at most; the rest of the gap stays.` : `It comes into the gap by itself, ${seconds(item.frames, bench.fps)} long.`),
    el("div.deeds", {}, go),
  ].filter(Boolean);
}
