"""What == != < <= > >= and in mean for the types on their two sides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import NoReturn

from engine.metadata.expressions import literals, nodes, syntax, types
from engine.metadata.expressions.lengths import CalendarLength, Checking
from engine.metadata.expressions.meet import (
    Checked,
    Unfit,
    become,
    branches,
    common_of_all,
    common_type,
    is_literal_text,
)
from engine.metadata.expressions.mistakes import ExpressionProblem, Span
from engine.metadata.expressions.nodes import Const, Node
from engine.metadata.expressions.syntax import Syntax
from engine.metadata.expressions.types import ORDERED, Type
from engine.metadata.fieldtypes.base import Kind

_EQUALITY = frozenset({"==", "!="})


@dataclass(frozen=True, slots=True)
class Comparing:
    """A chain of comparisons of one checker."""

    checker: Checking
    written: syntax.Comparison

    def node(self) -> Node:
        """Return what the chain means: each neighbour compared with the next."""
        found: list[Node] = []
        left = self.written.first
        for operator, place, right in self.written.rest:
            found.append(self._link(operator, place, left, right))
            left = right
        return found[0] if len(found) == 1 else nodes.All(tuple(found))

    def _link(self, operator: str, place: Span, left: Syntax, right: Syntax) -> Node:
        if operator in {"in", "not in"}:
            node = self._membership(place, left, right)
            return nodes.Not(node) if operator == "not in" else node
        first, second = self._sides(left, right)
        if operator in _EQUALITY:
            node = self._same(place, first, second)
            return nodes.Not(node) if operator == "!=" else node
        return self._ordered(operator, place, first, second)

    def _sides(self, left: Syntax, right: Syntax) -> tuple[Checked, Checked]:
        """Return both sides; an unknown word beside a text or choice lacks its quotes."""
        found: list[Checked | None] = []
        wrong: list[ExpressionProblem] = []
        for one in (left, right):
            try:
                found.append(self._side(one))
            except ExpressionProblem as problem:
                found.append(None)
                wrong.append(problem)
        if wrong:
            raise _unquoted(left, right, found) or wrong[0]
        return self._with_lengths(found)

    def _side(self, written: Syntax) -> Checked | None:
        meaning = self.checker.meaning(written)
        if isinstance(meaning, CalendarLength):
            elapsed = meaning.elapsed()
            if elapsed is None:
                raise ExpressionProblem(
                    "E310",
                    written.span,
                    f"{meaning.words} has no fixed length to compare with",
                    f"compare moments: created_at < now() - {meaning.words}",
                )
            return Checked(written, elapsed)
        return Checked(written, meaning)

    @staticmethod
    def _with_lengths(found: list[Checked | None]) -> tuple[Checked, Checked]:
        left, right = found
        assert left is not None  # noqa: S101 - problems were raised above
        assert right is not None  # noqa: S101 - likewise
        return left, right

    def _same(self, place: Span, left: Checked, right: Checked) -> Node:
        for one, other in ((left, right), (right, left)):
            if isinstance(other.written, syntax.Nothing):
                self._refuse_empty_bool(one)
                return nodes.IsEmpty(one.node)
            _refuse_day_as_moment(place, one, other)
        first, second, type_ = self._meet(place, left, right)
        if type_.kind is Kind.CHOICE:
            _refuse_strangers(place, left, right)
        return nodes.Same(first, second)

    def _ordered(self, operator: str, place: Span, left: Checked, right: Checked) -> Node:
        """Compare in order; beside a moment a bare day means the whole of it."""
        first, second, type_ = self._meet(place, left, right)
        or_same = operator in {"<=", ">="}
        if type_.kind not in ORDERED:
            raise ExpressionProblem(
                "E310",
                place,
                f"{type_.words} is not more or less than another",
                _order_hint(type_),
            )
        if operator in {">", ">="}:
            left, right, first, second = right, left, second, first
        if type_.kind is Kind.INSTANT and or_same and _is_day(right):
            return nodes.Before(first, self._next_day(right), or_same=False)
        if type_.kind is Kind.INSTANT and not or_same and _is_day(left):
            return nodes.Before(self._next_day(left), second, or_same=True)
        return nodes.Before(first, second, or_same)

    def _next_day(self, one: Checked) -> Node:
        assert isinstance(one.written, syntax.Text)  # noqa: S101 - that is what _is_day says
        day = literals.day(one.written.text, one.written.span) + timedelta(days=1)
        return Const(
            types.INSTANT, literals.moment(day.isoformat(), one.written.span, self.checker.zone)
        )

    def _meet(self, place: Span, left: Checked, right: Checked) -> tuple[Node, Node, Type]:
        """Bring both sides to one type; numbers keep their scales, comparing them is exact."""
        if left.type.is_numeric and right.type.is_numeric:
            first, second = _at_scale(left.node, right.type), _at_scale(right.node, left.type)
            return first, second, left.type
        type_ = common_type(left, right)
        if type_ is None or type_.kind in {None, Kind.ANY_LINK}:
            _refuse(place, left, right)
        try:
            zone = self.checker.zone
            return become(left, type_, zone), become(right, type_, zone), type_
        except Unfit:
            _refuse(place, left, right)

    def _membership(self, place: Span, left: Syntax, right: Syntax) -> Node:
        if isinstance(right, syntax.Items):
            return self._one_of(place, self.checker.checked(left), right)
        item, options = self.checker.values((left, right))
        if options.type.kind is not Kind.CHOICES:
            hint = "write a list: stage in ['a', 'b']"
            if options.type.kind is Kind.TEXT:
                hint = "search in a text with has(text, part)"
            raise ExpressionProblem(
                "E310", right.span, f"{options.words}, and nothing is in it", hint
            )
        option_type = Type(Kind.CHOICE, options=options.type.options)
        type_ = common_type(item, Checked(right, Const(option_type, None)))
        if type_ is None or type_.kind is not Kind.CHOICE:
            _refuse(place, item, options)
        try:
            option = become(item, option_type, self.checker.zone)
        except Unfit:
            _refuse(place, item, options)
        return nodes.Contains(options.node, option)

    def _one_of(self, place: Span, item: Checked, right: syntax.Items) -> Node:
        if not right.items:
            raise ExpressionProblem("E310", right.span, "nothing is in an empty list")
        self._refuse_empty_bool(item)
        items = self.checker.values(right.items)
        for one in items:
            if not isinstance(one.node, (nodes.Const, nodes.Read)):
                raise ExpressionProblem(
                    "E315", one.written.span, "a list holds plain values and names only"
                )
            _refuse_day_as_moment(place, one, item)
            self._meet(place, item, one)
        type_ = common_of_all((item, *items))
        if type_ is None or type_.kind is None:
            raise ExpressionProblem("E310", right.span, "the values of the list do not fit")
        try:
            found = tuple(become(one, type_, self.checker.zone) for one in items)
            return nodes.OneOf(become(item, type_, self.checker.zone), found)
        except Unfit:
            _refuse(place, item, items[0])

    @staticmethod
    def _refuse_empty_bool(one: Checked) -> None:
        if one.type.kind is Kind.BOOL:
            raise ExpressionProblem(
                "E310", one.written.span, "yes or no is never empty", "write it alone, or with not"
            )


def _at_scale(node: Node, other: Type) -> Node:
    """Give a number of the text the other side's scale, where that is exact."""
    if not isinstance(node, Const) or not isinstance(node.value, (int, Decimal)):
        return node
    value = Decimal(node.value)
    if other.kind is Kind.INTEGER or value != round(value, other.scale):
        return node
    return Const(other, round(value, other.scale))


