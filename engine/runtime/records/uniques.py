"""Values that no two records share; archived records count, trashed ones do not.

The sentence never shows the other record. The unique indexes of the database stand behind this
check: where two transactions meet, the second one is tried again and finds the first one's record.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, and_, or_, select

from engine.errors import Message, say
from engine.metadata.model.text import RecordRef
from engine.runtime.records.compiled import CompiledEntity
from engine.runtime.records.context import Scene
from engine.runtime.records.draft import Draft

Key: TypeAlias = tuple[Any, ...]
CHUNK = 200


def check_uniques(scene: Scene, drafts: Sequence[Draft], *, anew: bool = False) -> None:
    """Add a sentence to every draft whose values another record has.

    The drafts are of one entity; `anew` also judges values that do not change (out of the trash).
    """
    for names in drafts[0].compiled.uniques if drafts else ():
        asked = [(draft, key) for draft in drafts if (key := _key(draft, names, anew=anew))]
        taken = _taken(scene, names, asked)
        for draft, key in asked:
            if key in taken:
                draft.add({names[0]: (_sentence(draft.compiled, names),)})
            taken.add(key)  # of two new records with one value the first one gets it


def _key(draft: Draft, names: tuple[str, ...], *, anew: bool) -> Key | None:
    """Return the values to judge; empty matches nothing, what is unreadable is judged already."""
    if any(name in draft.messages for name in names):
        return None
    if not anew and not any(draft.changed(name) for name in names):
        return None
    cells: list[Any] = []
    for value in (draft.values.get(name) for name in names):
        cells += [value.entity, value.id] if isinstance(value, RecordRef) else [value]
    return None if any(one is None for one in cells) else tuple(cells)


def _taken(scene: Scene, names: tuple[str, ...], asked: Sequence[tuple[Draft, Key]]) -> set[Key]:
    """Return those of the keys that other records have."""
    taken: set[Key] = set()
    own = [draft.record_id for draft, _ in asked if draft.record_id is not None]
    keys = list(dict.fromkeys(key for _, key in asked))
    for start in range(0, len(keys), CHUNK):
        compiled = asked[0][0].compiled
        taken |= _stored(scene, compiled, names, keys[start : start + CHUNK], own)
    return taken


def _stored(
    scene: Scene,
    compiled: CompiledEntity,
    names: tuple[str, ...],
    keys: Sequence[Key],
    own: Sequence[int],
) -> set[Key]:
    columns = [compiled.table.c[column] for name in names for column in compiled.columns[name]]
    query = select(*columns).where(
        compiled.table.c.trashed_at.is_(None),
        compiled.table.c.id.not_in(own),
        or_(*(_matches(columns, key) for key in keys)),
    )
    return {tuple(row) for row in scene.connection.execute(query)}


def _matches(columns: Sequence[ColumnElement[Any]], key: Key) -> ColumnElement[bool]:
    return and_(*(column == cell for column, cell in zip(columns, key, strict=True)))


def _sentence(compiled: CompiledEntity, names: tuple[str, ...]) -> Message:
    labels = [compiled.fields[one].field.label for one in names]
    if len(labels) == 1:
        return say("Another record has this value already.")
    return say("Another record has the same values already: {fields}.", fields=", ".join(labels))
