"""How one record stands for somebody who opens it: its fields, and what can be pressed on it.

The record is read once for both, and judged as a form would be that changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from engine.runtime.records.button_states import ButtonReader
from engine.runtime.records.buttons import ButtonState
from engine.runtime.records.conditions import FieldState
from engine.runtime.records.context import Scene, Setting
from engine.runtime.records.gate import Held
from engine.runtime.records.preview import Previewing
from engine.runtime.records.transaction import Tools


@dataclass(frozen=True, slots=True)
class Stand:
    """How a record stands: `fields` is None for those who may not edit it."""

    fields: Mapping[str, FieldState] | None = None
    buttons: tuple[ButtonState, ...] = ()


def stand(tools: Tools, connection: Connection, setting: Setting, held: Held) -> Stand:
    """Return how a record stands that is not in the trash."""
    actor, compiled = setting.actor, tools.entities[held.record.entity]
    scene = Scene(connection, tools.entities, setting, tools.words.shower(""))
    reader = ButtonReader(scene, tools.gate, actor, compiled)
    return Stand(
        fields=Previewing(tools, scene, actor).states(held) if "edit" in held.verbs else None,
        buttons=reader.of_record(held.record) if is_pressable(held) else (),
    )


def is_pressable(held: Held) -> bool:
    """Say whether the person may press buttons on a record now."""
    return "press" in held.verbs and not held.record.archived
