// Menus are <details>: one open at a time, Escape and a press elsewhere close, arrows walk.
import { all, first, on, whenever } from "./page.js";

const BOX = "details.menu-box";

document.addEventListener(
  "toggle",
  (event) => {
    const opened = event.target;
    if (!opened.matches?.(BOX) || !opened.open) return;
    all(`${BOX}[open]`).forEach((one) => {
      if (one !== opened && !one.contains(opened)) one.open = false;
    });
  },
  true,
);

document.addEventListener("click", (event) => {
  all(`${BOX}[open]`).forEach((box) => {
    if (!box.contains(event.target)) box.open = false;
  });
});

// Tab leaves a menu and closes it. A press must not: it moves the focus before it has done its work.
document.addEventListener("keyup", (event) => {
  if (event.key !== "Tab") return;
  all(`${BOX}[open]`).forEach((box) => {
    if (!box.contains(document.activeElement)) box.open = false;
  });
});

on("keydown", BOX, (event, box) => {
  if (event.key === "Escape" && box.open) {
    event.stopPropagation();
    box.open = false;
    first("summary", box).focus();
  }
  if (!["ArrowDown", "ArrowUp", "Home", "End"].includes(event.key)) return;
  if (event.target.matches("input:not([type=checkbox], [type=radio]), select, textarea")) return;
  const ways = all(".menu a, .menu button, .menu input:not([type=hidden])", box);
  if (!box.open || !ways.length) return;
  event.preventDefault();
  const at = ways.indexOf(document.activeElement);
  const goal = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: ways.length - 1 }[event.key];
  ways[(goal + ways.length) % ways.length].focus();
});

on("click", `${BOX} .menu a[hx-get], ${BOX} .menu [data-open]`, (_, way) => {
  way.closest(BOX).open = false;
});

// What somebody folds away stays folded on this computer: <details data-keep="views-deal">.
const FOLDED = "kartoteka:folded:";
whenever("details[data-keep]", (box) => {
  if (localStorage.getItem(FOLDED + box.dataset.keep)) box.open = false;
});
document.addEventListener("toggle", (event) => {
  const name = event.target.dataset?.keep;
  if (!name) return;
  if (event.target.open) localStorage.removeItem(FOLDED + name);
  else localStorage.setItem(FOLDED + name, "yes");
}, true);
