// What the modules share: finding elements, listening once for all of them, words, asking the server.
import htmx from "htmx.org";

export const first = (selector, within = document) => within.querySelector(selector);
export const all = (selector, within = document) => [...within.querySelectorAll(selector)];

/** Listens for events of all elements that match, now and later. */
export function on(event, selector, act, options) {
  document.addEventListener(
    event,
    (happened) => {
      const target = happened.target instanceof Element ? happened.target.closest(selector) : null;
      if (target) act(happened, target);
    },
    options,
  );
}

/** Runs for every element that matches: those of the page, and those that a swap brings. */
export function whenever(selector, prepare) {
  htmx.onLoad((part) => {
    if (part.matches?.(selector)) prepare(part);
    all(selector, part).forEach(prepare);
  });
}

/** Returns a sentence of the page's language with its {named} places filled in. */
export function word(name, values = {}) {
  const text = first("#words")?.dataset[name] ?? "";
  return text.replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
}

export const token = () => first('meta[name="csrf-token"]')?.content ?? "";

/** Fetches a fragment as text; null when there is no good answer. */
export async function fetchPart(address, options = {}) {
  const headers = { "HX-Request": "true", "X-CSRF-Token": token(), ...options.headers };
  try {
    const answer = await fetch(address, { ...options, headers, credentials: "same-origin" });
    return answer.ok ? await answer.text() : null;
  } catch (problem) {
    if (problem.name === "AbortError") return null;
    return null;
  }
}

/** Returns a function that runs `act` once things have been quiet for a while. */
export function later(act, wait) {
  let timer;
  return (...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => act(...values), wait);
  };
}

/** Makes an element: make("a", {href: "/"}, "text", child). */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

const NAMES = ["for", "list", "aria-labelledby", "aria-describedby", "aria-controls"];

/** Puts a prefix before the ids of a part, so that a form in a dialog does not repeat its page's. */
export function rename(part, prefix) {
  const ids = new Set([part, ...all("[id]", part)].map((one) => one.id).filter((id) => id && !id.startsWith(prefix)));
  const renamed = (text) => text.split(" ").map((id) => (ids.has(id) ? prefix + id : id)).join(" ");
  for (const one of [part, ...all("*", part)]) {
    if (ids.has(one.id)) one.id = prefix + one.id;
    for (const name of NAMES) {
      if (one.hasAttribute(name)) one.setAttribute(name, renamed(one.getAttribute(name)));
    }
    const goal = one.getAttribute("href");
    if (goal?.startsWith("#") && ids.has(goal.slice(1))) one.setAttribute("href", `#${prefix}${goal.slice(1)}`);
  }
}

/** Tells listeners that a person changed a control, as typing would. */
export function changed(control) {
  control.dispatchEvent(new Event("input", { bubbles: true }));
  control.dispatchEvent(new Event("change", { bubbles: true }));
}

export const isTyping = (element) =>
  element instanceof HTMLElement &&
  (element.isContentEditable ||
    element.matches("textarea, select, input:not([type=checkbox], [type=radio], [type=submit])"));
