"""Ladders: how often a button was pressed on a record, and when the next try is due.

The count is a row, read and written while the record is held. It begins anew after its last press,
when another button is pressed, and when the record leaves the stage: as the ladder says.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select

from engine.metadata.model.button import Ladder
from engine.metadata.moments import Length
from engine.runtime.records.changes import Change
from engine.runtime.records.compiled import CompiledButton, CompiledEntity
from engine.runtime.records.context import Setting
from engine.runtime.tables.system import LADDERS
from engine.runtime.upsert import upsert

OTHER_BUTTON, LEFT = "other_button", "left"
AT_ONCE = Length(0, "workmin")
PRESSES = LADDERS.c.count.label("presses")


@dataclass(frozen=True, slots=True)
class Rung:
    """Where a ladder stands: pressed so often of so many tries, and when the next one is due."""

    count: int = 0
    tries: int = 0
    next_try: datetime | None = None

    @property
    def next_number(self) -> int:
        """Return the number of the next press; behind its end a ladder begins anew."""
        return 1 if self.count > self.tries else self.count + 1

    @property
    def shown_count(self) -> int:
        """Return how many tries a page shows as done."""
        return self.next_number - 1


def rung_of(connection: Connection, entity_id: str, record_id: int, button: CompiledButton) -> Rung:
    """Return where a ladder stands on a record that is held."""
    query = select(PRESSES, LADDERS.c.next_at).where(
        LADDERS.c.entity == entity_id,
        LADDERS.c.record_id == record_id,
        LADDERS.c.button == button.id,
    )
    row = connection.execute(query.with_for_update()).one_or_none()
    tries = len(button.tries)
    return Rung(0, tries) if row is None else Rung(row.presses, tries, row.next_at)


def rungs_of(
    connection: Connection, compiled: CompiledEntity, record_ids: Iterable[int]
) -> dict[tuple[int, str], Rung]:
    """Return where the ladders of many records stand, by record and button."""
    if not any(one.tries for one in compiled.buttons.values()):
        return {}
    query = select(LADDERS.c.record_id, LADDERS.c.button, PRESSES, LADDERS.c.next_at).where(
        LADDERS.c.entity == compiled.id, LADDERS.c.record_id.in_(sorted(record_ids))
    )
    return {
        (row.record_id, row.button): Rung(
            row.presses, len(compiled.buttons[row.button].tries), row.next_at
        )
        for row in connection.execute(query)
        if row.button in compiled.buttons
    }


def climb(rung: Rung, button: CompiledButton, setting: Setting) -> Rung:
    """Return where a ladder stands after one more press."""
    number, ladder = rung.next_number, button.button.ladder
    if ladder is None or number > len(button.tries):
        return Rung(number, rung.tries)
    return Rung(number, rung.tries, next_due(ladder, button.tries[number - 1], setting))


def keep_rung(
    connection: Connection,
    entity_id: str,
    record_id: int,
    button_id: str,
    rung: Rung,
    now: datetime,
) -> None:
    """Write down a press of a ladder."""
    key = {"entity": entity_id, "record_id": record_id, "button": button_id}
    state = {"count": rung.count, "pressed_at": now, "next_at": rung.next_try}
    connection.execute(upsert(connection, LADDERS, {**key, **state}, state))


def begin_anew(connection: Connection, compiled: CompiledEntity, change: Change) -> None:
    """Forget the counts that begin anew with a change."""
    if change.before is None:
        return
    ended = [one.id for one in compiled.buttons.values() if _ends(one, compiled, change)]
    if ended:
        connection.execute(
            delete(LADDERS).where(
                LADDERS.c.entity == compiled.id,
                LADDERS.c.record_id == change.record_id,
                LADDERS.c.button.in_(ended),
            )
        )


def _ends(ladder: CompiledButton, compiled: CompiledEntity, change: Change) -> bool:
    if LEFT in ladder.resets and ladder.stage_field in change.fields:
        return True
    pressed = compiled.buttons.get(change.press.button) if change.press else None
    return OTHER_BUTTON in ladder.resets and pressed is not None and not pressed.tries


def next_due(ladder: Ladder, length: Length, setting: Setting) -> datetime | None:
    """Return when a try is due that begins to wait now."""
    due = setting.after(setting.now, length)
    if due is None or not ladder.in_workhours:
        return due
    return setting.after(due, AT_ONCE) or due
