"""What a record is called and found by: its title and search text, and who is named after it.

Titles are stored, so that lists sort and links show them without a second look. When a record
changes, the titles that name it change in the same transaction, and so on from title to title.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import phonenumbers
from sqlalchemy import ColumnElement, Select, and_, bindparam, select, update

from engine.metadata.expressions.compile import Typed
from engine.metadata.expressions.evaluate import Result
from engine.metadata.expressions.letters import fold
from engine.metadata.expressions.templates import Show, render
from engine.metadata.fieldtypes.base import Payload
from engine.metadata.model.text import RecordRef
from engine.runtime.records.changes import Values
from engine.runtime.records.compiled import CompiledEntity, Hop, Watcher
from engine.runtime.records.context import Lookup, RecordContext, Scene
from engine.runtime.records.store import Lock, fetch_values

LONGEST_TITLE = 250
LONGEST_SEARCH = 20_000
WAVES = 10  # titles of titles of titles: rings of them end here
CHUNK = 500


@dataclass(frozen=True, slots=True)
class Names:
    """The stored texts by which a record is shown, sorted and found."""

    title: str
    title_key: str
    search_text: str

    def cells(self) -> dict[str, str]:
        """Return the values by column."""
        return {
            "title": self.title,
            "title_key": self.title_key,
            "search_text": self.search_text,
        }


def names_of(
    scene: Scene, compiled: CompiledEntity, record_id: int | None, values: Values
) -> Names:
    """Return the title and search text of a record."""
    context = scene.context(compiled, values)
    title = _title(compiled, record_id, context, with_titles(scene.lookup, scene.show))
    found_by = " ".join(dict.fromkeys((title, *_search_parts(compiled, context))))
    return Names(title, fold(title), fold(found_by)[:LONGEST_SEARCH])


def hold_named(scene: Scene, compiled: CompiledEntity, records: Sequence[Values]) -> None:
    """Fetch the records that names are made of, and let nobody change them until the end.

    Otherwise one transaction might rename a client while another one writes the old name.
    """
    for walk in compiled.walks:
        wave: list[tuple[str, Values]] = [(compiled.id, one) for one in records]
        for link in walk[:-1]:
            wave = [found for one in wave if (found := _linked_values(scene, one, link))]
        targets = [target for one in wave if (target := _link(scene, *one, walk[-1]))]
        for entity_id in sorted({entity for entity, _ in targets}):
            scene.lookup.fetch(entity_id, {i for e, i in targets if e == entity_id}, hold=True)


def _linked_values(
    scene: Scene, record: tuple[str, Values], link: str
) -> tuple[str, Values] | None:
    target = _link(scene, *record, link)
    values = None if target is None else scene.lookup.values(*target)
    return None if target is None or values is None else (target[0], values)


def _link(scene: Scene, entity_id: str, values: Values, link: str) -> tuple[str, int] | None:
    """Return the record to which a link leads, also where the link is the name of an entity."""
    compiled = scene.entities[entity_id]
    value = values.get(link if link in compiled.names else compiled.any_link or "")
    if isinstance(value, RecordRef):
        return (value.entity, value.id) if link in (compiled.any_link, value.entity) else None
    target = compiled.targets.get(link)
    return (target, value) if target is not None and isinstance(value, int) else None


def needs_id(compiled: CompiledEntity, names: Names) -> bool:
    """Say whether the title can't be made before the record has its id."""
    if names.title == compiled.entity.label:
        return True
    return compiled.title is not None and ("id",) in compiled.title.paths


def with_titles(lookup: Lookup, show: Show) -> Show:
    """Return a `show` that prints links to any record by their titles."""

    def shown(value: Result, typed: Typed) -> str:
        if isinstance(value, RecordRef):
            return lookup.title(value.entity, value.id)
        return show(value, typed)

    return shown


def _title(
    compiled: CompiledEntity, record_id: int | None, context: RecordContext, show: Show
) -> str:
    text = " ".join(_written(compiled, context, show).split())
    if not any(character.isalnum() for character in text):
        label = compiled.entity.label
        text = label if record_id is None else f"{label} {record_id}"
    return text if len(text) <= LONGEST_TITLE else f"{text[: LONGEST_TITLE - 1]}…"


