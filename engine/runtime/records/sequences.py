"""Numbers of the engine: `K-{year}-{n:4}`; without gaps, because they belong to the transaction."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from sqlalchemy import Connection

from engine.runtime.tables.system import SEQUENCES
from engine.runtime.upsert import upsert

DEFAULT_FORMAT = "{n}"
PLACE = re.compile(r"\{(year|month|day|n)(?::(\d+))?\}")


def next_numbers(
    connection: Connection, entity: str, field: str, form: str | None, day: date, count: int
) -> tuple[str, ...]:
    """Take the next `count` numbers of a field; each year, month or day named begins at one."""
    written = form or DEFAULT_FORMAT
    last = _advance(connection, entity, field, _period(written, day), count)
    return tuple(_written(written, day, number) for number in range(last - count + 1, last + 1))


def _advance(connection: Connection, entity: str, field: str, period: str, count: int) -> int:
    key = {"entity": entity, "field": field, "period": period}
    statement = upsert(
        connection, SEQUENCES, {**key, "last": count}, {"last": SEQUENCES.c.last + count}
    )
    return int(connection.execute(statement.returning(SEQUENCES.c.last)).scalar_one())


def _period(form: str, day: date) -> str:
    named = {found[1] for found in PLACE.finditer(form)}
    return "-".join(_parts(named, day))


def _parts(named: set[str], day: date) -> Iterator[str]:
    """Yield the part of the date that the count belongs to: a day lies in its month and year."""
    if named & {"year", "month", "day"}:
        yield f"{day.year:04}"
    if named & {"month", "day"}:
        yield f"{day.month:02}"
    if "day" in named:
        yield f"{day.day:02}"


def _written(form: str, day: date, number: int) -> str:
    def fill(found: re.Match[str]) -> str:
        values = {"year": day.year, "month": day.month, "day": day.day, "n": number}
        width = int(found[2] or ("2" if found[1] in ("month", "day") else "0"))
        return str(values[found[1]]).zfill(width)

    return PLACE.sub(fill, form)
