// The "?" beside a field: hover, focus and touch show it, Escape hides it, it stays on the screen.
import { all, first, on } from "./page.js";

on("click", ".help > button", (event, button) => {
  event.preventDefault();
  const help = button.parentElement;
  const shut = help.classList.toggle("is-open");
  help.classList.toggle("is-shut", !shut && !help.matches(":hover"));
  fit(help);
});

on("pointerover", ".help", (_, help) => fit(help));
on("focusin", ".help", (_, help) => fit(help));
on("focusout", ".help", (_, help) => help.classList.remove("is-open", "is-shut"));
on("pointerout", ".help", (event, help) => {
  if (!help.contains(event.relatedTarget)) help.classList.remove("is-shut");
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const shown = all(".help").filter((one) => one.matches(":hover, :focus-within, .is-open"));
  shown.forEach((one) => {
    one.classList.remove("is-open");
    one.classList.add("is-shut");
  });
});

function fit(help) {
  const tip = first("[role=tooltip]", help);
  help.classList.remove("is-end", "is-below");
  const place = tip.getBoundingClientRect();
  if (place.right > document.documentElement.clientWidth - 8) help.classList.add("is-end");
  if (place.width && place.top < 8) help.classList.add("is-below");
}
