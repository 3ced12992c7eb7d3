"""Typed nodes -> Python closures, made once per expression and called once per record.

A closure never fails on a record: what has no value is empty, as in SQL.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Protocol, TypeAlias
from zoneinfo import ZoneInfo

from engine.metadata.expressions import calendar, exact, nodes
from engine.metadata.expressions.compile import Typed
from engine.metadata.expressions.letters import digits, fold, lower
from engine.metadata.expressions.nodes import Node
from engine.metadata.fieldtypes.base import Kind
from engine.metadata.model.application import Workdays
from engine.metadata.model.text import Value

Result: TypeAlias = Value | timedelta


class Context(Protocol):
    """What an evaluation sees: values of fields, and the company's time."""

    @property
    def now(self) -> datetime:
        """Return the present instant."""
        ...

    @property
    def zone(self) -> ZoneInfo:
        """Return the company's zone."""
        ...

    @property
    def workdays(self) -> Workdays:
        """Return the company's working days."""
        ...

    def read(self, path: tuple[str, ...]) -> Value:
        """Return the value of a field; empty behind an empty link."""
        ...


@dataclass(frozen=True, slots=True)
class MappingContext:
    """A context over plain values; what is not in the mapping is empty."""

    values: Mapping[tuple[str, ...], Value]
    now: datetime
    zone: ZoneInfo
    workdays: Workdays = field(default_factory=Workdays)

    def read(self, path: tuple[str, ...]) -> Value:
        """Return the value of a field."""
        return self.values.get(path)


Closure: TypeAlias = Callable[[Context], Any]


def closure(typed: Typed) -> Callable[[Context], Result]:
    """Return the function that evaluates an expression on one record."""
    return _build(typed.node)


def _build(node: Node) -> Closure:
    return _BUILDERS[type(node)](node)


def _const(node: nodes.Const) -> Closure:
    value = node.value
    return lambda _: value


def _read(node: nodes.Read) -> Closure:
    path = node.path
    if node.type.kind is Kind.BOOL:
        return lambda context: bool(context.read(path))
    if node.type.kind in {Kind.TEXT, Kind.CHOICES}:
        return lambda context: context.read(path) or None
    return lambda context: context.read(path)


def _rescale(node: nodes.Rescale) -> Closure:
    item, scale, source = _build(node.item), node.type.scale, node.item.type
    if node.type.kind is Kind.INTEGER:
        return _on_one(item, exact.to_integer)
    if source.kind is Kind.INTEGER:
        return _on_one(item, lambda value: exact.fit(Decimal(value), scale))
    return _on_one(item, lambda value: exact.fit(value, scale))


def _sum(node: nodes.Sum) -> Closure:
    left, right, scale = _build(node.left), _build(node.right), node.type.scale
    sign = -1 if node.minus else 1
    if node.type.kind is Kind.INTEGER:
        return _on_two(left, right, lambda a, b: exact.fit_integer(a + sign * b))
    if node.minus:
        return _on_two(left, right, lambda a, b: exact.add(a, -b, scale))
    return _on_two(left, right, lambda a, b: exact.add(a, b, scale))


def _product(node: nodes.Product) -> Closure:
    left, right, scale = _build(node.left), _build(node.right), node.type.scale
    if node.type.kind is Kind.INTEGER:
        return _on_two(left, right, lambda a, b: exact.fit_integer(a * b))
    return _on_two(left, right, lambda a, b: exact.multiply(Decimal(a), Decimal(b), scale))


def _quotient(node: nodes.Quotient) -> Closure:
    left, right, scale = _build(node.left), _build(node.right), node.type.scale
    return _on_two(left, right, lambda a, b: exact.divide(Decimal(a), Decimal(b), scale))


def _extreme(node: nodes.Extreme) -> Closure:
    items = tuple(map(_build, node.items))
    choose: Callable[[list[Any]], Any] = max if node.greatest else min

    def evaluate(context: Context) -> Any:
        values = [one(context) for one in items]
        return None if any(one is None for one in values) else choose(values)

    return evaluate


def _elapsed(node: nodes.Elapsed) -> Closure:
    unit = node.microseconds
    return _on_one(_build(node.amount), lambda amount: calendar.length_of(int(amount * unit)))


def _duration_sum(node: nodes.DurationSum) -> Closure:
    sign = -1 if node.minus else 1

    def add(left: timedelta, right: timedelta) -> timedelta | None:
        return calendar.length_of(
            calendar.microseconds_of(left) + sign * calendar.microseconds_of(right)
        )

    return _on_two(_build(node.left), _build(node.right), add)


def _later(node: nodes.Later) -> Closure:
    sign = -1 if node.minus else 1
    return _on_two(
        _build(node.instant),
        _build(node.duration),
        lambda instant, length: calendar.later(instant, sign * length),
    )


def _shift(node: nodes.Shift) -> Closure:
    item, amount, factor, step = _build(node.item), _build(node.amount), node.factor, node.step
    by_date = node.type.kind is Kind.DATE

    def evaluate(context: Context) -> date | datetime | None:
        value, count = item(context), amount(context)
        if value is None or count is None:
            return None
        if by_date:
            return calendar.shift_date(value, count * factor, step, context.workdays)
        return calendar.shift_instant(value, count * factor, step, context.zone, context.workdays)

    return evaluate


