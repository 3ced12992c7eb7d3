// Keys: one letter each, never while typing, and a switch to turn them off (WCAG 2.1.4).
import { first, isTyping, on, whenever } from "./page.js";
import { openPalette } from "./palette.js";
import { walk } from "./lists.js";

const OFF = "kartoteka:keys-off";
let goes = 0;

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k" && !event.altKey && !event.shiftKey) {
    event.preventDefault();
    openPalette();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  if (first("dialog[open]") || localStorage.getItem(OFF)) return;
  if (act(event.key)) event.preventDefault();
});

function act(key) {
  const going = Date.now() - goes < 1500;
  goes = 0;
  if (going) return press(`[data-go="${CSS.escape(key)}"]`);
  switch (key) {
    case "g":
      goes = Date.now();
      return true;
    case "/":
      openPalette();
      return true;
    case "?":
      first("#keys")?.showModal();
      return true;
    case "j":
      walk(1);
      return true;
    case "k":
      walk(-1);
      return true;
    case "f":
      return focus("[data-key=f]");
    default:
      return /^[a-z]$/.test(key) && press(`main [data-key="${key}"]`, `[data-key="${key}"]`);
  }
}

function press(...selectors) {
  const found = selectors.map((one) => first(one)).find(Boolean);
  if (!found) return false;
  found.click();
  if (found.matches("summary")) first(".menu a, .menu button", found.parentElement)?.focus();
  return true;
}

function focus(selector) {
  const found = first(selector);
  found?.focus();
  found?.select?.();
  return Boolean(found);
}

whenever("[data-keys-switch]", (box) => {
  box.checked = !localStorage.getItem(OFF);
});

on("change", "[data-keys-switch]", (_, box) => {
  if (box.checked) localStorage.removeItem(OFF);
  else localStorage.setItem(OFF, "yes");
});
