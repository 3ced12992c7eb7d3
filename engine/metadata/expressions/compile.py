"""The front door: an author's expression becomes a typed one, or problems at exact places.

`check` is for the loader and collects problems; `typed` is for the running engine, which only
meets expressions that were checked, and is cached. `expect` says what the place needs: a kind, or
the field that the value is written to: then the result has that field's scale, and a literal is
read as its option or date.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Generic, TypeAlias, TypeVar

from engine.metadata.expressions import nodes, types
from engine.metadata.expressions.check import Checker, refuse_condition
from engine.metadata.expressions.meet import Checked, Unfit, become, rescaled
from engine.metadata.expressions.mistakes import ExpressionProblem, Span
from engine.metadata.expressions.names import Named, Scope
from engine.metadata.expressions.nodes import Node
from engine.metadata.expressions.parse import parse
from engine.metadata.expressions.types import Type
from engine.metadata.fieldtypes.base import Kind
from engine.metadata.model.application import Application
from engine.metadata.model.entity import Entity
from engine.metadata.model.field import Field, Option
from engine.metadata.model.text import Expression
from engine.metadata.problems import Mark, Problem

Expected: TypeAlias = Kind | Field | None
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Typed:
    """An expression with its meaning, and what it reads."""

    node: Node
    paths: frozenset[tuple[str, ...]]
    uses_clock: bool

    @property
    def kind(self) -> Kind | None:
        """Return the kind of its value; None for one that is always empty."""
        return self.node.type.kind

    @property
    def scale(self) -> int:
        """Return the decimals of its value."""
        return self.node.type.scale

    @property
    def options(self) -> tuple[Option, ...]:
        """Return the options that a choice may take."""
        return tuple(self.node.type.options.values())

    @property
    def to(self) -> str | None:
        """Return the entity that a link leads to."""
        return self.node.type.to

    @property
    def names_user(self) -> bool:
        """Say whether it depends on who asks."""
        return any(path[0] == "user" for path in self.paths)

    @property
    def names_old(self) -> bool:
        """Say whether it looks at the record as it was before the change."""
        return any(path[0] == "old" for path in self.paths)


def check(
    expression: Expression, scope: Scope, expect: Expected = None
) -> tuple[Typed | None, tuple[Problem, ...]]:
    """Return the meaning of an expression, or its problems with their places in the file.

    The expression's mark is the place of its first letter (behind an opening quotation mark).
    """
    node, found = check_text(expression.text, scope, expect)
    problems = tuple(
        located(one, expression.text, expression.mark, expression.address) for one in found
    )
    return (None if node is None else typed_node(node)), problems


def typed(expression: Expression, scope: Scope, expect: Expected = None) -> Typed:
    """Return the meaning of an expression that was checked; raise its problem if it was not."""
    extra = _Same(scope.extra)
    return _typed(
        expression.text,
        _Same(scope.application),
        _Same(scope.entity),
        extra,
        expect if isinstance(expect, Kind) else _Same(expect),
    )


def check_text(
    text: str, scope: Scope, expect: Expected
) -> tuple[Node | None, tuple[ExpressionProblem, ...]]:
    """Return the meaning of a text, or its problems with their offsets."""
    checker = Checker(scope)
    try:
        written = parse(text)
        node = checker.check(written)
        if node is not None and expect is not None:
            node = _conform(Checked(written, node), expect, checker)
    except ExpressionProblem as problem:
        return None, (problem,)
    return node, tuple(checker.problems)


def typed_node(node: Node) -> Typed:
    """Gather what a tree reads."""
    paths: set[tuple[str, ...]] = set()
    uses_clock = False
    for one in nodes.walk(node):
        if isinstance(one, nodes.Read):
            paths.add(one.path)
        uses_clock |= isinstance(one, (nodes.Now, nodes.Today, nodes.Age, nodes.Anniversary))
    return Typed(node, frozenset(paths), uses_clock)


def located(problem: ExpressionProblem, text: str, mark: Mark, address: str) -> Problem:
    """Place a problem in its file."""
    before = text[: problem.start]
    lines = before.count("\n")
    if not lines and problem.start >= mark.length:  # the text was folded: its lines are one here
        return Problem(problem.code, mark, problem.message, problem.hint, address, problem.severity)
    column = len(before) - (before.rfind("\n") + 1)
    place = replace(
        mark,
        line=mark.line + lines,
        column=mark.column + column,
        length=max(1, problem.end - problem.start),
    )
    return Problem(problem.code, place, problem.message, problem.hint, address, problem.severity)


def _conform(one: Checked, expect: Kind | Field, checker: Checker) -> Node:
    """Return the value as the place needs it."""
    target = _target(expect, checker.scope)
    if target is None:
        return one.node
    if target.kind is Kind.BOOL and one.type.kind is not Kind.BOOL:
        if not isinstance(expect, Field) or one.type.kind is not None:
            refuse_condition(one)
        return nodes.Const(types.BOOL, value=False)
    if target.is_numeric and one.type.is_numeric:
        if target.kind is Kind.INTEGER and one.type.kind is not Kind.INTEGER:
            raise _unexpected(one, target, "round it: round(x)")
        return rescaled(one.node, target) if isinstance(expect, Field) else one.node
    try:
        return become(one, target, checker.zone)
    except Unfit:
        raise _unexpected(one, target) from None


def _target(expect: Kind | Field, scope: Scope) -> Type | None:
    if isinstance(expect, Field):
        return types.field_type(expect, scope.application)
    return types.money(scope.application) if expect is Kind.MONEY else Type(expect)


def _unexpected(one: Checked, target: Type, hint: str = "") -> ExpressionProblem:
    return ExpressionProblem(
        "E313", one.written.span, f"this place needs {target.words}, and {one.words}", hint
    )


class _Same(Generic[T]):
    """Wraps a value that is the same only as itself, so that it may be a key of a cache."""

    __slots__ = ("value",)

    def __init__(self, value: T) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.value is self.value

    def __hash__(self) -> int:
        return id(self.value)


@lru_cache(maxsize=2048)  # it keeps the applications of its expressions alive
def _typed(
    text: str,
    application: _Same[Application],
    entity: _Same[Entity | None],
    extra: _Same[Mapping[str, Named]],
    expect: object,
) -> Typed:
    scope = Scope(application.value, entity.value, extra.value)
    wanted = expect.value if isinstance(expect, _Same) else expect
    node, problems = check_text(text, scope, wanted)  # type: ignore[arg-type] # kind, field, none
    if node is None:
        raise problems[0]
    return typed_node(node)


__all__ = ["Expected", "Scope", "Span", "Typed", "check", "typed"]
