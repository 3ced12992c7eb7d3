"""Texts with {{ expressions }}: parsed once, rendered for each record.

Nothing but expressions is known here: statements and comments of template languages are problems,
and what a value holds is never read as an expression.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from engine.metadata.expressions import nodes, types
from engine.metadata.expressions.compile import Scope, Typed, check_text, located, typed_node
from engine.metadata.expressions.evaluate import Context, Result, closure
from engine.metadata.expressions.mistakes import ExpressionProblem, Span
from engine.metadata.expressions.nodes import Node
from engine.metadata.fieldtypes.base import Kind
from engine.metadata.model.text import Template
from engine.metadata.problems import Problem

_MOST_HOLES = 100
_LONGEST = 10_000
_LONGEST_RESULT = 1_000_000
_HOLE_PARTS = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|\}\}|\{\{|.""", re.DOTALL)

Show: TypeAlias = Callable[[Result, Typed], str]


@dataclass(frozen=True, slots=True)
class TextTemplate:
    """A text in parts: plain ones, and expressions to be filled in."""

    parts: tuple[str | Typed, ...]
    paths: frozenset[tuple[str, ...]]
    closures: tuple[tuple[Typed, Callable[[Context], Result]] | str, ...]

    @property
    def uses_clock(self) -> bool:
        """Say whether the text changes by itself as time passes."""
        return any(one.uses_clock for one in self.parts if isinstance(one, Typed))


def parse_template(
    template: Template, scope: Scope
) -> tuple[TextTemplate | None, tuple[Problem, ...]]:
    """Return the parts of a text, or all problems of its expressions with their places."""
    built, found = _read(template.text, scope)
    problems = tuple(located(one, template.text, template.mark, template.address) for one in found)
    return built, problems


def typed_template(template: Template, scope: Scope) -> TextTemplate:
    """Return the parts of a text that was checked; raise its problem if it was not."""
    built, found = _read(template.text, scope)
    if built is None:
        raise found[0]
    return built


def render(template: TextTemplate, context: Context, show: Show) -> str:
    """Fill a text in for one record; what is empty leaves nothing behind, what is endless ends."""
    parts: list[str] = []
    left = _LONGEST_RESULT
    for one in template.closures:
        part = one if isinstance(one, str) else _shown(one, context, show)
        parts.append(part[:left])
        left -= len(parts[-1])
    return "".join(parts)


def _shown(hole: tuple[Typed, Callable[[Context], Result]], context: Context, show: Show) -> str:
    typed, evaluate = hole
    value = evaluate(context)
    if value is None:
        return ""
    return value if typed.kind is Kind.TEXT and isinstance(value, str) else show(value, typed)


def _read(text: str, scope: Scope) -> tuple[TextTemplate | None, tuple[ExpressionProblem, ...]]:
    found: list[str | Typed] = []
    problems: list[ExpressionProblem] = []
    try:
        for part in _split(text):
            if isinstance(part, str):
                found.append(part)
                continue
            node, wrong = check_text(text[part.start : part.end], scope, None)
            problems += [_moved(one, part.start) for one in wrong]
            if node is not None:
                found.append(typed_node(_printable(node)))
    except ExpressionProblem as problem:
        problems.append(problem)
    if problems:
        return None, tuple(problems)
    holes = [one for one in found if isinstance(one, Typed)]
    paths = frozenset(path for one in holes for path in one.paths)
    closures = tuple(one if isinstance(one, str) else (one, closure(one)) for one in found)
    return TextTemplate(tuple(found), paths, closures), ()


def _split(text: str) -> Iterator[str | Span]:
    """Yield the plain parts of a text and the places of its expressions."""
    _refuse_tags(text)
    _refuse_much(text)
    at = 0
    while True:
        begin = text.find("{{", at)
        if begin < 0:
            break
        if begin > at:
            yield text[at:begin]
        end = _end_of_hole(text, begin)
        yield Span(begin + 2, end)
        at = end + 2
    if at < len(text):
        yield text[at:]


def _refuse_tags(text: str) -> None:
    for sign, what in (("{%", "statements"), ("{#", "comments")):
        at = text.find(sign)
        if at >= 0:
            raise ExpressionProblem(
                "E317",
                Span(at, at + 2),
                f"a text has no {what} '{sign}'",
                "use {{ a if condition else b }}",
            )


def _refuse_much(text: str) -> None:
    if len(text) > _LONGEST or text.count("{{") > _MOST_HOLES:
        raise ExpressionProblem(
            "E302",
            Span(0, 2),
            f"a text has at most {_MOST_HOLES} expressions and {_LONGEST:,} letters",
            "write less",
        )


def _end_of_hole(text: str, begin: int) -> int:
    for part in _HOLE_PARTS.finditer(text, begin + 2):
        if part.group() == "}}":
            return part.start()
        if part.group() == "{{":
            break
    raise ExpressionProblem(
        "E317", Span(begin, begin + 2), "'{{' is never closed", "close it with }}"
    )


def _moved(problem: ExpressionProblem, offset: int) -> ExpressionProblem:
    span = Span(problem.start + offset, problem.end + offset)
    return ExpressionProblem(problem.code, span, problem.message, problem.hint)


def _printable(node: Node) -> Node:
    """Let a link print the title of its record."""
    if node.type.kind is not Kind.LINK:
        return node
    match node:
        case nodes.Read():
            return nodes.Read(types.TEXT, (*node.path, "title"))
        case nodes.Choose():
            return nodes.Choose(
                types.TEXT, node.condition, _printable(node.then), _printable(node.otherwise)
            )
        case nodes.Coalesce():
            return nodes.Coalesce(types.TEXT, tuple(map(_printable, node.items)))
        case _:
            return nodes.Const(types.TEXT, None)
