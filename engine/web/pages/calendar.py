"""Records by the day that a field of theirs says: a month or a week, all of it in the address.

A view of the type `calendar` is such a page, and so are the tasks of whoever asks. Everything on
it is a link or a GET form; an entry is given another day by a form of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from babel.dates import format_interval
from flask import Blueprint, Response

from engine.errors import NotFound, say
from engine.metadata.model.entity import Entity
from engine.metadata.model.field import Field
from engine.metadata.model.view import View
from engine.runtime.query.spread import Stretch
from engine.runtime.writing import locale_of, written_day
from engine.web.htmx import respond
from engine.web.navigation import Way
from engine.web.parts.cells import columns_of
from engine.web.parts.day_cells import (
    DONE,
    TASK,
    DayCell,
    Sheet,
    day_cells,
    is_written_by,
    mark_field,
)
from engine.web.parts.days import (
    MONTH,
    SHOWS,
    WEEK,
    Days,
    read_days,
    spans_of_dates,
    spans_of_moments,
)
from engine.web.parts.desk import NOTHING_HERE, Desk, current_desk
from engine.web.parts.list_filters import ListFilters, at_plain_address, filters_of
from engine.web.parts.list_query import PAGE_CONTROLS, ListQuery, Pairs
from engine.web.parts.moments import beginning_large
from engine.web.parts.show_as import show_as
from engine.web.parts.task_list import clock_time
from engine.web.urls import new_url, view_url

bp = Blueprint("calendar", __name__)

ADDRESS = "/calendar"
MINE: Pairs = (("to", "me"), ("done", "false"))
CONTROLS = frozenset({"show", "on"})
NOT_OF_A_LIST = frozenset({*CONTROLS, "size", "sort", "view"})
ROOM = {MONTH: 4, WEEK: 20}  # entries of a day; the others are in its list
LABELS = {MONTH: say("Month"), WEEK: say("Week")}


@dataclass(frozen=True, slots=True)
class CalendarContext:
    """What a calendar shows: `heading` are its days in words, `date_label` what they mean."""

    title: str
    date_label: str
    filters: ListFilters
    shows: tuple[Way, ...]
    scales: tuple[Way, ...]
    heading: str
    previous_url: str
    next_url: str
    today_url: str
    is_week: bool
    weekdays: tuple[str, ...]
    days: tuple[DayCell, ...]
    is_empty: bool
    empty_text: str
    new_url: str
    new_label: str
    now: str
    zone: str
    address: str
    day_field: str


@bp.get(ADDRESS)
def my_calendar() -> Response:
    """Show the tasks of whoever asks by the day that they are due."""
    desk = current_desk()
    entity = desk.entity(TASK)
    return draw(desk, entity, ADDRESS, None, entity.fields["due"], MINE)


def draw_view(desk: Desk, view: View) -> Response:
    """Show the records of a view by day."""
    entity, field = desk.entity(view.entity), desk.look.application.leading_field(view)
    if field is None:
        raise NotFound(NOTHING_HERE)
    return draw(desk, entity, view_url(view.id), view, field)


def draw(
    desk: Desk, entity: Entity, path: str, view: View | None, field: Field, brought: Pairs = ()
) -> Response:
    """Answer with the calendar, or with its part."""

    def answer(query: ListQuery) -> Response:
        context = context_of(desk, with_days(query), field)
        return respond("pages/calendar.html", "parts/calendar_swap.html", context)

    return at_plain_address(desk, entity, path, view, answer, PAGE_CONTROLS | CONTROLS, brought)


def with_days(query: ListQuery) -> ListQuery:
    """Return the query with its days among the parameters, so that every address keeps them."""
    days = tuple((name, query.control(name)) for name in sorted(CONTROLS) if query.control(name))
    request = query.request
    return replace(query, request=replace(request, parameters=(*request.parameters, *days)))


def context_of(desk: Desk, query: ListQuery, field: Field) -> CalendarContext:
    """Return everything that the page shows."""
    look, entity = desk.look, query.entity
    days = read_days(query.control("show"), query.control("on"), look.today)
    sheet = sheet_of(desk, query, field, days)
    stretches = stretches_of(desk, query, sheet)
    return CalendarContext(
        title=query.view.label if query.view else look.text(say("Calendar")),
        date_label=field.label,
        filters=filters_of(desk, query),
        shows=show_as(desk, query) if query.view else (),
        scales=tuple(scale(desk, query, days, one) for one in SHOWS),
        heading=heading(desk, days),
        previous_url=url_beside(query, days, -1),
        next_url=url_beside(query, days, 1),
        today_url=query.url({"on": None}),
        is_week=days.show == WEEK,
        weekdays=weekdays(desk, days),
        days=day_cells(sheet, stretches),
        is_empty=not any(one.count for one in stretches),
        empty_text=entity.help,
        new_url=new_url(entity.id, [("_next", sheet.back)]) if sheet.can_create else "",
        new_label=entity.label,
        now=clock_time(look, look.now),
        zone=look.zone.key,
        address=sheet.back,
        day_field=field.id,
    )


def sheet_of(desk: Desk, query: ListQuery, field: Field, days: Days) -> Sheet:
    """Return what all days have in common."""
    mark = mark_field(desk, query.entity)
    can_write = is_written_by(desk, query.entity, field)
    shown = replace(query.request, columns=face_of(query))
    return Sheet(
        desk=desk,
        entity=query.entity,
        days=days,
        day_field=field,
        mark=mark,
        columns=columns_of(desk.look, desk.reader.columns(desk.actor, shown)),
        shared=shared(query),
        back=query.url(),
        can_create=can_write and desk.access.may(desk.actor, query.entity.id, "create"),
        can_write=can_write,
    )


def face_of(query: ListQuery) -> tuple[str, ...]:
    """Return the columns that an entry shows: those that the view names, or the address."""
    named = any(name == "columns" for name, _ in query.request.parameters)
    chosen = query.request.columns if named or (query.view and query.view.columns) else ()
    return ("title", *(one for one in chosen if one != "title"))


def stretches_of(desk: Desk, query: ListQuery, sheet: Sheet) -> tuple[Stretch, ...]:
    """Return what stands on each of the days."""
    days, field = sheet.days.all, sheet.day_field
    wanted = [one.path for one in sheet.columns]
    wanted += [sheet.mark.id] if sheet.mark else []
    if query.entity.id == TASK and DONE in desk.access.readable(desk.actor, TASK):
        wanted.append(DONE)
    request = replace(query.request, columns=tuple(dict.fromkeys(wanted)))
    is_timed = field.type == "datetime"
    spans = spans_of_moments(days, desk.look.zone) if is_timed else spans_of_dates(days)
    return desk.reader.spread(desk.actor, request, field.id, spans, ROOM[sheet.days.show])


def shared(query: ListQuery) -> Pairs:
    """Return what a list of one day takes along of the address, and of the page's own filters."""
    view = [("view", query.view.id)] if query.view else []
    own = [(one.parameter, one.text) for one in query.request.filters if one.from_view]
    kept = [one for one in query.request.parameters if one[0] not in NOT_OF_A_LIST and one[1]]
    return tuple([*view, *kept] if query.view else [*own, *kept])


def scale(desk: Desk, query: ListQuery, days: Days, show: str) -> Way:
    """Return the way to the same days as a month or as a week."""
    url = query.url({"show": None if show == MONTH else show})
    return Way(url, desk.look.text(LABELS[show]), is_current=days.show == show)


def url_beside(query: ListQuery, days: Days, steps: int) -> str:
    """Return the address of the month or week before or after, '' at the end of time."""
    day = days.beside(steps)
    return query.url({"on": day.isoformat()}) if day else ""


def heading(desk: Desk, days: Days) -> str:
    """Return the days in words: March 2026, 9–15 Mar 2026."""
    language = desk.look.language
    if days.show == WEEK:
        return format_interval(days.first, days.last, "yMMMd", locale=locale_of(language))
    return beginning_large(written_day(days.first, "LLLL y", language))


def weekdays(desk: Desk, days: Days) -> tuple[str, ...]:
    """Return the names of the days of a week, short."""
    language = desk.look.language
    return tuple(beginning_large(written_day(day, "ccc", language)) for day in days.all[:7])
