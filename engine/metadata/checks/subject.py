"""What checks look at: the application, the tree it came from, and what was already said."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from engine.metadata import nodes
from engine.metadata.build.stories import Tale
from engine.metadata.closeness import closest
from engine.metadata.fieldtypes.base import Kind
from engine.metadata.fieldtypes.registry import FIELD_TYPES
from engine.metadata.model.application import Application
from engine.metadata.model.entity import SYSTEM_FIELDS, Entity
from engine.metadata.model.field import Field
from engine.metadata.model.pipeline import Pipeline
from engine.metadata.nodes import Path, Scalar, address_of
from engine.metadata.problems import Mark, Problem, Severity
from engine.metadata.rows_files import RowsFile
from engine.metadata.words import lookalikes

NO_TALE = Tale()
A_STAGE = 4  # pipelines, id, stages, id
MAKES_A_FIELD = ("type", "to", "options", "pipeline")


@dataclass(frozen=True, slots=True, eq=False)  # it is the same only as itself: a key of caches
class Subject:
    """A configuration under examination.

    `tree` has the right shape, `raw` is what the author wrote; both hold `core`, the package.
    `unclear` are the paths that already have an error, `later` those that run in a later version.
    """

    application: Application
    tree: nodes.Mapping
    raw: nodes.Mapping
    core: nodes.Mapping
    unclear: frozenset[Path] = frozenset()
    later: frozenset[Path] = frozenset()
    rows: tuple[RowsFile, ...] = ()
    tale: Tale = NO_TALE

    def is_unclear(self, path: Path) -> bool:
        """Say whether a place, or one that holds it, already has an error."""
        unclear = self.unclear
        return bool(unclear) and any(path[:length] in unclear for length in range(len(path) + 1))

    def was_written(self, path: Path) -> bool:
        """Say whether the author wrote something there, right or wrong."""
        return nodes.node_at(self.raw, path) is not None or self.is_unclear(path)

    def is_unclear_field(self, entity: str, name: str) -> bool:
        """Say whether nothing can be said of a field, because it has an error or runs later."""
        path: Path = ("entities", entity, "fields", name)
        if name in SYSTEM_FIELDS:
            return False
        found = self.application.entities.get(entity)
        if found is None:
            return self.was_written(path[:2])
        if name not in found.fields:
            return self.was_written(path)
        return (
            self.is_unclear(path)
            or any((*path, key) in self.unclear for key in MAKES_A_FIELD)
            or self._has_unclear_stages(found.fields[name])
        )

    def _has_unclear_stages(self, field: Field) -> bool:
        start: Path = ("pipelines", field.pipeline or "", "stages")
        stages = any(path[:3] == start and len(path) <= A_STAGE for path in self.unclear)
        return field.type == "stage" and stages

    def is_spoilt(self, path: Path) -> bool:
        """Say whether something at a place, around it or below it has an error."""
        return self.is_unclear(path) or any(one[: len(path)] == path for one in self.unclear)

    def node(self, path: Path) -> nodes.Node | None:
        """Return the node at a path."""
        return nodes.node_at(self.tree, path)

    def key_mark(self, path: Path) -> Mark:
        """Return the mark of a key."""
        return nodes.key_mark(self.tree, path)

    def mark(self, path: Path) -> Mark:
        """Return the mark of a value."""
        found = self.node(path)
        return found.text_mark if isinstance(found, Scalar) else self.key_mark(path)

    def items(self, path: Path) -> Iterator[Scalar]:
        """Yield the texts of a list."""
        found = self.node(path)
        if isinstance(found, nodes.Sequence):
            yield from (one for one in found.items if isinstance(one, Scalar))

    def sequence(self, path: Path) -> tuple[nodes.Node, ...]:
        """Return the items of a list."""
        found = self.node(path)
        return found.items if isinstance(found, nodes.Sequence) else ()

    def keys(self, path: Path) -> Iterator[nodes.Entry]:
        """Yield the entries of a map."""
        found = self.node(path)
        if isinstance(found, nodes.Mapping):
            yield from found.entries

    def own_entities(self) -> Iterator[Entity]:
        """Yield the entities that this folder declares or extends."""
        for one in self.application.entities.values():
            if one.layer == "own" or any(field.layer == "own" for field in one.fields.values()):
                yield one


Check: TypeAlias = Callable[[Subject], Iterator[Problem]]


def warning(code: str, mark: Mark, message: str, hint: str, address: str) -> Problem:
    """Make a problem that does not keep a configuration from running."""
    return Problem(code, mark, message, hint, address, Severity.WARNING)


def suggest(word: str, known: tuple[str, ...]) -> str:
    """Offer what may have been meant."""
    twins = lookalikes(word)
    close = closest(word.strip().lower(), known)
    if close:
        meant = f"did you mean '{close}'?"
        return f"{twins}: {meant}" if twins else meant
    if not known:
        return ""
    shown = ", ".join(known[:10])
    return (
        f"there {'is' if len(known) == 1 else 'are'}: {shown}{', ...' if len(known) > 10 else ''}"  # noqa: PLR2004 - as many as fit a line
    )


def field_path(field: Field, *more: str) -> Path:
    """Return the path of a field or of an answer of a dialog, or of a key of it."""
    return (*nodes.path_of(field.address), *more)


def declared_fields(application: Application) -> Iterator[Field]:
    """Yield all fields, and the answers of dialogs that are no fields of a record."""
    for entity in application.entities.values():
        yield from entity.fields.values()
    walks, entities = application.pipelines.values(), application.entities.values()
    groups = (*(one.buttons for one in walks), *(one.buttons for one in entities))
    for button in (one for group in groups for one in group.values()):
        yield from (one.own for one in button.ask if one.own)


def entity_path(entity: Entity, *more: str) -> Path:
    """Return the path of an entity, or of a key of it."""
    return ("entities", entity.id, *more)


def entities_of(subject: Subject, pipeline: Pipeline) -> tuple[Entity, ...]:
    """Return the entities whose records walk through a pipeline."""
    return _walkers(subject).get(pipeline.id, ())


@lru_cache(maxsize=2)  # several checks ask of the same subject
def _walkers(subject: Subject) -> Mapping[str, tuple[Entity, ...]]:
    found: dict[str, dict[str, Entity]] = {}
    for entity in subject.application.entities.values():
        for field in entity.fields.values():
            if field.pipeline:
                found.setdefault(field.pipeline, {})[entity.id] = entity
    return {pipeline: tuple(walkers.values()) for pipeline, walkers in found.items()}


@dataclass(frozen=True, slots=True)
class Walk:
    """Where a path through links ends: a field (None for a system field), or where it breaks."""

    entity: Entity
    field: Field | None
    wrong: str = ""
    reason: str = ""
    silent: bool = False


def walk(subject: Subject, entity: Entity, path: str) -> Walk:
    """Follow `client.city` from an entity."""
    field: Field | None = None
    parts = path.split(".")
    for number, part in enumerate(parts):
        if number:
            target = _target(subject, entity, field, parts[number - 1])
            if target is None:
                silent = field is not None and (
                    subject.is_unclear_field(field.entity, field.id)
                    or subject.was_written(("entities", field.to or ""))
                )
                return Walk(entity, field, parts[number - 1], "leads", silent=silent)
            entity = target
        if part in entity.fields:
            field = entity.fields[part]
        elif part in SYSTEM_FIELDS:
            field = None
        elif _is_virtual(subject, entity, part) and number + 1 < len(parts):
            field = None
            continue
        else:
            silent = subject.is_unclear_field(entity.id, part)
            return Walk(entity, None, part, "unknown", silent=silent)
    return Walk(entity, field)


def _is_virtual(subject: Subject, entity: Entity, name: str) -> bool:
    """Say whether the name is an entity that a link to any record may lead to."""
    has_any = any(one.type == "any_link" for one in entity.fields.values())
    return has_any and (
        name in subject.application.entities or subject.was_written(("entities", name))
    )


def _target(subject: Subject, entity: Entity, field: Field | None, name: str) -> Entity | None:
    entities = subject.application.entities
    if field is None:
        if name in ("created_by", "updated_by"):
            return entities.get("user")
        return entities.get(name) if _is_virtual(subject, entity, name) else None
    return entities.get(field.to or "")


def members(subject: Subject, entity: Entity) -> tuple[str, ...]:
    """Return the names that a record of an entity has, those with mistakes among them."""
    written = nodes.node_at(subject.raw, ("entities", entity.id, "fields"))
    names = [one.key.text for one in written.entries] if isinstance(written, nodes.Mapping) else []
    return tuple(dict.fromkeys((*names, *entity.fields, *SYSTEM_FIELDS)))


def kind_of(field: Field) -> Kind:
    """Return the kind of a field's values."""
    return FIELD_TYPES[field.type].kind


__all__ = [
    "Check",
    "Subject",
    "Walk",
    "address_of",
    "declared_fields",
    "entities_of",
    "entity_path",
    "field_path",
    "kind_of",
    "members",
    "suggest",
    "walk",
    "warning",
]
