"""A view: a saved way to look at the records of an entity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.metadata.model.entity import SortKey
from engine.metadata.model.text import Expression
from engine.metadata.problems import Mark


@dataclass(frozen=True, slots=True)
class View:
    """Columns, order and filters; `filters` has the names and values of an address.

    A board has a column for each stage of `group_by`, a calendar its records by `date`.
    """

    id: str
    entity: str
    label: str
    address: str
    mark: Mark
    type: str = "list"
    where: Expression | None = None
    columns: tuple[str, ...] = ()
    sort: tuple[SortKey, ...] = ()
    filters: Mapping[str, str] = field(default_factory=dict)
    roles: tuple[str, ...] = ()
    group_by: str | None = None
    sum: tuple[str, ...] = ()
    date: str | None = None
