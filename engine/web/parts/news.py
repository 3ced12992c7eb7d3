"""What one person should know: notifications, and what others changed in their records."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from engine.runtime.query.records import Record
from engine.runtime.records.timeline import TimelinePage
from engine.web.parts.desk import Desk
from engine.web.parts.leads import owned_entities
from engine.web.parts.mine import UNREAD, found
from engine.web.parts.moments import short_moment
from engine.web.parts.story import Event, event, linked_titles
from engine.web.urls import record_url

FEW = "6"
NOTICES = {**UNREAD, "sort": "-created_at", "size": FEW, "columns": "title,about"}
LATELY = timedelta(days=7)
SHOWN = 6


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
    owners = {entity.id: owner for entity, owner in owned_entities(desk)}
    told = desk.timeline.news(desk.actor, owners, desk.look.now - LATELY, SHOWN)
    titles = desk.reader.titles(desk.actor, [ref for ref, _ in told])
    linked = linked_titles(desk, TimelinePage(tuple(one for _, one in told), None))
    return tuple(
        Change(
            url=record_url(ref.entity, ref.id),
            title=titles[ref],
            event=event(desk.look, ref, entry, linked),
            when=short_moment(desk.look, entry.at),
        )
        for ref, entry in told
        if ref in titles
    )
