// The card of a record: a fact changed in its place keeps the focus, and Escape leaves it as it was.
// What is being typed into it stays when the card is drawn anew meanwhile.
import { all, first, on, whenever } from "./page.js";

const CONTROL = "[aria-invalid=true], input:not([type=hidden], [tabindex='-1']), textarea, select:not([tabindex='-1'])";

const prepared = new WeakSet();

whenever("[data-editing]", (row) => {
  if (prepared.has(row)) return;
  prepared.add(row);
  // The picker draws its own box first.
  setTimeout(() => {
    const control = [...row.querySelectorAll(CONTROL)].find((one) => one.checkVisibility());
    control?.focus();
    if (control?.matches("input[type=text], input[type=tel], input[type=email], input[type=url]")) control.select();
  });
});

on("keydown", "[data-editing]", (event, row) => {
  if (event.key !== "Escape" || event.defaultPrevented) return;
  event.preventDefault();
  first("[data-cancel]", row)?.click();
});

let saved = "";

document.addEventListener("fact-saved", (event) => {
  saved = event.detail.field;
  announce(event.detail.said);
});

document.addEventListener("record-said", (event) => announce(event.detail.said));

// The same words twice are said twice: readers only speak of what changes.
function announce(text) {
  const place = first("#record-said");
  if (!place) return;
  place.textContent = "";
  setTimeout(() => { place.textContent = text; }, 100);
}

document.addEventListener("htmx:afterSettle", () => {
  if (!saved) return;
  first(`#fact-${CSS.escape(saved)} :is(.edit, .edit-pen)`)?.focus({ preventScroll: true });
  saved = "";
});

// A new card takes over the note and the open facts of the old one as they stand, with their values,
// marks and focus; not those of the form whose answer it is.
export const OPEN = "#composer, [data-editing]";
let open = [];
let typing = null;

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  open = [];
  const card = first("#record");
  if (!detail.shouldSwap || !card || !(detail.target === card || detail.target.contains(card))) return;
  const asked = detail.requestConfig.elt;
  const address = card.dataset.record;
  open = all(OPEN, card)
    .filter((part) => !part.contains(asked))
    .map((part) => ({ part, address }));
  typing = document.activeElement;
});

document.addEventListener("htmx:afterSwap", () => {
  const card = first("#record");
  for (const { part, address } of open.splice(0)) {
    const place = document.getElementById(part.id);
    if (card?.dataset.record !== address || !place) continue;
    place.replaceWith(part);
    if (!part.contains(typing)) continue;
    typing.focus({ preventScroll: true });
    saved = "";
  }
});
