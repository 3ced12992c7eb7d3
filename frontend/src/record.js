// The card of a record: a fact changed in its place keeps the focus, and Escape leaves it as it was.
import { first, on, whenever } from "./page.js";

const CONTROL = "[aria-invalid=true], input:not([type=hidden], [tabindex='-1']), textarea, select:not([tabindex='-1'])";

whenever("[data-editing]", (row) => {
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
