// The "?" beside a field, and what is said of a button: hover, focus and touch show it, Escape hides
// it, it stays on the screen.
import { all, first, on } from "./page.js";

on("click", ".help > button", (event, button) => {
  event.preventDefault();
  const help = button.parentElement;
  const shut = help.classList.toggle("is-open");
  help.classList.toggle("is-shut", !shut && !help.matches(":hover"));
  fit(help);
});

// What a button says of itself behaves the same.
const ANY = ".help, .act";

on("pointerover", ANY, (_, help) => fit(help));
on("focusin", ANY, (_, help) => fit(help));
on("focusout", ANY, (_, help) => help.classList.remove("is-open", "is-shut"));
on("pointerout", ANY, (event, help) => {
  if (!help.contains(event.relatedTarget)) help.classList.remove("is-shut");
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const shown = all(ANY).filter((one) => one.matches(":hover, :focus-within, .is-open"));
  shown.forEach((one) => {
    one.classList.remove("is-open");
    one.classList.add("is-shut");
  });
});

function fit(help) {
  const tip = first("[role=tooltip]", help);
  if (!tip) return;
  help.classList.remove("is-end", "is-below");
  const place = tip.getBoundingClientRect();
  if (place.right > document.documentElement.clientWidth - 8) help.classList.add("is-end");
  if (place.width && place.top < 8) help.classList.add("is-below");
}
