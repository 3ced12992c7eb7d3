"""Tasks about a record: what is open first, what can be done with each, and what was done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.errors import Message, say, say_many
from engine.metadata.model.text import RecordRef
from engine.metadata.moments import parse_moment, resolve_moment
from engine.runtime.query.records import Record
from engine.web.parts.desk import Desk
from engine.web.parts.forms import new_token
from engine.web.parts.look import Look
from engine.web.parts.moments import distance, short_day, short_moment
from engine.web.urls import new_url, record_url

NEAR = timedelta(hours=12)
OPEN_SHOWN = 5
DONE_SHOWN = 3
COLUMNS = "subject,due,to,type,done,result"
LATER = (
    ("in 1 h", say_many("In an hour", "In {number} hours", 1)),
    ("tomorrow {start}", say("Tomorrow")),
    ("in 3 d {start}", say_many("In a day", "In {number} days", 3)),
    ("in 1 w {start}", say_many("In a week", "In {number} weeks", 1)),
)
WHENS = (say("today 16:00"), say("tomorrow 10:00"), say("in 3 days"), say("next monday 9:00"))


@dataclass(frozen=True, slots=True)
class Later:
    """A press that puts a task off: what it posts, its word, and when that is."""

    value: str
    label: Message
    note: str


@dataclass(frozen=True, slots=True)
class TaskLine:
    """One task as it stands on a page."""

    id: int
    subject: str
    kind: str
    due: datetime | None
    time: str
    day: str
    when: str
    distance: Message | None
    is_late: bool
    who: str
    result: str
    can_finish: bool
    can_postpone: bool
    token: str
    later: tuple[Later, ...]


@dataclass(frozen=True, slots=True)
class TasksPanel:
    """The tasks about one record, and what is needed to add one."""

    open: tuple[TaskLine, ...]
    finished: tuple[TaskLine, ...]
    count_words: str
    can_add: bool
    about: str
    me: int | None
    form: str
    token: str
    whens: tuple[Message, ...] = WHENS

    @property
    def next(self) -> TaskLine | None:
        """Return the first open task that has a date, else the first one."""
        dated = (one for one in self.open if one.due is not None)
        return next(dated, self.open[0] if self.open else None)


def tasks_panel(desk: Desk, record: Record) -> TasksPanel:
    """Return the tasks about a record that this person may see."""
    here = RecordRef(record.entity, record.id)
    waiting, done = desk.reader.tasks_about(desk.actor, here, OPEN_SHOWN + 1, DONE_SHOWN)
    later = later_choices(desk) if waiting else ()
    about = f"{here.entity}/{here.id}"
    living = not record.archived and not record.trashed
    return TasksPanel(
        open=tuple(task_line(desk, one, later) for one in waiting[:OPEN_SHOWN]),
        finished=tuple(task_line(desk, one) for one in done),
        count_words=f"{OPEN_SHOWN}+" if len(waiting) > OPEN_SHOWN else str(len(waiting)),
        can_add=living and desk.access.may(desk.actor, "task", "create"),
        about=about,
        me=desk.actor.user_id,
        form=new_url("task", [("about", about), ("_next", record_url(record.entity, record.id))]),
        token=new_token(),
    )


def task_line(desk: Desk, task: Record, later: tuple[Later, ...] | None = None) -> TaskLine:
    """Return a task as it stands on a page; where there are many, `later` is the same for all."""
    look = desk.look
    due = task.values.get("due")
    moment = due if isinstance(due, datetime) else None
    done = bool(task.values.get("done"))
    person = task.links.get("to")
    at = task.updated_at if done else moment
    may = "edit" in task.may and not done
    return TaskLine(
        id=task.id,
        subject=task.title,
        kind=str(task.values.get("type") or ""),
        due=moment,
        time=clock_time(look, moment) if moment else "",
        day=short_day(look, look.local(moment).date()) if moment else "",
        when=short_moment(look, at) if at else "",
        distance=distance_words(look, moment) if moment and not done else None,
        is_late=not done and moment is not None and moment < look.now,
        who=person.title if person and person.id != desk.actor.user_id else "",
        result=str(task.values.get("result") or ""),
        can_finish=may,
        can_postpone=may,
        token=new_token(),
        later=() if not may else later_choices(desk) if later is None else later,
    )


def later_choices(desk: Desk) -> tuple[Later, ...]:
    """Return the presses that put a task off, with the moment that each of them means."""
    look, workdays = desk.look, desk.look.application.workdays
    start = f"{workdays.start:%H:%M}"
    choices = []
    for text, label in LATER:
        value = text.format(start=start)
        at = resolve_moment(parse_moment(value), look.now, look.zone, workdays)
        choices.append(Later(value, label, short_moment(look, at)))
    return tuple(choices)


def clock_time(look: Look, at: datetime) -> str:
    """Return the hour and minute on the viewer's clock."""
    local = look.local(at)
    return f"{local.hour}:{local.minute:02}"


def distance_words(look: Look, at: datetime) -> Message | None:
    """Say how long it still is, or how late it is; what lies far ahead needs no distance."""
    apart = at - look.now
    if apart >= NEAR:
        return None
    length = look.text(distance(apart))
    return (
        say("late {length}", length=length)
        if apart < timedelta()
        else say("in {length}", length=length)
    )
