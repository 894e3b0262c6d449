/* Add a model of one's own: from the hub here, from a folder by the command that is shown. */

import { attempt, button, copy, el, post, toast } from "./api.js";

export function addModel(added) {
  const field = (name, words, props) => {
    const input = el("input", { type: "text", name, autocomplete: "off", spellcheck: "false", ...props });
    return [el("label", {}, el("span", {}, words), input), input];
  };
  const [where, repo] = field("repo", "Where it is: a model of the hub, or a folder of this machine", { required: true, placeholder: "maker/model, or /path/to/folder" });
  const [called, id] = field("id", "What to call it", { required: true, placeholder: "my-model", pattern: "[a-z0-9][a-z0-9._\\-]{0,63}", title: "a-z, 0-9, . _ -" });
  const [titled, title] = field("title", "Its name in the window (may be left empty)", { placeholder: "My model" });
  const typed = el("code"), byHand = el("div.by-hand", { hidden: true }, el("p", {}, "A folder is added on the machine that it lies on, in a terminal:"), el("p.command", {}, typed, button("Copy the command", "copy", () => copy(typed.textContent), { shown: false, kind: "bare" })));
  const go = button("Add", "plus", null, { kind: "lamp" });
  go.type = "submit";
  const local = () => /^[~/.]|^[A-Za-z]:|\.(json|safetensors)$/.test(repo.value.trim());
  const quoted = (words) => (/^[\w./~-]+$/.test(words) ? words : `'${words.replaceAll("'", "'\\''")}'`);
  const look = () => {
    if (!id.dataset.own) id.value = (repo.value.trim().split(/[/\\]/).filter(Boolean).pop() ?? "").replace(/\.\w+$/, "").toLowerCase().replace(/[^a-z0-9._-]+/g, "-").slice(0, 63);
    byHand.hidden = !local();
    go.disabled = local();
    typed.textContent = `studio models add ${id.value || "my-model"} --repo ${quoted(repo.value.trim())}${title.value ? ` --title ${quoted(title.value)}` : ""}`;
  };
  id.addEventListener("input", () => { id.dataset.own = "yes"; });
  const form = el("form", { oninput: look, onsubmit: (event) => { event.preventDefault(); send(); } }, where, called, titled, byHand,
    el("p.muted", {}, "Its family is read from its files: diffusers, MusicGen, AudioGen and Kokoro folders, LoRAs, upscalers, RIFE, ComfyUI workflows. No code of its own is ever run."), go);
  const send = attempt(async () => {
    go.disabled = true;
    try {
      const model = await post("/models", { id: id.value.trim(), repo: repo.value.trim(), title: title.value.trim() });
      sheet.close();
      toast(`${model.title} is in the list.`, { advice: model.why });
      added();
    } finally { go.disabled = false; }
  });
  const sheet = el("dialog.sheet.small.house.add-model", { "aria-label": "Add a model", onclose: () => sheet.remove() },
    el("header", {}, el("h2", {}, "Add a model"), button("Close", "close", () => sheet.close(), { shown: false, kind: "bare" })), form);
  document.body.append(sheet);
  sheet.showModal();
  repo.focus();
}
