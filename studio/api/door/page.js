/* The page at the locked door: a password, or the secret behind a link's #, is exchanged for a session. */

const $ = (id) => document.getElementById(id), root = "ROOT";
const inside = () => location.replace(location.pathname === root + "/login" ? root + "/" : location.pathname + location.search);
function say(message, advice = "") {
  document.body.classList.remove("coming");
  $("said").classList.toggle("on", !!message);
  $("words").textContent = message;
  $("advice").textContent = advice;
  $("password").toggleAttribute("aria-invalid", false);
}
async function come(credential) {
  let answer, found = {};
  try {
    answer = await fetch(root + "/login", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(credential) });
    found = await answer.json();
  } catch {
    return say("The studio does not answer.", "See whether it still runs, then try again.");
  }
  if (answer.ok) return inside();
  const wait = answer.headers.get("retry-after");
  say(found.error?.message ?? "That did not work.", wait ? `Wait ${wait} seconds, then try again.` : found.error?.advice);
  if (credential.password) { $("password").setAttribute("aria-invalid", "true"); $("password").select(); }
}
$("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  $("go").disabled = true;
  await come({ password: $("password").value });
  $("go").disabled = false;
  $("password").focus();
});
$("peek").addEventListener("click", () => {
  const hidden = $("password").type === "password";
  $("password").type = hidden ? "text" : "password";
  $("peek").textContent = hidden ? "Hide" : "Show";
  $("peek").setAttribute("aria-pressed", String(hidden));
});
async function arrive() {
  const link = location.hash.slice(1);
  if (link) {
    document.body.classList.add("coming");
    history.replaceState(null, "", location.pathname);          // the secret leaves the address at once
    return come({ link });
  }
  /* Followed from another site, a browser keeps its cookie back the first time: whoever is in already goes on. */
  const state = await fetch(root + "/api/v1/sharing").catch(() => null);
  if (state?.ok) inside(); else $("password").focus();
}
arrive();
addEventListener("hashchange", arrive);
