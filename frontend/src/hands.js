// Whether somebody has the page in hand: types, chooses, drags, reads in a dialog. Such a page stays.
import { all, first, isTyping } from "./page.js";

const OPEN = "dialog[open], [data-editing], details.menu-box[open], .help.is-open, .htmx-request, [aria-busy=true]";
const DRAGGED = ".is-dragging, .is-held, .is-lifted";

let isPressed = false;
for (const [event, pressed] of [["pointerdown", true], ["pointerup", false], ["pointercancel", false], ["dragend", false]]) {
  document.addEventListener(event, () => { isPressed = pressed; }, true);
}

/** Says whether the page must not change under somebody's hands. */
export const isInHand = () =>
  isPressed ||
  Boolean(first(OPEN) ?? first(DRAGGED)) ||
  document.documentElement.matches(DRAGGED) ||
  isTyping(document.activeElement) ||
  !(window.getSelection()?.isCollapsed ?? true) ||
  touched().length > 0;

/** Returns the controls that say something else than the server has drawn. */
export const touched = () => all("input, textarea, select").filter((one) => counts(one) && isTouched(one));

// A closed dialog holds nothing; the box of a picker only shows what its list says; what stands in
// the address will be drawn again.
function counts(control) {
  if (control.type === "hidden" || control.matches("[data-picker] [role=combobox]")) return false;
  if (control.closest("dialog:not([open])")) return false;
  return new URLSearchParams(window.location.search).get(control.name) !== control.value;
}

// A form that came back holds what was typed, though the server has drawn it.
const CAME_BACK = ":has([data-mistakes], [name=_refused], [name^='_take.'])";

function isTouched(control) {
  if (control.form?.matches(CAME_BACK) && control.name && !control.matches("button, [type=submit]")) return true;
  if (control.matches("select")) return chosen(control) !== drawn(control);
  if (control.matches("[type=checkbox], [type=radio]")) return control.checked !== control.defaultChecked;
  return control.value !== control.defaultValue;
}

const places = (options) => options.map((one) => one.index).join();
const chosen = (list) => places([...list.selectedOptions]);

function drawn(list) {
  const marked = [...list.options].filter((one) => one.defaultSelected);
  if (marked.length || list.multiple || !list.options.length) return places(marked);
  return "0";
}
