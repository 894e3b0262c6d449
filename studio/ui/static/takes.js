/* What can be done with a take: onto the timeline, on to another tab, again, out of the studio. */

import { Fault, attempt, button, el, fileUrl, icon, openTab, patch, post, send, toast, upload } from "./api.js";
import { add } from "./append.js";

/** The buttons for a finished job's take, for `stage`. */
export function actions(job, stage) {
  const made = job.assets[0], { options, model } = job.recipe, words = options.prompt ?? "";
  const picture = made.kind === "image", film = made.kind === "video", can = (name) => name in options;
  const go = (task, more) => attempt(() => send(task, { options: more }));
  const all = [
    button("Add to timeline", "timeline", attempt(() => place(job)), { title: "Put it at the end of its row" }),
    picture && button("Animate", "animate", go("video", { start: made.id, prompt: words }), { title: "Make a shot that starts with this picture" }),
    film && button("Use last frame", "lastframe", attempt(() => lastFrame(made, words)), { title: "Make a shot that goes on from here" }),
    button("Variation", "variation", attempt(async () => stage.follow([(await post("/jobs", { model, options: { ...options, seed: -1 } })).id])), { title: "The same again with another seed" }),
    picture && can("source") && button("Use as start", "start", go("image", { source: made.id }), { title: "Make a picture from this one" }),
    button("Reuse settings", "reuse", attempt(() => send(job.task, { model, options })), { title: "Bring its prompt, seed and settings back to the form" }),
    ...job.assets.slice(1).map((extra) => download(extra, extra.kind === "midi" ? "MIDI" : extra.kind === "captions" ? "Captions" : extra.name)),
    el("span.spring"),
    download(made, "Download", "bare"),
    star(made),
    button("Tags", "tag", () => tags(made), { shown: false, kind: "bare" }),
    button("Move to trash", "trash", attempt(() => trash(job, stage)), { shown: false, kind: "bare" }),
  ];
  return all.filter(Boolean);
}

async function place(job) {
  await add(job.assets);
  toast("It is on the timeline.", { action: { words: "Show", run: () => openTab("Timeline") } });
}

/** A link that saves the file; as a bare icon its words are for screen readers and the tooltip. */
const download = (asset, words, kind = "quiet") =>
  el(`a.${kind}`, { href: `${fileUrl(asset.id)}?download=true&credentials=true`, download: asset.name, title: `${words}: ${asset.name}`, "aria-label": words },
    icon("download"), kind === "quiet" && el("span", {}, words));

function star(asset) {
  const press = button("Star", "star", attempt(async () => {
    Object.assign(asset, await patch(`/assets/${asset.id}`, { starred: !asset.starred }));
    press.setAttribute("aria-pressed", String(asset.starred));
  }), { shown: false, kind: "bare", "aria-pressed": String(asset.starred) });
  return press;
}

/** A small sheet with the asset's tags, separated by commas. */
function tags(asset) {
  const field = el("input", { type: "text", value: asset.tags.join(", "), placeholder: "harbour, night", "aria-label": "Tags, separated by commas" });
  const box = el("dialog.sheet.small", { "aria-label": "Tags", onclose: () => box.remove() },
    el("header", {}, el("h2", {}, "Tags"), button("Close", "close", () => box.close(), { shown: false, kind: "bare" })),
    el("form", { onsubmit: attempt(async (event) => {
      event.preventDefault();
      const given = field.value.split(",").map((tag) => tag.trim()).filter(Boolean);
      Object.assign(asset, await patch(`/assets/${asset.id}`, { tags: [...new Set(given)] }));
      box.close();
    }) }, field, el("button.lamp", { type: "submit" }, "Keep")));
  document.body.append(box);
  box.showModal();
}

async function trash(job, stage) {
  const ids = job.assets.map((asset) => asset.id);
  await post("/assets/trash", { ids });
  await stage.load();
  toast("It is in the trash.", { action: { words: "Undo", run: attempt(async () => { await post("/assets/restore", { ids }); stage.chosen = job.id; await stage.load(); }) } });
}

/** The last picture of a film, taken in the browser, brought into the library and handed to the Video tab. */
async function lastFrame(asset, words) {
  const film = el("video", { src: fileUrl(asset.id), muted: true, preload: "auto", playsInline: true });
  const heard = (name) => new Promise((done, fail) => {
    film.addEventListener(name, done, { once: true });
    film.addEventListener("error", () => fail(new Fault({ message: "This browser cannot read the film.", advice: "Download it and take the frame elsewhere." })), { once: true });
  });
  await heard("loadeddata");
  film.currentTime = Math.max(film.duration - 0.5 / (asset.fps || 24), 0);
  await heard("seeked");
  const canvas = el("canvas", { width: film.videoWidth, height: film.videoHeight });
  canvas.getContext("2d").drawImage(film, 0, 0);
  const blob = await new Promise((done) => canvas.toBlob(done, "image/png"));
  const still = await upload(new File([blob], `last frame of ${asset.name.replace(/\.\w+$/, "")}.png`, { type: "image/png" }));
  await send("video", { options: { start: still.id, prompt: words } });
  toast("The last frame is where the next shot starts.");
}
