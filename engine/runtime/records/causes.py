"""Which button made a record leave a stage: told by its history, and by the runs behind it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, select

from engine.runtime.tables.system import HISTORY, RUNS

BACK = 100  # changes that are looked through: what a page showed is not older
DEEPEST = 20  # runs that led to runs: there are never more behind a change
COLUMNS = (
    HISTORY.c.id,
    HISTORY.c.fields,
    HISTORY.c.before,
    HISTORY.c.press,
    HISTORY.c.run_id,
)
NEWEST: Select[Any] = (
    select(*COLUMNS)
    .where(HISTORY.c.entity == bindparam("entity"), HISTORY.c.record_id == bindparam("record_id"))
    .order_by(HISTORY.c.id.desc())
    .limit(BACK)
)


@dataclass(frozen=True, slots=True)
class Left:
    """The value that a field of a record has no more: a stage, or not being archived (None)."""

    entity: str
    record_id: int
    field: str
    value: str | None


def left_by(connection: Connection, left: Left) -> str | None:
    """Return the button whose press led away from it, None where no press did."""
    row = next((one for one in _newest(connection, left) if _is_leaving(one, left)), None)
    return None if row is None else _button_behind(connection, row)


def _newest(connection: Connection, left: Left) -> Iterator[Row[Any]]:
    place = {"entity": left.entity, "record_id": left.record_id}
    yield from connection.execute(NEWEST, place)


def _is_leaving(row: Row[Any], left: Left) -> bool:
    before = row.before or {}
    return left.field in (row.fields or ()) and (before.get(left.field) or None) == left.value


def _button_behind(connection: Connection, row: Row[Any]) -> str | None:
    """Follow a change to the run that made it, to the change that the run followed, and so on."""
    for _ in range(DEEPEST):
        if row.press is not None:
            return str(row.press["button"])
        behind: Select[Any] = (
            select(*COLUMNS)
            .join(RUNS, RUNS.c.history_id == HISTORY.c.id)
            .where(RUNS.c.id == row.run_id)
        )
        found = connection.execute(behind).one_or_none()
        if found is None:
            return None
        row = found
    return None
