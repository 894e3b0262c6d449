/* The islands' one way to the studio: fetch with errors one can act on, a shared pulse of what runs, toasts, and small
   builders. User text only ever goes in as text nodes. */

import { icon } from "./icons.js";
export { icon };

/* Where the studio stands: under a path of its own behind some proxies. */
export const BASE = window.homereelRoot ?? "";
export const API = `${BASE}/api/v1`;

/** What went wrong, in the words the server gave: type, message, advice. */
export class Fault extends Error {
  constructor({ type = "error", message = "Something went wrong.", advice = "" }, status = 0) {
    super(message);
    Object.assign(this, { type, advice, status });
  }
}

/** One request. `body` is JSON, FormData, or nothing. Throws `Fault`. */
export async function call(method, path, body, headers = {}) {
  const json = body !== undefined && !(body instanceof FormData);
  let answer;
  try {
    answer = await fetch(path.startsWith("/") && !path.startsWith(API) ? API + path : path, {
      method,
      headers: json ? { "content-type": "application/json", ...headers } : headers,
      body: json ? JSON.stringify(body) : body,
    });
  } catch {
    throw new Fault({ type: "offline", message: "The studio does not answer.", advice: "See whether it still runs; what was asked for is kept." });
  }
  const found = answer.status !== 204 && answer.headers.get("content-type")?.includes("json") ? await answer.json() : null;
  if (answer.status === 401 && found?.error?.type === "locked") location.reload();   // the session has ended: to the door
  if (!answer.ok) throw new Fault(found?.error ?? { message: `The studio answered ${answer.status}.` }, answer.status);
  return found;
}

export const get = (path) => call("GET", path);
export const post = (path, body, headers) => call("POST", path, body, headers);
export const put = (path, body, headers) => call("PUT", path, body, headers);
export const patch = (path, body, headers) => call("PATCH", path, body, headers);
export const del = (path, headers) => call("DELETE", path, undefined, headers);

/** Send one file into the library; answers the Asset. */
export function upload(file) {
  const form = new FormData();
  form.append("file", file, file.name || "pasted");
  return post("/assets", form);
}

export const fileUrl = (id) => `${API}/assets/${id}/file`;
export const thumbUrl = (id) => `${API}/assets/${id}/thumbnail`;

/* --- building ------------------------------------------------------------------------------------------------- */

/** `el("button.quiet", {onclick, title, data: {id}}, "text", child)`: an element; strings become text nodes. */
export function el(what, props = {}, ...children) {
  const [tag, ...classes] = what.split(".");
  const made = document.createElement(tag || "div");
  if (classes.length) made.className = classes.join(" ");
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name === "data") Object.assign(made.dataset, value);
    else if (name === "style") for (const [k, v] of Object.entries(value)) made.style.setProperty(k, v);
    else if (name in made && name !== "list" && typeof value !== "string") made[name] = value;
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

/** A button with an icon and words. Without `words` shown, they are its name for screen readers and its tooltip. */
export function button(words, iconName, onclick, { shown = true, kind = "quiet", ...props } = {}) {
  const parts = [iconName && icon(iconName), shown && el("span", {}, words)];
  const named = shown ? {} : { "aria-label": words, title: words };
  return el(`button.${kind}`, { type: "button", onclick, ...named, ...props }, ...parts);
}

/* --- words for numbers ----------------------------------------------------------------------------------------- */

export function seconds(value) {
  if (value === null || value === undefined) return "";
  if (value < 60) return `${value < 10 ? value.toFixed(1) : Math.round(value)} s`;
  return `${Math.floor(value / 60)}:${String(Math.floor(value % 60)).padStart(2, "0")} min`;
}

export function bytes(value) {
  const units = ["B", "KB", "MB", "GB"];
  let n = 0;
  while (value >= 1000 && n < 3) [value, n] = [value / 1000, n + 1];
  return `${value < 10 && n ? value.toFixed(1) : Math.round(value)} ${units[n]}`;
}

export const clock = (iso) => new Date(iso).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });

/** Which colour a thing has everywhere: picture, video, narration, music, sound or title. */
export function hue(thing) {
  const kind = thing.kind ?? thing.task;
  const model = thing.recipe?.model ?? thing.model ?? "";
  if (kind === "image") return "picture";
  if (["video", "export", "film", "restore"].includes(kind)) return "video";
  if (kind === "captions") return "title";
  if (kind === "midi" || kind === "music" || /music|riffusion|song/.test(model)) return "music";
  if (kind === "speech" || "text" in (thing.recipe?.options ?? {})) return "narration";
  return kind === "project" ? "title" : "sound";
}

export const promptOf = (thing) => thing?.recipe?.options?.prompt ?? thing?.recipe?.options?.text ?? "";
export const isDraft = (thing) => (thing.recipe?.model ?? thing.model ?? "").startsWith("draft-") || !!thing.result?.draft || !!thing.tags?.includes("draft");

