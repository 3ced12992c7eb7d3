// Boards: cards go by mouse, touch and keys. Where a card may go is the server's to say: a drop asks
// for it, and what comes back is done at once, asked for in the dialog, or refused with a sentence.
import htmx from "htmx.org";
import Sortable from "sortablejs";

import { all, fetchPart, first, on, whenever } from "./page.js";

const CARD = ".tile";
const LINK = "h3 a";
const prepared = new WeakSet();
const isCalm = window.matchMedia("(prefers-reduced-motion: reduce)");

const boardOf = (card) => card.closest("[data-board]");
const laneOf = (card) => card.closest("[data-lane].col");
const cardsOf = (lane) => all(`:scope > .col-body > ${CARD}`, lane);
const nameOf = (lane) => first("h2", lane).textContent;
const titleOf = (card) => first(LINK, card).textContent;

function prepare(board) {
  if (prepared.has(board)) return;
  prepared.add(board);
  all(".col-body", board).forEach(catchDrops);
  countMore(board);
}

/* --- By mouse and touch --- */

function catchDrops(list) {
  Sortable.create(list, {
    group: "cards",
    sort: false,
    draggable: CARD,
    filter: ".tile:not(.is-movable), .tile-box",
    preventOnFilter: false,
    forceFallback: true,
    fallbackOnBody: true,
    fallbackTolerance: 4,
    fallbackClass: "is-held",
    ghostClass: "is-hole",
    delay: 220,
    delayOnTouchOnly: true,
    touchStartThreshold: 6,
    emptyInsertThreshold: 24,
    animation: isCalm.matches ? 0 : 120,
    scrollSensitivity: 80,
    onStart: ({ item }) => {
      putBack();
      if (Sortable.ghost) Sortable.ghost.inert = true;
      all("details[open]", boardOf(item)).forEach((box) => { box.open = false; });
      document.documentElement.classList.add("is-dragging");
    },
    onMove: ({ to }) => light(to.closest(".col")),
    onEnd: ({ item, from, to, oldIndex }) => {
      light(null);
      document.documentElement.classList.remove("is-dragging");
      if (from === to) return;
      drop(item, { list: from, next: from.children[oldIndex] ?? null });
    },
  });
}

function light(lane) {
  all(".col.is-over").forEach((one) => one.classList.toggle("is-over", one === lane));
  lane?.classList.add("is-over");
}

/* --- By keys --- */

let lifted = null;

on("keydown", `${CARD} ${LINK}`, (event, link) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  const card = link.closest(CARD);
  const act = lifted ? whileLifted : whileWalking;
  if (act(event.key, card)) event.preventDefault();
});

function whileWalking(key, card) {
  const lane = laneOf(card);
  const cards = cardsOf(lane);
  const at = cards.indexOf(card);
  switch (key) {
    case "ArrowDown":
      return focus(cards[at + 1]);
    case "ArrowUp":
      return focus(cards[at - 1]);
    case "Home":
      return focus(cards[0]);
    case "End":
      return focus(cards.at(-1));
    case "ArrowLeft":
      return aside(lane, at, -1);
    case "ArrowRight":
      return aside(lane, at, 1);
    case " ":
    case "m":
      return lift(card);
    default:
      return false;
  }
}

/** Walks to the next lane that has a card, as far down as the one before. */
function aside(lane, at, step) {
  const lanes = all(".col", boardOf(lane));
  for (let next = lanes.indexOf(lane) + step; lanes[next]; next += step) {
    const cards = cardsOf(lanes[next]);
    if (cards.length) return focus(cards[Math.min(at, cards.length - 1)]);
  }
  return true;
}

function focus(card) {
  if (!card) return true;
  first(LINK, card).focus();
  card.scrollIntoView({ block: "nearest", inline: "nearest" });
  return true;
}

function lift(card) {
  if (!card.dataset.drop) {
    tell("fixed", { title: titleOf(card) });
    return true;
  }
  lifted = { card, home: { list: card.parentElement, next: card.nextElementSibling }, lane: laneOf(card) };
  card.classList.add("is-lifted");
  light(lifted.lane);
  tell("lifted", { title: titleOf(card), stage: nameOf(lifted.lane) });
  return true;
}

