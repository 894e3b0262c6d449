// What two studios had both changed when they were synced: where, which one's change was kept, and what the other had.

import { button, el, get } from "/ui/static/api.js";
import { project } from "/ui/static/project.js";
import { assetOf, bench, seek, select } from "./bench.js";
import { nameOf } from "./names.js";
import { spans } from "./film.js";

const PLACE = /^tracks\[(\d+)\](?:\.items\[(\d+)\])?/;

/** The list, and nothing where there is none. `leave` closes the sheet that it stands in. */
export async function conflicts(leave) {
  const found = await get(`/projects/${project.now.id}/conflicts`);
  if (!found.length) return "";
  return el("details.conflicts", { open: true }, el("summary", {}, `${found.length} ${found.length === 1 ? "place" : "places"} that two studios changed`),
    el("p.muted", {}, "The later change is in the film. What lost is among the versions as “Lost to a sync”, its takes in the library."),
    el("ul.versions", { "aria-label": "Conflicts, newest first" }, ...found.map((one) => line(one, leave))));
}

function line(one, leave) {
  const [, track, index] = PLACE.exec(one.path) ?? [], row = bench.timeline.tracks[track];
  const where = row ? [row.name || `Row ${Number(track) + 1}`, index !== undefined && `item ${Number(index) + 1}`].filter(Boolean).join(", ") : one.path;
  const kept = one.kept === "here" ? "this studio's was kept" : "the other studio's was kept";
  const names = [one.lost].flat().filter((item) => item?.type).map((item) => nameOf(item, item.asset ? assetOf(item.asset) : null));
  const span = row && spans(row).find((other) => other.index === Number(index));
  return el("li.version", {}, el("span.version-name", {}, where,
    el("small", {}, [new Date(one.created).toLocaleString([], { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" }), kept, names.length && `lost: ${names.join(", ")}`].filter(Boolean).join(" · "))),
    span && button("Show", "framing", () => { select({ track: Number(track), index: Number(index) }); seek(span.start); leave(); }, { "aria-label": `Show ${where}` }));
}
