"""Since when records stand in their stages, found out for records that were there before."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnClause,
    ColumnElement,
    Connection,
    Text,
    and_,
    cast,
    column,
    delete,
    func,
    insert,
    literal,
    select,
    table,
)

from engine.runtime.tables.columns import Instant
from engine.runtime.tables.system import COLUMNS, HISTORY, STAYS, TABLES

STAGE, ACTIVE = "stage", "active"


def fill_all_stays(connection: Connection) -> None:
    """Write a stay for each record in a stage, by what the database knows of its tables."""
    query = (
        select(TABLES.c.name, TABLES.c.entity, COLUMNS.c.name.label("cell"), COLUMNS.c.field)
        .join(COLUMNS, COLUMNS.c.table_name == TABLES.c.name)
        .where(COLUMNS.c.type == STAGE, COLUMNS.c.state == ACTIVE)
    )
    for one in connection.execute(query).all():
        fill_stays(connection, one.entity, one.field, (one.name, one.cell))


def fill_stays(
    connection: Connection,
    entity: str,
    field: str,
    cell: tuple[str, str],
    at: datetime | None = None,
) -> None:
    """Let the stays be what the records hold; `cell` is their table and the field's column.

    A new stay began when the field was changed last, or at `at` where that is known better.
    """
    table_name, column_name = cell
    id_: ColumnClause[int] = column("id")
    records = table(table_name, id_, column(column_name), column("created_at", Instant()))
    entered: ColumnElement[Any] = literal(at, Instant())
    if at is None:
        entered = func.coalesce(_last_changed(entity, field, records.c.id), records.c.created_at)
    stage, mine = records.c[column_name], and_(STAYS.c.entity == entity, STAYS.c.field == field)
    here = and_(STAYS.c.record_id == records.c.id, STAYS.c.stage == stage)
    connection.execute(delete(STAYS).where(mine, ~select(records.c.id).where(here).exists()))
    known = select(STAYS.c.record_id).where(mine, here)
    found = select(literal(entity), records.c.id, literal(field), stage, entered).where(
        stage.is_not(None), ~known.exists()
    )
    connection.execute(insert(STAYS).from_select(list(STAYS.c.keys()), found))


def _last_changed(entity: str, field: str, record_id: ColumnElement[Any]) -> ColumnElement[Any]:
    return (
        select(func.max(HISTORY.c.at))
        .where(
            HISTORY.c.entity == entity,
            HISTORY.c.record_id == record_id,
            cast(HISTORY.c.fields, Text).contains(f'"{field}"', autoescape=True),
        )
        .correlate_except(HISTORY)
        .scalar_subquery()
    )
