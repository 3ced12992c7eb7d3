// htmx: the form token on every request, a sentence when an answer is bad, focus that stays.
import htmx from "htmx.org";

import { all, first, token, word } from "./page.js";
import { say } from "./toasts.js";

// A page names the part that its address answers with: a change made on it draws that part anew.
document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRF-Token"] = token();
  const part = first("main [data-part]");
  if (part) event.detail.headers["X-Part"] = part.id;
});

document.addEventListener("htmx:responseError", (event) => {
  const answer = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html");
  const text = (first("#error", answer) ?? first("main", answer))?.textContent ?? "";
  say(text.replace(/\s+/g, " ").trim() || word("broken"), { loud: true });
});

for (const name of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(name, () => say(word("offline"), { loud: true }));
}

// Focus: htmx keeps it by id; links of a list have none, so they are found again by what they say.
let held = null;

// A menu that closes takes the focus with it, so what was pressed is remembered when it asks.
document.addEventListener("htmx:beforeRequest", (event) => {
  const asked = event.detail.elt;
  if (asked.matches("a, button")) held = describe(asked);
});

document.addEventListener("htmx:beforeSwap", () => {
  const active = document.activeElement;
  if (active && active !== document.body) held = describe(active);
});

document.addEventListener("htmx:afterSettle", () => {
  if (!held || (document.activeElement && document.activeElement !== document.body)) return;
  const again = find(held) ?? first("#main");
  again?.focus({ preventScroll: true });
  held = null;
});

/** Returns what an element is found again by, in a part that was drawn anew. */
export function describe(element) {
  return {
    id: element.id,
    tag: element.tagName,
    name: element.getAttribute("name"),
    value: element.getAttribute("value"),
    key: element.dataset.focusKey,
    said: saying(element),
  };
}

const saying = (element) => element.getAttribute("aria-label") ?? element.textContent.trim();

/** Finds again what was described. */
export function find(wanted) {
  if (wanted.id) return document.getElementById(wanted.id);
  if (wanted.key) return all(`[data-focus-key="${CSS.escape(wanted.key)}"]`).find((one) => one.checkVisibility());
  return all(wanted.tag.toLowerCase()).find(
    (one) =>
      saying(one) === wanted.said &&
      one.getAttribute("name") === wanted.name &&
      one.getAttribute("value") === wanted.value &&
      one.checkVisibility(),
  );
}

window.htmx = htmx;
