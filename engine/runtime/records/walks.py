"""Which titles name which fields of other records, and over which links.

A title `{{ number }} {{ client.company.name }}` watches `name` of companies and `company` of
clients: when one of them changes, the title is another one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine.metadata.expressions.names import Scope
from engine.metadata.expressions.templates import typed_template
from engine.metadata.model.application import Application
from engine.metadata.model.entity import Entity
from engine.runtime.records.compiled import NOT_OF_THE_RECORD, Hop, Path, Watcher

SYSTEM_LINKS = {"created_by": "user", "updated_by": "user"}


@dataclass(frozen=True, slots=True)
class Step:
    """A place on the way of a path: the name read there, and the hops that led there."""

    entity: str
    name: str
    hops: tuple[Hop, ...]


def watchers_of(application: Application) -> Mapping[str, Mapping[str, tuple[Watcher, ...]]]:
    """Return, by entity and field, whose names depend on it."""
    found: dict[str, dict[str, dict[Watcher, None]]] = defaultdict(lambda: defaultdict(dict))
    for entity in application.entities.values():
        for path in name_paths(application, entity):
            for step in steps(application, entity, path):
                if step.hops:
                    found[step.entity][step.name][Watcher(entity.id, step.hops)] = None
    return {
        entity: {name: tuple(watchers) for name, watchers in names.items()}
        for entity, names in found.items()
    }


def walks_of(application: Application, entity: Entity) -> tuple[Path, ...]:
    """Return the links on which the names of an entity's records go, shorter ways first."""
    prefixes = {
        path[:length] for path in name_paths(application, entity) for length in range(1, len(path))
    }
    return tuple(sorted(prefixes, key=lambda one: (len(one), one)))


def name_paths(application: Application, entity: Entity) -> frozenset[Path]:
    """Return the paths that a record's title and search text read, through links to titles."""
    paths: set[Path] = {(name,) for name in entity.search}
    if entity.title is not None:
        paths |= typed_template(entity.title, Scope(application, entity)).paths
    return frozenset(
        (*path, "title") if _ends_at_link(application, entity, path) else path
        for path in paths
        if path[0] not in NOT_OF_THE_RECORD
    )


def steps(application: Application, entity: Entity, path: Path) -> Iterator[Step]:
    """Yield each name of a path with the hops before it; any_links lead to every entity."""
    yield from _steps(application, Step(entity.id, path[0], ()), path[1:])


def _steps(application: Application, step: Step, rest: Path) -> Iterator[Step]:
    yield step
    if not rest:
        return
    for hop in _hops(application, step):
        yield from _steps(application, Step(hop.target, rest[0], (*step.hops, hop)), rest[1:])


def _hops(application: Application, step: Step) -> Iterator[Hop]:
    entity = application.entity(step.entity)
    field = entity.fields.get(step.name)
    if field is None and step.name in SYSTEM_LINKS:
        yield Hop(entity.id, step.name, SYSTEM_LINKS[step.name])
    elif field is not None and field.to is not None:
        yield Hop(entity.id, field.id, field.to)
    else:
        targets = application.entities if field is not None else (step.name,)
        any_link = next((o.id for o in entity.fields.values() if o.type == "any_link"), None)
        if any_link is not None:
            yield from (Hop(entity.id, any_link, one) for one in targets)


def _ends_at_link(application: Application, entity: Entity, path: Path) -> bool:
    last = list(steps(application, entity, path))[-1]
    field = application.entity(last.entity).fields.get(last.name)
    if field is None:
        return last.name in SYSTEM_LINKS
    return field.to is not None or field.type == "any_link"
