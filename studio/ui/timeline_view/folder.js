// A folder of clips from this computer, made into a project: pictures and shots one after the other by name, sounds beside.

import { Fault, attempt, button, el, post, upload } from "/ui/static/api.js";
import { open } from "/ui/static/project.js";

const TAKEN = /^(image|video|audio)\//;
const byName = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" }).compare;

export function openFolder() {
  const field = el("input", { type: "file", webkitdirectory: true, multiple: true, hidden: true, "aria-label": "A folder of clips", onchange: attempt(async () => {
    const files = [...field.files].filter((file) => TAKEN.test(file.type) && !file.webkitRelativePath.split("/").some((part) => part.startsWith(".")));
    field.remove();
    if (!files.length) throw new Fault({ message: "There is no picture, shot or sound in that folder.", advice: "Choose another one." });
    await bring(files.sort((one, other) => byName(one.webkitRelativePath, other.webkitRelativePath)));
  }) });
  document.body.append(field);
  field.click();
}

/** Bring the files in, one at a time, then lay them out. What the studio refuses is named and left out. */
async function bring(files) {
  const title = files[0].webkitRelativePath.split("/")[0] || "Clips", found = [], refused = [];
  const fill = el("i"), words = el("p", { role: "status" });
  let stopped = false;
  const sheet = el("dialog.slate", { "aria-label": "Bringing in a folder", oncancel: () => { stopped = true; } },
    el("header", {}, el("h2", {}, `Bringing in “${title}”`)), el("div.bar.wide", { role: "progressbar", "aria-label": "Files brought in" }, fill), words,
    el("div.row-end", {}, button("Stop", "stop", () => { stopped = true; sheet.close(); })));
  document.body.append(sheet);
  sheet.showModal();
  try {
    for (const [n, file] of files.entries()) {
      if (stopped) return;
      words.textContent = `${n + 1} of ${files.length}: ${file.name}`;
      fill.parentElement.style.setProperty("--part", n / files.length);
      try { found.push((await upload(file)).id); } catch (error) { refused.push(`${file.name}: ${error.message}`); }
    }
    if (stopped) return;
    await open((await post("/projects", { title, assets: found })).id);
  } finally { sheet.remove(); }
  if (refused.length) throw new Fault({ message: `${refused.length} of ${files.length} files were left out.`, advice: refused.slice(0, 3).join(" ") });
}
