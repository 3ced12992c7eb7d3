"""What narrows a list, a board or a calendar: filters as chips, the panel of one, words, the state.

All of it stands in the address, so all of it is links and a GET form.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias, cast

from flask import Response, redirect, request

from engine.errors import say
from engine.metadata.model.entity import Entity
from engine.metadata.model.view import View
from engine.web.htmx import is_fragment, push_url
from engine.web.navigation import Way
from engine.web.parts.desk import Desk
from engine.web.parts.filter_panel import Panel, canonical, make_panel
from engine.web.parts.list_query import PAGE_CONTROLS, ListQuery, Pairs, read_list
from engine.web.urls import with_query

Named: TypeAlias = tuple[tuple[str, str], ...]  # fields by path and label

STATES = {"active": say("Active"), "archived": say("Archived"), "trashed": say("In the trash")}


@dataclass(frozen=True, slots=True)
class ChipView:
    """A filter that stands, as a sentence: `open` changes it, `remove` takes it away."""

    label: str
    words: str
    open: str
    remove: str


@dataclass(frozen=True, slots=True)
class ListFilters:
    """What narrows the records at hand, and the ways to change it.

    `path` is the address without a query, `kept` what the search box must keep of the query,
    `panel` the filter being made.
    """

    path: str
    search: str
    kept: Pairs
    chips: tuple[ChipView, ...]
    addable: tuple[Way, ...]
    panel: Panel | None
    clear_url: str
    states: tuple[Way, ...]
    state_label: str


def at_plain_address(
    desk: Desk,
    entity: Entity,
    path: str,
    view: View | None,
    answer: Callable[[ListQuery], Response],
    controls: frozenset[str] = PAGE_CONTROLS,
    brought: Pairs = (),
) -> Response:
    """Answer to what the address asks for; controls of a form become a plain address first."""
    pairs: Pairs = tuple(request.args.items(multi=True))
    plain = canonical(pairs, lambda name: desk.reader.paths.find(desk.actor, entity.id, name))
    if plain is not None and not is_fragment():
        return cast(Response, redirect(with_query(path, plain)))
    query = read_list(
        desk, entity, path, pairs if plain is None else plain, view, controls, brought
    )
    response = answer(query)
    return response if plain is None else push_url(response, with_query(path, plain))


def filters_of(desk: Desk, query: ListQuery, named: Named | None = None) -> ListFilters:
    """Return what narrows the records that were asked for; `named` are the fields, where known."""
    return ListFilters(
        path=query.path,
        search=query.request.search,
        kept=query.kept("q"),
        chips=chips_of(desk, query),
        addable=addable(query, named_fields(desk, query) if named is None else named),
        panel=panel_of(desk, query),
        clear_url=query.path if query.is_narrowed else "",
        states=states_of(desk, query),
        state_label=desk.look.text(STATES[query.request.state]),
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


def addable(query: ListQuery, named: Named) -> tuple[Way, ...]:
    """Return the fields that can be filtered by."""
    opening = query.opening("_filter")
    return tuple([Way(f"{opening}{path}", label) for path, label in named])


def named_fields(desk: Desk, query: ListQuery) -> Named:
    """Return the fields of the entity that this person may read, by path and label."""
    entity, paths = query.entity, desk.reader.paths
    own = [name for name, one in entity.fields.items() if not one.hidden]
    engine = ["created_at", "created_by", "updated_at", "last_activity_at"]
    found = (paths.find(desk.actor, entity.id, name) for name in (*own, *engine))
    text = desk.look.text
    return tuple([(one.text, text(one.label)) for one in found if one is not None])


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
