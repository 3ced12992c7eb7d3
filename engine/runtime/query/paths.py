"""Names in an address (`city`, `client.city`) -> fields, as far as the actor may read them.

A name that is forbidden is found as little as one that does not exist, and refused in the same
words. Each link on the way is followed only to records that the actor sees, or peeks at where the
next name is one that a peek shows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from types import MappingProxyType

from engine.errors import BadQuery, Message, say, verbatim
from engine.metadata.fieldtypes.base import FieldType
from engine.metadata.fieldtypes.registry import FIELD_TYPES
from engine.metadata.model.application import Application
from engine.metadata.model.entity import Entity
from engine.metadata.model.field import Field
from engine.runtime.access import Access
from engine.runtime.access.expression_columns import link_target
from engine.runtime.actor import Actor

SHOWN = 60
MOST_KEPT = 5_000

_PATH = re.compile(r"[a-z][a-z0-9_]{0,39}(\.[a-z][a-z0-9_]{0,39}){0,3}", re.ASCII)
_SYSTEM_TYPES: Mapping[str, str] = MappingProxyType(
    {
        "id": "integer",
        "title": "text",
        "created_at": "datetime",
        "created_by": "user",
        "updated_at": "datetime",
        "updated_by": "user",
        "archived": "bool",
        "last_activity_at": "datetime",
    }
)
SYSTEM_LABELS: Mapping[str, Message] = MappingProxyType(
    {
        "id": say("Number"),
        "title": say("Name"),
        "created_at": say("Created"),
        "created_by": say("Created by"),
        "updated_at": say("Changed"),
        "updated_by": say("Changed by"),
        "archived": say("Archived"),
        "last_activity_at": say("Last activity"),
    }
)


@dataclass(frozen=True, slots=True)
class Step:
    """A link that is followed: from an entity by a name to an entity, to seen records or peeked."""

    entity: str
    name: str
    target: str
    peek: bool


@dataclass(frozen=True)
class FieldPath:
    """A field, and the links that lead to it; `through` are the names of the links for people."""

    text: str
    steps: tuple[Step, ...]
    entity: Entity
    field: Field
    through: tuple[Message, ...] = ()

    @property
    def type(self) -> FieldType:
        """Return the type of the field."""
        return FIELD_TYPES[self.field.type]

    @property
    def is_system(self) -> bool:
        """Say whether the engine has this field in every entity."""
        return self.field.id not in self.entity.fields

    @cached_property
    def label(self) -> Message:
        """Return the name of the field for a person, behind the links that lead to it."""
        own = SYSTEM_LABELS[self.field.id] if self.is_system else verbatim(self.field.label)
        for one in reversed(self.through):
            own = say("{link}: {field}", link=one, field=own)
        return own


class PathFinder:
    """Finds the fields that an actor may name."""

    def __init__(self, application: Application, access: Access) -> None:
        self._application = application
        self._access = access
        self._fields: dict[str, Mapping[str, Field]] = {}
        self._found: dict[tuple[tuple[str, ...] | None, str, str], FieldPath] = {}

    def fields(self, entity_id: str) -> Mapping[str, Field]:
        """Return all fields of an entity, the engine's among them."""
        found = self._fields.get(entity_id)
        if found is None:
            entity = self._application.entity(entity_id)
            found = MappingProxyType({**system_fields(entity), **entity.fields})
            self._fields[entity_id] = found
        return found

    def require(
        self, actor: Actor, entity_id: str, text: str, parameter: str | None = None
    ) -> FieldPath:
        """Return the field, or refuse it as unknown at the parameter."""
        found = self.find(actor, entity_id, text)
        if found is None:
            raise unknown(text if parameter is None else parameter, text)
        return found

    def find(self, actor: Actor, entity_id: str, text: str) -> FieldPath | None:
        """Return the field of a path, None where there is none that the actor may read.

        What an actor may read is a matter of its roles alone.
        """
        key = (actor.roles if actor.is_person else None, entity_id, text)
        found = self._found.get(key) or self._find(actor, entity_id, text)
        if found is not None and len(self._found) < MOST_KEPT:
            self._found[key] = found
        return found

    def _find(self, actor: Actor, entity_id: str, text: str) -> FieldPath | None:
        if not _PATH.fullmatch(text):
            return None
        *links, last = text.split(".")
        readable = self._access.readable(actor, entity_id)
        steps: list[Step] = []
        for name, after in pairwise((*links, last)):
            step = self._step(actor, entity_id, name, after) if name in readable else None
            if step is None and self._is_virtual(entity_id, name, readable):
                step = self._into(actor, entity_id, name, name, after)
            if step is None:
                return None
            steps.append(step)
            entity_id = step.target
            peekable = self._access.peekable(actor, entity_id)
            readable = peekable if step.peek else self._access.readable(actor, entity_id)
        if last not in readable:
            return None
        field = self.fields(entity_id)[last]
        through = tuple(map(self._link_label, steps))
        return FieldPath(text, tuple(steps), self._application.entity(entity_id), field, through)

    def _link_label(self, step: Step) -> Message:
        field = self._application.entity(step.entity).fields.get(step.name)
        if field is not None:
            return verbatim(field.label)
        known = SYSTEM_LABELS.get(step.name)
        return known or verbatim(self._application.entity(step.target).label)

    def _step(self, actor: Actor, entity_id: str, name: str, after: str) -> Step | None:
        target = link_target(self._application.entity(entity_id), name)
        return None if target is None else self._into(actor, entity_id, name, target, after)

    def _into(
        self, actor: Actor, entity_id: str, name: str, target: str, after: str
    ) -> Step | None:
        """Follow a link; to peeked records where the next name shows there, else to seen ones."""
        if after in self._access.peekable(actor, target):
            return Step(entity_id, name, target, peek=True)
        if self._access.may(actor, target, "see"):
            return Step(entity_id, name, target, peek=False)
        return None

    def _is_virtual(self, entity_id: str, name: str, readable: frozenset[str]) -> bool:
        """Say whether the name is a kind of record behind a readable link to any record."""
        if name not in self._application.entities or name in self.fields(entity_id):
            return False
        fields = self._application.entity(entity_id).fields.values()
        return any(one.type == "any_link" and one.id in readable for one in fields)


def system_fields(entity: Entity) -> Mapping[str, Field]:
    """Return the fields that the engine gives every entity."""
    return {
        name: Field(
            id=name,
            entity=entity.id,
            type=type_id,
            label=str(SYSTEM_LABELS[name]),
            address=f"{entity.address}.fields.{name}",
            mark=entity.mark,
            readonly=True,
            to="user" if type_id == "user" else None,
        )
        for name, type_id in _SYSTEM_TYPES.items()
    }


def unknown(parameter: str, name: str) -> BadQuery:
    """Refuse a name in the same words, whether there is nothing like it or it is forbidden."""
    return BadQuery(parameter, say("There is no field '{name}' here.", name=name[:SHOWN]))
