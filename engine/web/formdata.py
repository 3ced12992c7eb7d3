"""A posted form -> the payload that the record service takes.

Enter: the pairs of a form in their order. Leave: `FormData` with the fields that the form held, the
controls (names that begin with `_`) apart, and the texts as they were typed, to be shown again.

Names that a form of ours may hold beside the field ids:

- `_has=<field>`: the form shows this field, so that nothing ticked means "no" or "none".
- `_day.<field>`, `_time.<field>`, `_pick.<field>`, `_quick.<field>`: the one-press values of a
  field; they count when the text beside them is as it was drawn, which `_was.<field>` says.
- `_find.<field>` with the button `_search=<field>`: look for a record to link, save nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import time

from engine.errors import BadQuery, say
from engine.metadata.fieldtypes.registry import FIELD_TYPES
from engine.metadata.model.entity import Entity
from engine.metadata.model.field import Field

PRESSED = ("_day.", "_time.", "_pick.", "_quick.")
YES_NO = {"true": True, "on": True, "1": True, "false": False, "0": False}


@dataclass(frozen=True, slots=True)
class FormData:
    """What a person sent: `payload` for the service, `typed` to draw the form again."""

    payload: Mapping[str, object]
    typed: Mapping[str, tuple[str, ...]]
    controls: Mapping[str, tuple[str, ...]]

    def control(self, name: str) -> str:
        """Return a control's value, or an empty text where the form had none."""
        given = self.controls.get(name, ())
        if len(given) > 1:
            raise BadQuery(name, say("{name} is given more than once.", name=name))
        return given[0] if given else ""

    @property
    def finds(self) -> Mapping[str, str]:
        """Return the texts to look for, by the link field whose "Find" was pressed."""
        wanted = self.control("_search")
        return {wanted: self.control(f"_find.{wanted}")} if wanted else {}


def read_form(
    entity: Entity, pairs: Iterable[tuple[str, str]], day_start: time = time(9)
) -> FormData:
    """Read the pairs of a posted form; a day chosen without a time begins at `day_start`."""
    names, controls = _sorted_out(pairs)
    shown = set(controls.get("_has", ()))
    pressed = {one.split(".", 1)[1] for one in controls if one.startswith(PRESSED)}
    typed = {
        name: _typed(entity.fields.get(name), name, names.get(name, ()), controls, day_start)
        for name in dict.fromkeys((*names, *shown, *pressed))
    }
    payload = {name: _value(entity.fields.get(name), texts) for name, texts in typed.items()}
    return FormData(payload, typed, controls)


def _sorted_out(
    pairs: Iterable[tuple[str, str]],
) -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]]]:
    fields: dict[str, list[str]] = defaultdict(list)
    controls: dict[str, list[str]] = defaultdict(list)
    for name, text in pairs:
        (controls if name.startswith("_") else fields)[name].append(text)
    return _closed(fields), _closed(controls)


def _closed(lists: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(texts) for name, texts in lists.items()}


def _typed(
    field: Field | None,
    name: str,
    texts: tuple[str, ...],
    controls: Mapping[str, tuple[str, ...]],
    day_start: time,
) -> tuple[str, ...]:
    if field is not None and field.type == "choices":
        return tuple(text for text in texts if text)
    if len(texts) > 1:
        raise BadQuery(name, say("{name} is given more than once.", name=name))
    start = f"{day_start:%H:%M}" if field is not None and field.type == "datetime" else ""
    return (_text_or_press(name, texts[0] if texts else "", controls, start),)


def _text_or_press(
    name: str, text: str, controls: Mapping[str, tuple[str, ...]], start: str
) -> str:
    """Return what was typed, unless the text is untouched and a one-press value was chosen."""
    was = _one(controls, f"_was.{name}")
    if text not in ("", was):
        return text
    picked = _one(controls, f"_pick.{name}").replace("T", " ")
    for chosen in (picked, _one(controls, f"_quick.{name}")):
        if chosen not in ("", was):
            return chosen
    day, hour = _one(controls, f"_day.{name}"), _one(controls, f"_time.{name}")
    return _moment(day, hour, was, start) if day or hour else text


def _moment(day: str, hour: str, was: str, start: str) -> str:
    """Join a pressed day and a pressed hour; what was not pressed stays as it was."""
    old_day, _, old_hour = was.partition(" ")
    return f"{day or old_day or 'today'} {hour or old_hour or start}".strip()


def _one(controls: Mapping[str, tuple[str, ...]], name: str) -> str:
    given = controls.get(name, ())
    if len(given) > 1:
        raise BadQuery(name, say("{name} is given more than once.", name=name))
    return given[0] if given else ""


def _value(field: Field | None, texts: tuple[str, ...]) -> object:
    """Return the payload's value: yes or no, several options, or the text."""
    kind = FIELD_TYPES[field.type].widget if field is not None else "text"
    if kind == "choices":
        return list(texts)
    text = texts[0] if texts else ""
    if kind == "bool":
        return YES_NO.get(text.lower(), text) if text else False
    return text
