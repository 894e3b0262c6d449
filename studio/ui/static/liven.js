/* Cards come to life under the pointer: a film plays without sound, a sound plays. */

import { el, fileUrl } from "./api.js";

const AFTER = 220;

/** Within `grid`, let the card under the pointer play; `assetOf(id)` is what it shows. */
export function liven(grid, assetOf) {
  let card = null, timer = 0, playing = null;

  function still() {
    clearTimeout(timer);
    playing?.pause();
    playing?.remove();
    card?.style.removeProperty("--heard");
    card = playing = null;
  }

  function play(over, asset) {
    const film = asset.kind === "video";
    playing = el(film ? "video.live" : "audio.live", { src: fileUrl(asset.id), loop: film, muted: film, playsInline: true });
    playing.volume = 0.7;
    playing.addEventListener("timeupdate", () => over.style.setProperty("--heard", playing ? playing.currentTime / (playing.duration || 1) : 0));
    over.querySelector(".open").append(playing);
    playing.play().catch(() => {});                       // before a first click a browser lets no sound through
  }

  grid.addEventListener("pointerover", (event) => {
    const over = event.target.closest(".item");
    if (over === card || event.pointerType === "touch") return;
    still();
    const asset = over && assetOf(over.dataset.id);
    if (!asset || !["video", "audio"].includes(asset.kind)) return;
    card = over;
    timer = setTimeout(() => play(over, asset), AFTER);
  });
  grid.addEventListener("pointerleave", still);
  document.addEventListener("visibilitychange", () => document.hidden && still());
}
