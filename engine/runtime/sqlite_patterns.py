"""SQLite's way: the exact work is done by the functions that each connection has."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from engine.metadata.model.application import Workdays
from engine.runtime.sql_patterns import quoted
from engine.runtime.sqlite_functions import workdays_text


class SqlitePatterns:
    """The operations, mostly calls of `sqlite_functions`."""

    def null(self, kind: str) -> str:
        """Say the empty value of a kind; kinds do not matter here."""
        del kind
        return "NULL"

    def total(self, *, minus: bool) -> str:
        """Add or subtract numbers of one scale."""
        return "kt_add({0}, -{1})" if minus else "kt_add({0}, {1})"

    def product(self, drop: int) -> str:
        """Multiply, and round so many decimals away."""
        return f"kt_mul({{0}}, {{1}}, {drop})"

    def quotient(self, shift: int) -> str:
        """Divide, with so many decimals more."""
        return f"kt_div({{0}}, {{1}}, {shift})"

    def rescale(self, shift: int) -> str:
        """Give a number more decimals, or round to fewer."""
        return f"kt_rescale({{0}}, {shift})"

    def compare(self, operator: str, shift: int) -> str:
        """Compare numbers, the right one of which has so many decimals more."""
        if shift == 0:
            return f"({{0}} {operator} {{1}})"
        return f"(kt_compare({{0}}, {{1}}, {shift}) {operator} 0)"

    def same_number(self, shift: int) -> str:
        """Say whether numbers of different decimals are equal, empty being a value."""
        return f"kt_same({{0}}, {{1}}, {shift})"

    def extreme(self, count: int, *, greatest: bool) -> str:
        """Choose the least or greatest; SQLite's are empty where one operand is."""
        return f"{'max' if greatest else 'min'}({_operands(count)})"

    def one_of(self, count: int) -> str:
        """Say whether {0} is among so many others, empty being a value."""
        return f"kt_one_of({_operands(count + 1)})"

    def position(self) -> str:
        """Return where {1} begins in {0}, from 1; 0 where it is not there."""
        return "instr({0}, {1})"

    def fold(self) -> str:
        """Return a text as it is compared and sorted."""
        return "kt_fold({0})"

    def lower(self) -> str:
        """Return a text in small letters."""
        return "kt_lower({0})"

    def digits(self) -> str:
        """Return the digits of a text."""
        return "kt_digits({0})"

    def concat(self, count: int) -> str:
        """Join texts; an older SQLite has no function for it."""
        joined = " || ".join(f"coalesce({{{at}}}, '')" for at in range(count))
        return f"nullif({joined}, '')"

    def days_between(self) -> str:
        """Count the days from {1} to {0}; both begin at noon of their Julian day."""
        return "CAST(julianday({0}) - julianday({1}) AS INTEGER)"

    def time_between(self) -> str:
        """Count the microseconds from {1} to {0}."""
        return "kt_between({0}, {1})"

    def later(self) -> str:
        """Move the instant {0} by {1} microseconds."""
        return "kt_later({0}, {1})"

    def shift_date(self, factor: int, step: str, workdays: Workdays) -> str:
        """Move the date {0} by {1} times a factor of days, months or working days."""
        return f"kt_shift_date({{0}}, {{1}}, {factor}, '{step}', {_days(step, workdays)})"

    def shift_instant(self, factor: int, step: str, workdays: Workdays, zone: ZoneInfo) -> str:
        """Move the instant {0} likewise, keeping its clock time in the zone."""
        days, name = _days(step, workdays), quoted(zone.key)
        return f"kt_shift_instant({{0}}, {{1}}, {factor}, '{step}', {days}, {name})"

    def edge_date(self, unit: str, *, end: bool) -> str:
        """Return the first or last day of the unit in which {0} lies."""
        return f"kt_edge_date({{0}}, '{unit}', {int(end)})"

    def edge_instant(self, unit: str, zone: ZoneInfo, *, end: bool) -> str:
        """Return the first or last moment of the unit in which {0} lies."""
        return f"kt_edge_instant({{0}}, '{unit}', {int(end)}, {quoted(zone.key)})"

    def age(self) -> str:
        """Count the full years from {0} to {1}."""
        return "kt_age({0}, {1})"

    def anniversary(self) -> str:
        """Return the next day from {1} on with the month and day of {0}."""
        return "kt_anniversary({0}, {1})"


def _operands(count: int) -> str:
    return ", ".join(f"{{{at}}}" for at in range(count))


def _days(step: str, workdays: Workdays) -> str:
    return quoted(workdays_text(workdays)) if step == "workday" else "''"
