"""What is new to one person: records that became theirs, notifications, changes by others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.metadata.model.entity import Entity
from engine.metadata.model.text import RecordRef
from engine.runtime.query.records import Record
from engine.runtime.records.timeline import Entry, EntryKind, TimelinePage
from engine.web.navigation import known_icon
from engine.web.parts.desk import Desk
from engine.web.parts.mine import UNREAD, found
from engine.web.parts.moments import short_moment
from engine.web.parts.story import Event, event, linked_titles
from engine.web.urls import record_url

FEW = "6"
NEW = {"created_at": "last_2_days", "sort": "-created_at", "size": FEW, "columns": "title"}
NOTICES = {**UNREAD, "sort": "-created_at", "size": FEW, "columns": "title,about"}
CHANGED = {"updated_at": "last_7_days", "sort": "-updated_at", "size": "20", "columns": "title"}
STAMPS = frozenset({"created_at", "created_by", "updated_at", "updated_by"})
SHOWN = 6
NOT_NEWS = frozenset({"task", "activity", "notification", "user", "team"})


@dataclass(frozen=True, slots=True)
class Lead:
    """A record that is new to me."""

    url: str
    title: str
    note: str
    icon: str


@dataclass(frozen=True, slots=True)
class Notice:
    """An unread notification; both addresses take a POST: one opens what it is about."""

    open_url: str
    read_url: str
    text: str
    about: str
    when: str


@dataclass(frozen=True, slots=True)
class Change:
    """What somebody else, or the engine by itself, did last to a record of mine."""

    url: str
    title: str
    event: Event
    when: str


def owned_entities(desk: Desk) -> Iterator[tuple[Entity, str]]:
    """Yield the kinds of records that are somebody's, with the field that says whose."""
    for entity_id in desk.access.entities(desk.actor):
        entity = desk.look.application.entity(entity_id)
        if entity_id in NOT_NEWS or entity.owner is None:
            continue
        if {entity.owner, *STAMPS} <= desk.access.readable(desk.actor, entity_id):
            yield entity, entity.owner


def fresh(desk: Desk) -> tuple[Lead, ...]:
    """Return records that others have made mine in the last days, the newest first."""
    records = [
        (record, entity)
        for entity, owner in owned_entities(desk)
        for record in found(desk.actor, entity.id, {owner: "me", "created_by.ne": "me", **NEW})
    ]
    records.sort(key=lambda one: one[0].created_at or desk.look.now, reverse=True)
    return tuple(lead(desk, entity, record) for record, entity in records[:SHOWN])


def lead(desk: Desk, entity: Entity, record: Record) -> Lead:
    """Return a record that is new to me."""
    when = short_moment(desk.look, record.created_at)
    url = record_url(record.entity, record.id)
    return Lead(url, record.title, f"{entity.label}, {when}", known_icon(entity.icon))


def notices(desk: Desk) -> tuple[Notice, ...]:
    """Return the newest unread notifications."""
    return tuple(notice(desk, one) for one in found(desk.actor, "notification", NOTICES))


def notice(desk: Desk, record: Record) -> Notice:
    """Return an unread notification."""
    about = record.links.get("about")
    address = f"/notifications/{record.id}"
    return Notice(
        open_url=f"{address}/open",
        read_url=f"{address}/read",
        text=record.title,
        about=about.title if about and about.title not in record.title else "",
        when=short_moment(desk.look, record.created_at),
    )


def changes(desk: Desk) -> tuple[Change, ...]:
    """Return what others did last to my records, the newest first."""
    records = {
        RecordRef(one.entity, one.id): one
        for entity, owner in owned_entities(desk)
        for one in found(desk.actor, entity.id, {owner: "me", "updated_by.ne": "me", **CHANGED})
    }
    last = desk.timeline.last(desk.actor, {ref: one.version for ref, one in records.items()})
    told = [(records[ref], one) for ref, one in last.items() if is_news(desk, one)]
    told.sort(key=lambda one: one[1].at, reverse=True)
    entries = tuple(one for _, one in told[:SHOWN])
    titles = linked_titles(desk, TimelinePage(entries, None))
    return tuple(
        Change(
            url=record_url(record.entity, record.id),
            title=record.title,
            event=event(desk.look, RecordRef(record.entity, record.id), entry, titles),
            when=short_moment(desk.look, entry.at),
        )
        for record, entry in told[:SHOWN]
    )


def is_news(desk: Desk, entry: Entry) -> bool:
    """Say whether an entry tells of a change by somebody else; what is new is told as such."""
    return entry.kind is not EntryKind.CREATED and entry.who.user_id != desk.actor.user_id
