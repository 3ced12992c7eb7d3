"""A piece of SQL with other pieces in it, written flat, so that deep expressions compile."""

from __future__ import annotations

from itertools import chain
from typing import Any

from sqlalchemy import ColumnElement, FromClause, ScalarSelect, TypeCoerce
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.operators import OperatorType
from sqlalchemy.sql.visitors import InternalTraversal
from sqlalchemy.types import TypeEngine

LEVEL = 6  # entries of SQLite's parser stack for one bracket of an operand
LINK = 5 * LEVEL  # for a subselect that follows links


class Piece(ColumnElement[Any]):
    """Text of SQL in which {0}, {1} ... are other elements.

    The text comes from the tables of patterns alone, never from a configuration or a person.
    """

    __visit_name__ = "kartoteka_piece"
    _traverse_internals = [  # noqa: RUF012 - the form that SQLAlchemy asks for
        ("pattern", InternalTraversal.dp_string),
        ("parts", InternalTraversal.dp_clauseelement_tuple),
        ("type", InternalTraversal.dp_type),
    ]
    inherit_cache = True

    def __init__(
        self, pattern: str, parts: tuple[ColumnElement[Any], ...], type_: TypeEngine[Any]
    ) -> None:
        """Keep the text, what goes into it, and the type of the whole."""
        self.pattern = pattern
        self.parts = parts
        self.type = type_
        self.weight = _deepest(pattern) + max(map(weight, parts), default=0)

    def self_group(self, against: OperatorType | None = None) -> Piece:
        """Stand as it is: a condition that SQLite has to compare with 1 finds no index."""
        del against
        return self

    @property
    def _from_objects(self) -> list[FromClause]:
        return list(chain.from_iterable(one._from_objects for one in self.parts))  # noqa: SLF001 - the hook that SQLAlchemy has for it


def weight(element: ColumnElement[Any]) -> int:
    """Estimate how many levels a parser needs to keep while it reads an element."""
    if isinstance(element, TypeCoerce):
        return weight(element.clause)
    if isinstance(element, ScalarSelect):
        return LINK
    return element.weight if isinstance(element, Piece) else 0


def _deepest(pattern: str) -> int:
    depth = deepest = 0
    for letter in pattern:
        depth += (letter == "(") - (letter == ")")
        deepest = max(deepest, depth)
    return LEVEL * deepest


@compiles(Piece)
def _write(element: Piece, compiler: SQLCompiler, **options: Any) -> str:
    parts = (compiler.process(one, **options) for one in element.parts)
    return element.pattern.format(*parts)
