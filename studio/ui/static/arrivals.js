/* Files on their way in: by button or dropped on the shelf, each with how far it is, or why it was refused. */

import { API, button, bytes, el, icon } from "./api.js";

const AT_ONCE = 2;

export class Arrivals {
  /** Files dropped anywhere on `field` come in; `arrived(asset)` hears of each that has. */
  constructor(field, arrived) {
    this.arrived = arrived;
    this.waiting = [];
    this.going = 0;
    this.node = el("div.arrivals", { "aria-live": "polite" });
    const carries = (event) => event.dataTransfer?.types.includes("Files");
    let depth = 0;
    const over = (by) => { depth = Math.max(0, depth + by); field.classList.toggle("dropping", depth > 0); };
    field.addEventListener("dragenter", (event) => carries(event) && over(1));
    field.addEventListener("dragleave", (event) => carries(event) && over(-1));
    field.addEventListener("dragover", (event) => carries(event) && event.preventDefault());
    field.addEventListener("drop", (event) => { if (!carries(event)) return; event.preventDefault(); over(-depth); dropped(event.dataTransfer).then((files) => this.take(files)); });
  }

  take(files) {
    for (const file of files) {
      const line = { file, bar: el("span.bar", {}, el("i")), words: el("span.muted", {}, "waits") };
      line.node = el("div.arrival", {}, icon("upload", 16), el("strong", {}, file.name), line.bar, line.words, button("Dismiss", "close", () => this.dismiss(line), { shown: false, kind: "bare" }));
      this.node.append(line.node);
      this.waiting.push(line);
    }
    this.next();
  }

  dismiss(line) {
    this.waiting = this.waiting.filter((one) => one !== line);
    line.request?.abort();
    line.node.remove();
  }

  next() {
    while (this.going < AT_ONCE && this.waiting.length) this.send(this.waiting.shift());
  }

  /** XMLHttpRequest, because fetch does not tell how much has gone out. */
  send(line) {
    const request = (line.request = new XMLHttpRequest()), form = new FormData();
    form.append("file", line.file, line.file.name);
    this.going += 1;
    request.upload.onprogress = ({ loaded, total }) => {
      line.bar.style.setProperty("--part", loaded / total);
      line.words.textContent = loaded < total ? `${bytes(loaded)} of ${bytes(total)}` : "being looked at";
    };
    request.onloadend = () => { this.going -= 1; this.over(line, request); this.next(); };
    request.open("POST", `${API}/assets`);
    request.responseType = "json";
    request.send(form);
  }

  over(line, request) {
    if (request.status === 201 || request.status === 200) {
      line.node.remove();
      return this.arrived(request.response);
    }
    if (!line.node.isConnected) return;                               // dismissed on the way
    const error = request.response?.error ?? { message: "The studio does not answer.", advice: "Try again when it runs." };
    line.node.classList.add("refused");
    line.node.firstChild.replaceWith(icon("warn", 16));
    line.words.textContent = [error.message, error.advice].filter(Boolean).join(" ");
  }
}

/** What was dropped; of folders, what lies in them, hidden files left out. */
async function dropped(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.some((entry) => entry.isDirectory)) return [...transfer.files];
  return (await Promise.all(entries.map(within))).flat();
}

async function within(entry) {
  if (entry.name.startsWith(".")) return [];
  if (entry.isFile) return [await new Promise((done, failed) => entry.file(done, failed))];
  const reader = entry.createReader(), found = [];
  for (let part; (part = await new Promise((done, failed) => reader.readEntries(done, failed))).length;) found.push(...part);   // a hundred at a time
  return (await Promise.all(found.map(within))).flat();
}
