/* Share: who may come into the studio, as what, and until when; in a drawer from the right. */

import { BASE, attempt, button, copy, del, el, get, icon, post, toast } from "./api.js";
import * as projects from "./project.js";

const ROLES = { view: ["May look", "sees and plays what is shared"], make: ["May make", "makes and changes things, too"], admin: ["Everything", "sees everybody's, and shares the studio"] };
const ENDS = [["", "for good"], ["1", "for a day"], ["7", "for a week"], ["30", "for a month"]];
const COMMAND = "./setup.sh run --lan";

class Share extends HTMLElement {
  connectedCallback() {
    if (this.childElementCount) return;
    this.className = "share";
    this.where = el("section.where");
    this.film = el("section.film");
    this.made = el("section.made", { hidden: true, "aria-live": "polite" });
    this.list = el("section.passes");
    this.append(this.where, this.film, this.made, this.invite(), this.list);
    this.deaf = projects.project.hear(() => this.about());
    attempt(() => this.load())();
  }

  disconnectedCallback() {
    this.deaf?.();
    this.replaceChildren();
  }

  async load() {
    this.state = await get("/sharing");
    const admin = this.state.you.role === "admin";
    this.querySelector(".invite").hidden = !admin;
    this.where.replaceChildren(...this.addresses(admin));
    this.about();
    if (admin) await this.passes();
  }

  /* --- where it is, and this film --- */

  addresses(admin) {
    const { locked, you, lan, addresses } = this.state;
    const line = (text) => el("p.address", {}, el("code", {}, text), button("Copy the address", "copy", () => copy(text), { shown: false, kind: "bare" }));
    if (lan) {
      return [el("h3", {}, "Where others find it"), ...(addresses.length ? addresses.map(line) : [line(location.origin)]),
        !admin && el("p.muted", {}, `You are in as ${you.name}. ${ROLES[you.role][0]}: ${ROLES[you.role][1]}.`),
        button("Leave", "close", attempt(() => this.leave()), { title: "End this browser's session" })].filter(Boolean);
    }
    return [el("h3", {}, "Only this machine can reach the studio"),
      el("p.muted", {}, "To let your network in, stop it and start it so. It is locked then: whoever comes needs a link or the password."),
      el("p.address", {}, el("code", {}, COMMAND), button("Copy the command", "copy", () => copy(COMMAND), { shown: false, kind: "bare" })),
      ...(locked ? [button("Leave", "close", attempt(() => this.leave()), { title: "End this browser's session" })] : [])];
  }

  about() {
    const film = projects.project.now;
    this.film.hidden = !film || !this.state || this.state.you.role === "view";
    if (this.film.hidden) return;
    const box = el("input", { type: "checkbox", checked: !!film.shared, onchange: attempt((event) => this.share(event.target)) });
    this.film.replaceChildren(el("label.switch", {}, box,
      el("span", {}, el("strong", {}, `Share “${film.title}”`), el("span.muted", {}, "Everybody who comes in sees this film and what lies on it. What is not shared stays its maker's."))));
  }

  async share(box) {
    try {
      projects.settle(await post(`/projects/${projects.project.now.id}/share`, { shared: box.checked }));
    } catch (error) {
      box.checked = !box.checked;
      throw error;
    }
  }

  async leave() {
    await fetch(`${BASE}/logout`, { method: "POST" });
    location.reload();
  }

  /* --- a new link or key --- */

  invite() {
    const name = el("input", { type: "text", name: "name", required: true, maxlength: "100", autocomplete: "off", placeholder: "Ada’s tablet" });
    const choose = (called, choices, chosen) => el("span.choices", { role: "radiogroup", "aria-label": called }, choices.map(([value, words, about]) =>
      el("label", { title: about }, el("input", { type: "radio", name: called, value, checked: value === chosen && "checked" }), el("span", {}, words))));
    const ends = el("select", { name: "ends" }, ENDS.map(([days, words]) => el("option", { value: days }, words)));
    const once = el("input", { type: "checkbox", name: "once" });
    const go = button("Make a link", "plus", null, { kind: "lamp" });
    go.type = "submit";
    const form = el("form.invite", {
      onchange: () => { go.lastChild.textContent = form.elements.kind.value === "keys" ? "Make a key" : "Make a link"; once.closest("label").hidden = form.elements.kind.value === "keys"; },
      onsubmit: (event) => { event.preventDefault(); attempt(() => this.make(form))(); },
    },
      el("h3", {}, "Let someone in"),
      el("label.field", {}, el("span", {}, "Who it is for"), name),
      el("div.field", {}, el("span", {}, "With"), choose("kind", [["links", "a link", "Opened in a browser, or scanned"], ["keys", "a key", "For a program: Authorization: Bearer KEY"]], "links")),
      el("div.field", {}, el("span", {}, "Who comes in"), choose("role", Object.entries(ROLES).map(([role, words]) => [role, ...words]), "make")),
      el("label.field", {}, el("span", {}, "It opens the studio"), ends),
      el("label.check", {}, once, el("span", {}, "to one browser only")), go);
    return form;
  }

