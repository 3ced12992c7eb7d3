// Another version of the CRM is served: pages follow by themselves, in their place. One that
// somebody has in hand stays as it is and says so; it follows as soon as the hands are off.
import htmx from "htmx.org";

import { fill, titlesOf, valuesOf } from "./drafts.js";
import { isInHand, touched } from "./hands.js";
import { all, fetchPart, first, make, on, word } from "./page.js";
import { OPEN } from "./record.js";
import { describe, find } from "./requests.js";
import { say } from "./toasts.js";
import { unfold, unfolded } from "./unfolded.js";

const SLOWER = 5; // times, while the server does not answer
const BESIDE = ["#palette", "#keys", "#words", "#follow"];

let timer;
let isAsking = false;
let closed = ""; // the version whose bar somebody has put away

const here = () => first("#follow")?.dataset;
/** Returns the part that shows the folder itself and follows that, too. */
const folderPart = () => first("[data-folder-state]");

function schedule(times = 1) {
  clearTimeout(timer);
  if (here()) timer = setTimeout(ask, Number(here().every) * times);
}

async function ask() {
  if (document.hidden || isAsking || !here()) return;
  isAsking = true;
  try {
    const now = await served();
    if (now) await compare(now);
    schedule(now ? 1 : SLOWER);
  } finally {
    isAsking = false;
  }
}

