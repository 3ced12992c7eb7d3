"""Records as lines of a table: columns, how each is headed and aligned, what stands in a cell.

On a phone a line becomes two: the name and an amount, below them a stage and a moment. Which column
plays which part there is decided here (`area`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from types import MappingProxyType
from typing import Any, TypeAlias

from engine.errors import say
from engine.metadata.fieldtypes.registry import FIELD_TYPES
from engine.metadata.model.field import Field
from engine.metadata.model.text import Value
from engine.runtime.query.chips import ListColumn
from engine.runtime.query.records import LinkTo, Record
from engine.runtime.writing import currency_sign, written_number
from engine.web.parts.facts import option_item, shown_address, web_address
from engine.web.parts.look import Look
from engine.web.parts.moments import short_day, short_moment
from engine.web.urls import record_url

KEPT_IN_THE_MIDDLE = 5  # columns that stay on a narrow screen
PHONE_AREAS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "sum": ("money", "number", "integer", "percent"),
        "stage": ("stage", "choice", "link", "phone", "email", "any_link", "text", "choices"),
        "when": ("datetime", "date", "user", "phone", "text", "choices", "team"),
    }
)
PEOPLE = frozenset({"user"})
WITHOUT_PAGE = frozenset({"user", "team"})


@dataclass(frozen=True, slots=True)
class Word:
    """An option with its colour."""

    label: str
    color: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Cell:
    """A value as it stands in a table; `kind` says how `macros/cells.html` draws it."""

    kind: str
    text: str = ""
    href: str = ""
    color: str = ""
    words: tuple[Word, ...] = ()
    is_closed: bool = False
    is_mine: bool = False
    stamp: str = ""
    title: str = ""


EMPTY = Cell("empty")

Painter: TypeAlias = Callable[[Record, Any], Cell]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its head and how it stands; `area` is its place in a line on a phone.

    `paint` draws its values, and equal ones as one and the same cell where there are few of them.
    """

    path: str
    label: str
    field: Field
    paint: Painter
    is_name: bool = False
    is_number: bool = False
    area: str = ""
    is_extra: bool = False
    is_sortable: bool = False
    order: str = ""
    sort_url: str = ""
    classes: str = "name"


def columns_of(look: Look, columns: Sequence[ListColumn]) -> tuple[Column, ...]:
    """Return the columns of a list; the title, else the first one, leads to the record."""
    texts = [one.path for one in columns]
    name = "title" if "title" in texts else texts[0]
    areas = areas_of([one for one in columns if one.path != name])
    cheap = [one for one in texts if one != name and one not in areas]
    dear = len(texts) - len(cheap)
    kept = {name, *areas, *cheap[: max(0, KEPT_IN_THE_MIDDLE - dear)]}
    return tuple(
        _column(look, one, areas.get(one.path, ""), name=name, is_extra=one.path not in kept)
        for one in columns
    )


def _column(look: Look, one: ListColumn, area: str, *, name: str, is_extra: bool) -> Column:
    label = look.text(one.label)
    if one.field.type == "money":
        symbol = currency_sign(look.application.currency, look.language)
        label = f"{label}, {symbol}"
    is_name, is_number = one.path == name, FIELD_TYPES[one.field.type].numeric
    names = [f"a-{area}" if area else "drop"]
    names += ["num"] * is_number + ["drop-mid"] * is_extra
    return Column(
        path=one.path,
        label=label,
        field=one.field,
        paint=PAINTERS.get(one.field.type, _text)(look, one),
        is_name=is_name,
        is_number=is_number,
        area=area,
        is_extra=is_extra,
        is_sortable=one.sortable,
        classes="name" if is_name else " ".join(names),
    )


def areas_of(columns: Sequence[ListColumn]) -> Mapping[str, str]:
    """Return which columns stand in a line on a phone, and where.

    An amount beside the name, below them a stage and a moment; where there are none of these, what
    people look for next.
    """
    areas: dict[str, str] = {}
    for area, wishes in PHONE_AREAS.items():
        free = [one for one in columns if one.path not in areas]
        wanted = (one.path for kind in wishes for one in free if one.field.type == kind)
        path = next(wanted, None)
        if path is not None:
            areas[path] = area
    return areas


