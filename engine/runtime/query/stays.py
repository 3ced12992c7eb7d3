"""How long records have been where they are: the stage, since when, and until when they may stay.

Only for records that somebody has read already: what is not seen has no stay to be told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import BindParameter, Select, and_, bindparam, select

from engine.runtime.database import Database
from engine.runtime.query.records import Record
from engine.runtime.tables.system import STAYS, TIMERS
from engine.runtime.timers import CANCELLED

SLA = "sla"


@dataclass(frozen=True, slots=True)
class Stay:
    """A record in a stage; `due_at` is when it has stayed there for too long."""

    field: str
    stage: str
    entered_at: datetime
    due_at: datetime | None = None


def stays_of(database: Database, records: Sequence[Record]) -> Mapping[int, tuple[Stay, ...]]:
    """Return where each record of one entity stands; a timer of an earlier stay does not count."""
    ids = [one.id for one in records]
    if not ids:
        return {}
    with database.read() as connection:
        rows = connection.execute(STAYING, {"kind": records[0].entity, "ids": ids}).all()
    return {
        number: tuple(Stay(one.field, one.stage, one.entered_at, one.due_at) for one in some)
        for number, some in groupby(rows, key=lambda row: row.record_id)
    }


def _staying() -> Select[Any]:
    timer = and_(
        TIMERS.c.kind == SLA,
        TIMERS.c.entity == STAYS.c.entity,
        TIMERS.c.record_id == STAYS.c.record_id,
        TIMERS.c.name == STAYS.c.field,
        TIMERS.c.state != CANCELLED,
        TIMERS.c.due_at >= STAYS.c.entered_at,
    )
    ids: BindParameter[Any] = bindparam("ids", expanding=True)
    return (
        select(STAYS, TIMERS.c.due_at)
        .select_from(STAYS.outerjoin(TIMERS, timer))
        .where(STAYS.c.entity == bindparam("kind"), STAYS.c.record_id.in_(ids))
        .order_by(STAYS.c.record_id, STAYS.c.field)
    )


STAYING = _staying()
