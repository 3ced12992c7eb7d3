"""A board: the stages of a view's records as columns, the records as cards.

Filters, words and state are those of a list and stand in the address. Parts of the page:
`_part=heads` counts and sums, `_column=STAGE&after=CURSOR` brings the next cards of a stage, and
`_part=card&_record=ID` draws one card anew with the heads of its stage and of `_column`.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response

from engine.errors import BadQuery, say
from engine.metadata.model.pipeline import Stage
from engine.metadata.model.view import View
from engine.web.htmx import respond, show
from engine.web.navigation import Way
from engine.web.parts.choices import RECORD_ID
from engine.web.parts.desk import Desk
from engine.web.parts.facts import beginning_small
from engine.web.parts.lanes import (
    Board,
    Cards,
    Head,
    Lane,
    board_of,
    card_of,
    heads_of,
    lanes_of,
    more_of,
)
from engine.web.parts.list_filters import ListFilters, at_plain_address, filters_of
from engine.web.parts.list_query import PAGE_CONTROLS, ListQuery
from engine.web.parts.show_as import show_as
from engine.web.parts.tiles import Tile
from engine.web.urls import new_url, view_url

CONTROLS = PAGE_CONTROLS | {"_column", "_record"}


@dataclass(frozen=True, slots=True)
class BoardContext:
    """What a board shows.

    `heads_url` answers with counts and sums, `card_url` with one card anew.
    """

    title: str
    shows: tuple[Way, ...]
    filters: ListFilters
    stages_label: str
    stage_field: str
    lanes: tuple[Lane, ...]
    has_sums: bool
    is_empty: bool
    is_filtered: bool
    empty_title: str
    heads_url: str
    card_url: str
    new_url: str
    new_label: str


@dataclass(frozen=True, slots=True)
class HeadsContext:
    """Counts and sums of lanes."""

    heads: tuple[Head, ...]


@dataclass(frozen=True, slots=True)
class CardsContext:
    """The next cards of a lane."""

    cards: Cards


@dataclass(frozen=True, slots=True)
class CardContext:
    """One card anew, None where the record has left the board, and the heads that it changes."""

    stage: str
    tile: Tile | None
    heads: tuple[Head, ...]


def draw_view(desk: Desk, view: View) -> Response:
    """Show the records of a view on its board."""

    def answer(query: ListQuery) -> Response:
        board = board_of(desk, query, view)
        match query.control("_part"), query.control("_column"):
            case "heads", "":
                return show("parts/board_heads.html", HeadsContext(heads_of(board, stages(board))))
            case "card", column:
                return show("parts/board_card.html", redrawn(board, column))
            case "", column if column:
                return show("parts/board_cards.html", following(board, column))
            case "", "":
                return respond("pages/board.html", "parts/board_swap.html", context_of(board, view))
            case part, _:
                raise BadQuery("_part", say("There is no such part here: {name}", name=part))

    path = view_url(view.id)
    return at_plain_address(desk, desk.entity(view.entity), path, view, answer, CONTROLS)


def context_of(board: Board, view: View) -> BoardContext:
    """Return everything that the page shows."""
    desk, query, entity = board.desk, board.query, board.query.entity
    wanted, lanes = query.request, lanes_of(board)
    can_create = desk.access.may(desk.actor, entity.id, "create")
    return BoardContext(
        title=view.label,
        shows=show_as(desk, query),
        filters=filters_of(desk, query),
        stages_label=desk.look.text(board.stage.label),
        stage_field=board.stage.text,
        lanes=lanes,
        has_sums=bool(board.sums),
        is_empty=not any(one.cards.tiles for one in lanes),
        is_filtered=bool(wanted.filters or wanted.search or wanted.state != "active"),
        empty_title=desk.look.text(say("No {records} yet", records=beginning_small(entity.plural))),
        heads_url=query.url({"_part": "heads"}),
        card_url=query.url({"_part": "card"}),
        new_url=new_url(entity.id) if can_create else "",
        new_label=entity.label,
    )


def following(board: Board, column: str) -> CardsContext:
    """Return the next cards of a lane."""
    after = board.request.after or ""
    return CardsContext(more_of(board, known_stage(board, column), after))


def redrawn(board: Board, column: str) -> CardContext:
    """Return one card anew, with the heads of its lane and of the one that it came from."""
    number = board.query.control("_record")
    if not RECORD_ID.fullmatch(number):
        raise BadQuery("_record", say("{name} is not known here.", name="_record"))
    found = card_of(board, int(number))
    stage, tile = found or (None, None)
    left = known_stage(board, column) if column else None
    changed = {one.id: one for one in (left, stage) if one is not None}
    return CardContext(stage.id if stage else "", tile, heads_of(board, changed.values()))


def known_stage(board: Board, name: str) -> Stage:
    """Return a stage of the board."""
    if name not in board.stages:
        raise BadQuery("_column", say("There is no such stage: {name}", name=name))
    return board.stages[name]


def stages(board: Board) -> tuple[Stage, ...]:
    """Return all stages of the board."""
    return tuple(board.stages.values())
