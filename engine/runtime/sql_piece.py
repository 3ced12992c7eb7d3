"""A piece of SQL with other pieces in it, written flat, so that deep expressions compile."""

from __future__ import annotations

from itertools import chain
from typing import Any

from sqlalchemy import ColumnElement, FromClause
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.visitors import InternalTraversal
from sqlalchemy.types import TypeEngine


class Piece(ColumnElement[Any]):
    """Text of SQL in which {0}, {1} ... are other elements.

    The text comes from the tables of patterns alone, never from a configuration or a person.
    """

    __visit_name__ = "kartoteka_piece"
    _traverse_internals = (
        ("pattern", InternalTraversal.dp_string),
        ("parts", InternalTraversal.dp_clauseelement_tuple),
        ("type", InternalTraversal.dp_type),
    )
    inherit_cache = True

    def __init__(
        self, pattern: str, parts: tuple[ColumnElement[Any], ...], type_: TypeEngine[Any]
    ) -> None:
        """Keep the text, what goes into it, and the type of the whole."""
        self.pattern = pattern
        self.parts = parts
        self.type = type_

    @property
    def _from_objects(self) -> list[FromClause]:
        return list(chain.from_iterable(one._from_objects for one in self.parts))  # noqa: SLF001 - the hook that SQLAlchemy has for it


@compiles(Piece)
def _write(element: Piece, compiler: SQLCompiler, **options: Any) -> str:
    parts = (compiler.process(one, **options) for one in element.parts)
    return element.pattern.format(*parts)
