"""Syntax -> typed nodes: every name means something, every operation fits its values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

from engine.metadata.expressions import literals, nodes, syntax, types
from engine.metadata.expressions.calculate import Calculation
from engine.metadata.expressions.compare import Comparing
from engine.metadata.expressions.functions import FUNCTIONS, call
from engine.metadata.expressions.lengths import CalendarLength, Meaning
from engine.metadata.expressions.meet import Checked, Unfit, become, common_type
from engine.metadata.expressions.mistakes import ExpressionProblem
from engine.metadata.expressions.names import Scope, resolve, reverse_names
from engine.metadata.expressions.nodes import Node
from engine.metadata.expressions.syntax import Syntax
from engine.metadata.expressions.types import Type
from engine.metadata.fieldtypes.base import Kind


class Reported(Exception):
    """The part is wrong, and its problems are noted already."""


class Checker:
    """Gives a written expression its meaning in a scope; notes what is wrong in `problems`."""

    def __init__(self, scope: Scope) -> None:
        """Check in this scope."""
        self.scope = scope
        self.zone = ZoneInfo(scope.application.timezone)
        self.problems: list[ExpressionProblem] = []

    def check(self, written: Syntax) -> Node | None:
        """Return the meaning of the whole, or None with the problems noted."""
        try:
            return self.value(written)
        except Reported:
            return None
        except ExpressionProblem as problem:
            self.problems.append(problem)
            return None

    def value(self, written: Syntax) -> Node:
        """Return the meaning of a part that gives a value."""
        found = self.meaning(written)
        if isinstance(found, CalendarLength):
            raise ExpressionProblem(
                "E312",
                written.span,
                f"{found.words} is a length by the calendar and needs a date",
                f"add it to a date or moment: now() + {found.words}",
            )
        return found

    def checked(self, written: Syntax) -> Checked:
        """Return a part together with its meaning."""
        return Checked(written, self.value(written))

    def meaning(self, written: Syntax) -> Meaning:
        """Return the meaning of a part, which may be a length by the calendar."""
        return _MEANINGS[type(written)](self, written)

    def each(self, written: tuple[Syntax, ...]) -> tuple[Meaning, ...]:
        """Return the meanings of several parts, with the problems of all of them noted."""
        return self._all(written, self.meaning)

    def values(self, written: tuple[Syntax, ...]) -> tuple[Checked, ...]:
        """Return several values, with the problems of all of them noted."""
        return tuple(map(Checked, written, self._all(written, self.value)))

    def condition(self, written: Syntax) -> Node:
        """Return the meaning of a part that must be true or false."""
        node = self.value(written)
        if node.type.kind is not Kind.BOOL:
            refuse_condition(Checked(written, node))
        return node

    def _all(
        self, written: tuple[Syntax, ...], meaning: Callable[[Syntax], Any]
    ) -> tuple[Any, ...]:
        found = []
        for one in written:
            try:
                found.append(meaning(one))
            except ExpressionProblem as problem:
                self.problems.append(problem)
            except Reported:
                pass
        if len(found) < len(written):
            raise Reported
        return tuple(found)

    def logic(self, written: syntax.Logic) -> Node:
        """Check conditions joined by `and` or `or`."""
        items = self._all(written.items, self.condition)
        return nodes.All(items) if written.operator == "and" else nodes.Any(items)

    def name(self, written: syntax.Name) -> Node:
        """Check a name or path."""
        return resolve(written, self.scope)

    def sign(self, written: syntax.Sign) -> Node:
        """Check minus or plus before a value."""
        item = self.checked(written.item)
        if not (item.type.is_numeric or item.type.kind is Kind.DURATION):
            raise ExpressionProblem(
                "E312", written.span, f"{item.words}: a sign stands before numbers only"
            )
        return literals.negative(item.node) if written.minus else item.node

    def arithmetic(self, written: syntax.Arithmetic) -> Meaning:
        """Check + - * and /."""
        left, right = self.each((written.left, written.right))
        return Calculation(written, left, right, self.zone).node()

    def comparison(self, written: syntax.Comparison) -> Node:
        """Check a chain of comparisons."""
        return Comparing(self, written).node()

    def choice(self, written: syntax.Choice) -> Node:
        """Check `a if condition else b`."""
        (condition,) = self._all((written.condition,), self.condition)
        if written.otherwise is None:
            then = self.checked(written.then)
            otherwise = Checked(syntax.Nothing(written.span), nodes.Const(types.EMPTY_TYPE, None))
        else:
            then, otherwise = self.values((written.then, written.otherwise))
        kind = common_type(then, otherwise)
        if kind is None:
            raise ExpressionProblem(
                "E310",
                written.span,
                f"one case is {then.type.words}, the other {otherwise.type.words}",
                "let both cases give the same kind of value",
            )
        if kind.kind is Kind.BOOL and None in (then.type.kind, otherwise.type.kind):
            raise ExpressionProblem(
                "E313", written.span, "yes or no is never empty", "add: else false"
            )
        return self._choose(written, condition, kind, then, otherwise)

    def _choose(
        self, written: syntax.Choice, condition: Node, kind: Type, then: Checked, other: Checked
    ) -> Node:
        try:
            return nodes.Choose(
                kind, condition, become(then, kind, self.zone), become(other, kind, self.zone)
            )
        except Unfit:
            raise ExpressionProblem(
                "E310", written.span, f"one case is {then.type.words}, the other {other.type.words}"
            ) from None

    def emptiness(self, written: syntax.Emptiness) -> Node:
        """Check `x is none`."""
        item = self.checked(written.item)
        refuse_empty_bool(item)
        return nodes.IsEmpty(item.node)

    def call(self, written: syntax.Call) -> Meaning:
        """Check a call of a function."""
        if _is_aggregate(written, self.scope):
            raise ExpressionProblem(
                "L301",
                written.span,
                f"the aggregate {written.name}() is not run by this version yet",
            )
        if written.name not in FUNCTIONS:
            raise ExpressionProblem(
                "E308",
                written.place,
                f"there is no function '{written.name}'",
                FUNCTIONS.hint(written.name),
            )
        return call(self, written)


AGGREGATES = frozenset({"sum", "count", "avg", "any"})


def _is_aggregate(written: syntax.Call, scope: Scope) -> bool:
    if written.name in AGGREGATES:
        return True
    if written.name not in {"min", "max"} or not written.args:
        return False
    first = written.args[0]
    if not isinstance(first, syntax.Name):
        return False
    return len(written.args) == 1 or first.parts[0] in set(reverse_names(scope))


def refuse_condition(one: Checked) -> NoReturn:
    """Say that a value is no condition, and how to make one of it."""
    name = ".".join(one.written.parts) if isinstance(one.written, syntax.Name) else "x"
    hint = f"compare it: {name} is not none"
    if one.type.is_numeric:
        hint = f"compare it: {name} > 0"
    if one.type.kind is Kind.CHOICE and one.type.options:
        hint = f"compare it: {name} == '{next(iter(one.type.options))}'"
    raise ExpressionProblem(
        "E313", one.written.span, f"a condition is true or false, and {one.words}", hint
    )


def refuse_empty_bool(one: Checked) -> None:
    """Say that yes or no is never empty, where one is asked whether it is."""
    if one.type.kind is Kind.BOOL:
        name = ".".join(one.written.parts) if isinstance(one.written, syntax.Name) else "x"
        raise ExpressionProblem(
            "E310", one.written.span, "yes or no is never empty", f"write: not {name}"
        )


def _number(_checker: Checker, written: syntax.Number) -> Node:
    return literals.read_number(written)


def _text(_checker: Checker, written: syntax.Text) -> Node:
    return nodes.Const(types.TEXT, written.text or None)


def _truth(_checker: Checker, written: syntax.Truth) -> Node:
    return nodes.Const(types.BOOL, written.value)


def _nothing(_checker: Checker, _written: syntax.Nothing) -> Node:
    return nodes.Const(types.EMPTY_TYPE, None)


def _items(_checker: Checker, written: syntax.Items) -> NoReturn:
    raise ExpressionProblem(
        "E315", written.span, "a list stands only behind in", "write: stage in ['a', 'b']"
    )


def _negation(checker: Checker, written: syntax.Negation) -> Node:
    return nodes.Not(checker.condition(written.item))


_MEANINGS: Mapping[type[Any], Callable[[Checker, Any], Meaning]] = {
    syntax.Number: _number,
    syntax.Text: _text,
    syntax.Truth: _truth,
    syntax.Nothing: _nothing,
    syntax.Items: _items,
    syntax.Negation: _negation,
    syntax.Name: Checker.name,
    syntax.Call: Checker.call,
    syntax.Sign: Checker.sign,
    syntax.Arithmetic: Checker.arithmetic,
    syntax.Comparison: Checker.comparison,
    syntax.Logic: Checker.logic,
    syntax.Choice: Checker.choice,
    syntax.Emptiness: Checker.emptiness,
}
