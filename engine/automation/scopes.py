"""Which names the expressions of steps know, beside the fields of the record.

`record` is the record itself, `ask` the answers of a dialog, `try`, `tries` and `next_try` stand
in a ladder, and a step that finds or makes a record gives it a name for the steps behind it.
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.metadata.expressions.names import Named
from engine.metadata.model.application import Application
from engine.metadata.model.button import Button, asked_field
from engine.metadata.model.entity import Entity
from engine.metadata.model.field import Field
from engine.metadata.model.step import CreateRecord, FindRecord, Step

Names = Mapping[str, Named]
RECORD, ASK, TRY, TRIES, NEXT_TRY = "record", "ask", "try", "tries", "next_try"


def rule_names(entity: Entity) -> Names:
    """Return the names in a rule."""
    return {RECORD: entity}


def button_names(entity: Entity, button: Button) -> Names:
    """Return the names in the steps of a button."""
    names: dict[str, Named] = {RECORD: entity}
    asked = {one.id: asked_field(one, entity.fields) for one in button.ask}
    answers = {name: field for name, field in asked.items() if field is not None}
    if answers:
        names[ASK] = answers
    if button.ladder is not None:
        names |= {
            TRY: _own(button, TRY, "integer"),
            TRIES: _own(button, TRIES, "integer"),
            NEXT_TRY: _own(button, NEXT_TRY, "datetime"),
        }
    return names


def names_after(names: Names, step: Step, application: Application) -> Names:
    """Return the names behind a step."""
    match step:
        case CreateRecord() | FindRecord() if step.name:
            return {**names, step.name: application.entity(step.entity)}
        case _:
            return names


def _own(button: Button, name: str, type_: str) -> Field:
    address = f"{button.address}.{name}"
    return Field(name, "", type_, name, address, button.mark)
