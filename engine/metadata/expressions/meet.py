"""Two values come together: what type they have in common, and how each one becomes it.

A literal has no type of its own where it meets a field: '2026-03-02' is a date beside a date,
'won' an option beside a choice, 5 an amount beside money.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

from engine.metadata.expressions import exact, literals, syntax, types
from engine.metadata.expressions.mistakes import ExpressionProblem
from engine.metadata.expressions.nodes import Choose, Coalesce, Const, Node, Rescale
from engine.metadata.expressions.syntax import Syntax
from engine.metadata.expressions.types import Type
from engine.metadata.fieldtypes.base import Kind

_BY_TEXT = frozenset({Kind.CHOICE, Kind.DATE, Kind.INSTANT})


@dataclass(frozen=True, slots=True)
class Checked:
    """A part of an expression: how it is written and what it means."""

    written: Syntax
    node: Node

    @property
    def type(self) -> Type:
        """Return the type of its value."""
        return self.node.type

    @property
    def words(self) -> str:
        """Say what it is: by its name, where it has one."""
        if isinstance(self.written, syntax.Name):
            return f"{'.'.join(self.written.parts)} is {self.type.words}"
        return f"this is {self.type.words}"


class Unfit(Exception):
    """The value can't become of the type; the caller knows how to say so."""


def branches(one: Checked) -> tuple[Checked, ...]:
    """Return the values between which this one chooses; none where it does not."""
    written, node = one.written, one.node
    if isinstance(written, syntax.Choice) and isinstance(node, Choose):
        otherwise = written.otherwise or syntax.Nothing(written.span)
        return Checked(written.then, node.then), Checked(otherwise, node.otherwise)
    if isinstance(written, syntax.Call) and isinstance(node, Coalesce):
        return tuple(map(Checked, written.args, node.items))
    return ()


def is_literal_text(one: Checked) -> bool:
    """Say whether only texts in quotation marks (or nothing) can come out."""
    below = branches(one)
    if below:
        return all(is_literal_text(part) or _is_nothing(part) for part in below)
    return isinstance(one.written, syntax.Text)


def is_literal_number(one: Checked) -> bool:
    """Say whether only numbers that stand in the text (or nothing) can come out."""
    below = branches(one)
    if below:
        return all(is_literal_number(part) or _is_nothing(part) for part in below)
    return literals.is_number(one.written)


def _is_nothing(one: Checked) -> bool:
    return isinstance(one.written, syntax.Nothing)


def become(one: Checked, target: Type, zone: ZoneInfo) -> Node:
    """Return the value as one of the target type, or raise Unfit."""
    node = one.node
    below = branches(one)
    if below:
        return _branches_become(one, below, target, zone)
    if node.type.kind is None:
        return Const(target, None)
    if isinstance(one.written, syntax.Text) and target.kind in _BY_TEXT:
        return _text_becomes(one.written, target, zone)
    if node.type.is_numeric and target.is_numeric:
        return _number_becomes(one, target)
    if node.type.kind is not target.kind:
        raise Unfit
    if None not in (node.type.to, target.to) and node.type.to != target.to:
        raise Unfit
    return node


def _branches_become(
    one: Checked, below: tuple[Checked, ...], target: Type, zone: ZoneInfo
) -> Node:
    nodes = tuple(become(part, target, zone) for part in below)
    if isinstance(one.node, Choose):
        return Choose(target, one.node.condition, nodes[0], nodes[1])
    return Coalesce(target, nodes)


def _text_becomes(written: syntax.Text, target: Type, zone: ZoneInfo) -> Node:
    if not written.text:
        return Const(target, None)
    if target.kind is Kind.CHOICE:
        if not target.options:
            return Const(target, written.text)
        return literals.option(written.text, written.span, target.options, target)
    if target.kind is Kind.DATE:
        return Const(types.DATE, literals.day(written.text, written.span))
    return Const(types.INSTANT, literals.moment(written.text, written.span, zone))


def _number_becomes(one: Checked, target: Type) -> Node:
    node = one.node
    if target.kind is Kind.INTEGER and node.type.kind is not Kind.INTEGER:
        raise Unfit
    if target.kind is Kind.MONEY and node.type.kind is not Kind.MONEY:
        if not is_literal_number(one):
            raise Unfit
        if node.type.scale > target.scale:
            raise ExpressionProblem(
                "E318", one.written.span, f"money has {target.scale} decimals here"
            )
    if target.kind is Kind.NUMBER and node.type.kind is Kind.MONEY:
        raise Unfit
    return rescaled(node, target)


def rescaled(node: Node, target: Type) -> Node:
    """Return the number at the scale and of the kind of the target."""
    if isinstance(node, Const) and isinstance(node.value, (int, Decimal)):
        value = exact.fit(Decimal(node.value), target.scale)
        whole = target.kind is Kind.INTEGER and value is not None
        return Const(target, int(value or 0) if whole else value)
    return node if node.type == target else Rescale(target, node)


def common_type(left: Checked, right: Checked) -> Type | None:
    """Return the type in which two values can meet; None where they can't."""
    a, b = left.type, right.type
    if a.kind is None or b.kind is None:
        return b if a.kind is None else a
    if a.is_numeric and b.is_numeric:
        return _common_number(left, right)
    if a.kind is Kind.TEXT and b.kind in _BY_TEXT and is_literal_text(left):
        return b
    if b.kind is Kind.TEXT and a.kind in _BY_TEXT and is_literal_text(right):
        return a
    if a.kind is not b.kind:
        return None
    if a.kind is Kind.LINK and a.to != b.to:
        return None
    if a.kind in {Kind.CHOICE, Kind.CHOICES}:
        return Type(a.kind, options={**a.options, **b.options})
    return a


def _common_number(left: Checked, right: Checked) -> Type | None:
    a, b = left.type, right.type
    if Kind.MONEY in (a.kind, b.kind):
        if a.kind is b.kind:
            return a
        if a.kind is Kind.MONEY:
            return a if is_literal_number(right) else None
        return b if is_literal_number(left) else None
    if a.kind is b.kind is Kind.INTEGER:
        return a
    return types.number(max(a.scale, b.scale))


def common_of_all(items: tuple[Checked, ...]) -> Type | None:
    """Return the type in which all values can meet; None where they can't."""
    first = items[0]
    found: Type | None = first.type
    for one in items[1:]:
        if found is None:
            return None
        found = common_type(Checked(first.written, _of_type(first.node, found)), one)
    return found


def _of_type(node: Node, type_: Type) -> Node:
    return node if node.type == type_ else Const(type_, None)
