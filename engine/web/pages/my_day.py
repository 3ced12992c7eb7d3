"""My day: what I promised, in order, with "now" drawn through it; what is new; what is done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flask import Blueprint, Response

from engine.errors import EngineError, Message
from engine.metadata.model.application import Workdays
from engine.metadata.model.entity import Entity
from engine.runtime.query.records import LinkTo, Record
from engine.web.htmx import show
from engine.web.navigation import known_icon
from engine.web.parts.desk import Desk, current_desk
from engine.web.parts.facts import Standing
from engine.web.parts.mine import UNREAD, found
from engine.web.parts.moments import long_day, short_moment
from engine.web.parts.person import Person, person_beside
from engine.web.parts.task_list import COLUMNS, WHENS, TaskLine, clock_time, task_line
from engine.web.urls import new_url, record_url

bp = Blueprint("my_day", __name__)

ADDRESS = "/my-day"
MINE = {"to": "me", "columns": f"{COLUMNS},about"}
ICONS = {"call": "phone", "mail": "mail", "meeting": "calendar", "visit": "map-pin"}
MOST, FEW, SHOWN = "100", "6", 6
DONE_TODAY = {"done": "true", "updated_at": "today", "sort": "-updated_at"}
NEW = {"created_at": "last_2_days", "sort": "-created_at", "size": FEW, "columns": "title"}
NOTICES = {**UNREAD, "sort": "-created_at", "size": FEW, "columns": "title,about"}
NOT_NEWS = frozenset({"task", "activity", "notification", "user", "team"})


@dataclass(frozen=True, slots=True)
class Promise:
    """A task with the record that it is about; `when` is the time alone where that is today."""

    task: TaskLine
    when: str
    icon: str
    about: LinkTo | None
    about_url: str


@dataclass(frozen=True, slots=True)
class News:
    """A record that is new to me, or a notification."""

    url: str
    title: str
    note: str
    icon: str


@dataclass(frozen=True, slots=True)
class DayContext:
    """What the page shows; `address` is where its forms come back to.

    `late` and `today` are in the order of promise, `next` is the first that is not late.
    """

    title: str
    name: str
    hours: str
    now: str
    zone: str
    late: tuple[Promise, ...]
    next: Promise | None
    person: Person | None
    today: tuple[Promise, ...]
    coming: tuple[Promise, ...]
    undated: tuple[Promise, ...]
    done: tuple[TaskLine, ...]
    done_count: int
    total: int
    fresh: tuple[News, ...]
    unread: tuple[News, ...]
    whens: tuple[Message, ...]
    new_task_url: str
    address: str


@bp.get(ADDRESS)
def my_day() -> Response:
    """Show my day."""
    return show("pages/my_day.html", context_of(current_desk()))


def context_of(desk: Desk) -> DayContext:
    """Return everything that the page shows."""
    look = desk.look
    due = tasks(desk, {"done": "false", "due.le": "today", "sort": "due", "size": MOST})
    ahead = tuple(one for one in due if not one.task.is_late)
    finished = tasks(desk, {**DONE_TODAY, "size": MOST})
    can_create = desk.access.may(desk.actor, "task", "create")
    return DayContext(
        title=long_day(look, look.today),
        name=desk.actor.name,
        hours=working_hours(look.application.workdays),
        now=clock_time(look, look.now),
        zone=look.zone.key,
        late=tuple(one for one in due if one.task.is_late),
        next=ahead[0] if ahead else None,
        person=person_of(desk, ahead[0]) if ahead else None,
        today=ahead[1:],
        coming=tasks(desk, {"done": "false", "due.gt": "today", "sort": "due", "size": FEW}),
        undated=tasks(desk, {"done": "false", "due": "-", "sort": "-created_at", "size": FEW}),
        done=tuple(one.task for one in finished[:SHOWN]),
        done_count=len(finished),
        total=len(finished) + len(due),
        fresh=tuple(fresh(desk)),
        unread=tuple(notice(desk, one) for one in found(desk.actor, "notification", NOTICES)),
        whens=WHENS,
        new_task_url=new_url("task", [("_next", ADDRESS)]) if can_create else "",
        address=ADDRESS,
    )


def working_hours(workdays: Workdays) -> str:
    """Return the company's hours: 9:00–18:00."""
    return "–".join(f"{one.hour}:{one.minute:02}" for one in (workdays.start, workdays.end))


def tasks(desk: Desk, query: Mapping[str, str]) -> tuple[Promise, ...]:
    """Return tasks of mine with the records that they are about."""
    return tuple(promise(desk, one) for one in found(desk.actor, "task", {**MINE, **query}))


def promise(desk: Desk, task: Record) -> Promise:
    """Return a task as a promise."""
    about = task.links.get("about")
    line = task_line(desk, task)
    is_today = line.due is not None and desk.look.local(line.due).date() == desk.look.today
    return Promise(
        task=line,
        when=line.time if is_today else line.when,
        icon=ICONS.get(str(task.values.get("type")), "check"),
        about=about,
        about_url=record_url(about.entity, about.id) if about else record_url("task", task.id),
    )


def person_of(desk: Desk, one: Promise) -> Person | None:
    """Return whom the next promise was given to, where this person may see the record."""
    if one.about is None:
        return None
    try:
        record = desk.record(one.about.entity, one.about.id)
    except EngineError:
        return None
    return person_beside(desk, record, Standing({}, {}, frozenset()))


def fresh(desk: Desk) -> Iterator[News]:
    """Yield records that others have made mine in the last days."""
    for entity_id in desk.access.entities(desk.actor):
        entity = desk.look.application.entity(entity_id)
        known = desk.access.readable(desk.actor, entity_id)
        if entity_id in NOT_NEWS or not {entity.owner, "created_at", "created_by"} <= known:
            continue
        query = {f"{entity.owner}": "me", "created_by.ne": "me", **NEW}
        for record in found(desk.actor, entity_id, query):
            yield news(desk, entity, record)


def news(desk: Desk, entity: Entity, record: Record) -> News:
    """Return a record that is new to me."""
    when = short_moment(desk.look, record.created_at)
    url = record_url(record.entity, record.id)
    return News(url, record.title, f"{entity.label}, {when}", known_icon(entity.icon))


def notice(desk: Desk, record: Record) -> News:
    """Return an unread notification."""
    about = record.links.get("about")
    url = record_url(about.entity, about.id) if about else "/notifications"
    return News(url, record.title, short_moment(desk.look, record.created_at), "bell")