  async make(form) {
    const { kind, name, role, ends, once } = form.elements;
    const days = Number(ends.value);
    const wish = { name: name.value, role: role.value, ...(days && { expires: new Date(Date.now() + days * 864e5).toISOString() }) };
    const made = await post(`/${kind.value}`, kind.value === "links" ? { ...wish, once: once.checked } : wish);
    const secret = made.link ?? made.key;
    const field = el("input.mono", { type: "text", readOnly: true, value: secret, "aria-label": made.link ? "The link" : "The key", onfocus: () => field.select() });
    field.value = secret;
    const shut = button("Done", "check", () => { this.made.hidden = true; this.made.replaceChildren(); form.hidden = false; form.elements.name.focus(); });
    this.made.replaceChildren(
      el("h3", {}, icon("check", 16), `For ${made.name}`),
      made.qr && el("img.qr", { src: made.qr, alt: "The link as a code to scan", width: 168, height: 168 }),
      el("div.secret", {}, field, button("Copy", "copy", () => copy(secret))),
      el("p.muted", {}, made.link ? "Send it, or have it scanned. It is shown this once: a lost link is revoked, and another made." : "It is shown this once. Programs send it as Authorization: Bearer KEY."), shut);
    this.made.hidden = false;
    form.hidden = true;
    this.made.scrollIntoView({ block: "nearest" });
    form.reset();
    form.dispatchEvent(new Event("change"));
    await this.passes();
  }

  /* --- what there is --- */

  async passes() {
    const [links, keys, { sessions }] = await Promise.all([get("/links"), get("/keys"), get("/sharing")]);
    const all = [...links.items, ...keys.items].sort((a, b) => b.created.localeCompare(a.created));
    const out = button("Sign all others out", "lock", attempt(async () => {
      const { ended } = await del("/sessions");
      toast(ended === 1 ? "One browser is out." : `${ended} browsers are out.`, { advice: "Links that are not revoked let them in again." });
      await this.passes();
    }));
    this.list.replaceChildren(el("h3", {}, "Links and keys"),
      ...(all.length ? all.map((one) => this.row(one)) : [el("p.muted", {}, "There are none yet.")]),
      el("footer", {}, el("span.muted", {}, sessions === 1 ? "1 browser is signed in." : `${sessions} browsers are signed in.`), out));
  }

  row(one) {
    const ended = one.expires && new Date(one.expires) < new Date(), spent = one.once && one.used && one.kind === "link";
    const day = (iso) => new Date(iso).toLocaleDateString([], { day: "numeric", month: "short", year: "numeric" });
    const facts = [one.used ? `last came in ${day(one.used)}` : "never used", one.expires && `${ended ? "ended" : "until"} ${day(one.expires)}`, spent ? "has let its browser in" : one.once && "one browser only", `…${one.hint}`];
    const gone = button("Revoke", "trash", () => {
      if (!gone.dataset.sure) {
        gone.dataset.sure = "yes";
        gone.lastChild.textContent = "Revoke for good";
        setTimeout(() => { delete gone.dataset.sure; gone.lastChild.textContent = "Revoke"; }, 4000);
        return;
      }
      attempt(async () => { await del(`/${one.kind}s/${one.id}`); await this.passes(); })();
    }, { "aria-label": `Revoke ${one.name}` });
    return el("div.pass", { data: { ended: String(!!ended) } }, el("div.what", {},
      el("strong", {}, one.name), el("span.marks", {}, el("span.badge", {}, one.kind), el("span.badge", {}, ROLES[one.role][0].toLowerCase())),
      el("span.muted", {}, facts.filter(Boolean).join(" · "))), gone);
  }
}

/** Whoever may only look is told so where things are made; the guard refuses them in any case. */
const told = attempt(async () => { document.documentElement.dataset.role = (await get("/sharing")).you.role; });

/** The button of the window's head, and its drawer. */
export function sharing() {
  told();
  const inside = el("div.inside");
  const shut = () => {
    drawer.hidden = true;
    inside.replaceChildren();
    opener.setAttribute("aria-expanded", "false");
    opener.focus();
  };
  const drawer = el("aside.drawer.sharing", { hidden: true, role: "dialog", "aria-label": "Share", onkeydown: (event) => event.key === "Escape" && shut() },
    el("header", {}, el("h2", {}, "Share"), button("Close", "close", shut, { shown: false, kind: "bare" })), inside);
  const opener = button("Share", "share", () => {
    if (!drawer.hidden) return shut();
    if (!drawer.isConnected) document.body.append(drawer);
    drawer.hidden = false;
    opener.setAttribute("aria-expanded", "true");
    inside.replaceChildren(document.createElement("homereel-share"));
    drawer.querySelector("button").focus();
  }, { "aria-haspopup": "dialog", "aria-expanded": "false", "aria-label": "Share" });
  opener.classList.add("sharer");
  return { opener, drawer };
}

customElements.define("homereel-share", Share);
