// One-press values: a press writes into the text beside it; what is typed is read back by the server.
import { all, changed, fetchPart, first, later, on } from "./page.js";

const ISO = /^(\d{4}-\d{2}-\d{2})(?: (\d{2}:\d{2}))?$/;
const START = "09:00";

on("change", "[data-quick] [data-press]", (_, press) => {
  const quick = press.closest("[data-quick]");
  const text = textOf(quick);
  if (press.dataset.press === "quick") text.value = press.value;
  else if (press.dataset.press === "pick") text.value = press.value.replace("T", " ");
  else text.value = joined(quick, press, text.value);
  changed(text);
});

on("input", ".field input.input", (_, text) => {
  const quick = quickOf(text);
  if (!quick || text.matches("[data-press]")) return;
  mark(quick, text.value);
  if (quick.dataset.quick) readBack(quick, text.value);
});

// Pressing the chosen day once more takes it away, which a radio alone can't.
on("click", "[data-quick] label > input[type=radio]", (event, radio) => {
  const text = textOf(radio.closest("[data-quick]"));
  if (radio.dataset.was !== "on") return;
  radio.checked = false;
  radio.dataset.was = "";
  text.value = "";
  changed(text);
});
on("pointerdown", "[data-quick] label", (_, label) => {
  const radio = first("input[type=radio]", label);
  if (radio) radio.dataset.was = radio.checked ? "on" : "";
});

function joined(quick, press, text) {
  const [, day = "", time = ""] = text.match(ISO) ?? [];
  if (press.dataset.press === "day") {
    return quick.dataset.quick === "datetime" ? `${press.value} ${time || start(quick)}` : press.value;
  }
  return `${day || today(quick)} ${press.value}`;
}

const start = (quick) => first("[data-press=time]", quick)?.value ?? START;
const today = (quick) => first("[data-press=day]", quick)?.value ?? "";

function mark(quick, text) {
  const [, day = "", time = ""] = text.match(ISO) ?? [];
  const chosen = { day, time, quick: text };
  all("[data-press]", quick).forEach((press) => {
    const kind = press.dataset.press;
    if (kind === "pick") press.value = day ? native(press, day, time) : "";
    else press.checked = press.value === chosen[kind];
  });
}

const native = (press, day, time) => (press.type === "date" ? day : `${day}T${time || START}`);

const readBack = later(async (quick, text) => {
  const said = first(".quick-said", quick);
  if (!said) return;
  const query = new URLSearchParams({ text, kind: quick.dataset.quick });
  if (quick.dataset.there) query.set("there", quick.dataset.there);
  const answer = text.trim() ? await fetchPart(`/search/moment?${query}`) : "";
  if (textOf(quick).value === text) said.innerHTML = answer ?? "";
}, 200);

const quickOf = (text) => text.closest(".field")?.querySelector("[data-quick]");
const textOf = (quick) => first("input.input[name]:not([data-press])", quick.closest(".field"));
