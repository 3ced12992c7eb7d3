"""What + - * and / mean for the types on their two sides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn
from zoneinfo import ZoneInfo

from engine.metadata.expressions import nodes, syntax, types
from engine.metadata.expressions.lengths import CalendarLength, Meaning
from engine.metadata.expressions.meet import (
    Checked,
    become,
    common_type,
    is_literal_text,
)
from engine.metadata.expressions.mistakes import ExpressionProblem
from engine.metadata.expressions.nodes import Node
from engine.metadata.expressions.types import MAX_SCALE, Type
from engine.metadata.fieldtypes.base import Kind

_WORDS = {"+": "added", "-": "subtracted", "*": "multiplied", "/": "divided"}


@dataclass(frozen=True, slots=True)
class Calculation:
    """One operation on two parts that are checked already."""

    written: syntax.Arithmetic
    left: Meaning
    right: Meaning
    zone: ZoneInfo

    def node(self) -> Meaning:
        """Return what the operation means."""
        left, right = self.left, self.right
        if isinstance(left, CalendarLength) or isinstance(right, CalendarLength):
            return self._with_calendar(left, right)
        first, second = self._with_dates(
            Checked(self.written.left, left), Checked(self.written.right, right)
        )
        if first.type.is_numeric and second.type.is_numeric:
            return self._numbers(first, second)
        if self.written.operator in "+-":
            found = self._times(first, second)
            if found is not None:
                return found
        return self._refuse(first, second)

    @property
    def _minus(self) -> bool:
        return self.written.operator == "-"

    def _with_dates(self, left: Checked, right: Checked) -> tuple[Checked, Checked]:
        """Read a text beside a date as a date."""
        for one, other in ((left, right), (right, left)):
            if other.type.kind in {Kind.DATE, Kind.INSTANT} and is_literal_text(one):
                dated = Checked(one.written, become(one, other.type, self.zone))
                return (dated, right) if one is left else (left, dated)
        return left, right

    def _numbers(self, left: Checked, right: Checked) -> Node:
        match self.written.operator:
            case "*":
                return self._product(left, right)
            case "/":
                return self._quotient(left, right)
            case _:
                return self._sum(left, right)

    def _sum(self, left: Checked, right: Checked) -> Node:
        type_ = common_type(left, right)
        if type_ is None:
            raise ExpressionProblem(
                "E312",
                self.written.place,
                f"money and a number can't be {_WORDS[self.written.operator]}",
                "make the other one money too, or multiply",
            )
        return nodes.Sum(
            type_, become(left, type_, self.zone), become(right, type_, self.zone), self._minus
        )

    def _product(self, left: Checked, right: Checked) -> Node:
        kinds = (left.type.kind, right.type.kind)
        if kinds == (Kind.MONEY, Kind.MONEY):
            raise ExpressionProblem(
                "E312",
                self.written.place,
                "money can't be multiplied by money",
                "multiply by a number",
            )
        if Kind.MONEY in kinds:
            type_ = left.type if kinds[0] is Kind.MONEY else right.type
        elif kinds == (Kind.INTEGER, Kind.INTEGER):
            type_ = types.INTEGER
        else:
            type_ = types.number(min(MAX_SCALE, left.type.scale + right.type.scale))
        return nodes.Product(type_, left.node, right.node)

    def _quotient(self, left: Checked, right: Checked) -> Node:
        kinds = (left.type.kind, right.type.kind)
        if kinds[1] is Kind.MONEY and kinds[0] is not Kind.MONEY:
            raise ExpressionProblem(
                "E312",
                self.written.place,
                "a number can't be divided by money",
                "money / money is a number, money / number is money",
            )
        type_ = types.number(MAX_SCALE)
        if kinds[0] is Kind.MONEY and kinds[1] is not Kind.MONEY:
            type_ = left.type
        return nodes.Quotient(type_, left.node, right.node)

    def _times(self, left: Checked, right: Checked) -> Node | None:
        a, b, minus = left.node, right.node, self._minus
        match (left.type.kind, right.type.kind):
            case (Kind.DATE, Kind.DATE) if minus:
                return nodes.DaysBetween(a, b)
            case (Kind.INSTANT, Kind.INSTANT) if minus:
                return nodes.TimeBetween(a, b)
            case (Kind.INSTANT, Kind.DURATION):
                return nodes.Later(a, b, minus)
            case (Kind.DURATION, Kind.INSTANT) if not minus:
                return nodes.Later(b, a, minus=False)
            case (Kind.DURATION, Kind.DURATION):
                return nodes.DurationSum(a, b, minus)
            case _:
                return None

    def _with_calendar(self, left: Meaning, right: Meaning) -> Meaning:
        """Move a date or moment by a length of the calendar."""
        minus, operator = self._minus, self.written.operator
        if operator == "+" and isinstance(left, CalendarLength):
            left, right = right, left
        if operator not in "+-" or isinstance(left, CalendarLength):
            raise self._lonely_length()
        if not isinstance(right, CalendarLength):
            raise self._lonely_length()
        if left.type.kind in {Kind.DATE, Kind.INSTANT}:
            factor = -right.factor if minus else right.factor
            return nodes.Shift(left.type, left, right.amount, factor, right.step)
        elapsed = right.elapsed()
        if left.type.kind is Kind.DURATION and elapsed is not None:
            return nodes.DurationSum(left, elapsed, minus)
        raise self._lonely_length()

    def _lonely_length(self) -> ExpressionProblem:
        return ExpressionProblem(
            "E312",
            self.written.span,
            "a length by the calendar is added to a date or moment, or taken away from one",
            "one after the other: today() + months(1) + days(3)",
        )

    def _refuse(self, left: Checked, right: Checked) -> NoReturn:
        raise ExpressionProblem(
            "E312",
            self.written.place,
            f"{left.type.words} and {right.type.words} can't be {_WORDS[self.written.operator]}",
            _hint(self.written.operator, left.type, right.type),
        )


def _hint(operator: str, left: Type, right: Type) -> str:
    kinds = (left.kind, right.kind)
    if operator == "+" and Kind.TEXT in kinds:
        return "join texts with concat(a, b)"
    if Kind.BOOL in kinds:
        return "count yes as one: (1 if done else 0)"
    if Kind.DATE in kinds and Kind.INSTANT in kinds:
        return "make one the beginning of its day: start_of('day', moment)"
    if Kind.DATE in kinds and (left.is_numeric or right.is_numeric):
        return "say what is counted: days(3)"
    if Kind.DATE in kinds and Kind.DURATION in kinds:
        return "a date has no hours: count days(1)"
    if Kind.INSTANT in kinds and (left.is_numeric or right.is_numeric):
        return "say what is counted: hours(3)"
    if Kind.DURATION in kinds:
        return "calculate inside: hours(n * 2)"
    return ""
