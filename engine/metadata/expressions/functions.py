"""The functions of the language: one table with their arguments, meaning and examples."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import cast

from engine.metadata.closeness import closest
from engine.metadata.expressions import nodes, syntax, types
from engine.metadata.expressions.lengths import CalendarLength, Checking, Meaning
from engine.metadata.expressions.meet import (
    Checked,
    Unfit,
    become,
    common_of_all,
    rescaled,
)
from engine.metadata.expressions.mistakes import ExpressionProblem
from engine.metadata.expressions.nodes import Node
from engine.metadata.expressions.types import MAX_SCALE, ORDERED, Type
from engine.metadata.fieldtypes.base import Kind

MINUTE = 60_000_000  # microseconds
HOUR = 60 * MINUTE
SINCE = "since"  # behind a stage field: when the record entered the stage
UNITS = ("hour", "day", "week", "month", "quarter", "year")


@dataclass(frozen=True, slots=True)
class Arguments:
    """A call and its checked arguments."""

    checker: Checking
    written: syntax.Call
    values: tuple[Checked, ...]

    def refuse(self, index: int, wanted: str, hint: str = "") -> ExpressionProblem:
        """Say that an argument does not fit."""
        one = self.values[index]
        return ExpressionProblem(
            "E309", one.written.span, f"{self.written.name}() needs {wanted}, and {one.words}", hint
        )

    def of_kind(self, index: int, type_: Type, hint: str = "") -> Node:
        """Return an argument that must be of one type."""
        try:
            return become(self.values[index], type_, self.checker.zone)
        except Unfit:
            raise self.refuse(index, type_.words, hint) from None

    def number(self, index: int) -> Checked:
        """Return an argument that must be a number."""
        one = self.values[index]
        if not one.type.is_numeric:
            raise self.refuse(index, "a number")
        return one

    def alike(self) -> tuple[Type, tuple[Node, ...]]:
        """Return all arguments brought to one type."""
        type_ = common_of_all(self.values)
        if type_ is not None and type_.kind is not None:
            try:
                zone = self.checker.zone
                return type_, tuple(become(one, type_, zone) for one in self.values)
            except Unfit:
                pass
        raise ExpressionProblem(
            "E309", self.written.span, f"{self.written.name}() needs values of one kind"
        )


@dataclass(frozen=True, slots=True)
class Function:
    """One function: how it is written, what it does, and how many arguments it takes."""

    usage: str
    meaning: str
    example: str
    build: Callable[[Arguments], Meaning]
    least: int = 1
    most: int = 1


def call(checker: Checking, written: syntax.Call) -> Meaning:
    """Check a call of a function that exists."""
    function = FUNCTIONS[written.name]
    if not function.least <= len(written.args) <= function.most:
        raise ExpressionProblem(
            "E309",
            written.span,
            f"{written.name}() is called with {len(written.args)} values",
            f"write {function.usage}",
        )
    return function.build(Arguments(checker, written, checker.values(written.args)))


def _length(microseconds: int) -> Callable[[Arguments], Node]:
    def build(arguments: Arguments) -> Node:
        one = arguments.number(0)
        if one.type.kind is Kind.MONEY or one.type.scale > MAX_SCALE:
            raise arguments.refuse(0, "a number")
        return nodes.Elapsed(one.node, microseconds)

    return build


def _by_calendar(factor: int, step: nodes.Step) -> Callable[[Arguments], CalendarLength]:
    def build(arguments: Arguments) -> CalendarLength:
        amount = arguments.of_kind(0, types.INTEGER, "count whole ones: round(x)")
        return CalendarLength(amount, factor, step, f"{arguments.written.name}(n)")

    return build


def _round(arguments: Arguments) -> Node:
    one = arguments.number(0)
    digits = 0
    if len(arguments.values) == 2:  # noqa: PLR2004 - the second one says the decimals
        second = arguments.values[1].node
        if not (isinstance(second, nodes.Const) and isinstance(second.value, int)):
            raise arguments.refuse(1, f"a number from 0 to {MAX_SCALE}")
        digits = second.value
    if not 0 <= digits <= MAX_SCALE:
        raise arguments.refuse(1, f"a number from 0 to {MAX_SCALE}")
    if digits >= one.type.scale and one.type.kind is not Kind.NUMBER:
        return one.node
    if one.type.kind is Kind.MONEY:
        return rescaled(rescaled(one.node, types.number(digits)), one.type)
    return rescaled(
        one.node, types.number(min(digits, one.type.scale)) if digits else types.INTEGER
    )


def _abs(arguments: Arguments) -> Node:
    one = arguments.number(0)
    return nodes.Absolute(one.type, one.node)


def _extreme(*, greatest: bool) -> Callable[[Arguments], Node]:
    def build(arguments: Arguments) -> Node:
        type_, items = arguments.alike()
        if type_.kind not in ORDERED or type_.kind is Kind.TEXT:
            raise arguments.refuse(0, "numbers or dates")
        return nodes.Extreme(type_, greatest, items)

    return build


def _coalesce(arguments: Arguments) -> Node:
    type_, items = arguments.alike()
    if type_.kind in {Kind.BOOL, Kind.ANY_LINK}:
        raise arguments.refuse(0, "something that may be empty", "yes or no is never empty")
    return nodes.Coalesce(type_, items)


def _edge(*, end: bool) -> Callable[[Arguments], Node]:
    def build(arguments: Arguments) -> Node:
        unit = arguments.values[0].node
        if not isinstance(unit, nodes.Const) or unit.value not in UNITS:
            raise arguments.refuse(0, f"one of {', '.join(map(repr, UNITS))}")
        item: Node = nodes.Now() if len(arguments.values) == 1 else arguments.values[1].node
        if item.type.kind not in {Kind.DATE, Kind.INSTANT}:
            raise arguments.refuse(1, "a date or moment")
        if item.type.kind is Kind.DATE and unit.value == "hour":
            raise arguments.refuse(1, "a moment", "a date has no hours")
        return nodes.Edge(item.type, item, cast("nodes.Unit", unit.value), end)

    return build


def _of_date(
    build: Callable[[Node], Node],
) -> Callable[[Arguments], Node]:
    return lambda arguments: build(arguments.of_kind(0, types.DATE, "give a date, not a moment"))


def _of_text(build: Callable[[Node], Node]) -> Callable[[Arguments], Node]:
    return lambda arguments: build(arguments.of_kind(0, types.TEXT))


def _since(arguments: Arguments) -> Node:
    """Return how long the record has been in a stage: the instant of entry is read beside it."""
    written = arguments.values[0].written
    entity = arguments.checker.scope.entity
    name = written.parts[0] if isinstance(written, syntax.Name) and len(written.parts) == 1 else ""
    field = (
        entity.fields.get(name) if entity and name not in arguments.checker.scope.extra else None
    )
    if field is None or field.type != "stage":
        stages = [one.id for one in entity.fields.values() if one.type == "stage"] if entity else []
        hint = f"write since({stages[0]})" if stages else ""
        raise arguments.refuse(0, "a stage of the record itself", hint)
    return nodes.TimeBetween(nodes.Now(), nodes.Read(types.INSTANT, (name, SINCE)))


def _concat(arguments: Arguments) -> Node:
    hint = "in a text write {{ amount }}"
    return nodes.Concat(
        tuple(arguments.of_kind(at, types.TEXT, hint) for at in range(len(arguments.values)))
    )


def _has(*, at_start: bool) -> Callable[[Arguments], Node]:
    def build(arguments: Arguments) -> Node:
        hint = "write: 'option' in tags" if arguments.values[0].type.kind is Kind.CHOICES else ""
        text, part = arguments.of_kind(0, types.TEXT, hint), arguments.of_kind(1, types.TEXT)
        return nodes.Has(text, part, at_start)

    return build


_MANY = 50


class FunctionTable(dict[str, Function]):
    """The functions by name, with a hint for a name that is none of them."""

    def hint(self, name: str) -> str:
        """Offer what may have been meant."""
        foreign = _FOREIGN.get(name.lower())
        if foreign:
            return f"use {foreign}"
        close = closest(name.lower(), self)
        return f"use {self[close].usage}" if close else f"there are: {', '.join(self)}"


FUNCTIONS = FunctionTable(
    {
        "lower": Function(
            "lower(text)", "The text in small letters.", "lower(email)", _of_text(nodes.Lower)
        ),
        "has": Function(
            "has(text, part)",
            "Whether the part is in the text, in large or small letters.",
            "has(comment, 'oak')",
            _has(at_start=False),
            2,
            2,
        ),
        "starts": Function(
            "starts(text, part)",
            "Whether the text begins with the part, in large or small letters.",
            "starts(number, 'K-')",
            _has(at_start=True),
            2,
            2,
        ),
        "concat": Function(
            "concat(a, b, ...)",
            "The texts joined; an empty one adds nothing.",
            "concat(first_name, ' ', last_name)",
            _concat,
            2,
            _MANY,
        ),
        "digits": Function(
            "digits(text)", "The digits of a text alone.", "digits(phone)", _of_text(nodes.Digits)
        ),
        "round": Function(
            "round(number, decimals)",
            "The number rounded half-up to 0 to 6 decimals; 0 where not said.",
            "round(amount, 1)",
            _round,
            1,
            2,
        ),
        "abs": Function("abs(number)", "The number without its sign.", "abs(balance)", _abs),
        "min": Function(
            "min(a, b, ...)",
            "The least of numbers or dates; empty when one of them is.",
            "min(amount, credit)",
            _extreme(greatest=False),
            2,
            _MANY,
        ),
        "max": Function(
            "max(a, b, ...)",
            "The greatest of numbers or dates; empty when one of them is.",
            "max(0, amount - prepaid)",
            _extreme(greatest=True),
            2,
            _MANY,
        ),
        "now": Function(
            "now()", "The present moment.", "now() - hours(2)", lambda _: nodes.Now(), 0, 0
        ),
        "today": Function(
            "today()",
            "The company's present day.",
            "today() + days(3)",
            lambda _: nodes.Today(),
            0,
            0,
        ),
        "minutes": Function(
            "minutes(n)", "A length of time.", "now() + minutes(15)", _length(MINUTE)
        ),
        "hours": Function("hours(n)", "A length of time.", "now() + hours(2)", _length(HOUR)),
        "days": Function(
            "days(n)",
            "Days of the calendar: a moment keeps its clock time.",
            "due + days(3)",
            _by_calendar(1, "day"),
        ),
        "weeks": Function(
            "weeks(n)", "Weeks of the calendar.", "today() + weeks(2)", _by_calendar(7, "day")
        ),
        "months": Function(
            "months(n)",
            "Months of the calendar; the last day of a shorter month at its end.",
            "today() + months(1)",
            _by_calendar(1, "month"),
        ),
        "workdays": Function(
            "workdays(n)",
            "Days on which the company works.",
            "today() + workdays(2)",
            _by_calendar(1, "workday"),
        ),
        "start_of": Function(
            "start_of('month', x)",
            "The first day or moment of the hour, day, week, month, quarter or year; of now "
            "where x is left out.",
            "created_at >= start_of('month')",
            _edge(end=False),
            1,
            2,
        ),
        "end_of": Function(
            "end_of('day', x)",
            "The last day or moment of the hour, day, week, month, quarter or year; of now "
            "where x is left out.",
            "due < end_of('day')",
            _edge(end=True),
            1,
            2,
        ),
        "age": Function(
            "age(date)", "Full years up to today.", "age(birthday) >= 18", _of_date(nodes.Age)
        ),
        "next_anniversary": Function(
            "next_anniversary(date)",
            "The next day, today included, with that day and month.",
            "next_anniversary(birthday) - today() < 7",
            _of_date(nodes.Anniversary),
        ),
        "since": Function(
            "since(stage)",
            "How long the record has been in its stage.",
            "since(stage) > hours(2)",
            _since,
        ),
        "coalesce": Function(
            "coalesce(a, b, ...)",
            "The first of the values that is not empty.",
            "coalesce(nickname, name)",
            _coalesce,
            2,
            _MANY,
        ),
    }
)

_FOREIGN: Mapping[str, str] = {
    "len": "x is not none",
    "length": "x is not none",
    "isnull": "x is none",
    "isblank": "x is none",
    "ifnull": "coalesce(a, b)",
    "nvl": "coalesce(a, b)",
    "if": "a if condition else b",
    "iif": "a if condition else b",
    "contains": "has(text, part)",
    "like": "has(text, part)",
    "startswith": "starts(text, part)",
    "concatenate": "concat(a, b)",
    "date": "a date in quotation marks: '2026-03-02'",
    "year": "start_of('year', x)",
    "month": "start_of('month', x)",
    "upper": "lower(text)",
    "roundup": "round(number, decimals)",
    "day": "days(n)",
}
