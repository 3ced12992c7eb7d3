"""Numbers of a filter: `1000`, `1 000,50`, `-0.5`, `20%`; exact, and maybe finer than the field."""

from __future__ import annotations

import re
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from engine.errors import say
from engine.runtime.query.asking import Asked, Asking, Unclear
from engine.runtime.query.parts import Number, Part

DIGITS = 18

_NUMBER = re.compile(r"[+-]?\d{1,30}(\.\d{0,30})?|[+-]?\.\d{1,30}", re.ASCII)
_GAPS = re.compile("[ _\u00a0\u2009\u202f]")


def read_decimal(text: str, asked: Asked, _: Asking) -> Part:
    """Read what decimals are compared with."""
    number = _exact(text, asked.scale)
    unit = Decimal(1).scaleb(-asked.scale)
    return Number(number.quantize(unit, ROUND_FLOOR), number.quantize(unit, ROUND_CEILING))


def read_integer(text: str, _: Asked, __: Asking) -> Part:
    """Read what whole numbers are compared with."""
    number = _exact(text, 0)
    return Number(int(number.to_integral(ROUND_FLOOR)), int(number.to_integral(ROUND_CEILING)))


def _exact(text: str, scale: int) -> Decimal:
    plain = _with_point(_GAPS.sub("", text).removesuffix("%").replace("\u2212", "-"))
    if not _NUMBER.fullmatch(plain):
        raise Unclear(say("'{value}' is not a number.", value=text))
    number = Decimal(plain)
    if abs(number) >= 10 ** (DIGITS - scale) - 1:
        raise Unclear(say("The number {value} is too large.", value=text))
    return number


def _with_point(text: str) -> str:
    """Return the number with a decimal point: the last of two marks, never a repeated one."""
    comma, point = text.rfind(","), text.rfind(".")
    if comma >= 0 and point >= 0:
        return text.replace("," if comma < point else ".", "").replace(",", ".")
    if text.count(",") > 1:
        return text.replace(",", "")
    return text.replace(",", ".")
