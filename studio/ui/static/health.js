/* The studio's own health: one line from /health, and all that the doctor looks at when asked. */

import { BASE, attempt, button, copy, el, get, icon } from "./api.js";

const SIGNS = { ok: ["good", "check"], warn: ["warn", "warn"], bad: ["bad", "warn"] };

export function health() {
  const line = el("div.facts", { role: "status" }), checks = el("div.checks", { hidden: true });
  const open = button("Check everything", "search", attempt(async () => {
    open.disabled = true;
    try { checks.replaceChildren(...(await get("/doctor")).map(check)); } finally { open.disabled = false; }
    checks.hidden = false;
    open.lastChild.textContent = "Check again";
  }), { title: "What `studio doctor` looks at" });
  const box = el("div.health", {}, line, open, checks);
  const look = () => strip(line).catch(() => {});
  look();
  const again = setInterval(() => (box.isConnected ? !document.hidden && box.offsetParent && look() : clearInterval(again)), 5000);
  return box;
}

async function strip(line) {
  const found = await (await fetch(`${BASE}/health`)).json(), fine = found.status === "ok";
  const fact = (name, words) => el("span.fact", {}, el("span.muted", {}, name), el("span", {}, words));
  const workers = (found.workers ?? []).filter((worker) => worker.alive).length;
  line.replaceChildren(
    el(`span.badge.${fine ? "good" : "bad"}`, {}, icon(fine ? "check" : "warn", 14), fine ? "all is well" : found.status),
    ...(found.devices ?? []).map((device) => fact("Device", `${device.title}, ${Math.round(device.memory_gb)} GB`)),
    fact("Workers", String(workers)), fact("Disk", `${found.disk.free_gb} GB free`), fact("Homereel", found.version));
}

function check({ name, state, found, cure }) {
  const [mark, sign] = SIGNS[state];
  return el("div.check", { data: { state } }, el(`span.badge.${mark}`, {}, icon(sign, 14), state), el("strong", {}, name), el("span", {}, found),
    cure && state !== "ok" && el("span.cure", {}, cure, button("Copy", "copy", () => copy(cure), { shown: false, kind: "bare" })));
}
