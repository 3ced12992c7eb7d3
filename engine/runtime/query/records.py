"""What the reader hands out: records, pages of them, links, choices and hits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from engine.metadata.model.text import Value


@dataclass(frozen=True, slots=True)
class LinkTo:
    """A linked record that the actor may see or peek at."""

    entity: str
    id: int
    title: str


@dataclass(frozen=True, slots=True)
class Record:
    """A record as one actor may see it.

    `values` and `links` have the fields that were asked for, by path (`city`, `client.city`). A
    link that leads to a record outside the actor's rights has its id in `values` and None in
    `links`. `may` names the verbs that hold for this record; a record that is peeked at only has
    the verb `peek` alone.
    """

    entity: str
    id: int
    title: str
    values: Mapping[str, Value]
    links: Mapping[str, LinkTo | None]
    created_at: datetime | None
    created_by: int | None
    updated_at: datetime | None
    updated_by: int | None
    archived: bool
    trashed: bool
    version: int
    last_activity_at: datetime | None
    may: frozenset[str]


@dataclass(frozen=True, slots=True)
class Page:
    """Records in their order, and the cursors of the pages beside them."""

    records: tuple[Record, ...]
    next: str | None = None
    previous: str | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """A record that a link may point at."""

    id: int
    title: str
    subtitle: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """A record found by the search over everything."""

    entity: str
    id: int
    title: str
    subtitle: str = ""
    archived: bool = False
