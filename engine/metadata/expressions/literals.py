"""What stands in the text of an expression: numbers, dates and options, read by what they meet."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from engine.metadata.closeness import closest
from engine.metadata.expressions import calendar, syntax, types
from engine.metadata.expressions.mistakes import ExpressionProblem, Span
from engine.metadata.expressions.nodes import Const, Negative, Node
from engine.metadata.expressions.syntax import Syntax
from engine.metadata.expressions.types import MAX_DIGITS, MAX_SCALE, Type
from engine.metadata.fieldtypes.base import Kind
from engine.metadata.model.field import Option

_NUMBER = re.compile(r"\d+(\.\d+)?")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2})[ T](\d{1,2}):(\d{2})(?::(\d{2}))?")


def read_number(written: syntax.Number) -> Const:
    """Read a number exactly as it is written."""
    text = written.text.replace("_", "")
    whole, _, decimals = text.partition(".")
    if not _NUMBER.fullmatch(text):
        raise ExpressionProblem(
            "E318", written.span, f"'{written.text}' is no plain number", "write digits: 1000000"
        )
    whole = whole.lstrip("0")
    if len(decimals) > MAX_SCALE or len(whole) + len(decimals) > MAX_DIGITS:
        raise ExpressionProblem(
            "E318",
            written.span,
            f"a number has at most {MAX_DIGITS} digits, {MAX_SCALE} of them after the point",
        )
    if decimals:
        return Const(types.number(len(decimals)), Decimal(text))
    return Const(types.INTEGER, int(whole or "0"))


def negative(item: Node) -> Node:
    """Turn the sign; a number that stands in the text stays one."""
    if isinstance(item, Const) and isinstance(item.value, (int, Decimal)):
        return Const(item.type, -item.value)
    return Negative(item.type, item)


def option(text: str, span: Span, options: Mapping[str, Option], type_: Type) -> Const:
    """Read an option of a choice."""
    if text not in options:
        labels = {one.label.lower(): one.id for one in options.values()}
        close = closest(text, options) or labels.get(text.lower(), "")
        listed = ", ".join(f"'{one}'" for one in [*options][:20])
        hint = f"did you mean '{close}'? There are: {listed}" if close else f"use {listed}"
        raise ExpressionProblem("E311", span, f"'{text}' is not one of the options", hint)
    return Const(Type(Kind.CHOICE, options=type_.options), text)


def day(text: str, span: Span) -> date:
    """Read a date."""
    if _DAY.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise ExpressionProblem("E314", span, f"there is no day {text}") from None
    raise ExpressionProblem(
        "E314", span, f"'{text}' is not a date", "write year, month, day: '2026-03-02'"
    )


def moment(text: str, span: Span, zone: ZoneInfo) -> datetime:
    """Read a moment of the company's clock; a bare date is its beginning."""
    found = _MOMENT.fullmatch(text)
    try:
        if found is None:
            naive = datetime.fromisoformat(day(text, span).isoformat())
        else:
            hour, minute, second = (int(one or 0) for one in found.groups()[1:])
            naive = datetime.fromisoformat(found[1]).replace(
                hour=hour, minute=minute, second=second
            )
        return calendar.localise(naive, zone).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ExpressionProblem(
            "E314", span, f"there is no moment '{text}'", "write '2026-03-02 10:00'"
        ) from None


def is_day(text: str) -> bool:
    """Say whether a text has the form of a date without a time."""
    return _DAY.fullmatch(text) is not None


def is_number(written: Syntax) -> bool:
    """Say whether a number stands here as such."""
    if isinstance(written, syntax.Sign):
        return is_number(written.item)
    return isinstance(written, syntax.Number)
