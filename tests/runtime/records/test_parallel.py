"""Many people at the same moment: one change, one winner, nothing lost."""

from collections import Counter
from decimal import Decimal

import pytest

from engine.errors import Conflict, EngineError, ValidationFailed
from engine.runtime.actor import ENGINE, Actor
from engine.runtime.records.changes import Saved
from tests.kit.crowd import CROWD, at_once
from tests.kit.writer import Desk


def saved(results: list[Saved | EngineError]) -> list[Saved]:
    return [one for one in results if isinstance(one, Saved)]


@pytest.fixture
def visit(desk: Desk, head: Actor) -> Saved:
    anna = desk.service.create(head, "owner", {"name": "Anna"})
    rex = desk.service.create(head, "animal", {"name": "Rex", "owner": anna.id})
    return desk.service.create(head, "visit", {"animal": rex.id})


def test_the_same_move_twenty_times_is_one_change(desk: Desk, head: Actor, visit: Saved) -> None:
    desk.service.create(head, "task", {"subject": "Call", "about": f"visit/{visit.id}"})
    results = at_once(lambda _: desk.service.move(head, "visit", visit.id, "missed"))
    assert [one.version for one in saved(results)] == [2] * CROWD
    assert sum(not one.repeated for one in saved(results)) == 1
    assert len(desk.history(visit)) == 2
    assert desk.broken() == []


def test_of_different_moves_each_is_judged_where_the_record_then_is(
    desk: Desk, head: Actor, visit: Saved
) -> None:
    stages = ("treatment", "missed")
    results = at_once(lambda n: desk.service.move(head, "visit", visit.id, stages[n % 2]))
    moves = [row["after"]["stage"] for row in desk.history(visit)][1:]
    assert moves in (["treatment"], ["missed"])
    assert len(saved(results)) == CROWD // 2
    assert all(isinstance(one, (Saved, ValidationFailed)) for one in results)
    assert desk.broken() == []


def test_no_update_is_lost(desk: Desk, head: Actor, visit: Saved) -> None:
    """Everybody adds one, and tries again with what is stored where somebody was faster."""

    def add_one(_: int) -> Saved:
        while True:
            values = desk.values(visit)
            version, fee = values["version"], values["fee"]
            assert isinstance(version, int)
            assert isinstance(fee, Decimal)
            try:
                one = desk.service.update(head, "visit", visit.id, {"fee": fee + 1}, version)
            except Conflict:
                continue
            if not one.repeated:  # somebody else has just stored the same number
                return one

    results = at_once(add_one)
    assert len(saved(results)) == CROWD
    assert desk.values(visit)["fee"] == 30 + CROWD
    assert desk.values(visit)["version"] == 1 + CROWD
    assert desk.broken() == []


def test_disjoint_edits_of_one_version_all_hold(desk: Desk, head: Actor) -> None:
    anna = desk.service.create(head, "owner", {"name": "Anna"})
    edits = ({"city": "Varna"}, {"note": "hello"}, {"margin": "5"}, {"email": "a@example.com"})
    results = at_once(
        lambda n: desk.service.update(head, "owner", anna.id, edits[n % len(edits)], 1)
    )
    assert len(saved(results)) == CROWD
    stored = desk.values(anna)
    assert (stored["city"], stored["note"], stored["email"]) == ("Varna", "hello", "a@example.com")
    assert stored["version"] == 1 + len(edits)


def test_one_token_makes_one_record(desk: Desk, head: Actor) -> None:
    results = at_once(lambda _: desk.service.create(head, "owner", {"name": "Anna"}, "t1"))
    assert len({one.id for one in saved(results)}) == 1
    assert Counter(one.repeated for one in saved(results)) == {True: CROWD - 1, False: 1}
    assert desk.broken() == []


def test_a_unique_value_goes_to_one(desk: Desk, head: Actor) -> None:
    payload = {"name": "Anna", "phone": "0888 123 456"}
    results = at_once(lambda _: desk.service.create(head, "owner", payload))
    assert len(saved(results)) == 1
    refused = [one for one in results if isinstance(one, ValidationFailed)]
    assert len(refused) == CROWD - 1
    assert {str(one.messages["phone"][0]) for one in refused} == {
        "Another record has this value already."
    }


def test_numbers_stay_without_gaps(desk: Desk, head: Actor, visit: Saved) -> None:
    animal = desk.values(visit)["animal"]
    results = at_once(lambda _: desk.service.create(head, "visit", {"animal": animal}))
    numbers = sorted(str(desk.values(one)["number"]) for one in saved(results))
    assert numbers == [f"V-2026-{number:04}" for number in range(2, CROWD + 2)]


def test_names_are_right_when_records_are_made_while_they_change(
    desk: Desk, head: Actor, visit: Saved
) -> None:
    animal = desk.values(visit)["animal"]
    assert isinstance(animal, int)

    def deed(number: int) -> Saved:
        if number % 4 == 0:
            return desk.service.update(ENGINE, "animal", animal, {"name": f"Rex {number}"}, None)
        return desk.service.create(head, "visit", {"animal": animal})

    results = at_once(deed)
    assert len(saved(results)) == CROWD
    name = desk.values(Saved("animal", animal, 1))["name"]
    visits = desk.rows(desk.stock.tables.table("visit"))
    assert {row["title"].split(" ", 1)[1] for row in visits} == {name}
    assert desk.broken() == []
