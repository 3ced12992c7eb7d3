"""Kept statements answer as statements made anew would: for each actor, each value, each moment."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from sqlalchemy import event

from engine.errors import BadQuery, EngineError
from engine.metadata.model.text import RecordRef
from engine.runtime.access import Access
from engine.runtime.actor import Actor
from engine.runtime.query import filters
from engine.runtime.query.filters import QueryParser
from engine.runtime.query.parts import Span
from engine.runtime.query.request import ListRequest
from engine.runtime.query.select import Reader
from engine.runtime.query.shapes import Shape
from tests.kit.applications import application
from tests.kit.stock import MONDAY, Stock, pairs, stocked
from tests.runtime.query.clinic import Clinic, clinic

WHO = ("head", "vet", "night", "booking", "reception", "stranger")
# Of each shape several: the second one is answered by the statement of the first.
VISITS = (
    "",
    "size=2",
    "size=2&sort=-at",
    "sort=debt",
    "stage=booked",
    "stage=done",
    "stage=done,booked",
    "stage.ne=done",
    "stage=-",
    "at.lt=now",
    "at.lt=tomorrow",
    "at.ge=today",
    "at.between=yesterday..today",
    "debt=10.50",
    "debt=0",
    "debt.gt=0",
    "debt.gt=10.499",
    "debt.le=3",
    "animal.name=Rex",
    "animal.name=Tom",
    "vet=me",
    "vet=-",
    "vet=*",
    "number.has=V-1",
    "number.has=V-2",
    "number.has=%",
    "number.starts=V-",
    "number.starts=1",
    "q=rex",
    "q=tom",
    "q=_",
    "q=rex V-1",
    "q=tom V-2",
    "q=0888 123",
    "q=359 888",
    "archived=only",
    "columns=title,animal.name,debt",
)


@pytest.fixture(scope="module")
def house(module_database: str) -> Iterator[Clinic]:
    with clinic(module_database) as made:
        yield made


def anew(house: Clinic) -> Reader:
    return beginning(house.stock)


def beginning(stock: Stock) -> Reader:
    """Returns a reader that has kept nothing yet: what is kept lies with the rights."""
    access = Access(stock.application, stock.tables, stock.database)
    return Reader(stock.application, stock.tables, access, stock.database, stock.clock)


def told(reader: Reader, actor: Actor, query: str) -> object:
    """Returns all that a list tells: its pages to the end, what may be done, and how many."""
    try:
        request = reader.parse(actor, "visit", pairs(query))
        pages = [reader.page(actor, request)]
        while pages[-1].next:
            more = f"{query}&after={pages[-1].next}"
            pages.append(reader.page(actor, reader.parse(actor, "visit", pairs(more))))
        back = []
        if pages[-1].previous:
            more = f"{query}&after={pages[-1].previous}"
            back.append(reader.page(actor, reader.parse(actor, "visit", pairs(more))))
        return pages, back, reader.count(actor, request, 2), reader.count(actor, request)
    except EngineError as error:
        return str(error.message)


def test_lists_of_one_shape_are_read_alike(house: Clinic) -> None:
    kept = house.stock.reader
    for _, name, query in product(range(2), WHO, VISITS):
        actor = getattr(house, name)
        assert told(kept, actor, query) == told(anew(house), actor, query), (name, query)


def test_records_are_known_alike(house: Clinic) -> None:
    kept = house.stock.reader
    for name, entity_id in product(WHO, ("visit", "owner", "animal", "task")):
        actor = getattr(house, name)
        numbers = range(1, 12)
        fields = ("animal", "owner", "city", "about", "stage", "debt")
        for _ in range(2):
            found = kept.those(actor, entity_id, numbers, fields)
            assert found == anew(house).those(actor, entity_id, numbers, fields)
        assert kept.next_tasks(actor, "visit", numbers) == anew(house).next_tasks(
            actor, "visit", numbers
        )
        for number in numbers:
            visit = RecordRef("visit", number)
            tasks = kept.tasks_about(actor, visit, 9, 9)
            assert tasks == anew(house).tasks_about(actor, visit, 9, 9)


def test_a_query_that_was_read_before_means_this_moment(
    monkeypatch: pytest.MonkeyPatch, house: Clinic
) -> None:
    kept = QueryParser(house.stock.application, house.stock.access)
    anew = QueryParser(house.stock.application, house.stock.access)

    def read(parser: QueryParser, longest: int, *given: Any) -> object:
        monkeypatch.setattr(filters, "LONGEST_KEPT", longest)
        try:
            return parser.parse(*given)
        except BadQuery as error:
            return error.parameter, str(error.message)

    for days, name, query in product((0, 0, 1, 40), WHO, VISITS):
        asked = (getattr(house, name), "visit", pairs(query), MONDAY + timedelta(days=days))
        assert read(kept, 300, *asked) == read(anew, -1, *asked)


def test_values_are_no_part_of_a_shape(house: Clinic) -> None:
    def key(query: str) -> object:
        return Shape(house.stock.reader.parse(house.head, "visit", pairs(query))).key

    assert key("stage=booked") == key("stage=done") != key("stage=done,booked")
    assert key("debt.gt=1") == key("debt.gt=2") != key("debt.ge=1")
    assert key("at.lt=now") == key("at.lt=tomorrow")
    assert key("number.has=1") == key("number.has=2") != key("number.starts=1")
    assert key("q=rex") == key("q=tom") != key("q=rex tom") != key("q=0888")
    assert key("archived=only") != key("")
    lists = [ListRequest("visit", view=one) for one in (None, "late", "mine")]
    assert len({Shape(one).key for one in (*lists, ListRequest("owner"))}) == 4


CLOCKED = """
timezone: Europe/Sofia
entities:
  stay:
    title: "{{ name }}"
    fields:
      name: {type: text}
      until: {type: datetime}
      over: {type: bool, formula: until < now()}
      debt: {type: integer, formula: "7 if until < now() else 1"}
      place: {type: stage, pipeline: whereabouts}
      next: {type: link, to: stay, where: until < now()}
