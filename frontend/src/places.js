// Lines of work: what is done away with leaves the focus where it was, on the line that moved up.
// A part that is drawn anew says data-part; its lists that are walked through, data-places="name".
import { all, first } from "./page.js";

const LINK = "a[href], button, summary";
let place = null;

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const part = detail.target.matches("[data-part]") ? detail.target : null;
  place = part && detail.shouldSwap ? placeIn(part, document.activeElement) : null;
});

document.addEventListener("htmx:afterSettle", () => {
  if (!place) return;
  const { name, at } = place;
  place = null;
  if (document.activeElement && document.activeElement !== document.body) return;
  const lines = all(`[data-places="${CSS.escape(name)}"] > li`).filter((line) => first(LINK, line));
  first(LINK, lines[Math.min(at, lines.length - 1)] ?? document.createElement("i"))?.focus({ preventScroll: true });
});

function placeIn(part, active) {
  const line = active?.closest("[data-places] > li");
  if (!line || !part.contains(line)) return null;
  const lines = [...line.parentElement.children].filter((one) => first(LINK, one));
  return { name: line.parentElement.dataset.places, at: lines.indexOf(line) };
}
