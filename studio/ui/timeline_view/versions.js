// The versions of the project: every kept step with its time, names for those worth one, and the way back.

import { attempt, button, call, del, el, get, post } from "/ui/static/api.js";
import { change, project } from "/ui/static/project.js";
import { conflicts } from "./conflicts.js";

export async function versionsSheet() {
  const list = el("ol.versions", { "aria-label": "Versions, newest first" });
  const name = el("input.words", { "aria-label": "Name for the version as it is now", placeholder: "Name what is on the table now", maxlength: 200, required: true });
  const sheet = el("dialog.slate.versions-sheet", { "aria-label": "Versions" },
    el("header", {}, el("h2", {}, "Versions"), button("Close", "close", () => sheet.close(), { shown: false, kind: "bare" })),
    el("form.name-version", { onsubmit: attempt(async (event) => {
      event.preventDefault();
      await post(`/projects/${project.now.id}/versions`, { name: name.value });
      name.value = "";
      await show();
    }) }, name, el("button.quiet", { type: "submit" }, "Keep under this name")),
    await conflicts(() => sheet.close()), el("p.muted", {}, "Going back is a step like any other: Undo takes it back."), list);

  async function show() {
    const { items } = await get(`/projects/${project.now.id}/versions?limit=200`);
    list.replaceChildren(...items.map(line));
  }

  function line(one) {
    const at = new Date(one.created), when = at.toLocaleString([], { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
    return el("li.version", { "aria-current": one.now ? "true" : "false", data: { kind: one.kind, id: one.id } },
      el("span.version-name", {}, one.label, el("small", {}, `${when} · ${one.seconds.toFixed(1)} s · ${one.clips} ${one.clips === 1 ? "clip" : "clips"}`)),
      one.now ? el("span.muted", {}, "on the table")
        : button("Go back to it", "undo", attempt(async () => { await change(({ id }, headers) => call("POST", `/projects/${id}/versions/${one.id}/restore`, undefined, headers)); await show(); }), { "aria-label": `Go back to “${one.label}”, ${when}` }),
      one.kind === "name" && button(`Forget the name “${one.label}”`, "close", attempt(async () => { await del(`/projects/${project.now.id}/versions/${one.id}`); await show(); }), { shown: false, kind: "bare" }));
  }

  sheet.addEventListener("close", () => sheet.remove());
  sheet.addEventListener("click", (event) => event.target === sheet && sheet.close());
  document.body.append(sheet);
  sheet.showModal();
  await show();
}
