/* The project on the table: which one it is, its edits, and what hears of them. Its id lives in the address and in
   this browser, so a page opened anywhere else can be given the same one. */

export { add } from "./append.js";
import { call, get, post, put } from "./api.js";

const KEY = "homereel.project";
const heard = new Set();

export const project = {
  now: null,                                     // the Project as the server last gave it, or null
  hear(listener) { heard.add(listener); if (this.now) listener(this.now); return () => heard.delete(listener); },
};

/** The server's answer to any change: keep it and tell everyone. */
export function settle(found) {
  project.now = found;
  localStorage.setItem(KEY, found.id);
  const url = new URL(location.href);
  if (url.searchParams.get("project") !== found.id) {
    url.searchParams.set("project", found.id);
    history.replaceState(history.state, "", url);
  }
  for (const listener of [...heard]) listener(found);
  return found;
}

/** Open a project by id; without one, the one in the address, this browser's last, or the newest there is. */
export async function open(id) {
  const wishes = id ? [id] : [new URL(location.href).searchParams.get("project"), localStorage.getItem(KEY)];
  for (const wish of wishes.filter(Boolean)) {
    try { return settle(await get(`/projects/${encodeURIComponent(wish)}`)); } catch (error) {
      if (id || ![404, 410].includes(error.status)) throw error;
    }
  }
  const { items } = await get("/projects?limit=1");
  return items.length ? open(items[0].id) : null;
}

export const create = async (title = "", timeline) => settle(await post("/projects", timeline ? { title, timeline } : { title }));
export const sample = async () => settle(await post("/projects/sample"));

/** The current project; a new one when there is none. */
export const current = async () => project.now ?? (await open()) ?? (await create());

let last = Promise.resolve();

/** Changes are asked for one after the other, wherever they come from, each on top of what the one before it answered. */
export function inTurn(work) {
  const turn = last.then(work);
  last = turn.catch(() => {});
  return turn;
}

/** One change to the current project, on top of what the server has: `how(project, headers)` asks for it. When someone
    else saved first, theirs is loaded and it is done once more. */
export const change = (how) => inTurn(async () => {
  const on = async (found) => settle(await how(found, { "If-Match": `"${found.version}"` }));
  try {
    return await on(await current());
  } catch (error) {
    if (error.status !== 412) throw error;
    return on(await open(project.now.id));
  }
});

export const retitle = (title) => change(({ id }, headers) => put(`/projects/${id}`, { title }, headers));
export const undo = () => change(({ id }, headers) => call("POST", `/projects/${id}/undo`, undefined, headers));
export const redo = () => change(({ id }, headers) => call("POST", `/projects/${id}/redo`, undefined, headers));

/** Look again: another page may have changed it. What was changed here while the answer was on its way is newer. */
export async function refresh() {
  const before = project.now;
  if (!before) return;
  const found = await get(`/projects/${before.id}`);
  if (project.now === before && found.version !== before.version) settle(found);
}