def _is_day(one: Checked) -> bool:
    return isinstance(one.written, syntax.Text) and literals.is_day(one.written.text)


def _refuse_day_as_moment(place: Span, one: Checked, other: Checked) -> None:
    if other.type.kind is Kind.INSTANT and _is_day(one):
        assert isinstance(one.written, syntax.Text)  # noqa: S101 - that is what _is_day says
        text = one.written.text
        raise ExpressionProblem(
            "E310",
            place,
            "a moment is never the same as a whole day",
            f"write: x >= '{text}' and x <= '{text}'",
        )


def _refuse_strangers(place: Span, left: Checked, right: Checked) -> None:
    options, others = left.type.options, right.type.options
    literal = is_literal_text(left) or is_literal_text(right) or branches(left) or branches(right)
    if not literal and options and others and not set(options) & set(others):
        raise ExpressionProblem("E310", place, "the two choices have no option in common")


def _unquoted(left: Syntax, right: Syntax, found: list[Checked | None]) -> ExpressionProblem | None:
    for written, other in ((left, found[1]), (right, found[0])):
        if other is None or not isinstance(written, syntax.Name) or len(written.parts) > 1:
            continue
        word = written.parts[0]
        if other.type.kind is Kind.TEXT or word in other.type.options:
            return ExpressionProblem(
                "E303",
                written.span,
                f"there is no field '{word}'",
                f"a text stands in quotation marks: '{word}'",
            )
    return None


def _refuse(place: Span, left: Checked, right: Checked) -> NoReturn:
    raise ExpressionProblem(
        "E310",
        place,
        f"{left.type.words} can't be compared with {right.type.words}",
        _hint(left, right) or _hint(right, left),
    )


def _hint(one: Checked, other: Checked) -> str:
    kind = one.type.kind
    name = ".".join(one.written.parts) if isinstance(one.written, syntax.Name) else "x"
    if kind is Kind.BOOL:
        return f"write {name}, or not {name}"
    if kind is Kind.CHOICES:
        return f"write: 'option' in {name}"
    if kind is Kind.LINK:
        same = f", or {name} == user" if one.type.to == "user" else ""
        return f"compare a field of it: {name}.title == 'text'{same}"
    if kind is Kind.ANY_LINK:
        return f"only: {name} is none"
    if one.type.is_numeric and isinstance(other.written, syntax.Text):
        return "a number stands without quotation marks"
    if kind is Kind.DATE and other.type.kind is Kind.INSTANT:
        return "compare moments: start_of('day'), or days: start_of('month', today())"
    if kind is Kind.DURATION and other.type.is_numeric:
        return "say what is counted: hours(3)"
    return ""


def _order_hint(type_: Type) -> str:
    if type_.kind is Kind.CHOICE:
        return "name the options: stage in ['a', 'b']"
    return ""