pipelines:
  whereabouts: {stages: {here: {label: Here}, gone: {label: Gone}}}
scopes:
  past: {entity: stay, where: until < now()}
views:
  gone: {entity: stay, where: until < now()}
roles:
  keeper: {can: {stay: {see: past}}}
  head: {can: {stay: {see: all}}}
"""


def all_that_is_told(reader: Reader, actor: Actor, stock: Stock) -> dict[str, object]:
    """Returns an answer to each question that there is, by a reader's own name for it."""
    numbers = range(1, 4)
    lists = {
        query: reader.parse(actor, "stay", pairs(query))
        for query in ("", "view=gone", "over=true", "sort=-over,debt", "debt.gt=2")
    }
    stage, debt = (reader.paths.require(actor, "stay", one) for one in ("place", "debt"))
    span = Span(MONDAY, MONDAY + timedelta(days=1))
    where = stock.application.entity("stay").fields["next"].where
    about = [RecordRef("stay", one) for one in numbers]
    return {
        "page": {query: reader.page(actor, one) for query, one in lists.items()},
        "count": {query: reader.count(actor, one) for query, one in lists.items()},
        "export": {query: [*reader.export(actor, one)] for query, one in lists.items()},
        "spread": {
            query: reader.spread(actor, one, "until", (span,), 9) for query, one in lists.items()
        },
        "heads": {
            query: reader.heads(actor, one, stage, ("here", "gone")) for query, one in lists.items()
        },
        "sums": {
            query: reader.heads(actor, one, stage, ("here", "gone"), (debt,))
            for query, one in lists.items()
        },
        "those": reader.those(actor, "stay", numbers, ("name", "over", "next")),
        "next": reader.next_tasks(actor, "stay", numbers),
        "tasks": [reader.tasks_about(actor, one, 9, 9) for one in about],
        "pick": reader.pick(actor, "stay", "", 9, where),
        "found": reader.pick(actor, "stay", "o", 9),
        "search": reader.search(actor, "o", 9),
        "titles": reader.titles(actor, about),
        "subtitles": reader.subtitles(actor, about),
        "one": [told_of(reader, actor, one) for one in numbers],
    }


def told_of(reader: Reader, actor: Actor, number: int) -> object:
    try:
        return reader.get(actor, "stay", number)
    except EngineError as error:
        return str(error.message)


def test_what_reads_the_clock_is_never_kept(database_url: str) -> None:
    with stocked(application(CLOCKED), database_url) as stock:
        keeper, head = stock.user("kim", "keeper"), stock.user("hugo", "head")
        for hours, name in enumerate(("one", "two", "four"), 1):
            until = stock.clock.now() + timedelta(hours=hours)
            stay = stock.add("stay", name=name, until=until, place="here", next=1)
            about = RecordRef("stay", stay)
            stock.add("task", subject=name, to=head.user_id, about=about)
        for gone in (0, 1, 2, 3):
            for actor in (keeper, head):
                found = all_that_is_told(stock.reader, actor, stock)
                assert found == all_that_is_told(beginning(stock), actor, stock), (gone, actor.name)
            assert len(stock.records(keeper, "stay")) == gone
            assert len(stock.records(head, "stay", "view=gone")) == gone
            assert len(stock.records(head, "stay", "over=true")) == gone
            stock.clock.pass_(timedelta(hours=1, seconds=1))


def test_the_second_time_no_statement_is_compiled(house: Clinic) -> None:
    reader, engine = anew(house), house.stock.database.engine
    compiled: list[object] = []

    def note(*given: Any) -> None:
        compiled.append(given[4].compiled)

    event.listen(engine, "before_cursor_execute", note)
    try:
        told(reader, house.head, "stage=booked&at.lt=now")
        first = set(map(id, compiled))
        told(reader, house.head, "stage=done&at.lt=tomorrow")
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert set(map(id, compiled)) == first
