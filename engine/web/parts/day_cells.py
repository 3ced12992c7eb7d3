"""The days of a calendar with the records that stand on them, as far as this person sees those."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from engine.metadata.model.application import Workdays
from engine.metadata.model.entity import Entity
from engine.metadata.model.field import Field, Option
from engine.metadata.model.text import Value
from engine.runtime.query.records import Record
from engine.runtime.query.spread import Stretch
from engine.runtime.writing import written_day
from engine.web.parts.cells import EMPTY, Cell, Column, cell_of
from engine.web.parts.days import MONTH, Days
from engine.web.parts.desk import Desk
from engine.web.parts.facts import FIXED
from engine.web.parts.list_query import Pairs
from engine.web.parts.moments import beginning_large
from engine.web.parts.task_list import clock_time
from engine.web.urls import list_url, new_url, record_url, with_query

TASK, DONE = "task", "done"


@dataclass(frozen=True, slots=True)
class Entry:
    """A record on its day; `move_url` is where it is given another one, '' where that may not be.

    `color` and `word` are of its stage; `notes` are further cells, where there is room for them.
    """

    id: int
    version: int
    url: str
    title: str
    time: str
    stamp: str
    color: str
    word: str
    notes: tuple[Cell, ...]
    move_url: str
    day_url: str
    is_done: bool
    is_past: bool
    is_late: bool


@dataclass(frozen=True, slots=True)
class DayCell:
    """A day: `more` records stand on it beyond those shown, `more_url` lists them all.

    Of very many there are at least so many more: `is_capped`.
    `past` is how many of today's moments are over, -1 where the line of the present is not drawn.
    """

    date: str
    number: int
    label: str
    entries: tuple[Entry, ...]
    more: int
    is_capped: bool
    more_url: str
    new_url: str
    is_today: bool
    is_free: bool
    is_beside: bool
    past: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """What all days of a calendar have in common.

    `day_field` places the records, `mark` colours them; `shared` are the filters that a list of one
    day takes along, `back` is the address of the calendar.
    """

    desk: Desk
    entity: Entity
    days: Days
    day_field: Field
    mark: Field | None
    columns: tuple[Column, ...]
    shared: Pairs
    back: str
    can_create: bool
    can_write: bool


def day_cells(sheet: Sheet, stretches: tuple[Stretch, ...]) -> tuple[DayCell, ...]:
    """Return the days with what stands on them."""
    days = zip(sheet.days.all, stretches, strict=True)
    return tuple(day_cell(sheet, day, stretch) for day, stretch in days)


def day_cell(sheet: Sheet, day: date, stretch: Stretch) -> DayCell:
    """Return one day with what stands on it."""
    look = sheet.desk.look
    iso, entries = day.isoformat(), tuple(entry(sheet, one) for one in stretch.records)
    has_now = day == look.today and sheet.day_field.type == "datetime"
    return DayCell(
        date=iso,
        number=day.day,
        label=beginning_large(written_day(day, "EEEE, d MMMM", look.language)),
        entries=entries,
        more=stretch.count - len(stretch.records),
        is_capped=stretch.is_capped,
        more_url=list_url(sheet.entity.id, [*sheet.shared, (sheet.day_field.id, iso)]),
        new_url=new_on(sheet, day) if sheet.can_create else "",
        is_today=day == look.today,
        is_free=is_free(day, look.application.workdays),
        is_beside=sheet.days.show == MONTH and not sheet.days.contains(day),
        past=sum(one.is_past for one in entries) if has_now else -1,
    )


def is_free(day: date, workdays: Workdays) -> bool:
    """Say whether nobody of the company works on a day."""
    return day.weekday() not in workdays.days or day in workdays.holidays


def new_on(sheet: Sheet, day: date) -> str:
    """Return the address of a new record on a day; a moment begins with the working hours."""
    start = sheet.desk.look.application.workdays.start
    text = f"{day} {start:%H:%M}" if sheet.day_field.type == "datetime" else day.isoformat()
    return new_url(sheet.entity.id, [(sheet.day_field.id, text), ("_next", sheet.back)])


def entry(sheet: Sheet, record: Record) -> Entry:
    """Return a record as it stands on its day."""
    look = sheet.desk.look
    at = record.values.get(sheet.day_field.id)
    moment = at if isinstance(at, datetime) else None
    word, color = mark_of(sheet, record)
    url = record_url(record.entity, record.id)
    may_move = sheet.can_write and "edit" in record.may and not record.trashed
    asked = [("_field", sheet.day_field.id), ("_next", sheet.back)]
    return Entry(
        id=record.id,
        version=record.version,
        url=url,
        title=record.title,
        time=clock_time(look, moment) if moment else "",
        stamp=moment.isoformat() if moment else "",
        color=color,
        word=word,
        notes=tuple(notes_of(sheet, record)),
        move_url=with_query(f"{url}/day", asked) if may_move else "",
        day_url=f"{url}/day" if may_move else "",
        is_done=record.entity == TASK and record.values.get(DONE) is True,
        is_past=is_past(sheet, at),
        is_late=is_late(sheet, record, moment),
    )


def mark_of(sheet: Sheet, record: Record) -> tuple[str, str]:
    """Return the word and the colour of a record: of its stage, or of a choice."""
    value = str(record.values.get(sheet.mark.id) or "") if sheet.mark else ""
    if sheet.mark is None or not value:
        return "", ""
    if sheet.mark.type == "stage":
        pipeline = sheet.desk.look.application.pipelines[sheet.mark.pipeline or ""]
        stage = pipeline.stages.get(value)
        return (stage.label, stage.color) if stage else ("", "")
    option = sheet.mark.options.get(value)
    return (option.label, option.color) if option else ("", "")


def notes_of(sheet: Sheet, record: Record) -> Iterator[Cell]:
    """Yield the cells of the view's columns that are neither the name, the day nor the mark."""
    said = {sheet.day_field.id, sheet.mark.id if sheet.mark else ""}
    for one in sheet.columns:
        if not one.is_name and one.path not in said:
            cell = cell_of(one, record)
            if cell is not EMPTY:
                yield cell


def is_past(sheet: Sheet, at: Value) -> bool:
    """Say whether a day or a moment is over."""
    look = sheet.desk.look
    if isinstance(at, datetime):
        return at < look.now
    return isinstance(at, date) and at < look.today


def is_late(sheet: Sheet, record: Record, moment: datetime | None) -> bool:
    """Say whether a task was not done in time."""
    is_open = record.entity == TASK and record.values.get(DONE) is False
    return is_open and moment is not None and moment < sheet.desk.look.now


def mark_field(desk: Desk, entity: Entity) -> Field | None:
    """Return the field that colours records: the stage, else the first choice with colours."""
    readable = desk.access.readable(desk.actor, entity.id)
    fields = [one for one in entity.fields.values() if one.id in readable]
    stages = (one for one in fields if one.type == "stage")
    choices = (one for one in fields if one.type == "choice" and has_colors(one.options))
    return next(stages, None) or next(choices, None)


def has_colors(options: Mapping[str, Option]) -> bool:
    """Say whether the options of a choice are told apart by colours."""
    return len({one.color for one in options.values()}) > 1


def is_written_by(desk: Desk, entity: Entity, field: Field) -> bool:
    """Say whether this person may give records another day."""
    given = field.formula is None and not field.readonly and field.type not in FIXED
    return given and field.id in desk.writable(entity.id)
