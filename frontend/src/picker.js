// A link: the list becomes a box that searches while typing and offers "New ..." in place.
// The list stays in the form and keeps the value, so that saving is the same with and without a script.
import htmx from "htmx.org";

import { all, changed, fetchPart, first, later, make, on, whenever, word } from "./page.js";

whenever("[data-picker]", enliven);

function enliven(picker) {
  const list = first("select", picker);
  if (!list || picker.classList.contains("is-live")) return;
  const box = make("input", {
    class: "input", type: "text", role: "combobox", autocomplete: "off", spellcheck: "false",
    "aria-expanded": "false", "aria-autocomplete": "list", "aria-controls": `${list.id}-found`,
    "aria-describedby": list.getAttribute("aria-describedby") ?? "",
    placeholder: first("option[value='']", list)?.textContent ?? "",
    id: list.id,
  });
  if (list.required) box.setAttribute("aria-required", "true");
  if (list.getAttribute("aria-invalid")) box.setAttribute("aria-invalid", "true");
  const found = make("div", {
    class: "picker-list", role: "listbox", id: `${list.id}-found`, hidden: "",
    "aria-label": picker.closest(".field")?.querySelector(".label")?.textContent.trim() ?? "",
  });
  list.removeAttribute("id");
  list.required = false;
  list.tabIndex = -1;
  list.setAttribute("aria-hidden", "true");
  const clear = make("button", { type: "button", class: "btn is-quiet is-icon", "data-clear": "", "aria-label": word("clear") });
  clear.innerHTML = first("#words")?.innerHTML ?? "";
  picker.append(make("div", { class: "input-box picker-box" }, box, clear), found);
  picker.classList.add("is-live");
  settle(picker);
}

const boxOf = (picker) => first("[role=combobox]", picker);
const listOf = (picker) => first("select", picker);
const foundOf = (picker) => first("[role=listbox]", picker);

/** Writes the chosen record's title into the box. */
function settle(picker) {
  const chosen = listOf(picker).selectedOptions[0];
  boxOf(picker).value = chosen?.value ? chosen.textContent : "";
  first("[data-clear]", picker).hidden = !chosen?.value;
  close(picker);
}

function choose(picker, value, label) {
  const list = listOf(picker);
  let option = all("option", list).find((one) => one.value === String(value));
  if (!option) {
    option = make("option", { value }, label);
    list.append(option);
  }
  list.value = String(value);
  changed(list);
}

// A draft that comes back chooses in the list; the box follows.
on("change", "[data-picker].is-live > select", (_, list) => settle(list.closest("[data-picker]")));

function close(picker) {
  foundOf(picker).hidden = true;
  boxOf(picker).setAttribute("aria-expanded", "false");
  boxOf(picker).removeAttribute("aria-activedescendant");
}

let asked = 0;

const search = later(async (picker, text) => {
  const number = ++asked;
  const answer = await fetchPart(`${picker.dataset.picker}?${new URLSearchParams({ q: text })}`);
  if (answer === null || number !== asked || document.activeElement !== boxOf(picker)) return;
  const found = foundOf(picker);
  found.innerHTML = answer;
  if (picker.dataset.create && !first("[data-no-create]", found)) {
    const label = text ? word("newNamed", { name: text }) : word("newOne");
    found.append(make("div", { class: "hit is-new", role: "option", "data-new": text }, label));
  }
  all("[role=option]", found).forEach((one, index) => {
    one.id = `${found.id}-${index}`;
    one.setAttribute("aria-selected", "false");
  });
  found.hidden = false;
  boxOf(picker).setAttribute("aria-expanded", "true");
  if (text) highlight(picker, first("[role=option]:not(.is-new)", found));
}, 120);

function highlight(picker, option) {
  all("[aria-selected=true]", foundOf(picker)).forEach((one) => one.setAttribute("aria-selected", "false"));
  if (!option) return;
  option.setAttribute("aria-selected", "true");
  option.scrollIntoView({ block: "nearest" });
  boxOf(picker).setAttribute("aria-activedescendant", option.id);
}

/** Chooses an option; "New ..." takes what stands in the box now, however old the list is. */
function take(picker, option) {
  if (option.matches(".is-new")) return create(picker, option.dataset.new && boxOf(picker).value);
  return choose(picker, option.dataset.value, option.dataset.label);
}

on("input", "[data-picker] [role=combobox]", (_, box) => search(box.closest("[data-picker]"), box.value));
on("click", "[data-picker] [role=combobox]", (_, box) => {
  const picker = box.closest("[data-picker]");
  if (foundOf(picker).hidden) search(picker, "");
  box.select();
});

on("keydown", "[data-picker] [role=combobox]", (event, box) => {
  const picker = box.closest("[data-picker]");
  const options = foundOf(picker).hidden ? [] : all("[role=option]", foundOf(picker));
  const at = options.findIndex((one) => one.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    if (!options.length) search(picker, "");
    else highlight(picker, options[(at + (event.key === "ArrowDown" ? 1 : -1) + options.length) % options.length]);
  } else if (event.key === "Enter" && options[at]) {
    event.preventDefault();
    take(picker, options[at]);
  } else if (event.key === "Escape" && options.length) {
    event.stopPropagation();
    event.preventDefault();
    settle(picker);
  }
});

// The press must be seen before the box loses the focus and closes the list.
on("pointerdown", "[data-picker] [role=option]", (event, option) => {
  event.preventDefault();
  take(option.closest("[data-picker]"), option);
});

on("click", "[data-picker] [data-clear]", (_, button) => {
  const picker = button.closest("[data-picker]");
  choose(picker, "", "");
  boxOf(picker).focus();
});

on("focusout", "[data-picker]", (event, picker) => {
  if (picker.contains(event.relatedTarget) || !picker.classList.contains("is-live")) return;
  if (!boxOf(picker).value.trim() && listOf(picker).value) choose(picker, "", "");
  else settle(picker);
});

// "New ...": the form of the other entity in a dialog; what is saved there is chosen here.
let waiting = null;

function create(picker, text) {
  waiting = picker;
  settle(picker);
  const query = new URLSearchParams({ _in: "dialog", _title: text });
  htmx.ajax("GET", `${picker.dataset.create}?${query}`, { target: "#dialog", swap: "innerHTML" });
}

document.addEventListener("htmx:configRequest", (event) => {
  if (event.target.closest?.("#dialog") && waiting) event.detail.parameters._in = "dialog";
});

document.addEventListener("record-saved", (event) => {
  if (waiting) choose(waiting, event.detail.id, event.detail.title);
  boxOf(waiting ?? document)?.focus();
  waiting = null;
});

document.addEventListener("close", (event) => {
  if (event.target.id === "dialog") setTimeout(() => { waiting = null; });
}, true);
