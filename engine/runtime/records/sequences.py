"""Numbers of the engine: `K-{year}-{n:4}`; without gaps, because they belong to the transaction."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, case

from engine.runtime.tables.system import SEQUENCES
from engine.runtime.upsert import upsert

PLACE = re.compile(r"\{(year|month|day|n)(?::(\d+))?\}")


@dataclass(frozen=True, slots=True)
class Numbering:
    """A field that the engine numbers."""

    entity: str
    field: str
    form: str


def next_numbers(
    connection: Connection, sequence: Numbering, day: date, count: int
) -> tuple[str, ...]:
    """Take the next `count` numbers; each year, month or day that the form names begins at one."""
    form = sequence.form
    row = _row(sequence, _period(form, day), count)
    statement = upsert(connection, SEQUENCES, row, {"last": SEQUENCES.c.last + count})
    last = int(connection.execute(statement.returning(SEQUENCES.c.last)).scalar_one())
    return tuple(_written(form, day, number) for number in range(last - count + 1, last + 1))


def keep_clear(connection: Connection, sequence: Numbering, given: Iterable[str]) -> None:
    """Let the count go on behind numbers that rows brought along."""
    highest: dict[str, int] = {}
    pattern = _pattern(sequence.form)
    for text in given:
        found = pattern.fullmatch(text)
        if found is not None:
            parts = found.groupdict()
            period = "-".join(parts[one] for one in ("year", "month", "day") if parts.get(one))
            highest[period] = max(highest.get(period, 0), int(parts["n"]))
    for period in sorted(highest):
        number = highest[period]
        higher = case((SEQUENCES.c.last < number, number), else_=SEQUENCES.c.last)
        row = _row(sequence, period, number)
        connection.execute(upsert(connection, SEQUENCES, row, {"last": higher}))


def _row(sequence: Numbering, period: str, last: int) -> dict[str, object]:
    return {"entity": sequence.entity, "field": sequence.field, "period": period, "last": last}


def _pattern(form: str) -> re.Pattern[str]:
    """Return what a number of this form looks like; no text of an author is a pattern here."""
    digits = {"year": "[0-9]{4}", "month": "[0-9]{2}", "day": "[0-9]{2}", "n": "[0-9]{1,15}"}
    parts, at, seen = [], 0, set()
    for found in PLACE.finditer(form):
        name = found[1]
        parts += [re.escape(form[at : found.start()])]
        parts += [f"(?P={name})" if name in seen else f"(?P<{name}>{digits[name]})"]
        seen.add(name)
        at = found.end()
    return re.compile("".join((*parts, re.escape(form[at:]))), re.ASCII)


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
