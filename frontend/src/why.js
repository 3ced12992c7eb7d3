// "Why?" on the timeline unfolds below its line; a second press folds it again, a third asks nothing anew.
import { all, on } from "./page.js";

const placeOf = (link) => document.getElementById(link.getAttribute("aria-controls"));

function fold(link, place, hidden) {
  place.hidden = hidden;
  link.setAttribute("aria-expanded", String(!hidden));
}

// Before htmx hears of it.
on("click", "[data-why]", (event, link) => {
  const place = placeOf(link);
  if (!place?.childElementCount || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  fold(link, place, !place.hidden);
}, true);

document.addEventListener("htmx:afterSwap", (event) => {
  const place = event.detail.target;
  if (!place.matches(".why-said")) return;
  all(`[aria-controls="${CSS.escape(place.id)}"]`).forEach((link) => fold(link, place, false));
});
