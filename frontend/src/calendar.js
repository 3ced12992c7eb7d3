// A calendar: an entry is dragged to another day. The same is done by the form behind its "···".
import htmx from "htmx.org";

import { all, first, on } from "./page.js";

const ENTRY = "[data-entry]";
const DAY = "#calendar [data-day]";
let held = null;

on("dragstart", ENTRY, (event, entry) => {
  held = entry;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", first("a", entry).href);
  entry.classList.add("is-held");
});

on("dragend", ENTRY, () => {
  held?.classList.remove("is-held");
  held = null;
  mark(null);
});

on("dragover", DAY, (event, day) => {
  if (!held) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = "move";
  mark(day);
});

document.addEventListener("dragover", (event) => {
  if (held && !event.target.closest?.(DAY)) mark(null);
});

on("drop", DAY, (event, day) => {
  if (!held) return;
  event.preventDefault();
  if (!day.contains(held)) drop(held, day);
});

function drop(entry, day) {
  const { address, dayField } = first("#calendar").dataset;
  const values = { _field: dayField, _day: day.dataset.day, _version: entry.dataset.version, _next: address };
  htmx.ajax("POST", entry.dataset.entry, { source: first("a", entry), target: "#calendar", swap: "none", values });
}

function mark(day) {
  all(".cal-day.is-over").forEach((one) => one !== day && one.classList.remove("is-over"));
  day?.classList.add("is-over");
}
