"""Which ids of a wanted configuration are other ids of the applied one, beside its own `was:`.

Said by a person who was asked, or by the plan that is taken back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from engine.errors import Refused, say
from engine.metadata.model.application import Application
from engine.metadata.model.entity import Entity

FORM = say("Write --renamed entities.client.fields.mobile=phone, the new address and the old id.")


@dataclass(frozen=True, slots=True)
class Renames:
    """New id -> old id: of entities, and of fields by `(new entity, new field)`."""

    entities: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    fields: Mapping[tuple[str, str], str] = field(default_factory=lambda: MappingProxyType({}))

    def by_address(self) -> dict[str, str]:
        """Return address of the new definition -> old id."""
        entities = {address_of(None, new): old for new, old in self.entities.items()}
        fields = {address_of(*new): old for new, old in self.fields.items()}
        return {**entities, **fields}


NO_RENAMES = Renames()


@dataclass(frozen=True, slots=True)
class LookAlike:
    """A definition that vanished and a new one that may be the same under another id.

    `entity` is the new id of the entity whose fields these are, None where entities are meant;
    `count` is how many records (of an entity) or values (of a field) would be retired.
    """

    entity: str | None
    old: str
    new: str
    count: int

    @property
    def address(self) -> str:
        """Return where the new definition stands."""
        return address_of(self.entity, self.new)

    @property
    def hint(self) -> str:
        """Return what to write where both are the same."""
        return f"if it is the same, write `was: {self.old}`"

    def as_json(self) -> dict[str, object]:
        """Return it for a program."""
        return {"address": self.address, "old": self.old, "count": self.count}


def address_of(entity: str | None, new: str) -> str:
    """Return the address of an entity, or of a field of one."""
    return f"entities.{new}" if entity is None else f"entities.{entity}.fields.{new}"


def read_renames(texts: Iterable[str]) -> Renames:
    """Read what is typed as `entities.client.fields.mobile=phone`."""
    entities: dict[str, str] = {}
    fields: dict[tuple[str, str], str] = {}
    for text in texts:
        address, _, old = text.partition("=")
        match address.split("."):
            case ["entities", entity] if old:
                entities[entity] = old
            case ["entities", entity, "fields", name] if old:
                fields[entity, name] = old
            case _:
                raise Refused(say("'{text}' names no rename.", text=text), FORM)
    return Renames(entities, fields)


def unwritten(renames: Renames, wanted: Application) -> Renames:
    """Return the renames that the configuration does not say itself by `was:`."""
    known = wanted.entities
    return Renames(
        {
            new: old
            for new, old in renames.entities.items()
            if new not in known or known[new].was != old
        },
        {
            (entity, new): old
            for (entity, new), old in renames.fields.items()
            if entity not in known
            or new not in known[entity].fields
            or known[entity].fields[new].was != old
        },
    )


def with_renames(wanted: Application, renames: Renames) -> Application:
    """Return the configuration as if the renames were written in it as `was:`."""
    if renames == NO_RENAMES:
        return wanted
    _refuse_unknown(wanted, renames)
    entities = {one.id: _with_renames(one, renames) for one in wanted.entities.values()}
    return replace(wanted, entities=entities)


def without_renames(wanted: Application) -> Application:
    """Return the configuration without any `was:`, which spoke of versions before it."""
    entities = {
        one.id: replace(
            one,
            was=None,
            fields={field.id: replace(field, was=None) for field in one.fields.values()},
        )
        for one in wanted.entities.values()
    }
    return replace(wanted, entities=entities)


def _with_renames(entity: Entity, renames: Renames) -> Entity:
    fields = {
        one.id: replace(one, was=renames.fields.get((entity.id, one.id), one.was))
        for one in entity.fields.values()
    }
    return replace(entity, was=renames.entities.get(entity.id, entity.was), fields=fields)


def _refuse_unknown(wanted: Application, renames: Renames) -> None:
    known: set[tuple[str | None, str]] = {(None, one) for one in wanted.entities}
    known |= {(one.id, name) for one in wanted.entities.values() for name in one.fields}
    for new in (*((None, one) for one in renames.entities), *renames.fields):
        if new not in known:
            raise Refused(say("There is no {address}.", address=address_of(*new)), FORM)
