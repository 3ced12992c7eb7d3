"""Draws expressions that the type checker accepts, and records to judge them on."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Protocol, TypeVar

from engine.metadata.fieldtypes.base import Kind
from tests.runtime.expression_engines import NAMES, TYPES

TEXTS = (
    "Anna",
    "anna",
    "Ёлка",
    "ёлка",
    "елка",
    "ИВАН",
    "иван",
    "10",
    "9",
    "a_b%",
    "Straße",
    "Σας",
    "İz",
    " x ",
)
LETTERS = ("a", "ел", "И", "1", "_", "%", "ß", "σ", "an")
UNNAMED = ("source", "stage.since")  # the one is compared with words only, the other by since()
INTEGERS = ("0", "1", "2", "3", "7", "100", "999999999999")
NUMBERS = (*INTEGERS, "0.5", "2.5", "0.05", "1.005", "0.333333", "12345.678901", "0.000001")
DATES = ("'2026-03-28'", "'2024-02-29'", "'2000-01-01'", "'2026-12-31'", "'1901-07-15'")
MOMENTS = (*DATES, "'2026-03-29 03:30'", "'2026-10-25 03:30'", "'2026-03-28 10:00'")
STAGES = ("'new'", "old.stage", "none")
UNITS = ("day", "week", "month", "quarter", "year")

FIRST = datetime(1, 1, 1, tzinfo=UTC)
LAST = datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)

Draw = Callable[[int], str]
T = TypeVar("T")


class Chance(Protocol):
    """What an expression is drawn by: a `random.Random`, or hypothesis."""

    def random(self) -> float: ...

    def randint(self, least: int, most: int, /) -> int: ...

    def choice(self, values: Sequence[T], /) -> T: ...

    def sample(self, values: Sequence[T], count: int, /) -> list[T]: ...


class Grammar:
    """Draws an expression of a kind; `depth` bounds how far it nests."""

    def __init__(self, chance: Chance) -> None:
        """Draw by this chance."""
        self.random = chance
        self.rules: Mapping[Kind, tuple[Draw, ...]] = {
            Kind.BOOL: self._conditions(),
            Kind.TEXT: self._texts(),
            Kind.INTEGER: self._integers(),
            Kind.NUMBER: self._numbers(),
            Kind.MONEY: self._amounts(),
            Kind.DATE: self._dates(),
            Kind.INSTANT: self._instants(),
            Kind.DURATION: self._durations(),
            Kind.CHOICE: self._choices(),
            Kind.LINK: self._links(),
        }

    def draw(self, kind: Kind, depth: int) -> str:
        """Draw an expression of a kind."""
        if depth <= 0 or self.random.random() < 0.15:
            return self.leaf(kind)
        return self.random.choice(self.rules[kind])(depth - 1)

    def leaf(self, kind: Kind) -> str:
        """Draw a name or a value."""
        literals = {
            Kind.TEXT: [repr(one) for one in TEXTS],
            Kind.INTEGER: INTEGERS,
            Kind.BOOL: ("true", "false"),
            Kind.DATE: ("today()",),
            Kind.INSTANT: ("now()",),
            Kind.DURATION: ("hours(30)", "minutes(count)", "(due - created_at)", "since(stage)"),
            Kind.LINK: ("user", "user.company"),
        }
        names = [one for one in NAMES if TYPES[one].kind is kind and one not in UNNAMED]
        if kind is Kind.NUMBER:
            names += ["2.5", "0.333333"]
        if not names or (kind in literals and self.random.random() < 0.25):
            return self.pick(literals[kind])
        return self.pick(names)

    def pick(self, values: Any) -> str:
        """Draw one of several."""
        return str(self.random.choice(tuple(values)))

    def numeric(self, depth: int) -> str:
        """Draw any number that is no money."""
        return self.draw(self.random.choice((Kind.INTEGER, Kind.NUMBER)), depth)

    def _conditions(self) -> tuple[Draw, ...]:
        draw, pick = self.draw, self.pick
        order = ("<", "<=", ">", ">=", "==", "!=")
        ordered = (Kind.TEXT, Kind.DATE, Kind.INSTANT, Kind.DURATION, Kind.MONEY)
        valued = (*ordered, Kind.INTEGER, Kind.NUMBER, Kind.CHOICE, Kind.LINK)

        def compare(depth: int) -> str:
            kind = self.random.choice(ordered)
            return f"({draw(kind, depth)} {pick(order)} {draw(kind, depth)})"

        def compare_numbers(depth: int) -> str:
            left = draw(Kind.MONEY, depth) if self.random.random() < 0.3 else self.numeric(depth)
            right = pick(NUMBERS) if self.random.random() < 0.4 else self.numeric(depth)
            return f"({left} {pick(order)} {right})"

        def chain(depth: int) -> str:
            return f"({self.numeric(depth)} < {self.numeric(depth)} <= {self.numeric(depth)})"

        def empty(depth: int) -> str:
            item = draw(self.random.choice(valued), depth)
            return f"({item} {pick(('is none', 'is not none', '== none', '!= none'))})"

        def dated(depth: int) -> str:
            kind, literal = self.random.choice(((Kind.DATE, DATES), (Kind.INSTANT, MOMENTS)))
            return f"({draw(kind, depth)} {pick(order[:4])} {pick(literal)})"

        def member(depth: int) -> str:
            if self.random.random() < 0.5:
                items = ["'new'", "'won'", "none", "old.stage"]
                item = draw(Kind.CHOICE, depth)
            else:
                items = ["1", "7", "count", "none"]
                item = draw(Kind.INTEGER, depth)
            chosen = self.random.sample(items, self.random.randint(1, 3))
            return f"({item} {pick(('in', 'not in'))} [{', '.join(chosen)}])"

        return (
            compare,
            compare_numbers,
            chain,
            empty,
            dated,
            member,
            lambda d: f"({draw(Kind.BOOL, d)} and {draw(Kind.BOOL, d)})",
            lambda d: f"({draw(Kind.BOOL, d)} or {draw(Kind.BOOL, d)})",
            lambda d: f"(not {draw(Kind.BOOL, d)})",
            lambda d: f"({draw(Kind.BOOL, d)} {pick(('==', '!='))} {draw(Kind.BOOL, d)})",
            lambda d: f"{pick(('has', 'starts'))}({draw(Kind.TEXT, d)}, {draw(Kind.TEXT, d)})",
            lambda d: f"has({draw(Kind.TEXT, d)}, {pick(map(repr, LETTERS))})",
            lambda _: pick(("('vip' in tags)", "('urgent_now' not in tags)", "(tags is none)")),
            lambda _: pick(("('head' in user.roles)", "(owner == user)", "(client != dealer)")),
            lambda d: f"({draw(Kind.CHOICE, d)} == {pick(STAGES)})",
            lambda d: self.choose(Kind.BOOL, d),
        )

    def choose(self, kind: Kind, depth: int) -> str:
        """Draw a choice between two values of a kind."""
        then, other = self.draw(kind, depth), self.draw(kind, depth)
        return f"({then} if {self.draw(Kind.BOOL, depth)} else {other})"

    def either(self, kind: Kind, depth: int) -> str:
        """Draw the first of two that is not empty."""
        return f"coalesce({self.draw(kind, depth)}, {self.draw(kind, depth)})"

    def extreme(self, kind: Kind, depth: int) -> str:
        """Draw the least or greatest of two."""
        return f"{self.pick(('min', 'max'))}({self.draw(kind, depth)}, {self.draw(kind, depth)})"

    def _any(self, kind: Kind) -> tuple[Draw, ...]:
        return (lambda d: self.choose(kind, d), lambda d: self.either(kind, d))

    def _texts(self) -> tuple[Draw, ...]:
        return (
            *self._any(Kind.TEXT),
            lambda d: f"lower({self.draw(Kind.TEXT, d)})",
            lambda d: f"digits({self.draw(Kind.TEXT, d)})",
            lambda d: f"concat({self.draw(Kind.TEXT, d)}, {self.draw(Kind.TEXT, d)})",
        )

    def _calculated(self, kind: Kind) -> tuple[Draw, ...]:
        return (
            *self._any(kind),
            lambda d: self.extreme(kind, d),
            lambda d: f"({self.draw(kind, d)} {self.pick('+-')} {self.draw(kind, d)})",
            lambda d: f"(-{self.draw(kind, d)})",
            lambda d: f"abs({self.draw(kind, d)})",
        )

    def _integers(self) -> tuple[Draw, ...]:
        draw = self.draw
        return (
            *self._calculated(Kind.INTEGER),
            lambda d: f"({draw(Kind.INTEGER, d)} * {draw(Kind.INTEGER, d)})",
            lambda d: f"round({draw(Kind.NUMBER, d)})",
            lambda d: f"({draw(Kind.DATE, d)} - {draw(Kind.DATE, d)})",
            lambda d: f"age({draw(Kind.DATE, d)})",
        )

    def _numbers(self) -> tuple[Draw, ...]:
        draw = self.draw
        return (
            *self._calculated(Kind.NUMBER),
            lambda d: f"({draw(Kind.NUMBER, d)} * {self.numeric(d)})",
            lambda d: f"({self.numeric(d)} / {self.numeric(d)})",
            lambda d: f"({draw(Kind.MONEY, d)} / {draw(Kind.MONEY, d)})",
            lambda d: f"({draw(Kind.NUMBER, d)} + {draw(Kind.INTEGER, d)})",
            lambda d: f"round({draw(Kind.NUMBER, d)}, {self.random.randint(1, 5)})",
        )

    def _amounts(self) -> tuple[Draw, ...]:
        draw = self.draw
        return (
            *self._calculated(Kind.MONEY),
            lambda d: f"({draw(Kind.MONEY, d)} * {self.numeric(d)})",
            lambda d: f"({draw(Kind.MONEY, d)} / {self.numeric(d)})",
            lambda d: f"max(0, {draw(Kind.MONEY, d)})",
            lambda d: f"round({draw(Kind.MONEY, d)}, {self.pick((0, 1))})",
        )

    def _calendar(self, kind: Kind) -> tuple[Draw, ...]:
        def moved(depth: int) -> str:
            unit = self.pick(("days", "weeks", "months", "workdays"))
            count = self.draw(Kind.INTEGER, min(depth, 1))
            return f"({self.draw(kind, depth)} {self.pick('+-')} {unit}({count}))"

        def edge(depth: int) -> str:
            function, unit = self.pick(("start_of", "end_of")), self.pick(UNITS)
            return f"{function}('{unit}', {self.draw(kind, depth)})"

        return (*self._any(kind), lambda d: self.extreme(kind, d), moved, moved, edge)

    def _dates(self) -> tuple[Draw, ...]:
        return (
            *self._calendar(Kind.DATE),
            lambda d: f"next_anniversary({self.draw(Kind.DATE, d)})",
        )

    def _instants(self) -> tuple[Draw, ...]:
        return (
            *self._calendar(Kind.INSTANT),
            lambda d: (
                f"({self.draw(Kind.INSTANT, d)} {self.pick('+-')} {self.draw(Kind.DURATION, d)})"
            ),
            lambda d: f"{self.pick(('start_of', 'end_of'))}('hour', {self.draw(Kind.INSTANT, d)})",
        )

    def _durations(self) -> tuple[Draw, ...]:
        draw = self.draw
        return (
            *self._any(Kind.DURATION),
            lambda d: f"({draw(Kind.INSTANT, d)} - {draw(Kind.INSTANT, d)})",
            lambda d: f"{self.pick(('hours', 'minutes'))}({self.numeric(d)})",
            lambda d: f"({draw(Kind.DURATION, d)} {self.pick('+-')} {draw(Kind.DURATION, d)})",
            lambda d: f"({draw(Kind.DURATION, d)} + days({draw(Kind.INTEGER, d)}))",
            lambda d: f"(-{draw(Kind.DURATION, d)})",
        )

    def _choices(self) -> tuple[Draw, ...]:
        return (
            *self._any(Kind.CHOICE),
            lambda d: f"('won' if {self.draw(Kind.BOOL, d)} else stage)",
        )

    def _links(self) -> tuple[Draw, ...]:
        return (lambda _: self.pick(("owner", "user", "client.owner")),)


class Records:
    """Draws records; a quarter of the values is empty, some are as large as they may be."""

    def __init__(self, seed: random.Random) -> None:
        """Draw by this chance."""
        self.random = seed

    def draw(self) -> dict[str, Any]:
        """Draw one record."""
        return {name: self._value(name) for name in NAMES}

    def _value(self, name: str) -> Any:
        type_, chance = TYPES[name], self.random
        if type_.kind is Kind.BOOL:
            return chance.random() < 0.5
        if chance.random() < 0.25 and name != "created_at":
            return None
        if type_.is_numeric:
            units = self._units()
            return units if type_.kind is Kind.INTEGER else Decimal(units).scaleb(-type_.scale)
        values: Mapping[Any, Callable[[], Any]] = {
            Kind.TEXT: lambda: chance.choice(TEXTS),
            Kind.CHOICE: lambda: chance.choice(tuple(type_.options)),
            Kind.CHOICES: lambda: self._some(type_.options),
            Kind.LINK: lambda: chance.choice((1, 2, 7)),
            Kind.DATE: self._date,
            Kind.INSTANT: self._instant,
        }
        return values[type_.kind]()

    def _some(self, options: Any) -> tuple[str, ...] | None:
        return tuple(one for one in options if self.random.random() < 0.5) or None

    def _date(self) -> date:
        usual = date(1900, 1, 1) + timedelta(days=self.random.randrange(73_000))
        return self.random.choice((usual, usual, usual, date.min, date.max))

    def _units(self) -> int:
        size = self.random.choice((1, 10, 1000, 10**6, 10**12, 10**18 - 1))
        return self.random.randint(-size, size)

    def _instant(self) -> datetime:
        near = datetime(2026, 3, 28, tzinfo=UTC) + timedelta(minutes=self.random.randrange(4000))
        far = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(
            microseconds=self.random.randrange(2 * 10**15)
        )
        return self.random.choice((near, far, near, far, FIRST, LAST))
