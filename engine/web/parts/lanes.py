"""The lanes of a board: which there are, the cards in each, what stands at its head.

A lane costs one query; the tasks and the stays of all cards that are shown cost one each.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from engine.errors import Message, say, say_many
from engine.metadata.model.entity import Entity
from engine.metadata.model.pipeline import Stage
from engine.metadata.model.view import View
from engine.runtime.query.board import NEWEST, LaneHead, just, lane
from engine.runtime.query.paths import FieldPath
from engine.runtime.query.records import Page, Record
from engine.runtime.query.request import ListRequest
from engine.runtime.query.stays import stays_of
from engine.runtime.writing import written_number
from engine.web.parts.cells import columns_of
from engine.web.parts.desk import Desk
from engine.web.parts.list_query import ListQuery
from engine.web.parts.look import Look
from engine.web.parts.tiles import Face, Tile, tile_of
from engine.web.urls import list_url

MOST_COUNTED = 1000
FACE_TYPES = ("money", "user", "datetime", "date", "link")
MARK = 24  # letters at the end of a cursor: they tell it from others


@dataclass(frozen=True, slots=True)
class Board:
    """A board as it was asked for: its stages in their order, and the fields that are summed."""

    desk: Desk
    query: ListQuery
    stage: FieldPath
    stages: Mapping[str, Stage]
    sums: tuple[FieldPath, ...]

    @property
    def look(self) -> Look:
        """Return through whose eyes it is drawn."""
        return self.desk.look

    @property
    def request(self) -> ListRequest:
        """Return the list that the board spreads out."""
        return self.query.request

    def lane(self, stage: Stage) -> ListRequest:
        """Return the list of a stage; what has ended stands by its last change."""
        found = lane(self.request, self.stage.text, stage.id)
        is_ordered = any(name == "sort" for name, _ in self.request.parameters)
        if stage.closes is None or is_ordered:
            return found
        newest = self.desk.reader.paths.find(self.desk.actor, self.query.entity.id, "updated_at")
        return replace(found, sort=NEWEST if newest else ())


@dataclass(frozen=True, slots=True)
class Cards:
    """Cards of a lane, and the way to the next ones; `key` tells this place from others."""

    stage: str
    tiles: tuple[Tile, ...]
    key: str = ""
    more_url: str = ""
    more_key: str = ""
    list_url: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """What stands at the head of a lane: how many, said shortly and in full, and their sums."""

    stage: str
    count: str
    said: Message
    number: int | None = None
    sums: tuple[str, ...] = ()
    is_counted: bool = False


@dataclass(frozen=True, slots=True)
class Lane:
    """A stage as a column of a board."""

    stage: Stage
    head: Head
    cards: Cards


def board_of(desk: Desk, query: ListQuery, view: View) -> Board:
    """Return the board of a view that this person may open."""
    field = desk.look.application.leading_field(view)
    if field is None:
        raise LookupError(f"{view.id} is a board without stages")
    find, entity = desk.reader.paths.find, query.entity
    is_said = bool(view.columns) or "columns" in dict(query.request.parameters)
    columns = query.request.columns if is_said else usual_face(desk, entity)
    shown = tuple(dict.fromkeys((*columns, field.id)))
    sums = (find(desk.actor, entity.id, one) for one in view.sum)
    return Board(
        desk=desk,
        query=replace(query, request=replace(query.request, columns=shown)),
        stage=desk.reader.paths.require(desk.actor, entity.id, field.id),
        stages=desk.look.application.pipelines[field.pipeline or ""].stages,
        sums=tuple(one for one in sums if one is not None),
    )


def usual_face(desk: Desk, entity: Entity) -> tuple[str, ...]:
    """Return what a card shows where nobody said it: the name, an amount, whose, when, for whom."""
    known = desk.access.readable(desk.actor, entity.id)
    fields = [one for one in entity.fields.values() if one.id in known and not one.hidden]
    firsts = (next((one.id for one in fields if one.type == kind), None) for kind in FACE_TYPES)
    return ("title", *(one for one in firsts if one is not None))


def lanes_of(board: Board) -> tuple[Lane, ...]:
    """Return all lanes with their first cards."""
    read, actor = board.desk.reader.page, board.desk.actor
    pages = [(one, read(actor, board.lane(one))) for one in board.stages.values()]
    face = face_of(board, [record for _, page in pages for record in page.records])
    return tuple(
        Lane(stage, first_head(board, stage, page), cards_of(board, face, stage, page))
        for stage, page in pages
    )


def more_of(board: Board, stage: Stage, after: str) -> Cards:
    """Return the next cards of a lane."""
    page = board.desk.reader.page(board.desk.actor, replace(board.lane(stage), after=after))
    cards = cards_of(board, face_of(board, page.records), stage, page)
    return replace(cards, key=after[-MARK:])


def card_of(board: Board, record_id: int) -> tuple[Stage, Tile] | None:
    """Return one card and its stage, None where the record is not on the board."""
    found = board.desk.reader.page(board.desk.actor, just(board.request, record_id)).records
    stage = board.stages.get(str(found[0].values[board.stage.text])) if found else None
    if stage is None:
        return None
    return stage, tile_of(board.look, found[0], face_of(board, found), stage)


def face_of(board: Board, records: Sequence[Record]) -> Face:
    """Return what the cards of these records show."""
    desk, entity = board.desk, board.query.entity
    columns = columns_of(board.look, desk.reader.columns(desk.actor, board.request))
    numbers = [one.id for one in records]
    return Face(
        columns=tuple(one for one in columns if one.path != board.stage.text),
        owner=entity.owner,
        sums=tuple(one.text for one in board.sums),
        here=board.query.url(),
        tasks=desk.reader.next_tasks(desk.actor, entity.id, numbers) if numbers else {},
        entered=entered(board, records),
    )


def entered(board: Board, records: Sequence[Record]) -> Mapping[int, datetime]:
    """Return since when each record is in its stage, of those that may be there for some time."""
    limited = {one.id for one in board.stages.values() if one.sla}
    known = [one for one in records if one.values[board.stage.text] in limited]
    stays = stays_of(board.desk.database, known)
    return {
        number: one.entered_at
        for number, some in stays.items()
        for one in some
        if one.field == board.stage.text
    }


def cards_of(board: Board, face: Face, stage: Stage, page: Page) -> Cards:
    """Return the cards of a page of a lane."""
    more = {"_column": stage.id, "after": page.next}
    return Cards(
        stage=stage.id,
        tiles=tuple(tile_of(board.look, one, face, stage) for one in page.records),
        more_url=board.query.url(more) if page.next else "",
        more_key=(page.next or "")[-MARK:],
        list_url=lane_list(board, stage) if page.next else "",
    )


def lane_list(board: Board, stage: Stage) -> str:
    """Return the address of the list of a lane's records, as far as a list can say it."""
    kept = (one for one in board.query.kept("after", board.stage.text) if one[1].strip())
    return list_url(board.query.entity.id, (*kept, (board.stage.text, stage.id)))