def cell_of(column: Column, record: Record) -> Cell:
    """Return what stands in a column of a record."""
    value = record.values.get(column.path)
    return EMPTY if value is None or value == () else column.paint(record, value)


def each_once(paint: Callable[[Any], Cell]) -> Painter:
    """Return a painter that draws equal values as the same cell."""
    painted = cache(paint)
    return lambda _, value: painted(value)


def _text(look: Look, column: ListColumn) -> Painter:
    write = look.writer(column.field)
    return lambda _, value: Cell("text", write(value))


def _stage(look: Look, column: ListColumn) -> Painter:
    pipeline = look.application.pipelines.get(column.field.pipeline or "")
    stages = pipeline.stages if pipeline else {}

    def paint(value: str) -> Cell:
        stage = stages.get(value)
        if stage is None:
            return Cell("text", value)
        is_closed = stage.closes is not None
        return Cell("stage", stage.label, color=stage.color, is_closed=is_closed)

    return each_once(paint)


def _options(_: Look, column: ListColumn) -> Painter:
    def paint(value: str | tuple[str, ...]) -> Cell:
        chosen = value if isinstance(value, tuple) else (value,)
        items = [option_item(column.field, one) for one in chosen]
        words = tuple(Word(one.label, one.color) for one in items)
        return Cell("tags", ", ".join(one.label for one in words), words=words)

    return each_once(paint)


def _link(look: Look, column: ListColumn) -> Painter:
    painted: dict[Value, Cell] = {}

    def paint(record: Record, value: Value) -> Cell:
        cell = painted.get(value)
        if cell is None:
            cell = painted[value] = _link_to(look, record.links.get(column.path))
        return cell

    return paint


def _link_to(look: Look, target: LinkTo | None) -> Cell:
    if target is None:
        return Cell("no", look.text(say("not visible to you")))
    if target.entity in PEOPLE:
        return Cell("person", target.title, is_mine=target.id == look.actor.user_id)
    href = "" if target.entity in WITHOUT_PAGE else record_url(target.entity, target.id)
    return Cell("link", target.title, href=href)


def _bool(look: Look, column: ListColumn) -> Painter:
    write = look.writer(column.field)
    return each_once(lambda value: Cell("yes" if value else "no", write(value)))


def _phone(look: Look, column: ListColumn) -> Painter:
    write = look.writer(column.field)
    return lambda _, value: Cell("link", write(value), href=f"tel:{value}")


def _email(*_: object) -> Painter:
    return lambda _, value: Cell("link", value, href=f"mailto:{value}")


def _url(*_: object) -> Painter:
    return lambda _, value: Cell("external", shown_address(value), href=web_address(value))


def _money(look: Look, _: ListColumn) -> Painter:
    pattern = "#,##0." + "0" * look.application.currency_decimals  # its sign stands in the head
    pattern = pattern.rstrip(".")
    return lambda _, value: Cell("number", written_number(value, look.language, pattern))


def _date(look: Look, column: ListColumn) -> Painter:
    write = look.writer(column.field)

    def paint(day: date) -> Cell:
        return Cell("time", short_day(look, day), stamp=day.isoformat(), title=write(day))

    return each_once(paint)


def _moment(look: Look, column: ListColumn) -> Painter:
    write, is_due = look.writer(column.field), column.path == "due"

    def paint(record: Record, at: datetime) -> Cell:
        kind, text = "time", short_moment(look, at)
        if is_due and is_late(look, record, at):
            kind, text = "late", look.text(say("{when}, late", when=text))
        return Cell(kind, text, stamp=at.isoformat(), title=write(at))

    return paint


def is_late(look: Look, task: Record, due: datetime) -> bool:
    """Say whether a promise was not kept in time: what is late is the one thing said loudly."""
    return task.entity == "task" and task.values.get("done") is False and due < look.now


# How the values of a type are drawn: a painter is made once for each column of a page.
PAINTERS: Mapping[str, Callable[[Look, ListColumn], Painter]] = MappingProxyType(
    {
        "stage": _stage,
        "choice": _options,
        "choices": _options,
        "link": _link,
        "user": _link,
        "team": _link,
        "any_link": _link,
        "bool": _bool,
        "phone": _phone,
        "email": _email,
        "url": _url,
        "money": _money,
        "date": _date,
        "datetime": _moment,
    }
)
