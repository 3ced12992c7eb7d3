"""Records as lines of a table: columns, how each is headed and aligned, what stands in a cell.

On a phone a line becomes two: the name and an amount, below them a stage and a moment. Which column
plays which part there is decided here (`area`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType

from engine.errors import say
from engine.metadata.fieldtypes.registry import FIELD_TYPES
from engine.metadata.model.field import Field
from engine.metadata.model.text import Value
from engine.runtime.query.chips import ListColumn
from engine.runtime.query.records import Record
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
class Column:
    """A column: its head and how it stands; `area` is its place in a line on a phone."""

    path: str
    label: str
    field: Field
    is_name: bool = False
    is_number: bool = False
    area: str = ""
    is_extra: bool = False
    is_sortable: bool = False
    order: str = ""
    sort_url: str = ""
    classes: str = "name"


@dataclass(frozen=True, slots=True)
class Word:
    """An option with its colour."""

    label: str
    color: str = ""


@dataclass(frozen=True, slots=True)
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


def columns_of(look: Look, columns: Sequence[ListColumn]) -> tuple[Column, ...]:
    """Return the columns of a list; the title, else the first one, leads to the record."""
    texts = [one.path for one in columns]
    name = "title" if "title" in texts else texts[0]
    made = [_column(look, one, is_name=one.path == name) for one in columns]
    areas = areas_of([one for one in made if not one.is_name])
    placed = [replace(one, area=areas.get(one.path, "")) for one in made]
    dear = [one.path for one in placed if one.is_name or one.area]
    cheap = [one.path for one in placed if not one.is_name and not one.area]
    kept = {*dear, *cheap[: max(0, KEPT_IN_THE_MIDDLE - len(dear))]}
    return tuple(_classed(one, is_extra=one.path not in kept) for one in placed)


def _classed(column: Column, *, is_extra: bool) -> Column:
    """Return the column with the classes of its head and cells."""
    if column.is_name:
        return column
    names = [f"a-{column.area}" if column.area else "drop"]
    names += ["num"] * column.is_number + ["drop-mid"] * is_extra
    return replace(column, is_extra=is_extra, classes=" ".join(names))


def _column(look: Look, one: ListColumn, *, is_name: bool) -> Column:
    label = look.text(one.label)
    if one.field.type == "money":
        symbol = currency_sign(look.application.currency, look.language)
        label = f"{label}, {symbol}"
    return Column(
        path=one.path,
        label=label,
        field=one.field,
        is_name=is_name,
        is_number=FIELD_TYPES[one.field.type].numeric,
        is_sortable=one.sortable,
    )


def areas_of(columns: Sequence[Column]) -> Mapping[str, str]:
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


def cell_of(look: Look, record: Record, column: Column) -> Cell:
    """Return what stands in a column of a record."""
    value = record.values.get(column.path)
    if value is None or value == ():
        return EMPTY
    return PAINTERS.get(column.field.type, _text)(look, record, column, value)


# What a painter paints is decided by the type of the field; not each needs all it is given.
# ruff: noqa: ARG001


def _text(look: Look, record: Record, column: Column, value: Value) -> Cell:
    return Cell("text", look.show(value, column.field))


def _stage(look: Look, record: Record, column: Column, value: Value) -> Cell:
    pipeline = look.application.pipelines.get(column.field.pipeline or "")
    stage = pipeline.stages.get(str(value)) if pipeline else None
    if stage is None:
        return Cell("text", str(value))
    return Cell("stage", stage.label, color=stage.color, is_closed=stage.closes is not None)


def _options(look: Look, record: Record, column: Column, value: Value) -> Cell:
    chosen = value if isinstance(value, tuple) else (str(value),)
    items = [option_item(column.field, one) for one in chosen]
    words = tuple(Word(one.label, one.color) for one in items)
    return Cell("tags", ", ".join(one.label for one in words), words=words)


def _link(look: Look, record: Record, column: Column, value: Value) -> Cell:
    target = record.links.get(column.path)
    if target is None:
        return Cell("no", look.text(say("not visible to you")))
    if target.entity in PEOPLE:
        return Cell("person", target.title, is_mine=target.id == look.actor.user_id)
    href = "" if target.entity in WITHOUT_PAGE else record_url(target.entity, target.id)
    return Cell("link", target.title, href=href)


def _bool(look: Look, record: Record, column: Column, value: Value) -> Cell:
    return Cell("yes" if value else "no", look.show(value, column.field))


def _phone(look: Look, record: Record, column: Column, value: Value) -> Cell:
    return Cell("link", look.show(value, column.field), href=f"tel:{value}")


def _email(look: Look, record: Record, column: Column, value: Value) -> Cell:
    return Cell("link", str(value), href=f"mailto:{value}")


def _url(look: Look, record: Record, column: Column, value: Value) -> Cell:
    return Cell("external", shown_address(str(value)), href=web_address(str(value)))


def _money(look: Look, record: Record, column: Column, value: Value) -> Cell:
    return Cell("number", amount(look, value) if isinstance(value, Decimal) else str(value))


def _time(look: Look, record: Record, column: Column, value: Value) -> Cell:
    title = look.show(value, column.field)
    match value:
        case datetime():
            text = short_moment(look, value)
            if is_late(look, record, column, value):
                text = look.text(say("{when}, late", when=text))
                return Cell("late", text, stamp=value.isoformat(), title=title)
            return Cell("time", text, stamp=value.isoformat(), title=title)
        case date():
            return Cell("time", short_day(look, value), stamp=value.isoformat(), title=title)
        case _:
            return Cell("text", title)


def is_late(look: Look, record: Record, column: Column, value: datetime) -> bool:
    """Say whether a promise was not kept in time: what is late is the one thing said loudly."""
    is_due = record.entity == "task" and column.path == "due"
    return is_due and record.values.get("done") is False and value < look.now


Painter = Callable[[Look, Record, Column, Value], Cell]

PAINTERS: Mapping[str, Painter] = MappingProxyType(
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
        "date": _time,
        "datetime": _time,
    }
)


def amount(look: Look, value: Decimal) -> str:
    """Return an amount without its currency, which stands in the head of the column."""
    pattern = "#,##0." + "0" * look.application.currency_decimals
    return written_number(value, look.language, pattern.rstrip("."))
