"""The operations of expressions as patterns of SQL: what both databases must offer.

{0}, {1} ... are the operands. Every operand stands once: a copy of a copy of a nested expression
grows without bound. Numbers are whole numbers of units below 10**18, and what does not fit is
empty; `clamped` says so without a copy.
"""

from __future__ import annotations

import re
from typing import Protocol
from zoneinfo import ZoneInfo

from engine.metadata.expressions.exact import UNITS_LIMIT
from engine.metadata.model.application import Workdays

_PLAIN = re.compile(r"[A-Za-z0-9_+\-/|:]*")


class Patterns(Protocol):
    """One database's way to say each operation."""

    def null(self, kind: str) -> str:
        """Say the empty value of a kind."""
        ...

    def total(self, *, minus: bool) -> str:
        """Add or subtract numbers of one scale."""
        ...

    def product(self, drop: int) -> str:
        """Multiply, and round so many decimals away."""
        ...

    def quotient(self, shift: int) -> str:
        """Divide, with so many decimals more."""
        ...

    def rescale(self, shift: int) -> str:
        """Give a number more decimals, or round to fewer."""
        ...

    def compare(self, operator: str, shift: int) -> str:
        """Compare numbers, the right one of which has so many decimals more."""
        ...

    def same_number(self, shift: int) -> str:
        """Say whether numbers of different decimals are equal, empty being a value."""
        ...

    def extreme(self, count: int, *, greatest: bool) -> str:
        """Choose the least or greatest; nothing where one is empty."""
        ...

    def one_of(self, count: int) -> str:
        """Say whether {0} is among so many others, empty being a value."""
        ...

    def position(self) -> str:
        """Return where {1} begins in {0}, from 1; 0 where it is not there."""
        ...

    def fold(self) -> str:
        """Return a text as it is compared and sorted."""
        ...

    def lower(self) -> str:
        """Return a text in small letters."""
        ...

    def digits(self) -> str:
        """Return the digits of a text."""
        ...

    def concat(self, count: int) -> str:
        """Join texts."""
        ...

    def days_between(self) -> str:
        """Count the days from {1} to {0}."""
        ...

    def time_between(self) -> str:
        """Count the microseconds from {1} to {0}."""
        ...

    def later(self) -> str:
        """Move the instant {0} by {1} microseconds."""
        ...

    def shift_date(self, factor: int, step: str, workdays: Workdays) -> str:
        """Move the date {0} by {1} times a factor of days, months or working days."""
        ...

    def shift_instant(self, factor: int, step: str, workdays: Workdays, zone: ZoneInfo) -> str:
        """Move the instant {0} likewise, keeping its clock time in the zone."""
        ...

    def edge_date(self, unit: str, *, end: bool) -> str:
        """Return the first or last day of the unit in which {0} lies."""
        ...

    def edge_instant(self, unit: str, zone: ZoneInfo, *, end: bool) -> str:
        """Return the first or last moment of the unit in which {0} lies."""
        ...

    def age(self) -> str:
        """Count the full years from {0} to {1}."""
        ...

    def anniversary(self) -> str:
        """Return the next day from {1} on with the month and day of {0}."""
        ...


def clamped(inner: str, low: str, high: str, least: str, greatest: str) -> str:
    """Return the inner value where it lies between the bounds, and nothing else."""
    return f"nullif(nullif({greatest}({least}({inner}, {high}), {low}), {high}), {low})"


def fitted(inner: str, least: str, greatest: str) -> str:
    """Return the number where it has at most 18 digits."""
    return clamped(inner, f"(-{UNITS_LIMIT})", str(UNITS_LIMIT), least, greatest)


def quoted(text: str) -> str:
    """Write a name of a zone or a list of days as a text of SQL."""
    if not _PLAIN.fullmatch(text):
        raise ValueError(f"{text!r} is no plain name")
    return f"'{text}'"
