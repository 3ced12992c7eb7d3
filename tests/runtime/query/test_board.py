"""A board: lanes of newest records, counts that stop, sums of what one may read, what is next."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from itertools import product

import pytest

from engine.metadata.model.text import RecordRef
from engine.runtime.actor import Actor
from engine.runtime.query.board import LANE_SIZE, NEWEST, LaneHead, just, lane
from engine.runtime.query.request import ListRequest
from engine.runtime.tables.shape import table_shape
from tests.kit.applications import DEALS, application
from tests.kit.stock import MONDAY, Stock, pairs, stocked

APPLICATION = application(DEALS)
STAGES = tuple(APPLICATION.pipelines["sales"].stages)
LARGE = Decimal("9999999999999999.99")


@dataclass(frozen=True, slots=True)
class Office:
    """The stock and its people."""

    stock: Stock
    head: Actor
    seller: Actor
    guest: Actor
    blind: Actor

    def asked(self, who: Actor, query: str = "") -> ListRequest:
        return self.stock.reader.parse(who, "deal", pairs(f"view=board&{query}"))

    def names(self, who: Actor, stage: str, query: str = "") -> list[str]:
        found = self.stock.reader.page(who, lane(self.asked(who, query), "stage", stage))
        return [one.title for one in found.records]

    def heads(
        self, who: Actor, *sums: str, query: str = "", cap: int = 1000
    ) -> dict[str, LaneHead]:
        require = self.stock.reader.paths.require
        stage, fields = require(who, "deal", "stage"), [require(who, "deal", one) for one in sums]
        return self.stock.reader.heads(who, self.asked(who, query), stage, STAGES, fields, cap)


@pytest.fixture(scope="module")
def office(module_database: str) -> Iterator[Office]:
    with stocked(APPLICATION, module_database) as stock:
        head, seller, guest, blind = (
            stock.user(one, one) for one in ("head", "seller", "guest", "blind")
        )
        for number in range(LANE_SIZE + 5):
            whose = seller if number % 2 else head
            stock.add(
                "deal",
                name=f"New {number:02}",
                stage="new",
                amount=Decimal(number) if number % 5 else None,
                seller=whose.user_id,
                created_at=MONDAY - timedelta(days=30 - number),
                updated_at=MONDAY - timedelta(days=number),
            )
        for name, amount in (("Won one", LARGE), ("Won two", LARGE), ("Won three", LARGE)):
            stock.add("deal", name=name, stage="won", amount=amount, seller=seller.user_id)
        stock.add("deal", name="Gone", stage="won", archived=True, amount=Decimal(1))
        stock.add("deal", name="Trashed", stage="won", trashed_at=MONDAY, amount=Decimal(1))
        stock.add("deal", name="Debt", stage="lost", amount=Decimal("-0.01"))
        stock.add("deal", name="Nowhere", stage=None, amount=Decimal(7))
        yield Office(stock, head, seller, guest, blind)


def test_a_lane_shows_its_newest_records_page_by_page(office: Office) -> None:
    request = lane(office.asked(office.head), "stage", "new")
    first = office.stock.reader.page(office.head, request)
    assert first.next is not None
    rest = office.stock.reader.page(office.head, replace(request, after=first.next))

    shown = [one.title for one in (*first.records, *rest.records)]
    assert shown == [f"New {number:02}" for number in reversed(range(LANE_SIZE + 5))]
    assert (len(first.records), rest.next) == (LANE_SIZE, None)


def test_a_lane_may_stand_by_what_changed_last(office: Office) -> None:
    request = replace(lane(office.asked(office.head), "stage", "new"), sort=NEWEST)
    found = office.stock.reader.page(office.head, request)

    assert [one.title for one in found.records[:2]] == ["New 00", "New 01"]


def test_rights_and_filters_hold_in_each_lane(office: Office) -> None:
    assert office.names(office.seller, "new")[:2] == ["New 23", "New 21"]
    assert office.names(office.head, "new", "q=new 07") == ["New 07"]
    assert office.names(office.head, "new", "stage=won") == []
    assert office.names(office.head, "won", "archived=only") == ["Gone"]


def test_heads_count_every_lane_and_stop_at_the_cap(office: Office) -> None:
    counted = office.heads(office.head)
    capped = office.heads(office.head, cap=10)

    assert {one: head.count for one, head in counted.items()} == {
        "new": 25,
        "quote": 0,
        "think": 0,
        "order": 0,
        "won": 3,
        "lost": 1,
    }
    assert not any(one.is_capped for one in counted.values())
    assert (capped["new"], capped["won"]) == (LaneHead(10, is_capped=True), LaneHead(3))


def test_sums_are_exact_whatever_they_come_to(office: Office) -> None:
    heads = office.heads(office.head, "amount")

    assert heads["won"].sums == (LARGE * 3,)
    assert heads["lost"].sums == (Decimal("-0.01"),)
    assert heads["quote"] == LaneHead(0, sums=(Decimal(0),))
    assert heads["new"].sums == (Decimal(sum(one for one in range(25) if one % 5)),)


def test_several_fields_are_summed_at_once_over_what_one_sees(office: Office) -> None:
    heads = office.heads(office.seller, "amount", "metres", query="amount.ge=20")

    assert heads["new"] == LaneHead(2, sums=(Decimal(44), Decimal(0)))
    assert heads["won"].count == 3


def test_heads_are_one_query_however_many_lanes(office: Office) -> None:
    for sums in ((), ("amount", "metres")):
        with office.stock.counting() as sent:
            office.heads(office.head, *sums)
        assert len([one for one in sent if "SELECT" in one]) == 1


def test_one_card_is_found_alone_where_it_is_on_the_board(office: Office) -> None:
    won = office.asked(office.seller, "stage=won")
    (record,) = office.stock.reader.page(office.seller, lane(won, "stage", "won")).records[:1]

    (found,) = office.stock.reader.page(office.seller, just(won, record.id)).records
    assert found.id == record.id
    other = office.asked(office.seller, "stage=new")
    assert office.stock.reader.page(office.seller, just(other, record.id)).records == ()


def test_a_board_is_none_for_those_who_may_not_know_the_stage(office: Office) -> None:
    view = APPLICATION.views["board"]

    assert office.stock.reader.opens(office.guest, view)
    assert not office.stock.reader.opens(office.blind, view)


def test_the_next_task_is_the_one_that_is_due_first_and_may_be_seen(office: Office) -> None:
    stock, (one, two, three) = office.stock, (1, 2, 3)
    for subject, deal, due, more in (
        ("Later", one, 2, {}),
        ("First", one, 1, {}),
        ("Done", one, 0, {"done": True}),
        ("Archived", one, 0, {"archived": True}),
        ("Some day", two, None, {}),
        ("Of another kind", three, 1, {"entity": "client"}),
    ):
        at = None if due is None else MONDAY + timedelta(hours=due)
        about = RecordRef(str(more.pop("entity", "deal")), deal)
        stock.add(
            "task",
            subject=subject,
            title=subject,
            about=about,
            due=at,
            to=office.head.user_id,
            **more,
        )

    found = stock.reader.next_tasks(office.head, "deal", [one, two, three])
    assert {deal: task.title for deal, task in found.items()} == {one: "First", two: "Some day"}
    # The first deal is not the seller's: its tasks are hidden with it.
    seen = stock.reader.next_tasks(office.seller, "deal", [one, two, three])
    assert {deal: task.title for deal, task in seen.items()} == {two: "Some day"}


def test_the_tasks_about_a_record_are_those_of_two_lists(office: Office) -> None:
    stock, reader, deals = office.stock, office.stock.reader, (1, 2)
    columns = ("columns", "subject,due,to,type,done,result")
    for number, (deal, done, due) in enumerate(product(deals, (False, True), (3, None, 1, 2, 1))):
        stock.add(
            "task",
            subject=f"Task {number}",
            title=f"Task {number}",
            about=RecordRef("deal", deal),
            due=None if due is None else MONDAY + timedelta(hours=due),
            to=office.head.user_id,
            done=done,
            archived=due == 2,
            updated_at=MONDAY - timedelta(minutes=number % 2),
        )
    for who, deal in product((office.head, office.seller), deals):
        lists = (
            reader.parse(who, "task", (("about", f"deal/{deal}"), *one, columns, ("size", "3")))
            for one in (
                (("done", "false"), ("sort", "due")),
                (("done", "true"), ("sort", "-updated_at")),
            )
        )
        found = reader.tasks_about(who, RecordRef("deal", deal), 3, 3)
        assert found == tuple(reader.page(who, one).records for one in lists)
        is_hidden = (who, deal) == (office.seller, 1)
        assert [len(one) for one in found] == ([0, 0] if is_hidden else [3, 3])


def test_an_index_serves_the_order_of_a_lane() -> None:
    names = set(table_shape(APPLICATION.entity("deal"), APPLICATION).indexes)

    assert {"ix$deal$stage$created_at$id", "ix$deal$stage$updated_at$id"} <= names
