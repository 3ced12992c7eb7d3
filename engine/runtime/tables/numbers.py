"""Numbers of tables and columns that are known by none yet, because an older engine made them.

Columns that belonged to one field one after the other are known by its id, retired ones by the
number in their name; that was the order in which they were made. Which change was the last before
a column was retired is told by the time.
"""

from __future__ import annotations

from itertools import groupby

from sqlalchemy import Connection, func, select, update

from engine.runtime.tables.names import retired_number
from engine.runtime.tables.system import COLUMNS, HISTORY, TABLES

LAST = 1 << 30  # what is in use came after all that is retired


def fill_numbers(connection: Connection) -> None:
    """Number what has no number."""
    last = select(func.max(HISTORY.c.id)).where(HISTORY.c.at <= COLUMNS.c.retired_at)
    known = func.coalesce(last.scalar_subquery(), 0)
    retired = COLUMNS.c.retired_at.is_not(None)
    connection.execute(update(COLUMNS).where(retired).values(last_change=known))
    for number, name in enumerate(connection.scalars(select(TABLES.c.name)).all(), 1):
        connection.execute(update(TABLES).where(TABLES.c.name == name).values(number=number))
    rows = connection.execute(select(COLUMNS.c.table_name, COLUMNS.c.field, COLUMNS.c.name)).all()
    ordered = sorted(rows, key=lambda one: (one[0], one[1], retired_number(one.name) or LAST))
    number = 0
    for _, columns in groupby(ordered, key=lambda one: (one.table_name, one.field)):
        origin = number + 1
        for _, parts in groupby(columns, key=lambda one: retired_number(one.name)):
            number += 1
            for one in parts:
                of_one = (COLUMNS.c.table_name == one.table_name) & (COLUMNS.c.name == one.name)
                values = {"number": number, "origin": origin}
                connection.execute(update(COLUMNS).where(of_one).values(values))
