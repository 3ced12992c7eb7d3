"""Numbers as people write them: "1 234,50", "1,234.50", "-7"; exact, never through a float."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from engine.errors import Message, say, say_many
from engine.metadata.model.text import Value
from engine.runtime.records.reading.base import Reader, Reading, Unreadable

DIGITS = 18  # what a scaled integer of 64 bits holds for certain
LOWEST, HIGHEST = -(2**63), 2**63 - 1

GAPS = re.compile("[\u00a0\u2009\u202f]")  # no-break, thin and narrow no-break space
PLAIN = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?|[+-]?[.,][0-9]+", re.ASCII)
IN_THREES = re.compile(r"([+-]?[0-9]{1,3}(?: [0-9]{3})+)(?:[.,]([0-9]+))?", re.ASCII)
BOTH_MARKS = re.compile(
    r"([+-]?[0-9]{1,3}(?:,[0-9]{3})+)\.([0-9]+)|([+-]?[0-9]{1,3}(?:\.[0-9]{3})+),([0-9]+)", re.ASCII
)
LONGEST = 100


def read_integer(value: object, _: Reading) -> Value:
    """Read a whole number of 64 bits."""
    number = value if isinstance(value, int) and not isinstance(value, bool) else _whole(value)
    if not LOWEST <= number <= HIGHEST:
        raise Unreadable(say("This number is too large."))
    return number


def decimal_reader(scale: int) -> Reader:
    """Return the reader of a decimal with `scale` digits after the point."""

    def read_decimal(value: object, _: Reading) -> Value:
        return fit(exact(value), scale)

    return read_decimal


def exact(value: object) -> Decimal:
    """Return the number that was meant, with the digits as they were written."""
    if isinstance(value, bool):
        raise Unreadable(say("Write a number here."))
    if isinstance(value, Decimal):
        number = value
    elif isinstance(value, int):
        number = Decimal(value) if abs(value) < 10**LONGEST else Decimal("Infinity")
    elif isinstance(value, float):
        number = Decimal(repr(value))
    else:
        number = _decimal(value)
    if not number.is_finite():
        raise Unreadable(say("Write a number here."))
    return number


def fit(number: Decimal, scale: int) -> Decimal:
    """Return the number at its scale; one that would lose digits is refused."""
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and -exponent > scale:
        raise Unreadable(_too_fine(scale))
    if number and number.adjusted() + 1 + scale > DIGITS:
        raise Unreadable(say("This number is too large."))
    fitted = number.quantize(Decimal(1).scaleb(-scale))
    return abs(fitted) if fitted.is_zero() else fitted  # there is no minus nothing


def _whole(value: object) -> int:
    number = exact(value)
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and exponent < 0:
        raise Unreadable(say("Write a whole number here."))
    if number and number.adjusted() > LONGEST:
        raise Unreadable(say("This number is too large."))
    return int(number)


def _decimal(value: object) -> Decimal:
    if not isinstance(value, str) or len(value) > LONGEST:
        raise Unreadable(say("Write a number here."))
    text = GAPS.sub(" ", value).strip().replace("\u2212", "-")
    try:
        return Decimal(_without_groups(text).replace(",", "."))
    except InvalidOperation:
        raise Unreadable(say("Write a number here.")) from None


def _without_groups(text: str) -> str:
    """Return the digits with at most one mark; thousands stand apart in threes or not at all."""
    if PLAIN.fullmatch(text):
        return text
    if found := IN_THREES.fullmatch(text):
        return found[1].replace(" ", "") + (f".{found[2]}" if found[2] else "")
    if found := BOTH_MARKS.fullmatch(text):
        whole, part = (found[1], found[2]) if found[1] else (found[3], found[4])
        return f"{whole.replace(',', '').replace('.', '')}.{part}"
    raise Unreadable(say("Write a number here."))


def _too_fine(scale: int) -> Message:
    if scale == 0:
        return say("Write a whole number here.")
    return say_many(
        "At most {number} digit after the decimal point.",
        "At most {number} digits after the decimal point.",
        scale,
    )