def _written(compiled: CompiledEntity, context: RecordContext, show: Show) -> str:
    if compiled.title is not None:
        return render(compiled.title, context, show)
    if compiled.title_field is not None:
        return str(context.read((compiled.title_field,)) or "")
    return ""


def _search_parts(compiled: CompiledEntity, context: RecordContext) -> Iterator[str]:
    for name in compiled.entity.search:
        value = context.read((name,))
        if value is None:
            continue
        if compiled.fields[name].type.payload is Payload.PHONE:
            yield from _phone_forms(str(value))
        else:
            yield str(value)


def _phone_forms(value: str) -> Iterator[str]:
    """Yield a phone as it is stored and as it is dialled at home, so that both are found."""
    yield value
    number = phonenumbers.parse(value)
    national = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
    yield "".join(character for character in national if character.isdigit())


def refresh_namesakes(
    scene: Scene, entity_id: str, record_ids: Iterable[int], fields: Iterable[str]
) -> None:
    """Refresh the titles that name these fields of these records, wave after wave."""
    wave = [(entity_id, frozenset(record_ids), frozenset(fields))]
    for _ in range(WAVES):
        affected = _affected(scene, wave)
        wave = [
            (one, frozenset(renamed), frozenset({"title"}))
            for one, ids in affected.items()
            if (renamed := rename(scene, scene.entities[one], ids))
        ]
        if not wave:
            return


def rename(scene: Scene, compiled: CompiledEntity, record_ids: Iterable[int]) -> set[int]:
    """Write the titles of records anew and return those that have changed."""
    ids = sorted(record_ids)
    renamed: set[int] = set()
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        renamed |= _rename_chunk(scene, compiled, chunk)
    return renamed


def _rename_chunk(scene: Scene, compiled: CompiledEntity, ids: Sequence[int]) -> set[int]:
    found = fetch_values(scene.connection, compiled, ids, Lock.OWN)
    names = {one: names_of(scene, compiled, one, values) for one, values in found.items()}
    if not names:
        return set()
    table = compiled.table
    statement = update(table).where(table.c.id == bindparam("_id"))
    rows = [{"_id": one, **made.cells()} for one, made in names.items()]
    scene.connection.execute(statement, rows)
    for one, made in names.items():
        scene.lookup.put(compiled.id, one, {**found[one], "title": made.title})
    return {one for one, made in names.items() if made.title != found[one]["title"]}


def _affected(
    scene: Scene, wave: Iterable[tuple[str, Collection[int], Collection[str]]]
) -> dict[str, set[int]]:
    affected: defaultdict[str, set[int]] = defaultdict(set)
    for entity_id, ids, fields in wave:
        watchers = scene.entities[entity_id].watchers
        for watcher in {one for field in fields for one in watchers.get(field, ())}:
            affected[watcher.entity] |= _reached(scene, watcher, sorted(ids))
    return affected


def _reached(scene: Scene, watcher: Watcher, ids: Sequence[int]) -> set[int]:
    found: set[int] = set()
    for start in range(0, len(ids), CHUNK):
        found |= set(scene.connection.scalars(_way(scene, watcher, ids[start : start + CHUNK])))
    return found


def _way(scene: Scene, watcher: Watcher, ids: Sequence[int]) -> Select[Any]:
    """Return the query for the records from which the hops lead to one of these ids."""
    last, *before = reversed(watcher.hops)
    query = select(scene.entities[last.entity].table.c.id).where(_linked(scene, last, ids))
    for hop in before:
        query = select(scene.entities[hop.entity].table.c.id).where(_linked(scene, hop, query))
    return query


def _linked(scene: Scene, hop: Hop, ids: Sequence[int] | Select[Any]) -> ColumnElement[bool]:
    compiled = scene.entities[hop.entity]
    *kind, record = (compiled.table.c[one] for one in compiled.columns_of(hop.link))
    return and_(record.in_(ids), *(one == hop.target for one in kind))
