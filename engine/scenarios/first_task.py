"""The open task that somebody means who says "done" about a record."""

from __future__ import annotations

from sqlalchemy import Connection, select

from engine.metadata.model.text import RecordRef
from engine.runtime.records.compiled import CompiledEntity


def first_open_task(connection: Connection, tasks: CompiledEntity, about: RecordRef) -> int | None:
    """Return the task about a record that is due first."""
    cells = tasks.table.c
    kind, record = (cells[one] for one in tasks.columns["about"])
    done, due = (cells[tasks.columns[one][0]] for one in ("done", "due"))
    query = select(cells.id).where(
        kind == about.entity,
        record == about.id,
        done.is_(False),
        cells.archived.is_(False),
        cells.trashed_at.is_(None),
    )
    return connection.scalar(query.order_by(due.is_(None), due, cells.id).limit(1))
