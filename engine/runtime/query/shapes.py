"""The shape of a list: what its statement is made of, apart from the values it compares with.

Lists of one shape are read with one statement (`kept`). What a filter compares with is a parameter
of it where only the value can differ: a number, a text, a span of time. So are the words that
somebody looks for.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace
from typing import Any

from sqlalchemy import bindparam
from sqlalchemy.types import NULLTYPE

from engine.runtime.query.parts import (
    Members,
    Number,
    Option,
    Part,
    Phrase,
    Point,
    Reference,
    Span,
    pattern,
)
from engine.runtime.query.request import Filter, ListRequest
from engine.runtime.query.search import open_words, read_words

AS_THEY_ARE = (Option, Members, Reference)


class Shape:
    """A list by its shape; `key` is None where the statement serves this list alone.

    Lists that are asked together take their values under names with a mark each.
    """

    def __init__(self, request: ListRequest, mark: str = "") -> None:
        self._request = request
        self._mark = mark
        self._words, values = open_words(read_words(request.search), mark)
        self.values: dict[str, Any] = dict(values)
        filters = tuple(self._filter(at, one) for at, one in enumerate(request.filters))
        self.key: Hashable | None = None
        if all(filters):
            place = (request.entity, request.view, request.state)
            sought = tuple(one.has_digits for one in self._words)
            self.key = (place, request.sort, request.columns, filters, sought)

    def request(self) -> ListRequest:
        """Return the list with parameters in the place of its values."""
        if self.key is None:
            return replace(self._request, words=self._words)
        filters = tuple(
            _open_filter(f"{self._mark}{at}", one) for at, one in enumerate(self._request.filters)
        )
        return replace(self._request, filters=filters, words=self._words)

    def _filter(self, at: int, one: Filter) -> Hashable | None:
        """Return what tells a filter's shape, and note its values."""
        parts = []
        for number, part in enumerate(one.operand.parts):
            kind, *values = _taken_apart(part)
            if kind is None:
                return None
            names = _names(f"{self._mark}{at}", number)
            self.values.update(zip(names, values, strict=False))
            parts.append(kind)
        return (one.path, one.operator, one.operand.empty, one.operand.given, tuple(parts))


def _taken_apart(part: Part) -> tuple[Any, ...]:
    """Return the kind of a part, None for an unknown one, and its values."""
    match part:
        case Span(start, end):
            return (Span, start, end)
        case Number(floor, ceiling) if floor == ceiling:
            return ("exact", floor)
        case Number(floor, ceiling):
            return (Number, floor, ceiling)
        case Point(int() | str() as value) if not isinstance(value, bool):
            return (type(value), value)
        case Phrase(str() as folded, at_start):
            return (Phrase, pattern(folded, at_start=at_start))
        case Point(None | bool()) | Option() | Members() | Reference():
            return (part,)
        case _:
            return (None,)


def _open_filter(at: str, one: Filter) -> Filter:
    parts = tuple(_open(part, at, number) for number, part in enumerate(one.operand.parts))
    return replace(one, operand=replace(one.operand, parts=parts))


def _open(part: Part, at: str, number: int) -> Part:
    first, second = (bindparam(one, type_=NULLTYPE) for one in _names(at, number))
    match part:
        case Span():
            return Span(first, second)  # type: ignore[arg-type]  # compared as its values are
        case Number(floor, ceiling) if floor == ceiling:
            return Number(first, first)  # type: ignore[arg-type]  # compared as its value is
        case Number():
            return Number(first, second)  # type: ignore[arg-type]  # compared as its values are
        case Point(int() | str() as value) if not isinstance(value, bool):
            return Point(first)  # type: ignore[arg-type]  # compared as its value is
        case Phrase():
            return Phrase(first)
        case _:
            return part


def _names(at: str, number: int) -> tuple[str, str]:
    return f"value_{at}_{number}", f"end_{at}_{number}"
