/* What is being dragged from one part of the window to another: a take from any tab, the library or the bin, or a
   transition. Over the tab of the timeline it opens that tab, so that it can be put down there. */

let now = null;

/** Begin: `kind` is an asset's kind, or `transition`; `id` the asset's, or the transition's name. */
export function lift(event, { kind, id }) {
  now = { kind, id };
  event.dataTransfer.setData(`homereel/${kind}`, id);
  event.dataTransfer.effectAllowed = "copy";
}

/** What a drag over or drop carries, as {kind, id}; `id` is null over a place when it came from another window. */
export function carried(event) {
  const type = [...event.dataTransfer.types].find((one) => one.startsWith("homereel/")), kind = type?.slice(9);
  if (!kind) return null;
  return now?.kind === kind ? now : { kind, id: event.dataTransfer.getData(type) || null };
}

export const letDown = () => { now = null; };

/** Whether something is in the hand: what it was taken from must stay where it is until it is put down. */
export const carrying = () => now !== null;

addEventListener("dragend", letDown);
addEventListener("dragover", (event) => {
  const tab = carried(event) && event.target.closest?.("[role=tab]");
  if (tab && tab.getAttribute("aria-selected") !== "true" && /timeline/i.test(tab.textContent)) tab.click();
});
