"""What SQLite can't do exactly, as functions of each connection: the evaluator's own Python.

Whole numbers of SQLite become inexact beyond 63 bits, its small letters know ASCII only, and it
has no zones: products, quotients, letters and the calendar are computed here. All are
deterministic, and empty in gives empty out.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache, wraps
from typing import Any
from zoneinfo import ZoneInfo

from engine.metadata.expressions import calendar, letters
from engine.metadata.expressions.exact import divide_units, fit_integer
from engine.metadata.model.application import Workdays

fold = letters.fold


def register_functions(connection: sqlite3.Connection) -> None:
    """Give a connection the functions that our SQL calls."""
    for name, arguments, function in _FUNCTIONS:
        connection.create_function(name, arguments, function, deterministic=True)


def instant_text(instant: datetime) -> str:
    """Write an instant as SQLite holds it: fixed width, so that texts compare as instants."""
    moment = instant.astimezone(UTC).replace(tzinfo=None)
    return moment.isoformat(timespec="microseconds") + "Z"


def workdays_text(workdays: Workdays) -> str:
    """Write the working days of a company as an argument of a function."""
    days = "".join(map(str, workdays.days))
    return "|".join((days, *sorted(day.isoformat() for day in workdays.holidays)))


@lru_cache(maxsize=16)
def _read_workdays(text: str) -> Workdays:
    days, *holidays = text.split("|")
    return Workdays(
        days=tuple(map(int, days)), holidays=frozenset(map(date.fromisoformat, holidays))
    )


def _empty_in_empty_out(function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def wrapped(*arguments: Any) -> Any:
        return None if None in arguments else function(*arguments)

    return wrapped


def _add(left: int, right: int) -> int | None:
    return fit_integer(left + right)


def _multiply(left: int, right: int, drop: int) -> int | None:
    return fit_integer(divide_units(left * right, 10**drop))


def _divide(left: int, right: int, shift: int) -> int | None:
    if right == 0:
        return None
    if shift < 0:
        return fit_integer(divide_units(left, right * 10**-shift))
    return fit_integer(divide_units(left * 10**shift, right))


def _rescale(units: int, shift: int) -> int | None:
    return _multiply(units, 10**shift, 0) if shift > 0 else _multiply(units, 1, -shift)


def _compare(left: int, right: int, shift: int) -> int:
    left, right = _at_one_scale(left, right, shift)
    return (left > right) - (left < right)


def _same(left: int | None, right: int | None, shift: int) -> bool:
    if left is None or right is None:
        return left is right
    return _compare(left, right, shift) == 0


def _at_one_scale(left: int, right: int, shift: int) -> tuple[int, int]:
    return (left * 10**shift, right) if shift > 0 else (left, right * 10**-shift)


def _shift_date(day: str, amount: int, factor: int, step: str, workdays: str) -> str | None:
    moved = calendar.shift_date(
        date.fromisoformat(day), amount * factor, step, _read_workdays(workdays)
    )
    return None if moved is None else moved.isoformat()


def _shift_instant(
    instant: str, amount: int, factor: int, step: str, workdays: str, zone: str
) -> str | None:
    return _instant(
        calendar.shift_instant(
            datetime.fromisoformat(instant),
            amount * factor,
            step,
            ZoneInfo(zone),
            _read_workdays(workdays),
        )
    )


def _edge_date(day: str, unit: str, end: int) -> str | None:
    edge = calendar.edge_of_date(date.fromisoformat(day), unit, end=bool(end))
    return None if edge is None else edge.isoformat()


def _edge_instant(instant: str, unit: str, end: int, zone: str) -> str | None:
    moment = datetime.fromisoformat(instant)
    return _instant(calendar.edge_of_instant(moment, unit, ZoneInfo(zone), end=bool(end)))


def _later(instant: str, microseconds: int) -> str | None:
    length = timedelta(microseconds=microseconds)
    return _instant(calendar.later(datetime.fromisoformat(instant), length))


def _between(left: str, right: str) -> int:
    return calendar.microseconds_of(datetime.fromisoformat(left) - datetime.fromisoformat(right))


def _age(born: str, today: str) -> int | None:
    return calendar.age(date.fromisoformat(born), date.fromisoformat(today))


def _anniversary(first: str, today: str) -> str | None:
    found = calendar.next_anniversary(date.fromisoformat(first), date.fromisoformat(today))
    return None if found is None else found.isoformat()


def _instant(instant: datetime | None) -> str | None:
    return None if instant is None else instant_text(instant)


def _one_of(value: object, *others: object) -> bool:
    return any(value == one for one in others)


_FUNCTIONS: tuple[tuple[str, int, Callable[..., Any]], ...] = (
    *(
        (name, arguments, _empty_in_empty_out(function))
        for name, arguments, function in (
            ("kt_fold", 1, letters.fold),
            ("kt_lower", 1, letters.lower),
            ("kt_digits", 1, letters.digits),
            ("kt_add", 2, _add),
            ("kt_mul", 3, _multiply),
            ("kt_div", 3, _divide),
            ("kt_rescale", 2, _rescale),
            ("kt_compare", 3, _compare),
            ("kt_shift_date", 5, _shift_date),
            ("kt_shift_instant", 6, _shift_instant),
            ("kt_edge_date", 3, _edge_date),
            ("kt_edge_instant", 4, _edge_instant),
            ("kt_later", 2, _later),
            ("kt_between", 2, _between),
            ("kt_age", 2, _age),
            ("kt_anniversary", 2, _anniversary),
        )
    ),
    ("kt_same", 3, _same),
    ("kt_one_of", -1, _one_of),
)