def _edge(node: nodes.Edge) -> Closure:
    item, unit, end = _build(node.item), node.unit, node.end
    if node.type.kind is Kind.DATE:
        return _on_one(item, lambda day: calendar.edge_of_date(day, unit, end=end))

    def evaluate(context: Context) -> datetime | None:
        value = item(context)
        if value is None:
            return None
        return calendar.edge_of_instant(value, unit, context.zone, end=end)

    return evaluate


def _with_today(item: Closure, compute: Callable[[date, date], Any]) -> Closure:
    def evaluate(context: Context) -> Any:
        value = item(context)
        if value is None:
            return None
        return compute(value, calendar.today(context.now, context.zone))

    return evaluate


def _concat(node: nodes.Concat) -> Closure:
    items = tuple(map(_build, node.items))
    return lambda context: "".join(one(context) or "" for one in items) or None


def _has(node: nodes.Has) -> Closure:
    item, part = _build(node.item), _build(node.part)

    def evaluate(context: Context) -> bool:
        text, wanted = item(context), part(context)
        if text is None or wanted is None:
            return False
        text, wanted = fold(text), fold(wanted)
        return bool(text.startswith(wanted) if node.at_start else wanted in text)

    return evaluate


def _contains(node: nodes.Contains) -> Closure:
    options, option = _build(node.options), _build(node.option)
    return lambda context: option(context) in (options(context) or ())


def _one_of(node: nodes.OneOf) -> Closure:
    item, items = _build(node.item), tuple(map(_build, node.items))

    def evaluate(context: Context) -> bool:
        value = item(context)
        return any(value == one(context) for one in items)

    return evaluate


def _same(node: nodes.Same) -> Closure:
    left, right = _build(node.left), _build(node.right)
    return lambda context: left(context) == right(context)


def _before(node: nodes.Before) -> Closure:
    left, right = _build(node.left), _build(node.right)
    text = node.left.type.kind is Kind.TEXT

    def compare(context: Context) -> bool:
        a, b = left(context), right(context)
        if a is None or b is None:
            return False
        if text:
            a, b = fold(a), fold(b)
        return bool(a <= b if node.or_same else a < b)

    return compare


def _is_empty(node: nodes.IsEmpty) -> Closure:
    item = _build(node.item)
    return lambda context: item(context) is None


def _all(node: nodes.All) -> Closure:
    items = tuple(map(_build, node.items))

    def evaluate(context: Context) -> bool:
        return all(one(context) for one in items)

    return evaluate


def _any(node: nodes.Any) -> Closure:
    items = tuple(map(_build, node.items))

    def evaluate(context: Context) -> bool:
        return any(one(context) for one in items)

    return evaluate


def _not(node: nodes.Not) -> Closure:
    item = _build(node.item)
    return lambda context: not item(context)


def _choose(node: nodes.Choose) -> Closure:
    condition, then, otherwise = map(_build, (node.condition, node.then, node.otherwise))
    return lambda context: then(context) if condition(context) else otherwise(context)


def _coalesce(node: nodes.Coalesce) -> Closure:
    items = tuple(map(_build, node.items))

    def evaluate(context: Context) -> Any:
        for one in items:
            value = one(context)
            if value is not None:
                return value
        return None

    return evaluate


def _on_one(item: Closure, compute: Callable[[Any], Any]) -> Closure:
    def evaluate(context: Context) -> Any:
        value = item(context)
        return None if value is None else compute(value)

    return evaluate


def _on_two(left: Closure, right: Closure, compute: Callable[[Any, Any], Any]) -> Closure:
    def evaluate(context: Context) -> Any:
        a, b = left(context), right(context)
        return None if a is None or b is None else compute(a, b)

    return evaluate


def _days_between(left: date, right: date) -> int:
    return (left - right).days


def _difference(left: datetime, right: datetime) -> timedelta:
    return left - right


_BUILDERS: Mapping[type[Any], Callable[[Any], Closure]] = {
    nodes.Const: _const,
    nodes.Read: _read,
    nodes.Rescale: _rescale,
    nodes.Sum: _sum,
    nodes.Product: _product,
    nodes.Quotient: _quotient,
    nodes.Negative: lambda node: _on_one(_build(node.item), lambda value: -value),
    nodes.Absolute: lambda node: _on_one(_build(node.item), abs),
    nodes.Extreme: _extreme,
    nodes.Elapsed: _elapsed,
    nodes.DurationSum: _duration_sum,
    nodes.Later: _later,
    nodes.Shift: _shift,
    nodes.DaysBetween: lambda node: _on_two(_build(node.left), _build(node.right), _days_between),
    nodes.TimeBetween: lambda node: _on_two(_build(node.left), _build(node.right), _difference),
    nodes.Today: lambda _: lambda context: calendar.today(context.now, context.zone),
    nodes.Now: lambda _: lambda context: context.now,
    nodes.Edge: _edge,
    nodes.Age: lambda node: _with_today(_build(node.item), calendar.age),
    nodes.Anniversary: lambda node: _with_today(_build(node.item), calendar.next_anniversary),
    nodes.Lower: lambda node: _on_one(_build(node.item), lower),
    nodes.Digits: lambda node: _on_one(_build(node.item), digits),
    nodes.Concat: _concat,
    nodes.Has: _has,
    nodes.Contains: _contains,
    nodes.OneOf: _one_of,
    nodes.Same: _same,
    nodes.Before: _before,
    nodes.IsEmpty: _is_empty,
    nodes.All: _all,
    nodes.Any: _any,
    nodes.Not: _not,
    nodes.Choose: _choose,
    nodes.Coalesce: _coalesce,
}
