"""Twenty people press one button at the same moment, on twenty records in turn: one press each."""

from collections.abc import Iterator

import pytest

from engine.errors import EngineError
from engine.runtime.actor import Actor
from engine.runtime.plan.create import create_everything
from engine.runtime.records.changes import Saved, Seen
from tests.kit.applications import application
from tests.kit.crowd import CROWD, at_once
from tests.kit.prepared import Prepared
from tests.kit.writer import Desk, person, writing

REQUESTS = """
entities:
  request:
    fields:
      name: text
      stage: {type: stage, pipeline: way}
pipelines:
  way:
    stages: {fresh: {}, taken: {}}
    buttons:
      busy:
        show_in: [fresh]
        ladder:
          tries: [5 min, 10 min]
          each: [{task: {subject: "Try {{ try }}", due: "= next_try"}}]
          then: [{archive: true}]
      take: {show_in: [fresh], do: [{task: {subject: Call}}, {move: taken}]}
      junk: {show_in: [fresh], do: [{task: {subject: Look}}, {archive: true}]}
roles: {seller: {can: {request: {every: all}}}}
"""
BUTTONS = ("busy", "take", "junk")


@pytest.fixture
def desk(prepared: Prepared) -> Iterator[Desk]:
    requests = application(REQUESTS)
    url = prepared(requests, create_everything)
    with writing(requests, url, by_rules=True) as found:
        yield found


@pytest.fixture
def sam(desk: Desk) -> Actor:
    return person(desk, "sam", "seller")


def pressed(results: list[Saved | EngineError]) -> list[bool]:
    """Returns of each press whether it was answered as repeated; none may be refused."""
    assert all(isinstance(one, Saved) for one in results), results
    return sorted(one.repeated for one in results if isinstance(one, Saved))


ONE = [False] + [True] * (CROWD - 1)


def test_one_button_pressed_by_all_at_once_is_pressed_once(desk: Desk, sam: Actor) -> None:
    """On every other record all send the same form, on the others each a form of their own."""
    made = [desk.service.create(sam, "request", {"name": str(n)}) for n in range(20)]
    for number, record in enumerate(made):
        name = BUTTONS[number % 3]
        state = desk.service.buttons(sam, "request", [record.id])[record.id]
        seen = next(one.seen for one in state if one.button.id == name)

        def deed(n: int, record: Saved = record, name: str = name, seen: Seen = seen) -> Saved:
            token = f"t{record.id}" if record.id % 2 else f"t{record.id}-{n}"
            return desk.service.press(sam, "request", record.id, name, seen=seen, token=token)

        assert pressed(at_once(deed)) == ONE
    tasks = desk.rows(desk.stock.tables.table("task"))
    about = desk.stock.tables.columns("task", "about")[1].name
    assert len(tasks) == len({row[about] for row in tasks}) == 20
    presses = [row for one in made for row in desk.history(one) if row["action"] == "press"]
    assert len(presses) == 20
    assert desk.broken() == []


def test_each_try_of_a_ladder_is_pressed_once_to_its_end(desk: Desk, sam: Actor) -> None:
    record = desk.service.create(sam, "request", {"name": "Anna"})
    for number in (1, 2, 3):

        def deed(_: int, number: int = number) -> Saved:
            seen = Seen("fresh", number)
            return desk.service.press(sam, "request", record.id, "busy", seen=seen)

        assert pressed(at_once(deed)) == ONE
    history = desk.history(record)
    assert [row["press"]["number"] for row in history if row["press"]] == [1, 2, 3]
    assert history[-1]["action"] == "archive"
    assert desk.broken() == []
