"""The records of an entity, as the address says: filters, words, order, columns, page, state.

`/<entity>` and `/views/<view>` are the same page. Everything on it is a link or a GET form, so it
works without a script; with one, the same addresses answer with the part `#listing`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask import Blueprint, Response, request

from engine.errors import NotFound, say
from engine.metadata.model.entity import Entity
from engine.metadata.model.view import View
from engine.runtime.query.chips import ListColumn
from engine.runtime.query.records import Page, Record
from engine.runtime.writing import written_number
from engine.web.htmx import respond, show
from engine.web.navigation import Way, views_for
from engine.web.parts.cells import Cell, Column, cell_of, columns_of
from engine.web.parts.desk import NOTHING_HERE, Desk, current_desk
from engine.web.parts.facts import beginning_small
from engine.web.parts.list_filters import (
    ListFilters,
    Named,
    at_plain_address,
    filters_of,
    named_fields,
)
from engine.web.parts.list_query import ListQuery
from engine.web.parts.show_as import show_as
from engine.web.request import read_values
from engine.web.urls import list_url, new_url, record_url, view_url, with_query
from engine.web.widgets import Pick

bp = Blueprint("listing", __name__)

MOST_COUNTED = 1000
LONGEST_TEXT = 200
LINKS = frozenset({"link", "user", "team", "any_link"})
WIDE = 9  # more columns than this scroll sideways


@dataclass(frozen=True, slots=True)
class Line:
    """A record as a row; `state` is archived or trashed."""

    url: str
    title: str
    cells: tuple[Cell, ...]
    state: str = ""


@dataclass(frozen=True, slots=True)
class ListingContext:
    """What a list shows; `count_url` answers with the number of all records."""

    title: str
    help: str
    tabs: tuple[Way, ...]
    shows: tuple[Way, ...]
    filters: ListFilters
    choosable: tuple[Pick, ...]
    usual_columns_url: str
    export_url: str
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    is_wide: bool
    shown_words: str
    count_url: str
    previous_url: str
    next_url: str
    is_filtered: bool
    empty_title: str
    empty_text: str
    new_url: str
    new_label: str


@dataclass(frozen=True, slots=True)
class CountContext:
    """How many records there are in all."""

    words: str


@dataclass(frozen=True, slots=True)
class PicksContext:
    """Records to filter a link by; no new ones are made here."""

    picks: tuple[Pick, ...]
    can_create: bool = False


@bp.get("/<entity_id>")
def entity_list(entity_id: str) -> Response:
    """Show an entity's records."""
    desk = current_desk()
    return draw(desk, desk.entity(entity_id), list_url(entity_id), None)


def draw_view(desk: Desk, view: View) -> Response:
    """Show the records of a saved view."""
    return draw(desk, desk.entity(view.entity), view_url(view.id), view)


@bp.get("/search/filter/<entity_id>/<path>")
def filter_picks(entity_id: str, path: str) -> Response:
    """Answer with the best few records to filter a link by, while somebody types."""
    desk = current_desk()
    text = read_values(request.args, ("q",))["q"]
    field = desk.reader.paths.require(desk.actor, desk.entity(entity_id).id, path).field
    if field.type not in LINKS:
        raise NotFound(NOTHING_HERE)
    picks = desk.choices.pick(field, text[:LONGEST_TEXT])
    return show("parts/picks.html", PicksContext(tuple(picks)))


def draw(desk: Desk, entity: Entity, path: str, view: View | None) -> Response:
    """Answer with the list, its part or its count."""

    def answer(query: ListQuery) -> Response:
        if query.control("_part") == "count":
            return show("parts/list_count.html", CountContext(count_words(desk, query)))
        context = context_of(desk, query)
        return respond("pages/listing.html", "parts/listing_swap.html", context)

    return at_plain_address(desk, entity, path, view, answer)


