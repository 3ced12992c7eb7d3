"""Where an expression or a text stands: what names mean there, and what it has to yield."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.metadata.expressions.compile import Expected, check
from engine.metadata.expressions.names import Scope
from engine.metadata.expressions.types import WORDS
from engine.metadata.fieldtypes.base import Kind
from engine.metadata.model.text import Expression, Template
from engine.metadata.problems import Problem


@dataclass(frozen=True, slots=True)
class Place:
    """An expression or a text, the scope of its names, and what it should yield.

    `of_record` are the kinds of link that will do where any record is meant (None: `none`, too).
    `spoilt` are names of which nothing can be said, because what gives them has an error.
    """

    source: Expression | Template
    scope: Scope
    expect: Expected = None
    of_record: tuple[Kind | None, ...] = ()
    spoilt: frozenset[str] = frozenset()


def check_record(
    source: Expression, scope: Scope, kinds: tuple[Kind | None, ...]
) -> Iterator[Problem]:
    """Yield the problems of an expression that has to lead to a record."""
    found, problems = check(source, scope)
    yield from problems
    if found and found.kind not in kinds:
        what = WORDS[found.kind] if found.kind else "empty"
        message = f"this place needs a record, and {source.text} is {what}"
        hint = "name a link, `record`, or what a step before it gave"
        yield Problem("E313", source.mark, message, hint, source.address)
