// One box for records, actions and pages. The list is a listbox: the box keeps the focus, arrows choose.
import htmx from "htmx.org";

import { all, first, on, word } from "./page.js";

const palette = () => first("#palette");
const box = () => first("input", palette());

export function openPalette(text = "") {
  const dialog = palette();
  if (!dialog || dialog.open) return;
  all("dialog[open]").forEach((one) => one.close());
  dialog.showModal();
  const input = box();
  if (text) input.value = text;
  input.select();
  htmx.trigger(input, "open");
}

on("click", "[data-open=palette]", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey || !palette()) return;
  event.preventDefault();
  openPalette();
});

on("click", "#palette", (event, dialog) => {
  if (event.target === dialog) dialog.close();
});

on("click", "#palette .hit", (event) => {
  if (!event.ctrlKey && !event.metaKey) palette().close();
});

on("keydown", "#palette input", (event) => {
  const hits = all(".hit", palette());
  const at = hits.findIndex((one) => one.getAttribute("aria-selected") === "true");
  const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 5, PageUp: -5 }[event.key];
  if (step && hits.length) {
    event.preventDefault();
    const goal = Math.abs(step) > 1 ? clamp(at + step, hits.length) : (at + step + hits.length) % hits.length;
    choose(hits[goal]);
  }
  if (event.key === "Enter" && hits[at]) {
    event.preventDefault();
    if (event.ctrlKey || event.metaKey) window.open(hits[at].href, "_blank", "noopener");
    else hits[at].click();
  }
});

on("pointermove", "#palette .hit", (_, hit) => {
  if (hit.getAttribute("aria-selected") !== "true") choose(hit);
});

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id !== "palette-hits") return;
  const hits = all(".hit", palette());
  const count = first("[data-count]", palette())?.dataset.said ?? "";
  first("#palette-said").textContent = hits.length ? count : word("nothing");
  box().setAttribute("aria-expanded", String(hits.length > 0));
  choose(hits[0]);
});

const clamp = (at, length) => Math.max(0, Math.min(length - 1, at));

function choose(hit) {
  all(".hit[aria-selected=true]", palette()).forEach((one) => one.setAttribute("aria-selected", "false"));
  if (!hit) {
    box().removeAttribute("aria-activedescendant");
    return;
  }
  hit.setAttribute("aria-selected", "true");
  box().setAttribute("aria-activedescendant", hit.id);
  hit.scrollIntoView({ block: "nearest" });
}
