// Two takes side by side, on the same frame of the film; sound as two players.

import { API, attempt, button, el, fileUrl } from "/ui/static/api.js";
import { assetOf, bench, edit } from "./bench.js";
import { startOf, timecode } from "./film.js";
import { assetName } from "./names.js";

export function compare({ track, index }, other) {
  const item = bench.timeline.tracks[track].items[index], start = startOf(bench.timeline.tracks[track], index), asset = assetOf(item.asset);
  const heard = asset?.kind === "audio", sides = [item.asset, other];
  const faces = sides.map((id, n) => heard ? el("audio", { src: fileUrl(id), controls: true }) : el("img", { alt: n ? "The other take" : "The take in use" }));
  const clock = el("output.mono"), slide = el("input", { type: "range", min: 0, max: item.frames - 1, "aria-label": "Frame of the clip" });
  slide.value = Math.max(0, Math.min(item.frames - 1, bench.frame - start));

  let turn = 0;
  async function show() {
    const mine = ++turn, frame = start + Number(slide.value), { id, version } = bench.project;
    clock.textContent = timecode(frame, bench.fps);
    if (heard) return;
    const wide = innerWidth * (devicePixelRatio || 1) > 1400 ? 960 : 640;
    await Promise.all(faces.map(async (face, n) => {
      const take = n ? `&track=${track}&at=${index}&take=${other}` : "";
      const url = `${API}/projects/${id}/frames/${frame}?width=${wide}&v=${version}${take}`;
      const made = new Image();
      made.src = url;
      await made.decode();
      if (mine === turn) { face.src = url; face.dataset.frame = frame; }
    }));
  }

  const keep = (n) => button(n ? "Use this one" : "Keep it", "check", () => {
    sheet.close();
    if (n) edit({ verb: "replace_take", track, at: index, asset: other });
  }, { kind: n ? "lamp" : "quiet" });
  const side = (face, n) => el("figure", {}, face, el("figcaption", {}, el("strong", {}, n ? "Other take" : "In use"), el("span.muted", { title: assetName(assetOf(sides[n])) }, assetName(assetOf(sides[n]))), keep(n)));
  const sheet = el("dialog.slate.compare", { "aria-label": "Compare takes" },
    el("header", {}, el("h2", {}, "Compare"), clock, button("Close", "close", () => sheet.close(), { shown: false, kind: "bare" })),
    el("div.pair", {}, ...faces.map(side)), !heard && slide);
  slide.addEventListener("input", attempt(show));
  sheet.addEventListener("close", () => sheet.remove());
  document.body.append(sheet);
  sheet.showModal();
  attempt(show)();
}
