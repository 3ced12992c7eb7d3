"""What an actor may read of the values that a run has read: path by path, as on a record's page.

A path that leads over links is read as far as the actor sees the records on its way; where the way
is not known any more, only whoever sees all of them reads it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain

from sqlalchemy import Connection

from engine.metadata.model.application import Application
from engine.metadata.model.button import Button
from engine.metadata.model.rule import Rule
from engine.metadata.model.step import CreateRecord, FindRecord, If, Step
from engine.metadata.model.text import RecordRef
from engine.runtime.access import Access
from engine.runtime.actor import Actor
from engine.runtime.records.changes import Values
from engine.runtime.records.compiled import CompiledEntity
from engine.runtime.records.seeing import seen_records
from engine.runtime.records.store import fetch

OWN_NAMES = frozenset({"record", "old"})
COUNTS = frozenset({"try", "tries", "next_try"})
Names = Mapping[str, str]  # the names of records in the steps of a rule or button -> entities


@dataclass(frozen=True, slots=True)
class Place:
    """Where a path has come to: an entity, and the record where it is known."""

    entity: str
    id: int | None = None
    values: Values | None = None


@dataclass(slots=True)
class Looked:
    """What has been looked up of records: several runs of one log share it."""

    sees: dict[RecordRef, bool] = field(default_factory=dict)
    values: dict[RecordRef, Values] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RunPaths:
    """The paths of one run, for one actor: `subject` is its record with its values of then."""

    connection: Connection
    access: Access
    entities: Mapping[str, CompiledEntity]
    actor: Actor
    subject: Place
    names: Names
    user_id: int | None
    looked: Looked = field(default_factory=Looked)

    def may_read(self, path: str) -> bool:
        """Say whether the actor may read what stands at a path."""
        first, *rest = path.split(".")
        if first in COUNTS:
            return True
        if first in OWN_NAMES:
            return self._read(self.subject, rest)
        if first == "ask":
            is_field = bool(rest) and rest[0] in self.entities[self.subject.entity].fields
            return self._read(self.subject, rest) if is_field else len(rest) == 1
        if first == "user":
            return self._read(Place("user", self.user_id), rest)
        if first in self.names:
            return self._read(Place(self.names[first]), rest)
        return self._read(self.subject, [first, *rest])

    def _read(self, place: Place, path: list[str]) -> bool:
        if not path:
            return self._is_named(place)
        first, *rest = path
        compiled = self.entities[place.entity]
        if first not in compiled.names:
            return self._read_about(place, first, rest)
        if first not in self._readable(place):
            return False
        if rest == ["since"]:
            return True
        target = compiled.targets.get(first)
        if target is None:
            return not rest
        linked = self._values(place).get(first)
        return self._read(Place(target, linked if isinstance(linked, int) else None), rest)

    def _read_about(self, place: Place, name: str, rest: list[str]) -> bool:
        """Read over the link to any record, where the name is the kind of record behind it."""
        any_link = self.entities[place.entity].any_link
        if name not in self.entities or any_link not in self._readable(place):
            return False
        about = self._values(place).get(any_link)
        number = about.id if isinstance(about, RecordRef) and about.entity == name else None
        return self._read(Place(name, number), rest)

    def _readable(self, place: Place) -> frozenset[str]:
        if self._is_seen(place):
            return self.access.readable(self.actor, place.entity)
        if self._is_any(place, "peek"):
            return self.access.peekable(self.actor, place.entity)
        return frozenset()

    def _is_named(self, place: Place) -> bool:
        return "title" in self._readable(place)

    def _is_seen(self, place: Place) -> bool:
        if self._is_any(place, "see"):
            return True
        if place.id is None:
            return False
        ref = RecordRef(place.entity, place.id)
        if ref not in self.looked.sees:
            found = seen_records(self.connection, self.access, self.entities, self.actor, (ref,))
            self.looked.sees[ref] = ref in found
        return self.looked.sees[ref]

    def _is_any(self, place: Place, verb: str) -> bool:
        return "all" in self.access.reach(self.actor, place.entity, verb)

    def _values(self, place: Place) -> Values:
        if place.values is not None:
            return place.values
        if place.id is None:
            return {}
        ref = RecordRef(place.entity, place.id)
        if ref not in self.looked.values:
            record = fetch(self.connection, self.entities[place.entity], place.id)
            self.looked.values[ref] = {} if record is None else record.values
        return self.looked.values[ref]


def names_by_address(application: Application) -> Mapping[str, Names]:
    """Return, for each rule and button, the names of records that its steps make or find."""
    of_pipelines = (one.buttons.values() for one in application.pipelines.values())
    of_entities = (one.buttons.values() for one in application.entities.values())
    buttons = chain.from_iterable((*of_pipelines, *of_entities))
    owners: tuple[Rule | Button, ...] = (*application.automations.values(), *buttons)
    return {one.address: dict(_named(_steps(one))) for one in owners}


def _steps(owner: Rule | Button) -> tuple[Step, ...]:
    if isinstance(owner, Rule) or owner.ladder is None:
        return owner.do
    return (*owner.ladder.each, *owner.ladder.then)


def _named(steps: tuple[Step, ...]) -> Iterator[tuple[str, str]]:
    for step in steps:
        match step:
            case CreateRecord():
                yield step.name, step.entity
            case FindRecord():
                yield step.name, step.entity
                yield from _named(step.otherwise)
            case If():
                yield from _named((*step.do, *step.otherwise))
            case _:
                pass  # the other steps name no record