function whileLifted(key, card) {
  switch (key) {
    case "ArrowLeft":
      return carry(card, -1);
    case "ArrowRight":
      return carry(card, 1);
    case "ArrowUp":
    case "ArrowDown":
      return true;
    case "Enter":
    case " ":
    case "m":
      return letGo(card);
    case "Escape":
      putBack(true);
      return true;
    default:
      return false;
  }
}

function carry(card, step) {
  const lanes = all(".col", boardOf(card));
  const at = lanes.indexOf(laneOf(card)) + step;
  const lane = lanes[at];
  if (!lane) return true;
  lifted.isMoving = true;
  if (lane === lifted.lane) lifted.home.list.insertBefore(card, lifted.home.next);
  else first(".col-body", lane).prepend(card);
  focus(card);
  lifted.isMoving = false;
  light(lane);
  tell("over", { stage: nameOf(lane), number: at + 1, count: lanes.length });
  return true;
}

function letGo(card) {
  const { home, lane } = lifted;
  if (laneOf(card) === lane) {
    putBack(true);
    return true;
  }
  set(card);
  drop(card, home);
  return true;
}

/** Ends that a card is in the hand; it stays where it is. */
function set(card) {
  lifted = null;
  light(null);
  card.classList.remove("is-lifted");
}

/** Puts the card that is in the hand back where it was. */
function putBack(isSaid = false) {
  if (!lifted) return;
  const { card, home, lane } = lifted;
  set(card);
  const hadFocus = card.contains(document.activeElement);
  home.list.insertBefore(card, home.next);
  if (hadFocus) focus(card);
  if (isSaid) tell("back", { title: titleOf(card), stage: nameOf(lane) });
}

on("focusout", `${CARD} ${LINK}`, () => {
  setTimeout(() => {
    if (lifted && !lifted.isMoving && !lifted.card.contains(document.activeElement)) putBack(true);
  });
});

/* --- What follows a drop --- */

let waiting = null;
let origin = null; // the card whose menu was used last

on("click", ".tile-box .menu :is(a, button)", (_, way) => { origin = way.closest(CARD); });

function drop(card, home) {
  undrop();
  const lane = laneOf(card);
  waiting = { card, home, id: card.dataset.id, hadFocus: card.contains(document.activeElement) };
  card.classList.add("is-waiting");
  card.setAttribute("aria-busy", "true");
  const asked = new URLSearchParams({ stage: lane.dataset.lane, _field: boardOf(card).dataset.field });
  htmx.ajax("GET", `${card.dataset.drop}?${asked}`, { source: "#at-once", target: "#dialog", swap: "innerHTML" });
}

/** Takes a drop back: the card stands again where it was. */
function undrop() {
  if (!waiting) return;
  const { card, home, hadFocus } = waiting;
  settle();
  if (!card.isConnected || !home.list.isConnected) return;
  home.list.insertBefore(card, home.next?.isConnected ? home.next : null);
  if (hadFocus) focus(card);
}

function settle() {
  waiting.card.classList.remove("is-waiting");
  waiting.card.removeAttribute("aria-busy");
  waiting = null;
}

document.addEventListener("drop-refused", (event) => {
  undrop();
  document.dispatchEvent(new CustomEvent("say", { detail: { text: event.detail.said } }));
});

for (const name of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(name, () => { if (!first("#dialog[open]")) undrop(); });
}

document.addEventListener("close", (event) => {
  if (event.target.id !== "dialog") return;
  undrop();
  if (origin?.isConnected && isNowhere()) first("summary", origin)?.focus();
}, true);

const isNowhere = () => [null, document.body, first("#main")].includes(document.activeElement);

// What the server lets be done at once comes as a form that nobody has to look at.
whenever("form[data-at-once]", (form) => form.requestSubmit());

