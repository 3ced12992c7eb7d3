"""The numbers that a database gives to new rows: none is given twice, also after a restore."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, column, func, select, text
from sqlalchemy import table as sql_table


def last_number(connection: Connection, table: str) -> int:
    """Return the last number given to a row of a table, 0 where none was."""
    if connection.dialect.name == "sqlite":
        found = text("SELECT seq FROM sqlite_sequence WHERE name = :name")
        return int(connection.scalar(found, {"name": table}) or 0)
    sequence = _sequence(connection, table)
    if sequence is None:
        return 0
    query: Any = select(column("last_value"), column("is_called")).select_from(text(sequence))
    row = connection.execute(query).one()
    return int(row.last_value) if row.is_called else 0


def go_on_after(connection: Connection, table: str, number: int) -> None:
    """Let the next row of a table get a number above this one, and above all that are there."""
    highest = connection.scalar(select(func.max(column("id"))).select_from(sql_table(table)))
    number = max(number, highest or 0)
    if number == 0:
        return
    if connection.dialect.name == "sqlite":
        named = {"name": table, "number": number}
        connection.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), named)
        connection.execute(text("INSERT INTO sqlite_sequence VALUES (:name, :number)"), named)
        return
    sequence = _sequence(connection, table)
    if sequence is not None:
        setting = text("SELECT setval(CAST(:name AS regclass), :number)")
        connection.execute(setting, {"name": sequence, "number": number})


def _sequence(connection: Connection, table: str) -> str | None:
    quoted = connection.dialect.identifier_preparer.quote(table)
    found = text("SELECT pg_get_serial_sequence(:name, 'id')")
    name: str | None = connection.scalar(found, {"name": quoted})
    return name