def context_of(desk: Desk, query: ListQuery) -> ListingContext:
    """Return everything that the page shows."""
    look, entity, wanted = desk.look, query.entity, query.request
    page = desk.reader.page(desk.actor, wanted)
    standing = desk.reader.columns(desk.actor, wanted)
    columns, named = headed(desk, query, standing), named_fields(desk, query)
    can_create = desk.access.may(desk.actor, entity.id, "create")
    return ListingContext(
        title=query.view.label if query.view else entity.plural,
        help="" if query.view else entity.help,
        tabs=tabs_of(desk, query),
        shows=show_as(desk, query),
        filters=filters_of(desk, query, named),
        choosable=choosable(desk, standing, named),
        usual_columns_url=query.url({"columns": None}) if "columns" in request.args else "",
        export_url=export_url(desk, query),
        columns=columns,
        lines=tuple(line_of(one, columns) for one in page.records),
        is_wide=len(columns) > WIDE,
        shown_words=shown_words(desk, page),
        count_url=query.url({"_part": "count"}) if page.next or page.previous else "",
        previous_url=query.url({"after": page.previous}) if page.previous else "",
        next_url=query.url({"after": page.next}) if page.next else "",
        is_filtered=bool(wanted.filters or wanted.search or wanted.state != "active"),
        empty_title=look.text(say("No {records} yet", records=beginning_small(entity.plural))),
        empty_text=entity.help,
        new_url=new_url(entity.id) if can_create else "",
        new_label=entity.label,
    )


def headed(desk: Desk, query: ListQuery, standing: Sequence[ListColumn]) -> tuple[Column, ...]:
    """Return the columns with the order that the list has and a press would give."""
    order = {one.path: one.descending for one in query.request.sort[:1]}
    made, opening = [], query.opening("sort")
    for column in columns_of(desk.look, standing):
        falls = order.get(column.path)
        words = "" if falls is None else "descending" if falls else "ascending"
        turned = f"-{column.path}" if falls is False else column.path
        url = f"{opening}{turned}" if column.is_sortable else ""
        made.append(replace(column, order=words, sort_url=url))
    return tuple(made)


def line_of(record: Record, columns: Sequence[Column]) -> Line:
    """Return a record as a row of cells."""
    return Line(
        url=record_url(record.entity, record.id),
        title=record.title,
        cells=tuple([cell_of(one, record) for one in columns]),
        state="trashed" if record.trashed else "archived" if record.archived else "",
    )


def tabs_of(desk: Desk, query: ListQuery) -> tuple[Way, ...]:
    """Return all records and the saved views of the entity."""
    views = views_for(query.entity.id, desk.actor, "list")
    here = query.request.view
    return (
        Way(list_url(query.entity.id), desk.look.text(say("All")), is_current=here is None),
        *(Way(view_url(one.id), one.label, is_current=one.id == here) for one in views),
    )


def choosable(desk: Desk, standing: Sequence[ListColumn], named: Named) -> tuple[Pick, ...]:
    """Return the columns that can be shown: those that stand in their order, then the others."""
    shown = {one.path: desk.look.text(one.label) for one in standing}
    others = {"title": desk.look.text(say("Name")), **dict(named)}
    return tuple(
        [Pick(path, label, chosen=path in shown) for path, label in {**shown, **others}.items()]
    )


def export_url(desk: Desk, query: ListQuery) -> str:
    """Return the address of the same list as a file, where this person may take it along."""
    if not desk.access.may(desk.actor, query.entity.id, "export"):
        return ""
    return with_query(f"/{query.entity.id}.csv", query.request.parameters)


def shown_words(desk: Desk, page: Page) -> str:
    """Say how many records stand on the page, which is all of them where there is no other."""
    count = len(page.records)
    if page.next or page.previous:
        return desk.look.text(say("{count} on this page", count=count))
    return desk.look.text(say("{count} in all", count=count))


def count_words(desk: Desk, query: ListQuery) -> str:
    """Say how many records there are; beyond some number nobody counts."""
    count, is_capped = desk.reader.count(desk.actor, query.request, MOST_COUNTED)
    number = written_number(count, desk.look.language)
    if is_capped:
        return desk.look.text(say("of more than {count}", count=number))
    return desk.look.text(say("of {count}", count=number))