def first_head(board: Board, stage: Stage, page: Page) -> Head:
    """Return a head as far as the first cards tell it: how many, or that there are more."""
    count = len(page.records)
    return head_of(board, stage, LaneHead(count, is_capped=page.next is not None))


def heads_of(board: Board, stages: Iterable[Stage]) -> tuple[Head, ...]:
    """Return the heads of some lanes, counted and summed."""
    wanted = tuple(stages)
    found = board.desk.reader.heads(
        board.desk.actor,
        board.request,
        board.stage,
        [one.id for one in wanted],
        board.sums,
        MOST_COUNTED,
    )
    return tuple(replace(head_of(board, one, found[one.id]), is_counted=True) for one in wanted)


def head_of(board: Board, stage: Stage, found: LaneHead) -> Head:
    """Return the head of a lane in words."""
    number = written_number(found.count, board.look.language)
    if found.is_capped:
        said = say("more than {count} records", count=number)
        return Head(stage.id, f"{number}+", said)
    said = say_many("{number} record", "{number} records", found.count)
    return Head(stage.id, number, said, found.count, tuple(sums_of(board, found)))


def sums_of(board: Board, found: LaneHead) -> Iterator[str]:
    """Yield the sums of a lane as they are read; an amount that stands alone needs no name."""
    for path, value in zip(board.sums, found.sums, strict=False):
        text = board.look.show(value, path.field)
        is_plain = len(board.sums) == 1 and path.field.type == "money"
        yield text if is_plain else f"{board.look.text(path.label)} {text}"
