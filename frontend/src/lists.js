// Lists: a press anywhere in a row opens it, j and k walk, the box finds while typing.
import { all, first, on, whenever } from "./page.js";

on("click", ".table.is-rows tbody tr", (event, row) => {
  if (event.target.closest("a, button, input, label, summary, select") || window.getSelection()?.toString()) return;
  const link = first("td.name a[href], a[href]", row);
  if (!link) return;
  if (event.ctrlKey || event.metaKey) window.open(link.href, "_blank", "noopener");
  else link.click();
});

/** Moves the focus to the next or previous row's link. */
export function walk(step) {
  const links = all(".table.is-rows tbody td.name a[href], .promise .promise-what a[href]");
  if (!links.length) return;
  const row = document.activeElement?.closest("tr, .promise, .promise-next");
  const at = row ? links.findIndex((one) => row.contains(one)) : -1;
  links[Math.max(0, Math.min(links.length - 1, at < 0 ? 0 : at + step))].focus();
}

// A filter's second end is asked for only by "between".
const settle = (panel) => {
  const list = first("[name=_op]", panel);
  const between = list.value === "between";
  const bare = ["empty", "given"].includes(list.value);
  all("[data-second]", panel).forEach((one) => { one.hidden = !between; });
  all("[data-value]", panel).forEach((one) => { one.hidden = bare; });
};
whenever("#filter-panel", settle);
on("change", "#filter-panel [name=_op]", (_, list) => settle(list.form));

// Scroll the chosen tab into sight: saved views may be many.
const tab = first(".tabs [aria-current]");
tab?.scrollIntoView({ block: "nearest", inline: "center" });
