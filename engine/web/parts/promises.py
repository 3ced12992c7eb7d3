"""Tasks as promises: to whom, about what, at which hour there, and what can be pressed at once.

Whatever a page shows of them, it is had for all together: a page with a hundred promises asks the
database as often as one with two.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.errors import Message, say
from engine.metadata.model.text import RecordRef
from engine.runtime.localtime import local_clock
from engine.runtime.query.records import LinkTo, Record
from engine.web.parts.acts import Act, acts_of_each
from engine.web.parts.called import NOBODY, Called, Known, known_records
from engine.web.parts.desk import Desk
from engine.web.parts.task_list import Later, TaskLine, later_choices, task_line
from engine.web.urls import record_url

ICONS = {"call": "phone", "mail": "mail", "meeting": "calendar", "visit": "map-pin"}
TALKS = frozenset({"call", "meeting", ""})  # what is kept with a voice, at an hour that suits both
ON_THE_PHONE = frozenset({*TALKS, "visit"})
WRITTEN = "mail"
ROOM = 2  # presses that stand open beside a promise


@dataclass(frozen=True, slots=True)
class There:
    """The hour where the other one is: now, where `ticks` names the zone, or when it is due."""

    time: str
    where: Message
    is_night: bool
    ticks: str = ""


@dataclass(frozen=True, slots=True)
class Promise:
    """A task with whom it was promised to; `when` is the time alone where that is today.

    `about` is the record that it is about, `note` that record's second line; `call` and `write` are
    addresses that reach the person.
    """

    task: TaskLine
    when: str
    icon: str
    about: LinkTo | None
    about_url: str
    note: str
    person: Called
    there: There | None
    call: str
    write: str
    acts: tuple[Act, ...]

    @property
    def who(self) -> str:
        """Return the person's name, where nothing else on the line says it."""
        said = f"{self.task.subject} {self.about.title if self.about else ''}"
        return "" if self.person.title in said else self.person.title

    @property
    def open_acts(self) -> tuple[Act, ...]:
        """Return what stands open where there is room: the first that can be pressed now."""
        return tuple(one for one in self.acts if one.reason is None)[:ROOM]

    @property
    def more_acts(self) -> tuple[Act, ...]:
        """Return what goes into a menu there."""
        shown = {one.id for one in self.open_acts}
        return tuple(one for one in self.acts if one.id not in shown)


@dataclass(frozen=True, slots=True)
class Beside:
    """What is known of all promises of a page together."""

    known: Mapping[RecordRef, Known]
    acts: Mapping[RecordRef, tuple[Act, ...]]
    later: tuple[Later, ...]


def promises(desk: Desk, tasks: Sequence[Record], back: str) -> tuple[Promise, ...]:
    """Return tasks as promises, in their order; presses come back to the page of `back`."""
    about = {ref for one in tasks if (ref := about_of(one)) is not None}
    known = known_records(desk, about)
    beside = Beside(
        known=known,
        acts=acts_of_each(desk, (one.record for one in known.values()), back),
        later=later_choices(desk),
    )
    return tuple(promise(desk, one, beside) for one in tasks)


def about_of(task: Record) -> RecordRef | None:
    """Return the record that a task is about, where this person may know of it."""
    target = task.links.get("about")
    return RecordRef(target.entity, target.id) if target else None


def promise(desk: Desk, task: Record, beside: Beside) -> Promise:
    """Return a task as a promise."""
    line = task_line(desk, task, beside.later)
    ref, about = about_of(task), task.links.get("about")
    known = beside.known.get(ref) if ref else None
    person, note = (known.person, known.note) if known else (NOBODY, "")
    is_today = line.due is not None and desk.look.local(line.due).date() == desk.look.today
    return Promise(
        task=line,
        when=line.time if is_today else line.when,
        icon=ICONS.get(line.kind, "check"),
        about=about,
        about_url=record_url(about.entity, about.id) if about else record_url("task", task.id),
        note="" if note == person.phone else note,
        person=person,
        there=there(desk, line, person) if line.kind in TALKS else None,
        call=f"tel:{person.phone}" if person.phone and line.kind in ON_THE_PHONE else "",
        write=f"mailto:{person.email}" if person.email and is_written(line, person) else "",
        acts=beside.acts.get(ref, ()) if ref else (),
    )


def is_written(line: TaskLine, person: Called) -> bool:
    """Say whether a promise is kept in writing: it is a letter, or nobody can be called."""
    return line.kind == WRITTEN or (line.kind in ON_THE_PHONE and not person.phone)


def there(desk: Desk, line: TaskLine, person: Called) -> There | None:
    """Return the hour where the person is, None where it is the same as here.

    What is late is talked about now; of what is ahead, the hour counts at which it is due.
    """
    if person.zone is None:
        return None
    look = desk.look
    is_now = line.due is None or line.is_late
    at: datetime = look.now if is_now or line.due is None else line.due
    clock = local_clock(person.zone, look.zone, at, look.application.workdays)
    if not clock.minutes_ahead:
        return None
    where = say("in {place}", place=clock.place)
    return There(clock.time, where, clock.is_night, person.zone.key if is_now else "")
