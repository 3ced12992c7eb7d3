"""Whom one talks to about a record: the record itself, or the person that it is linked to."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from engine.errors import EngineError
from engine.metadata.model.entity import Entity
from engine.runtime.localtime import LocalClock, local_clock
from engine.runtime.query.records import Record
from engine.web.parts.desk import Desk
from engine.web.parts.facts import NAMES_ONLY, Fact, Standing, fact_of
from engine.web.parts.layout import is_person
from engine.web.urls import record_url

FARTHEST = 2  # links that are followed to find a person: a visit's animal's owner


@dataclass(frozen=True, slots=True)
class Person:
    """A person beside a record; `href` and `label` are empty where it is the record itself."""

    title: str
    label: str
    href: str
    phone: str
    email: str
    clock: LocalClock | None
    facts: tuple[Fact, ...]


def person_beside(desk: Desk, record: Record, standing: Standing) -> Person | None:
    """Return whom one can call about a record, None where nobody is known."""
    entity = desk.look.application.entity(record.entity)
    if is_person(entity):
        return as_person(desk, record, standing, label="")
    found = linked_person(desk, record, FARTHEST)
    if found is None:
        return None
    label, person = found
    return as_person(desk, person, Standing({}, {}, frozenset()), label)


def linked_person(desk: Desk, record: Record, steps: int) -> tuple[str, Record] | None:
    """Return the nearest linked record that can be called, with the label of the way there."""
    entity = desk.look.application.entity(record.entity)
    targets = []
    for field in entity.fields.values():
        target = record.links.get(field.id)
        if target is None or target.entity in NAMES_ONLY:
            continue
        targets.append((field.label, target.entity, target.id))
    for label, entity_id, number in targets:
        if is_person(desk.look.application.entity(entity_id)):
            person = seen(desk, entity_id, number)
            if person is not None:
                return label, person
    for _, entity_id, number in targets if steps > 1 else ():
        if not leads_to_person(desk, desk.look.application.entity(entity_id)):
            continue
        between = seen(desk, entity_id, number)
        found = linked_person(desk, between, steps - 1) if between else None
        if found is not None:
            return found
    return None


def leads_to_person(desk: Desk, entity: Entity) -> bool:
    """Say whether one of an entity's links may lead to somebody who can be called."""
    targets = (one.to for one in entity.fields.values() if one.to not in (None, *NAMES_ONLY))
    return any(is_person(desk.look.application.entity(one)) for one in targets if one)


def seen(desk: Desk, entity_id: str, record_id: int) -> Record | None:
    """Return a linked record if this person may see all of it."""
    if not desk.access.may(desk.actor, entity_id, "see"):
        return None
    try:
        return desk.reader.get(desk.actor, entity_id, record_id)
    except EngineError:
        return None


def as_person(desk: Desk, record: Record, standing: Standing, label: str) -> Person:
    """Return a record's ways to be reached."""
    entity = desk.look.application.entity(record.entity)
    fields = next((one.fields for one in desk.facts_of(record) if one.id == "contact"), ())
    facts = tuple(fact_of(desk.look, record, one, standing) for one in fields)
    return Person(
        title=record.title,
        label=label,
        href=record_url(record.entity, record.id) if label else "",
        phone=first_value(entity, record, "phone"),
        email=first_value(entity, record, "email"),
        clock=clock_of(desk, entity, record),
        facts=tuple(one for one in facts if not one.is_empty or one.edit),
    )


def first_value(entity: Entity, record: Record, field_type: str) -> str:
    """Return the first value of this type, '' where there is none to be read."""
    fields = (one for one in entity.fields.values() if one.type == field_type)
    return next((str(record.values[one.id]) for one in fields if record.values.get(one.id)), "")


def clock_of(desk: Desk, entity: Entity, record: Record) -> LocalClock | None:
    """Return the clock where a record's person is, None where the zone is not known."""
    zone, look = zone_named(first_value(entity, record, "timezone")), desk.look
    if zone is None:
        return None
    return local_clock(zone, look.zone, look.now, look.application.workdays)


def zone_named(name: str) -> ZoneInfo | None:
    """Return a time zone, None where there is none of this name any more."""
    try:
        return ZoneInfo(name) if name else None
    except (KeyError, ValueError, OSError):
        return None
