/* A timeline's clips for restored ones, and back: one edit, for the menu of the cutting room. */

import { attempt, post, toast } from "./api.js";
import { change, undo } from "./project.js";

export const exchange = attempt(async (use) => {
  await change(({ id }, headers) => post(`/projects/${id}/restored`, { use }, headers));
  const said = { restored: "Restored clips are in place.", originals: "The originals are back." }[use];
  toast(said, { action: { words: "Undo", run: attempt(undo) } });
});