/* --- saying things ---------------------------------------------------------------------------------------------- */

/** A line at the bottom of the window. `action` is `{words, run}`: an undo, mostly. */
export function toast(message, { advice = "", kind = "plain", action, details } = {}) {
  let shelf = document.querySelector(".toasts");
  if (!shelf) document.body.append((shelf = el("div.toasts", { role: "status", "aria-live": "polite" })));
  const gone = () => line.remove();
  const line = el(`div.toast.${kind}`, {},
    kind === "bad" && icon("warn"),
    el("div.said", {}, el("strong", {}, message), advice && el("span", {}, advice)),
    action && button(action.words, null, () => { gone(); action.run(); }),
    details && button("Copy details", "copy", () => copy(details)),
    button("Dismiss", "close", gone, { shown: false }));
  shelf.append(line);
  while (shelf.children.length > 4) shelf.firstChild.remove();
  setTimeout(gone, kind === "bad" ? 15000 : 6000);
  return line;
}

/** Tell the person about something that was thrown. */
export function report(error) {
  if (!(error instanceof Fault)) console.error(error);
  const details = `${error.type ?? error.name}: ${error.message}\n${error.advice ?? ""}\n${location.href}\n${new Date().toISOString()}`;
  toast(error.message || "Something went wrong.", { advice: error.advice, kind: "bad", details });
}

/** Run something a person asked for; what it throws is told. */
export const attempt = (work) => async (...given) => {
  try { return await work(...given); } catch (error) { report(error); }
};

export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {                                         // over plain http only this is left
    const area = el("textarea", { style: { position: "fixed", opacity: 0 } });
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  toast("Copied.");
}

/* --- the pulse: one poll for the whole page ----------------------------------------------------------------------- */

const listeners = new Set();
let last = null, timer = 0, beating = false, wanted = false;

async function beat() {
  if (beating) { wanted = true; return; }
  beating = true;
  clearTimeout(timer);
  try {
    last = { ...(await get("/status")), offline: false };
  } catch (error) {
    last = { queue: {}, running: [], ...last, offline: true, why: error.message };
  }
  for (const listener of [...listeners]) {
    try { listener(last); } catch (error) { console.error(error); }
  }
  beating = false;
  const busy = last.running.length || last.queue.queued;
  clearTimeout(timer);
  if (wanted) { wanted = false; timer = setTimeout(beat, 0); return; }
  if (!document.hidden) timer = setTimeout(beat, busy ? 600 : 3000);
}

export const pulse = {
  /** Hear the status now and whenever it is read again; returns how to stop. */
  hear(listener) {
    listeners.add(listener);
    if (last) listener(last);
    return () => listeners.delete(listener);
  },
  /** Look now: something was just asked for. */
  now: beat,
  /** Changes whenever a job has entered, left or ended. */
  mark: (status) => ["queued", "running", "done", "failed", "cancelled"].map((name) => status.queue[name] ?? 0).join(),
};

document.addEventListener("visibilitychange", () => !document.hidden && beat());
beat();

/* --- between the tabs ----------------------------------------------------------------------------------------------- */

/** Bring a tab to the front by its title. */
export function openTab(title) {
  const tab = [...document.querySelectorAll('button[role="tab"]')].find((b) => b.textContent.trim() === title);
  tab?.click();
  return !!tab;
}

/** Set a field that Gradio watches, as if it had been typed. */
export function type(field, text) {
  const proto = field.tagName === "TEXTAREA" ? HTMLTextAreaElement : HTMLInputElement;
  Object.getOwnPropertyDescriptor(proto.prototype, "value").set.call(field, text);
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

/** Wait for something to be on the page. */
export async function present(selector, ms = 8000) {
  const until = performance.now() + ms;
  for (;;) {
    const found = document.querySelector(selector);
    if (found) return found;
    if (performance.now() > until) throw new Fault({ message: "This part of the window did not open.", advice: "Reload the page." });
    await new Promise(requestAnimationFrame);
  }
}

const TABS = { image: "Image", video: "Video", music: "Music", sound: "Sound", speech: "Speech", restore: "Restore" };

/** Open a task's tab with a model and options filled in: `{model?, options}`; what is not named stays as it is. */
export async function send(task, wish) {
  openTab(TABS[task]);
  const form = await present(`#${task}-form`);
  await present(`#${task}-recall i`);
  await new Promise((done) => setTimeout(done, 50));       // until what hears it has woken
  document.dispatchEvent(new CustomEvent(`${task}-recall`, { detail: { ...wish, at: Date.now() } }));
  const { top } = form.getBoundingClientRect();
  if (top < 0 || top > innerHeight / 2) form.scrollIntoView({ block: "start" });
}
