"""The records of an entity, as the address says: filters, words, order, columns, page, state.

`/<entity>` and `/views/<view>` are the same page. Everything on it is a link or a GET form, so it
works without a script; with one, the same addresses answer with the part `#listing`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import cast

from babel.numbers import format_decimal
from flask import Blueprint, Response, redirect, request

from engine.errors import NotFound, say
from engine.metadata.model.entity import Entity
from engine.metadata.model.view import View
from engine.runtime.query.records import Page, Record
from engine.runtime.speech import locale_of
from engine.web.htmx import is_fragment, push_url, respond, show
from engine.web.navigation import Way, views_for
from engine.web.parts.cells import Cell, Column, cell_of, columns_of
from engine.web.parts.desk import NOTHING_HERE, Desk, current_desk
from engine.web.parts.facts import beginning_small
from engine.web.parts.filter_panel import Panel, canonical, make_panel
from engine.web.parts.list_query import ListQuery, Pairs, read_list
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
class ChipView:
    """A filter that stands, as a sentence: `open` changes it, `remove` takes it away."""

    label: str
    words: str
    open: str
    remove: str


@dataclass(frozen=True, slots=True)
class ListingContext:
    """What a list shows.

    `path` is its address without a query, `kept` what the search box must keep of the query,
    `panel` the filter being made; `count_url` answers with the number of all records.
    """

    title: str
    help: str
    path: str
    search: str
    kept: Pairs
    tabs: tuple[Way, ...]
    shows: tuple[Way, ...]
    chips: tuple[ChipView, ...]
    addable: tuple[Way, ...]
    panel: Panel | None
    clear_url: str
    states: tuple[Way, ...]
    state_label: str
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
    """Answer with the list, its part or its count; controls of a form become a plain address."""
    pairs: Pairs = tuple(request.args.items(multi=True))
    plain = canonical(pairs, lambda name: desk.reader.paths.find(desk.actor, entity.id, name))
    if plain is not None and not is_fragment():
        return cast(Response, redirect(with_query(path, plain)))
    query = read_list(desk, entity, path, pairs if plain is None else plain, view)
    if query.control("_part") == "count":
        return show("parts/list_count.html", CountContext(count_words(desk, query)))
    response = respond("pages/listing.html", "parts/listing_swap.html", context_of(desk, query))
    return response if plain is None else push_url(response, with_query(path, plain))


def context_of(desk: Desk, query: ListQuery) -> ListingContext:
    """Return everything that the page shows."""
    look, entity, wanted = desk.look, query.entity, query.request
    page = desk.reader.page(desk.actor, wanted)
    columns = headed(desk, query)
    can_create = desk.access.may(desk.actor, entity.id, "create")
    return ListingContext(
        title=query.view.label if query.view else entity.plural,
        help="" if query.view else entity.help,
        path=query.path,
        search=wanted.search,
        kept=query.kept("q"),
        tabs=tabs_of(desk, query),
        shows=show_as(desk, query),
        chips=chips_of(desk, query),
        addable=addable(desk, query),
        panel=panel_of(desk, query),
        clear_url=query.path if query.is_narrowed else "",
        states=states_of(desk, query),
        state_label=state_label(desk, query),
        choosable=choosable(desk, query),
        usual_columns_url=query.url({"columns": None}) if "columns" in request.args else "",
        export_url=export_url(desk, query),
        columns=columns,
        lines=tuple(line_of(desk, one, columns) for one in page.records),
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


def headed(desk: Desk, query: ListQuery) -> tuple[Column, ...]:
    """Return the columns with the order that the list has and a press would give."""
    order = {one.path: one.descending for one in query.request.sort[:1]}
    made = []
    for column in columns_of(desk.look, desk.reader.columns(desk.actor, query.request)):
        falls = order.get(column.path)
        words = "" if falls is None else "descending" if falls else "ascending"
        turned = f"-{column.path}" if falls is False else column.path
        url = query.url({"sort": turned}) if column.is_sortable else ""
        made.append(replace(column, order=words, sort_url=url))
    return tuple(made)


def line_of(desk: Desk, record: Record, columns: Sequence[Column]) -> Line:
    """Return a record as a row of cells."""
    return Line(
        url=record_url(record.entity, record.id),
        title=record.title,
        cells=tuple(cell_of(desk.look, record, one) for one in columns),
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


def chips_of(desk: Desk, query: ListQuery) -> tuple[ChipView, ...]:
    """Return the filters that stand, the view's own among them."""
    chips = desk.reader.chips(desk.actor, query.request)
    return tuple(
        ChipView(
            label=desk.look.text(chip.label),
            words=desk.look.text(chip.words),
            open=query.url({"_filter": one.path, "_was": one.parameter}),
            remove=query.url({one.parameter: "" if one.from_view else None}),
        )
        for one, chip in zip(query.request.filters, chips, strict=True)
    )


def addable(desk: Desk, query: ListQuery) -> tuple[Way, ...]:
    """Return the fields that can be filtered by."""
    return tuple(
        Way(query.url({"_filter": path}), label) for path, label in named_fields(desk, query)
    )


def named_fields(desk: Desk, query: ListQuery) -> tuple[tuple[str, str], ...]:
    """Return the fields of the entity that this person may read, by path and label."""
    entity, paths = query.entity, desk.reader.paths
    own = [name for name, one in entity.fields.items() if not one.hidden]
    engine = ["created_at", "created_by", "updated_at", "last_activity_at"]
    found = (paths.find(desk.actor, entity.id, name) for name in (*own, *engine))
    return tuple((one.text, desk.look.text(one.label)) for one in found if one is not None)


def panel_of(desk: Desk, query: ListQuery) -> Panel | None:
    """Return the filter that is being made, where one is."""
    wanted = query.control("_filter")
    if not wanted:
        return None
    path = desk.reader.paths.require(desk.actor, query.entity.id, wanted, "_filter")
    return make_panel(desk, query, path)


def states_of(desk: Desk, query: ListQuery) -> tuple[Way, ...]:
    """Return the states in which records can be looked at."""
    text, now = desk.look.text, query.request.state
    ways = [
        Way(
            query.url({"archived": None, "trashed": None}),
            text(STATES["active"]),
            "",
            now == "active",
        ),
        Way(
            query.url({"archived": "only", "trashed": None}),
            text(STATES["archived"]),
            "",
            now == "archived",
        ),
    ]
    if desk.access.may(desk.actor, query.entity.id, "delete"):
        url = query.url({"archived": None, "trashed": "only"})
        ways.append(Way(url, text(STATES["trashed"]), is_current=now == "trashed"))
    return tuple(ways)


STATES = {"active": say("Active"), "archived": say("Archived"), "trashed": say("In the trash")}


def state_label(desk: Desk, query: ListQuery) -> str:
    """Return the state that the list shows."""
    return desk.look.text(STATES[query.request.state])


def choosable(desk: Desk, query: ListQuery) -> tuple[Pick, ...]:
    """Return the columns that can be shown: those that stand in their order, then the others."""
    standing = desk.reader.columns(desk.actor, query.request)
    shown = {one.path: desk.look.text(one.label) for one in standing}
    others = {"title": desk.look.text(say("Name")), **dict(named_fields(desk, query))}
    return tuple(
        Pick(path, label, chosen=path in shown) for path, label in {**shown, **others}.items()
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
    number = format_decimal(count, locale=locale_of(desk.look.language))
    if is_capped:
        return desk.look.text(say("of more than {count}", count=number))
    return desk.look.text(say("of {count}", count=number))
