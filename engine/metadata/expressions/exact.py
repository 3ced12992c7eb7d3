"""Exact numbers: at most 18 digits, half-up, the same as on scaled integers in SQL.

A result that would need more digits is empty, as a quotient by zero is: a formula of one record
must not stop the list of all.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal

from engine.metadata.expressions.types import MAX_DIGITS

UNITS_LIMIT = 10**MAX_DIGITS
_EXACT = Context(prec=80, rounding=ROUND_HALF_UP)
_STEPS = tuple(Decimal(1).scaleb(-scale) for scale in range(MAX_DIGITS + 1))
_LIMITS = tuple(Decimal(UNITS_LIMIT).scaleb(-scale) for scale in range(MAX_DIGITS + 1))


def fit_integer(value: int) -> int | None:
    """Return the whole number, or nothing where it has too many digits."""
    return value if -UNITS_LIMIT < value < UNITS_LIMIT else None


def fit(value: Decimal, scale: int) -> Decimal | None:
    """Return the number rounded half-up to a scale, or nothing where it has too many digits."""
    if abs(value) >= _LIMITS[scale]:
        return None
    rounded = _EXACT.quantize(value, _STEPS[scale])
    return rounded if abs(rounded) < _LIMITS[scale] else None


def to_integer(value: Decimal) -> int | None:
    """Return the whole number nearest to a decimal, half-up."""
    rounded = fit(value, 0)
    return None if rounded is None else int(rounded)


def add(left: Decimal, right: Decimal, scale: int) -> Decimal | None:
    """Add two numbers."""
    return fit(_EXACT.add(left, right), scale)


def multiply(left: Decimal, right: Decimal, scale: int) -> Decimal | None:
    """Multiply two numbers."""
    return fit(_EXACT.multiply(left, right), scale)


def divide(left: Decimal, right: Decimal, scale: int) -> Decimal | None:
    """Divide two numbers; nothing comes of a division by zero.

    Eighty digits keep the first rounding far away from the half that decides the second.
    """
    return None if not right else fit(_EXACT.divide(left, right), scale)


def divide_units(left: int, right: int) -> int:
    """Divide whole numbers, half-up; the divisor is not zero."""
    quotient, rest = divmod(2 * abs(left) + abs(right), 2 * abs(right))
    del rest
    return quotient if (left < 0) == (right < 0) else -quotient
