"""Many records and whom one calls about each: as `person` says it, but for all of them at once.

One query for each kind of record, however many records there are. The ways to a person are known
from the configuration; of a record, the first way counts on which somebody stands.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from engine.metadata.model.entity import Entity
from engine.metadata.model.text import RecordRef
from engine.runtime.query.records import LinkTo, Record
from engine.web.parts.desk import Desk
from engine.web.parts.facts import NAMES_ONLY
from engine.web.parts.layout import is_person
from engine.web.parts.person import FARTHEST, zone_named
from engine.web.urls import record_url

REACHED_BY = ("phone", "email", "timezone")


@dataclass(frozen=True, slots=True)
class Called:
    """A person who can be called or written to; `href` is empty where it is the record itself."""

    title: str = ""
    href: str = ""
    phone: str = ""
    shown_phone: str = ""
    email: str = ""
    zone: ZoneInfo | None = None


NOBODY = Called()


@dataclass(frozen=True, slots=True)
class WayTo:
    """The links that lead from a record to a person, and that person's kind of record."""

    path: str
    entity: Entity

    def names(self, field_type: str) -> Iterator[str]:
        """Yield the paths of the person's fields of a type."""
        for one in self.entity.fields.values():
            if one.type == field_type:
                yield f"{self.path}.{one.id}" if self.path else one.id


@dataclass(frozen=True, slots=True)
class Known:
    """A record with its second line, and whom one calls about it."""

    record: Record
    note: str
    person: Called


def known_records(desk: Desk, records: Iterable[RecordRef]) -> Mapping[RecordRef, Known]:
    """Return those of these records that this person sees, each with whom one calls about it."""
    numbers: dict[str, list[int]] = defaultdict(list)
    for one in records:
        if one.entity in desk.look.application.entities:
            numbers[one.entity].append(one.id)
    found: dict[RecordRef, Known] = {}
    for entity_id, some in sorted(numbers.items()):
        ways = tuple(ways_to_people(desk, entity_id))
        for record, note in desk.reader.subtitled(desk.actor, entity_id, some, wanted(ways)):
            known = Known(record, note, called(desk, record, ways))
            found[RecordRef(entity_id, record.id)] = known
    return found


def zone_there(desk: Desk, record: RecordRef) -> ZoneInfo | None:
    """Return the zone of whom one calls about a record, None where clocks show the same there."""
    known = known_records(desk, [record]).get(record)
    zone, look = known.person.zone if known else None, desk.look
    if zone is None or look.now.astimezone(zone).utcoffset() == look.local(look.now).utcoffset():
        return None
    return zone


def ways_to_people(desk: Desk, entity_id: str, before: str = "") -> Iterator[WayTo]:
    """Yield the ways to people, the nearest first."""
    entity = desk.look.application.entity(entity_id)
    if is_person(entity) and not before:
        yield WayTo("", entity)
        return
    links = tuple(links_of(desk, entity, before))
    yield from (one for one in links if is_person(one.entity))
    if before.count(".") + 1 < FARTHEST:
        for one in links:
            if not is_person(one.entity):
                yield from ways_to_people(desk, one.entity.id, f"{one.path}.")


def links_of(desk: Desk, entity: Entity, before: str) -> Iterator[WayTo]:
    """Yield the links of an entity to records that have pages."""
    for one in entity.fields.values():
        if one.to is not None and one.to not in NAMES_ONLY:
            yield WayTo(f"{before}{one.id}", desk.look.application.entity(one.to))


def wanted(ways: Iterable[WayTo]) -> Iterator[str]:
    """Yield all that has to be read to know people at the ends of these ways."""
    for way in ways:
        if way.path:
            yield way.path
        for one in REACHED_BY:
            yield from way.names(one)


def called(desk: Desk, record: Record, ways: Iterable[WayTo]) -> Called:
    """Return the first person on a record's ways, nobody where there is none."""
    for way in ways:
        target = record.links.get(way.path) if way.path else itself(record)
        if target is not None:
            return person_at(desk, record, way, target)
    return NOBODY


def itself(record: Record) -> LinkTo:
    """Return a record as what a link to it would show."""
    return LinkTo(record.entity, record.id, record.title)


def person_at(desk: Desk, record: Record, way: WayTo, target: LinkTo) -> Called:
    """Return the person at the end of a way."""
    phone = first_value(record, way.names("phone"))
    field = next((one for one in way.entity.fields.values() if one.type == "phone"), None)
    return Called(
        title=target.title,
        href=record_url(target.entity, target.id) if way.path else "",
        phone=phone,
        shown_phone=desk.look.show(phone, field) if phone and field else "",
        email=first_value(record, way.names("email")),
        zone=zone_named(first_value(record, way.names("timezone"))),
    )


def first_value(record: Record, names: Iterable[str]) -> str:
    """Return the first of some values that is there, '' where none is."""
    return next((str(record.values[one]) for one in names if record.values.get(one)), "")
