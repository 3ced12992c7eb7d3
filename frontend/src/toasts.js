// Short messages in the corner: announced, closed by hand or by themselves, never under a pointer.
import { all, first, make, on, whenever, word } from "./page.js";

const STAYS = 10_000;
const STAYS_WITH_UNDO = 25_000;

/** Says a sentence; a loud one interrupts a reader and stays until it is closed. */
export function say(text, { loud = false } = {}) {
  const box = first("#toasts");
  if (!box) return;
  const close = make("button", { type: "button", class: "btn", "data-close": "toast" }, word("close"));
  const toast = make("div", { class: "toast" }, make("span", {}, text), close);
  if (loud) toast.setAttribute("role", "alert");
  box.append(toast);
  while (box.children.length > 4) box.firstElementChild.remove();
  if (!loud) watch(toast);
}

document.addEventListener("say", (event) => say(event.detail.text ?? event.detail.value ?? ""));

on("click", "[data-close=toast]", (_, button) => button.closest(".toast")?.remove());

// What is taken back has nothing more to say.
document.addEventListener("htmx:afterRequest", ({ detail }) => detail.elt.closest(".toast")?.remove());

whenever(".toast", watch);

function watch(toast) {
  if (toast.dataset.watched || toast.classList.contains("is-static")) return;
  toast.dataset.watched = "yes";
  const wait = all("form, a", toast).length ? STAYS_WITH_UNDO : STAYS;
  const leave = () => {
    if (toast.matches(":hover, :focus-within")) setTimeout(leave, 3000);
    else toast.remove();
  };
  setTimeout(leave, wait);
}
