// What somebody has unfolded on a page: more cards, older entries, reasons, <details>. A page that is
// drawn anew is unfolded alike before anybody sees it.
import { all, fetchPart, first } from "./page.js";

const MOST = 20; // answers for one list
const MORE = "[data-more]";
const ENTRIES = "li.tile, li.event"; // what grows in [data-grows]
const DETAILS = "main details:not(.menu-box)";
const REASON = "[data-why][aria-expanded=true]";

/** Returns what is unfolded now. */
export const unfolded = () => ({
  lengths: all("[data-grows]").map((list) => [list.dataset.grows, all(ENTRIES, list).length]),
  reasons: all(REASON).map((link) => link.getAttribute("hx-get")),
  details: all(DETAILS).map((box) => [nameOf(box), box.open]),
});

/** Unfolds a page that is not shown yet as another one was. */
export async function unfold(page, { lengths, reasons, details }) {
  await Promise.all(lengths.map(([name, length]) => grow(first(`[data-grows="${CSS.escape(name)}"]`, page), length)));
  await Promise.all(reasons.map((address) => explain(page, address)));
  const states = [...details];
  for (const box of all(DETAILS, page)) {
    const at = states.findIndex(([name]) => name === nameOf(box));
    if (at >= 0) box.open = states.splice(at, 1)[0][1];
  }
}

const nameOf = (box) => `${box.closest("[id]")?.id} ${first("summary", box)?.textContent.trim()}`;

/** Loads more into a list until it is as long as it was. */
async function grow(list, length) {
  for (let turn = 0; list && turn < MOST && all(ENTRIES, list).length < length; turn += 1) {
    const more = first(MORE, list);
    const text = more && await fetchPart(more.getAttribute("hx-get"));
    if (!text) return;
    const answer = new DOMParser().parseFromString(text, "text/html");
    const part = all(more.getAttribute("hx-select") ?? "body > *", answer);
    more.closest("li, p").replaceWith(...part);
  }
}

async function explain(page, address) {
  const link = first(`[data-why][hx-get="${CSS.escape(address)}"]`, page);
  const text = link && await fetchPart(address);
  if (!text) return;
  const place = page.getElementById(link.getAttribute("aria-controls"));
  place.innerHTML = text;
  place.hidden = false;
  link.setAttribute("aria-expanded", "true");
}
