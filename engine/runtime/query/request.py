"""A list as it was asked for: filters, search, order, columns, view, state and place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, TypeAlias
from urllib.parse import quote_plus

from engine.metadata.model.entity import SortKey
from engine.runtime.query.parts import Operand, Span
from engine.runtime.query.search import Word

State: TypeAlias = Literal["active", "archived", "trashed"]

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition: a path, an operator and what to compare with.

    `parameter` and `text` are as in the address; `from_view` says that the view brought it.
    """

    path: str
    operator: str
    operand: Operand
    parameter: str
    text: str
    from_view: bool = False

    @property
    def is_of_time(self) -> bool:
        """Say whether it compares with a stretch of time, which words such as `today` move."""
        return any(isinstance(one, Span) for one in self.operand.parts)


@dataclass(frozen=True, slots=True)
class ListRequest:
    """What a list shall show; made by `parse_query`, and judged again by the reader.

    `after` and `before` are cursors of a page; `parameters` is the address without its cursor.
    `words` are those of `search` as parameters, where the statement serves other words as well.
    """

    entity: str
    filters: tuple[Filter, ...] = ()
    search: str = ""
    words: tuple[Word, ...] = ()
    sort: tuple[SortKey, ...] = ()
    columns: tuple[str, ...] = ()
    view: str | None = None
    state: State = "active"
    after: str | None = None
    before: str | None = None
    size: int = PAGE_SIZE
    parameters: tuple[tuple[str, str], ...] = ()

    def query_with(self, changes: Mapping[str, str | None]) -> str:
        """Return the query string with parameters changed (None: left out), on its first page."""
        kept = {name: text for name, text in self.parameters if name not in changes}
        added = {name: text for name, text in changes.items() if text is not None}
        return "&".join(f"{_quoted(one)}={_quoted(text)}" for one, text in (kept | added).items())


@lru_cache(1024)
def _quoted(text: str) -> str:
    return quote_plus(text)