// Saved, by whatever way: the card and the heads are drawn anew, the rest stays as it is.
document.addEventListener("record-saved", async (event) => {
  const board = first("[data-board]");
  const id = String(event.detail.id);
  const card = document.getElementById(`tile-${id}`);
  const held = card?.contains(document.activeElement) || (origin === card && isNowhere());
  const hadFocus = waiting?.id === id ? waiting.hadFocus : Boolean(held);
  const from = card?.dataset.lane ?? "";
  origin = null;
  if (waiting?.id === id) settle();
  if (!board) return;
  const answer = await fetchPart(`${board.dataset.card}&_record=${id}&_column=${encodeURIComponent(from)}`);
  if (answer !== null) redraw(board, id, answer, hadFocus);
});

function redraw(board, id, answer, hadFocus) {
  const parts = new DOMParser().parseFromString(`<body><template>${answer}</template>`, "text/html");
  const content = first("template", parts).content;
  const drawn = content.querySelector(CARD);
  const old = document.getElementById(`tile-${id}`);
  const lane = drawn && first(`.col[data-lane="${CSS.escape(drawn.dataset.lane)}"]`, board);
  if (!lane) old?.remove();
  else place(document.adoptNode(drawn), old, lane, hadFocus);
  content.querySelectorAll("[hx-swap-oob]").forEach(putInPlace);
  countMore(board);
}

/** Puts a part where its like is in the page, or what it holds after what is there. */
function putInPlace(part) {
  const here = document.getElementById(part.id);
  const isAdded = part.getAttribute("hx-swap-oob") === "beforeend";
  part.removeAttribute("hx-swap-oob");
  if (!isAdded) here?.replaceWith(part);
  else [...part.children].forEach((one) => { here?.append(one); wake(one); });
}

/** Lets scripts know of a part as if a swap had brought it. */
function wake(part) {
  htmx.process(part);
  htmx.trigger(part, "htmx:load", { elt: part });
}

function place(drawn, old, lane, hadFocus) {
  const list = first(".col-body", lane);
  if (old && laneOf(old) === lane) old.replaceWith(drawn);
  else {
    old?.remove();
    list.prepend(drawn);
  }
  wake(drawn);
  if (hadFocus) focus(drawn);
}

/* --- More cards, and how many there still are --- */

function countMore(board) {
  for (const lane of all(".col", board)) {
    const more = first("[data-more]", lane);
    const count = Number(first("[data-count]", lane)?.dataset.count ?? NaN) - cardsOf(lane).length;
    if (more && count > 0) more.textContent = phrase("more", { number: count.toLocaleString(document.documentElement.lang) });
  }
}

document.addEventListener("htmx:afterSettle", () => all("[data-board]").forEach(countMore));

/* --- The menu of a card stands above everything, wherever the card is --- */

document.addEventListener("toggle", (event) => {
  if (event.target.matches?.(".tile-box") && event.target.open) stand(event.target);
}, true);
document.addEventListener("htmx:afterSettle", () => all(".tile-box[open]").forEach(stand));
document.addEventListener("scroll", (event) => {
  if (event.target.closest?.(".menu")) return;
  all(".tile-box[open]").forEach((box) => { box.open = false; });
}, true);

function stand(box) {
  const menu = first(".menu", box);
  menu.removeAttribute("style");
  if (getComputedStyle(menu).position === "fixed") return; // on a phone it is a sheet from below
  const way = first("summary", box).getBoundingClientRect();
  const { height, width } = menu.getBoundingClientRect();
  const room = document.documentElement;
  const below = way.bottom + 4;
  const top = below + height > room.clientHeight ? Math.max(8, way.top - height - 4) : below;
  menu.style.position = "fixed";
  menu.style.inset = `${top}px auto auto ${Math.max(8, Math.min(way.right - width, room.clientWidth - width - 8))}px`;
}

// Taking a move back happens here as well, without leaving the board.
on("submit", "#toasts form", (event, form) => {
  event.preventDefault();
  htmx.ajax("POST", form.getAttribute("action"), { source: "#at-once", swap: "none" });
  form.closest(".toast").remove();
});

/* --- Words --- */

function phrase(name, values) {
  const text = first("#board-said")?.dataset[name] ?? "";
  return text.replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
}

function tell(name, values) {
  const place = first("#board-said");
  if (!place) return;
  place.textContent = "";
  setTimeout(() => { place.textContent = phrase(name, values); }, 50);
}

whenever("[data-board]", prepare);
all("[data-board]").forEach(prepare);
