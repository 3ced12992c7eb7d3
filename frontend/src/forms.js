// Forms: the first mistake gets the focus, conditions follow what is typed, one press saves once.
import { PREFIX } from "./dialogs.js";
import { all, fetchPart, first, later, on, rename, token, whenever } from "./page.js";
import htmx from "htmx.org";

whenever("[data-mistakes]", (box) => {
  const wrong = all("[aria-invalid=true]", box.closest("form, main")).find((one) => one.checkVisibility());
  (wrong ?? box).focus();
});

// Links in the box of mistakes lead to the control itself.
on("click", "[data-mistakes] a[href^='#']", (event, link) => {
  const goal = document.getElementById(link.hash.slice(1));
  const control = goal?.matches("input, select, textarea") ? goal : first("input:not([type=hidden]), select, textarea", goal ?? document.createElement("i"));
  if (!control) return;
  event.preventDefault();
  control.focus();
});

on("keydown", "form", (event, form) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  form.requestSubmit(first("[type=submit].is-main", form));
});

// One press, one save: a second one while the first is under way is dropped. Not for ever: a form
// carries a token, so that even the same one sent twice is saved once.
const PATIENCE = 4000;

on("submit", "form[method=post]", (event, form) => {
  if (Date.now() - Number(form.dataset.sent ?? 0) < PATIENCE) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  form.dataset.sent = String(Date.now());
  event.submitter?.setAttribute("aria-busy", "true");
}, true);

const wake = () => all("form[data-sent]").forEach((form) => {
  delete form.dataset.sent;
  all("[aria-busy]", form).forEach((one) => one.removeAttribute("aria-busy"));
});
window.addEventListener("pageshow", wake);
document.addEventListener("htmx:afterRequest", wake);

// Conditions: the server says what each field is like now; only those that differ are drawn anew.
const asks = new WeakMap();

const preview = later(async (form) => {
  asks.get(form)?.abort();
  const ask = new AbortController();
  asks.set(form, ask);
  const body = new URLSearchParams(new FormData(form));
  const answer = await fetchPart(form.dataset.preview, {
    method: "POST",
    body,
    signal: ask.signal,
    headers: { "Content-Type": "application/x-www-form-urlencoded", "X-CSRF-Token": token() },
  });
  if (answer !== null) takeOver(form, new DOMParser().parseFromString(answer, "text/html"));
}, 250);

on("change", "form[data-preview]", (_, form) => preview(form));
on("input", "form[data-preview] :is(input, textarea)", (_, control) => preview(control.form));

function takeOver(form, answer) {
  for (const drawn of all("[data-field]", answer)) {
    const here = first(`[data-field="${CSS.escape(drawn.dataset.field)}"]`, form);
    if (!here || here.dataset.state === drawn.dataset.state) continue;
    if (here.contains(document.activeElement) && !drawn.hidden) continue;
    if (form.closest("#dialog")) rename(drawn, PREFIX);
    here.replaceWith(document.adoptNode(drawn));
    htmx.process(drawn);
  }
  for (const part of all("[data-live]", answer)) {
    const here = document.querySelector(`[data-live="${CSS.escape(part.dataset.live)}"]`);
    if (here && here.innerHTML !== part.innerHTML) here.innerHTML = part.innerHTML;
  }
}
