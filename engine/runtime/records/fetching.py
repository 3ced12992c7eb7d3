"""Fetches at once what the expressions about many records will look at one by one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TypeAlias

from engine.metadata.model.text import RecordRef
from engine.runtime.records.changes import Stored, Values
from engine.runtime.records.compiled import NOT_OF_THE_RECORD, CompiledEntity
from engine.runtime.records.context import Scene

Path: TypeAlias = tuple[str, ...]
Wave: TypeAlias = list[tuple[CompiledEntity, Values]]


def fetch_paths(
    scene: Scene, compiled: CompiledEntity, records: Sequence[Stored], paths: Iterable[Path]
) -> None:
    """Fetch the linked records on the ways of all paths, link by link."""
    ways = {path[:-1] for path in paths if path[0] not in NOT_OF_THE_RECORD}
    for way in sorted(ways):
        wave: Wave = [(compiled, one.values) for one in records]
        for name in way:
            if any(name in kind.pipelines for kind, _ in wave):
                _fetch_stays(scene, wave)
            else:
                wave = _step(scene, wave, name)


def _fetch_stays(scene: Scene, wave: Wave) -> None:
    """Fetch since when records stand in their stages: such a way ends there."""
    wanted: defaultdict[str, set[int]] = defaultdict(set)
    for compiled, values in wave:
        record_id = values.get("id")
        if isinstance(record_id, int):
            wanted[compiled.id].add(record_id)
    for entity_id, ids in wanted.items():
        scene.lookup.fetch_stays(entity_id, ids)


def _step(scene: Scene, wave: Wave, name: str) -> Wave:
    """Return the records to which a name leads from those of a wave."""
    wanted: defaultdict[str, set[int]] = defaultdict(set)
    for compiled, values in wave:
        target = _linked(compiled, values, name)
        if target is not None and target.entity in scene.entities:
            wanted[target.entity].add(target.id)
    found: Wave = []
    for entity_id, ids in wanted.items():
        scene.lookup.fetch(entity_id, ids)
        known = ((one, scene.lookup.values(entity_id, one)) for one in sorted(ids))
        found += [(scene.entities[entity_id], values) for _, values in known if values is not None]
    return found


def _linked(compiled: CompiledEntity, values: Values, name: str) -> RecordRef | None:
    if name in compiled.targets:
        record_id = values.get(name)
        return RecordRef(compiled.targets[name], record_id) if isinstance(record_id, int) else None
    about = values.get(compiled.any_link or "")
    return about if isinstance(about, RecordRef) and about.entity == name else None
