"""Records as cards of a board: the name, what the view shows beside it, the next task, how long.

An empty field is left out, unless the board counts on it: "No amount yet" is worth reading.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType

from engine.errors import Message, say
from engine.metadata.model.pipeline import Stage
from engine.runtime.query.records import LinkTo, Record
from engine.web.parts.cells import EMPTY, Column, cell_of
from engine.web.parts.facts import beginning_small
from engine.web.parts.look import Look
from engine.web.parts.moments import short_moment
from engine.web.parts.promises import ICONS
from engine.web.parts.stale import why_stale
from engine.web.urls import drop_url, record_url, with_query

MOVING = frozenset({"edit", "press"})
NUMBERS = frozenset({"number", "integer", "percent"})
TIMES: Mapping[str, str] = MappingProxyType({"date": "calendar", "datetime": "clock"})


@dataclass(frozen=True, slots=True)
class Face:
    """What the cards of a board show: columns, the field of whose they are, what is summed.

    `tasks` has the next task of each record, `entered` since when it is in its stage; `here` is the
    board's address, to return to.
    """

    columns: tuple[Column, ...]
    owner: str | None
    sums: tuple[str, ...]
    here: str
    tasks: Mapping[int, Record] = field(default_factory=dict)
    entered: Mapping[int, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TileLine:
    """A line of a card; `kind` is money, late, soon or '', `said` is for readers alone."""

    text: str
    kind: str = ""
    icon: str = ""
    said: str = ""


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose the record is."""

    label: str
    name: str
    is_me: bool


@dataclass(frozen=True, slots=True)
class Tile:
    """A card; `stale` says why it is marked.

    `drop` is where its ways are, '' where it has none, and `ways` the page of them that leads back.
    """

    id: int
    url: str
    title: str
    lines: tuple[TileLine, ...]
    holder: Holder | None
    stale: Message | None
    drop: str
    ways: str


def tile_of(look: Look, record: Record, face: Face, stage: Stage) -> Tile:
    """Return the card of a record in a stage."""
    task = face.tasks.get(record.id)
    may_be_late = stage.closes is None and not is_ahead(look, task)
    lines = [*lines_of(look, record, face, may_be_late=may_be_late), *task_lines(look, task)]
    lines.sort(key=lambda one: one.kind != "money")
    movable = not record.archived and not record.trashed and bool(record.may & MOVING)
    drop = drop_url(record.entity, record.id) if movable else ""
    return Tile(
        id=record.id,
        url=record_url(record.entity, record.id),
        title=record.title,
        lines=tuple(lines),
        holder=holder_of(look, record, face),
        stale=why_stale(look, record, stage, face.entered.get(record.id)),
        drop=drop,
        ways=with_query(drop, [("_next", face.here)]) if drop else "",
    )


def is_ahead(look: Look, task: Record | None) -> bool:
    """Say whether something is planned: a promise in the past is kept then, or given anew."""
    due = task.values.get("due") if task else None
    return isinstance(due, datetime) and due >= look.now


def lines_of(look: Look, record: Record, face: Face, *, may_be_late: bool) -> Iterator[TileLine]:
    """Yield what the view shows of a record beside its name and whose it is."""
    is_first, task = True, face.tasks.get(record.id)
    for column in face.columns:
        if column.path in ("title", face.owner) or is_told_by(task, record, column):
            continue
        is_summed = column.path in face.sums
        line = line_of(look, record, column, is_summed=is_summed, may_be_late=may_be_late)
        if line is None:
            continue
        if column.field.type == "money" and not is_first:
            line = TileLine(f"{column.field.label} {line.text}")
        is_first = is_first and column.field.type != "money"
        yield line


def is_told_by(task: Record | None, record: Record, column: Column) -> bool:
    """Say whether the next task says the same moment: a promise and its task are said once."""
    due = task.values.get("due") if task else None
    return due is not None and record.values.get(column.path) == due


def line_of(
    look: Look, record: Record, column: Column, *, is_summed: bool, may_be_late: bool
) -> TileLine | None:
    """Return a field as a line of a card, None where there is nothing to say of it."""
    cell, label = cell_of(column, record), column.field.label
    kind = column.field.type
    if cell is EMPTY and is_summed:
        return TileLine(look.text(say("No {field} yet", field=beginning_small(label))))
    if cell is EMPTY or cell.kind == "no":
        return None
    if kind == "money":
        return TileLine(look.show(record.values[column.path], column.field), "money")
    if cell.kind == "yes":
        return TileLine(label)
    if kind in TIMES:
        late = may_be_late and is_missed(look, record, column)
        when = look.text(say("{when}, late", when=cell.text)) if late else cell.text
        return TileLine(f"{label} {when}", "late" if late else "", TIMES[kind])
    if kind in NUMBERS:
        return TileLine(f"{label} {cell.text}")
    return TileLine(cell.text, said=label)


def is_missed(look: Look, record: Record, column: Column) -> bool:
    """Say whether a promise is over: what has values for one press is set ahead, by people."""
    value = record.values.get(column.path)
    if not column.field.quick:
        return False
    if isinstance(value, datetime):
        return value < look.now
    return isinstance(value, date) and value < look.today


def task_lines(look: Look, task: Record | None) -> Iterator[TileLine]:
    """Yield the next task about a record, where there is one: when, and for readers what."""
    if task is not None:
        yield task_line(look, task)


def task_line(look: Look, task: Record) -> TileLine:
    """Return a task as a line of a card."""
    icon, due = ICONS.get(str(task.values.get("type")), "check"), task.values.get("due")
    if not isinstance(due, datetime):
        return TileLine(task.title, icon=icon)
    when = short_moment(look, due)
    if due < look.now:
        return TileLine(look.text(say("{when}, late", when=when)), "late", icon, task.title)
    is_today = look.local(due).date() == look.today
    return TileLine(when, "soon" if is_today else "", icon, task.title)


def holder_of(look: Look, record: Record, face: Face) -> Holder | None:
    """Return whose the record is, where the card shows that and this person may know."""
    target: LinkTo | None = record.links.get(face.owner or "")
    shown = next((one for one in face.columns if one.path == face.owner), None)
    if target is None or shown is None:
        return None
    return Holder(shown.field.label, target.title, target.id == look.actor.user_id)
