// The project menu: new, open, rename, duplicate, delete, and the sample.

import { Fault, attempt, call, el, get, icon, post, report, toast, upload } from "/ui/static/api.js";
import { create, open, project, retitle, sample, settle } from "/ui/static/project.js";
import { bench, on } from "./bench.js";
import { conformSheet } from "./conform.js";
import { RULE, menu } from "./menu.js";
import { openFolder } from "./folder.js";
import { versionsSheet } from "./versions.js";

export function projects() {
  const holder = menu("No project", "project", "Project", entries);
  holder.classList.add("project-menu");
  on("project", () => { holder.face.textContent = bench.project?.title ?? "No project"; });
  return holder;
}

async function entries() {
  const found = await get("/projects?limit=12").catch((error) => { report(error); return { items: [] }; });
  const others = found.items.filter((one) => one.id !== project.now?.id);
  const now = project.now;
  return [
    { words: "New project", icon: "plus", run: attempt(() => create("Untitled film")) },
    { words: "Open the sample", icon: "film", run: attempt(sample) },
    { words: "Open a file…", icon: "upload", run: attempt(openFile) },
    { words: "Open a folder of clips…", icon: "project", run: openFolder },
    now && { words: "Rename", icon: "tag", run: () => rename(now) },
    now && { words: "Make it real…", icon: "film", off: !bench.frames, run: attempt(conformSheet) },
    now && { words: "Versions…", icon: "history", run: attempt(versionsSheet) },
    now && { words: "Duplicate", icon: "copy", run: attempt(async () => settle(await post("/projects", { title: `${now.title}, copy`.slice(0, 500), timeline: now.timeline }))) },
    now && { words: "Delete", icon: "trash", run: attempt(() => discard(now)) },
    others.length > 0 && RULE,
    ...others.map((one) => ({ words: one.title, note: when(one.updated), icon: "project", run: attempt(() => open(one.id)) })),
  ].filter(Boolean);
}

/** A project zip, an .otio file or a timeline from this computer, made into a project. */
function openFile() {
  const field = el("input", { type: "file", accept: ".zip,.otio,.json", onchange: attempt(async () => {
    const [file] = field.files;
    if (!file) return;
    const notice = toast(`Opening ${file.name}…`);
    let job = await post("/projects/import", { asset: (await upload(file)).id });
    while (!["done", "failed", "cancelled"].includes(job.status)) {
      await new Promise((done) => setTimeout(done, 250));
      job = await get(`/jobs/${job.id}`);
    }
    notice?.remove?.();
    if (job.status !== "done") throw new Fault(job.error ?? { message: "The file was not opened." });
    await open(job.result.project);
    toast(`“${project.now.title}” is open.`);
  }) });
  field.click();
}

const when = (iso) => new Date(iso).toLocaleDateString([], { day: "numeric", month: "short" });

/** Into the trash, with a way back; what opens instead is the newest that is left. */
async function discard(gone) {
  await call("DELETE", `/projects/${gone.id}`, undefined, { "If-Match": `"${gone.version}"` });
  const { items } = await get("/projects?limit=1");
  await (items.length ? open(items[0].id) : create("Untitled film"));
  toast(`“${gone.title}” is in the trash.`, { action: { words: "Undo", run: attempt(async () => { await post(`/projects/${gone.id}/restore`); await open(gone.id); }) } });
}

function rename(now) {
  const field = el("input.words", { "aria-label": "Title of the project", maxlength: 200 });
  const sheet = el("dialog.slate.small", { "aria-label": "Rename the project" }, el("form", { method: "dialog" },
    el("h2", {}, "Rename the project"), field,
    el("div.row-end", {}, el("button.quiet", { type: "button", onclick: () => sheet.close() }, "Cancel"), el("button.lamp", { value: "yes" }, icon("check"), "Rename"))));
  field.value = now.title;
  sheet.addEventListener("close", attempt(async () => { sheet.remove(); if (sheet.returnValue && field.value.trim()) await retitle(field.value.trim()); }));
  document.body.append(sheet);
  sheet.showModal();
  field.select();
}
