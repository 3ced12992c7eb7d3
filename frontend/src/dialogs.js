// Dialogs: opened by what names them, closed by Escape, the scrim or a close button; focus goes back.
import { all, first, on, rename } from "./page.js";

export const PREFIX = "in-dialog-";

on("click", "[data-open]:not([data-open=palette])", (event, opener) => {
  const dialog = document.getElementById(opener.dataset.open);
  if (!(dialog instanceof HTMLDialogElement)) return;
  event.preventDefault();
  dialog.showModal();
});

on("click", "dialog", (event, dialog) => {
  if (event.target === dialog && !dialog.dataset.holds) dialog.close();
});

on("click", "[data-close=dialog]", (event, button) => {
  event.preventDefault();
  button.closest("dialog")?.close();
});

// Before anything listens to it: pickers name their lists after the ids that they find.
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id === "dialog") [...event.detail.target.children].forEach((part) => rename(part, PREFIX));
}, true);

// A part that arrives in #dialog opens it: links and buttons say hx-target="#dialog".
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id !== "dialog") return;
  const dialog = event.detail.target;
  if (!dialog.childElementCount) return;
  const heading = first("h2[id]", dialog);
  if (heading) dialog.setAttribute("aria-labelledby", heading.id);
  if (!dialog.open) dialog.showModal();
  const start = first("[autofocus], [aria-invalid=true], .dialog-body :is(input:not([type=hidden]), select, textarea), .drop-ways :is(a, button)", dialog);
  start?.focus();
});

document.addEventListener("close", (event) => {
  if (event.target.id === "dialog") event.target.replaceChildren();
}, true);

// What is saved from within a dialog stays in the page: the answer says so.
for (const name of ["record-saved", "dialog-done"]) {
  document.addEventListener(name, () => all("dialog#dialog[open]").forEach((one) => one.close()));
}