async function served() {
  try {
    const answer = await fetch("/served", { credentials: "same-origin", cache: "no-store" });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

async function compare(now) {
  await note(now.folder);
  const isOld = now.version !== here().version;
  const isOldFolder = Boolean(folderPart()) && folderPart().dataset.folderState !== now.folder;
  if (!isOld && !isOldFolder) return first("#fresh")?.remove();
  if (isInHand()) return offer(isOld ? "fresh" : "freshFolder", now.version + now.folder);
  return refresh();
}

/** Brings the note about the folder up to date, for those whose page has a place for it. */
async function note(stamp) {
  const place = first("#folder-note");
  if (!place || here().folder === stamp) return;
  const text = await fetchPart("/admin/configuration/note");
  if (text === null) return;
  const drawn = new DOMParser().parseFromString(text, "text/html");
  const inside = first("#folder-note", drawn)?.innerHTML ?? "";
  if (place.innerHTML !== inside) place.innerHTML = inside;
  here().folder = stamp;
}

/* --- In hand: a quiet bar --- */

function offer(name, stamp) {
  if (first("#fresh") || closed === stamp) return;
  const bar = make(
    "div",
    { class: "toast is-static", id: "fresh", "data-watched": "yes", "data-stamp": stamp },
    make("span", {}, word(name)),
    make("button", { type: "button", class: "btn", "data-refresh": "" }, word("refresh")),
    make("button", { type: "button", class: "btn", "data-put-away": "" }, word("close")),
  );
  first("#toasts")?.append(bar);
}

on("click", "[data-put-away]", (_, button) => {
  closed = button.closest("#fresh").dataset.stamp;
  button.closest("#fresh").remove();
});

on("click", "[data-refresh]", () => refresh({ anyway: true }));

/* --- In its place --- */

async function refresh({ anyway = false } = {}) {
  const page = await fetched();
  if (!page) return;
  await unfold(page, unfolded());
  if (!anyway && isInHand()) return;
  const kept = keep();
  const held = document.activeElement === document.body ? null : describe(document.activeElement);
  first("#fresh")?.remove();
  replace(page);
  putBack(kept);
  if (held && document.activeElement === document.body) (find(held) ?? first("#main")).focus({ preventScroll: true });
  document.dispatchEvent(new CustomEvent("page-followed"));
}

/** Fetches the page anew; what is no page of the frame (one has to sign in) is loaded as a whole. */
async function fetched() {
  try {
    const answer = await fetch(window.location.href, { credentials: "same-origin", headers: { Accept: "text/html" } });
    if (answer.status >= 500) return null; // that passes; the page at hand is better than an error
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (first("#follow", page) && first(".frame", page)) return page;
  } catch {
    return null;
  }
  window.location.reload();
  return null;
}

function replace(page) {
  document.title = page.title;
  document.documentElement.lang = page.documentElement.lang;
  dress(page);
  for (const selector of BESIDE) {
    const [old, fresh] = [first(selector), first(selector, page)];
    if (!old || !fresh) continue;
    old.replaceWith(document.adoptNode(fresh));
    wake(fresh);
  }
  const frame = document.adoptNode(first(".frame", page));
  first(".frame").replaceWith(frame);
  wake(frame);
  first("#toasts")?.append(...all("#toasts > *", page).map((one) => document.adoptNode(one)));
}

function wake(part) {
  htmx.process(part);
  htmx.trigger(part, "htmx:load", { elt: part });
}

/** The company's colour may be another one. */
function dress(page) {
  const sheet = "link[href^='/theme-']";
  const [old, fresh] = [first(sheet), first(sheet, page)];
  if (!old || !fresh || old.getAttribute("href") === fresh.getAttribute("href")) return;
  const link = document.adoptNode(fresh);
  link.addEventListener("load", () => old.remove());
  old.after(link);
}

/* --- What stays: places, what was typed --- */

const nameOf = (element) => element.id ? `#${CSS.escape(element.id)}` : `${element.localName}${[...element.classList].map((one) => `.${CSS.escape(one)}`).join("")}`;

function addressOf(element) {
  const name = nameOf(element);
  return { name, at: all(name).indexOf(element) };
}

const elementAt = ({ name, at }) => all(name)[at];

function keep() {
  const scrolled = all(".frame, .frame *").filter((one) => one.scrollTop || one.scrollLeft);
  return {
    window: [window.scrollX, window.scrollY],
    scrolled: scrolled.map((one) => ({ place: addressOf(one), top: one.scrollTop, left: one.scrollLeft })),
    open: all(OPEN),
    typing: document.activeElement,
    forms: formsInHand(),
  };
}

function formsInHand() {
  const forms = new Set(touched().map((one) => one.form).filter((form) => form && !form.closest(OPEN)));
  return [...forms].map((form) => ({
    place: { name: `form[action="${CSS.escape(form.getAttribute("action") ?? "")}"]`, at: 0 },
    values: valuesOf(form),
    titles: titlesOf(form),
    labels: Object.fromEntries([...form.elements].filter((one) => one.name).map((one) => [one.name, labelOf(one)])),
    names: new Set(touched().filter((one) => one.form === form).map((one) => one.name)),
  }));
}

const labelOf = (control) => control.labels?.[0]?.textContent.trim() || control.getAttribute("aria-label") || control.name;

function putBack(kept) {
  for (const part of kept.open) {
    const place = document.getElementById(part.id);
    if (!place) continue;
    place.replaceWith(part);
    if (part.contains(kept.typing)) kept.typing.focus({ preventScroll: true });
  }
  kept.forms.forEach(refill);
  kept.scrolled.forEach(({ place, top, left }) => elementAt(place)?.scrollTo({ top, left, behavior: "instant" }));
  window.scrollTo({ left: kept.window[0], top: kept.window[1], behavior: "instant" });
}

/** Types into a form what stood in the old one; what has no field any more is shown. */
function refill({ place, values, titles, labels, names }) {
  const form = elementAt(place);
  const typed = Object.fromEntries([...names].filter(Boolean).map((name) => [name, values[name] ?? []]));
  if (form) fill(form, { values: { ...valuesOf(form), ...typed }, titles });
  for (const [name, given] of Object.entries(typed)) {
    if (form?.elements.namedItem(name) || !given.join("").trim()) continue;
    say(word("homeless", { name: labels[name], text: given.join(", ") }), { loud: true });
  }
}

document.addEventListener("visibilitychange", () => { if (!document.hidden) ask(); });
document.addEventListener("htmx:afterSettle", () => { if (here() && !timer) schedule(); });
schedule();
