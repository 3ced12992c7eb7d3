// Drafts: what is typed into <form data-draft="deal:new"> waits on this computer until it is saved.
// Saving, "Discard" and signing out remove it.
import { all, changed, first, later, make, on, whenever, word } from "./page.js";

const PREFIX = "kartoteka:draft:";
const mine = () => `${PREFIX}${document.body.dataset.me ?? ""}:`;
const DAYS = 14;
const keyOf = (form) => `${mine()}${form.dataset.draft}`;

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "null");
  } catch {
    return null;
  }
}

function write(key, draft) {
  try {
    localStorage.setItem(key, JSON.stringify(draft));
  } catch {
    // A full or closed store only means that there is no draft.
  }
}

const drafts = () => Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));

whenever("form[data-draft]", (form) => {
  form.dataset.drawn = JSON.stringify(valuesOf(form));
  const key = keyOf(form);
  const draft = read(key);
  if (!draft) return;
  if (first("[data-mistakes]", form)) write(key, { ...draft, sent: false });
  else if (draft.sent) localStorage.removeItem(key);
  else if (Date.now() - draft.at < DAYS * 86_400_000) restore(form, draft);
});

// A form that was sent and did not come back has been saved; somebody else's is none of my business.
for (const key of drafts()) {
  if (document.body.dataset.me && !key.startsWith(mine())) localStorage.removeItem(key);
  const draft = read(key);
  const here = all("form[data-draft]").some((form) => keyOf(form) === key);
  if ((draft?.sent && !here) || Date.now() - (draft?.at ?? 0) > DAYS * 86_400_000) localStorage.removeItem(key);
}

const keep = later((form) => {
  const values = valuesOf(form);
  if (JSON.stringify(values) === form.dataset.drawn) return;
  const at = Date.now();
  write(keyOf(form), { at, values, titles: titlesOf(form), sent: false });
  note(form, word("draftKept", { time: clock(at) }));
}, 600);

on("input", "form[data-draft]", (_, form) => keep(form));
on("change", "form[data-draft]", (_, form) => keep(form));

on("submit", "form[data-draft]", (_, form) => {
  const draft = read(keyOf(form));
  if (draft) write(keyOf(form), { ...draft, sent: true });
});

on("submit", "form[data-sign-out]", () => drafts().forEach((key) => localStorage.removeItem(key)), true);

on("click", "[data-discard]", (_, button) => {
  const form = button.closest("form") ?? first("form[data-draft]");
  localStorage.removeItem(keyOf(form));
  delete form.dataset.draft;
  window.location.reload();
});

/** Returns what stands in a form: name -> values. */
export function valuesOf(form) {
  const values = {};
  for (const [name, value] of new FormData(form)) {
    if (name.startsWith("_") || typeof value !== "string") continue;
    (values[name] ??= []).push(value);
  }
  return values;
}

/** Returns the titles of the records that are chosen in a form. */
export function titlesOf(form) {
  const titles = {};
  for (const list of all("[data-picker] select", form)) {
    if (list.value) titles[list.name] = list.selectedOptions[0].textContent;
  }
  return titles;
}

function restore(form, draft) {
  fill(form, draft);
  form.dataset.drawn = JSON.stringify(valuesOf(form));
  note(form, word("draftBack", { time: clock(draft.at) }), true);
}

/** Puts values into a form, as if they had been typed there. */
export function fill(form, draft) {
  for (const control of all("[name]", form)) {
    const given = draft.values[control.name] ?? [];
    if (control.name.startsWith("_") || control.type === "hidden") continue;
    if (control.type === "checkbox" || control.type === "radio") {
      control.checked = given.includes(control.value);
    } else if (given.length) {
      if (control.matches("select") && !all("option", control).some((one) => one.value === given[0])) {
        control.append(make("option", { value: given[0] }, draft.titles?.[control.name] ?? given[0]));
      }
      control.value = given[0];
    }
    if (given.length) changed(control);
  }
}

function note(form, text, discard = false) {
  const place = first("[data-draft-note]", form) ?? first("[data-draft-note]");
  if (!place) return;
  const button = make("button", { type: "button", class: "linkish", "data-discard": "" }, word("discard"));
  place.replaceChildren(text, ...(discard ? [" ", button] : []));
}

const clock = (at) => new Date(at).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
