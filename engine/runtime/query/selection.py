"""The columns of one select, and how its rows become records.

What a record's verbs depend on is asked in the same select, once for each reach; verbs that hold
for whatever is seen cost nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement

from engine.metadata.fieldtypes.base import Storage
from engine.metadata.model.text import RecordRef, Value
from engine.runtime.access import Access
from engine.runtime.access.reach import ALL, Reach
from engine.runtime.actor import Actor
from engine.runtime.query.joins import Joins
from engine.runtime.query.names import RecordNames
from engine.runtime.query.paths import FieldPath
from engine.runtime.query.records import LinkTo, Record

Row: TypeAlias = Sequence[Any]
Titles: TypeAlias = Mapping[RecordRef, str]

# What can be done with a record that is there; `create` and `import` make others.
RECORD_VERBS = ("edit", "delete", "export", "press", "assign", "merge", "share")
SYSTEM = (
    "id",
    "title",
    "created_at",
    "created_by",
    "updated_at",
    "updated_by",
    "archived",
    "trashed_at",
    "version",
    "last_activity_at",
)
ALWAYS = frozenset({"id", "title", "archived", "trashed_at", "version"})


@dataclass(frozen=True, slots=True)
class _Link:
    """A link's column, and where the record that it leads to stands."""

    path: str
    entity: str
    id: int
    title: int
    name: Callable[[int, str], str]


class Selection:
    """What a select asks for and what its rows mean, for one actor and the records of one entity.

    `verb` is how the records are known: `see`, or `peek` for title, stage and owner alone.
    """

    def __init__(
        self, access: Access, names: RecordNames, joins: Joins, actor: Actor, verb: str = "see"
    ) -> None:
        self._access = access
        self._names = names
        self._joins = joins
        self._actor = actor
        self._verb = verb
        self.columns: list[ColumnElement[Any]] = []
        known = access.peekable if verb == "peek" else access.readable
        self._system = {
            name: self.place(joins.record.c[name])
            for name in SYSTEM
            if name in ALWAYS or name in known(actor, joins.entity_id)
        }
        self._plain: list[tuple[str, int]] = []
        self._links: list[_Link] = []
        self._references: list[tuple[str, int]] = []
        self._name = names.showing(actor, joins.entity_id)
        self._always, self._sometimes = self._verbs()

    def add(self, paths: Iterable[FieldPath]) -> None:
        """Ask for fields."""
        for path in paths:
            columns = self._joins.columns(path)
            at = self.place(*columns)
            if path.type.storage is Storage.ANY_LINK:
                self._references.append((path.text, at))
                continue
            self._plain.append((path.text, at))
            if path.type.storage is Storage.LINK and path.field.to is not None:
                linked = self._joins.linked(path, path.field.to)
                beyond = self.place(linked.c.id, linked.c.title)
                name = self._names.showing(self._actor, path.field.to)
                self._links.append(_Link(path.text, path.field.to, beyond, beyond + 1, name))

    def references(self, rows: Iterable[Row]) -> Iterator[RecordRef]:
        """Yield the records that links to any record lead to: their titles are asked for apart."""
        for row in rows:
            for _, at in self._references:
                if row[at] is not None:
                    yield RecordRef(row[at], row[at + 1])

    def record(self, row: Row, titles: Titles) -> Record:
        """Turn a row into a record."""
        values: dict[str, Value] = {path: row[at] for path, at in self._plain}
        links = {one.path: _linked(row, one) for one in self._links}
        for path, at in self._references:
            reference = None if row[at] is None else RecordRef(row[at], row[at + 1])
            values[path] = reference
            links[path] = _link_to(reference, titles)
        place = self._system
        return Record(
            entity=self._joins.entity_id,
            id=row[place["id"]],
            title=self._name(row[place["id"]], row[place["title"]]),
            values=values,
            links=links,
            created_at=self._optional(row, "created_at"),
            created_by=self._optional(row, "created_by"),
            updated_at=self._optional(row, "updated_at"),
            updated_by=self._optional(row, "updated_by"),
            archived=row[place["archived"]],
            trashed=row[place["trashed_at"]] is not None,
            version=row[place["version"]],
            last_activity_at=self._optional(row, "last_activity_at"),
            may=self._may(row),
        )

    def place(self, *columns: ColumnElement[Any]) -> int:
        """Ask for columns and return where the first one stands in a row."""
        self.columns += columns
        return len(self.columns) - len(columns)

    def _optional(self, row: Row, name: str) -> Any:
        return row[self._system[name]] if name in self._system else None

    def _verbs(self) -> tuple[frozenset[str], tuple[tuple[frozenset[str], int], ...]]:
        """Return the verbs that hold for all of the records, and those that a column decides."""
        if self._verb == "peek":
            return frozenset({"peek"}), ()
        actor, entity_id = self._actor, self._joins.entity_id
        seen = self._access.reach(actor, entity_id, "see")
        by_reach: dict[Reach, set[str]] = {}
        for verb in RECORD_VERBS:
            by_reach.setdefault(self._access.reach(actor, entity_id, verb), set()).add(verb)
        always = {"see", "peek"} | by_reach.pop(ALL, set()) | by_reach.pop(seen, set())
        sometimes = tuple(
            (
                frozenset(verbs),
                self.place(self._access.within(actor, entity_id, reach, self._joins.record)),
            )
            for reach, verbs in by_reach.items()
            if reach
        )
        return frozenset(always), sometimes

    def _may(self, row: Row) -> frozenset[str]:
        found = self._always
        for verbs, at in self._sometimes:
            if row[at]:
                found |= verbs
        return found


def _linked(row: Row, link: _Link) -> LinkTo | None:
    record_id = row[link.id]
    if record_id is None:
        return None
    return LinkTo(link.entity, record_id, link.name(record_id, row[link.title]))


def _link_to(reference: RecordRef | None, titles: Titles) -> LinkTo | None:
    if reference is None or reference not in titles:
        return None
    return LinkTo(reference.entity, reference.id, titles[reference])
