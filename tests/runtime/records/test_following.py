"""What follows from a change by itself: timers of tasks, notifications, activity, numbers."""

from datetime import UTC, datetime, timedelta

import pytest

from engine.errors import NotFound, ValidationFailed
from engine.metadata.model.text import RecordRef
from engine.runtime.actor import ENGINE, Actor
from engine.runtime.records.changes import Saved
from engine.runtime.tables.system import OUTBOX, TIMERS
from tests.kit.writer import Desk, rule_actor


@pytest.fixture
def anna(desk: Desk, head: Actor) -> Saved:
    return desk.service.create(head, "owner", {"name": "Anna"})


def timers(desk: Desk) -> list[tuple[str, datetime]]:
    return [(row["state"], row["due_at"]) for row in desk.rows(TIMERS)]


def notices(desk: Desk) -> list[tuple[object, str]]:
    rows = desk.rows(desk.stock.tables.table("notification"))
    return [(row["to"], row["text"]) for row in rows]


def test_the_due_time_of_an_open_task_is_a_timer(desk: Desk, head: Actor) -> None:
    task = desk.service.create(head, "task", {"subject": "Call", "due": "in 2 h"})
    eleven, tomorrow = (
        datetime(2026, 3, 2, 11, tzinfo=UTC),
        datetime(2026, 3, 3, 8, tzinfo=UTC),
    )
    assert timers(desk) == [("waiting", eleven)]
    desk.service.postpone_task(head, task.id, "tomorrow 10:00")
    assert timers(desk) == [("waiting", tomorrow)]
    desk.service.finish_task(head, task.id, "talked")
    assert timers(desk) == [("cancelled", tomorrow)]
    assert (desk.values(task)["done"], desk.values(task)["result"]) == (True, "talked")
    assert desk.history(task)[-1]["action"] == "finish"
    desk.service.update(head, "task", task.id, {"done": False}, 3)
    assert timers(desk) == [("waiting", tomorrow)]
    desk.service.delete(head, "task", task.id)
    assert timers(desk) == [("cancelled", tomorrow)]
    desk.service.restore(head, "task", task.id)
    assert timers(desk) == [("waiting", tomorrow)]
    desk.service.update(head, "task", task.id, {"due": ""}, 6)
    assert timers(desk) == [("cancelled", tomorrow)]
    assert desk.broken() == []


def test_a_task_done_twice_is_done_once(desk: Desk, head: Actor) -> None:
    task = desk.service.create(head, "task", {"subject": "Call"})
    desk.service.finish_task(head, task.id)
    assert desk.service.finish_task(head, task.id).repeated
    assert desk.values(task)["version"] == 2
    with pytest.raises(ValidationFailed):
        desk.service.postpone_task(head, task.id, " ")


def test_a_new_owner_is_told_by_whom(desk: Desk, head: Actor, vet: Actor, anna: Saved) -> None:
    rex = desk.service.create(head, "animal", {"name": "Rex", "owner": anna.id})
    visit = desk.service.create(head, "visit", {"animal": rex.id, "vet": vet.user_id})
    assert notices(desk) == [(vet.user_id, "Helen gave you: V-2026-0001 Rex")]
    desk.service.update(head, "visit", visit.id, {"vet": head.user_id}, 1)
    assert len(notices(desk)) == 1  # nobody is told of what they did themselves
    desk.service.create(vet, "task", {"subject": "Call Anna", "to": head.user_id})
    assert notices(desk)[1:] == [(head.user_id, "Victor gave you: Call Anna")]
    desk.service.create(ENGINE, "task", {"subject": "Row", "to": vet.user_id})
    assert len(notices(desk)) == 2
    rule = rule_actor(head, "Share the visits")
    desk.service.update(rule, "visit", visit.id, {"vet": vet.user_id}, None)
    assert notices(desk)[2:] == [(vet.user_id, "Yours now: V-2026-0001 Rex")]
    assert desk.broken() == []


def test_notes_and_changes_refresh_the_last_activity(desk: Desk, head: Actor, anna: Saved) -> None:
    def last() -> datetime:
        found = desk.values(anna)["last_activity_at"]
        assert isinstance(found, datetime)
        return found

    start = last()
    desk.stock.clock.pass_(timedelta(hours=1))
    desk.service.update(ENGINE, "owner", anna.id, {"city": "Varna"}, None)
    assert last() == start  # what the engine does is no activity
    note = desk.service.note(head, "owner", anna.id, "  said\nhello ")
    assert last() == start + timedelta(hours=1)
    assert desk.values(note)["about"] == RecordRef("owner", anna.id)
    assert desk.values(note)["text"] == "said\nhello"
    assert desk.values(anna)["version"] == 2  # a note is no change of the record
    desk.stock.clock.pass_(timedelta(hours=1))
    desk.service.update(head, "owner", anna.id, {"city": "Sofia"}, 2)
    assert last() == start + timedelta(hours=2)


def test_an_empty_note_and_one_about_nothing_are_refused(
    desk: Desk, head: Actor, anna: Saved
) -> None:
    with pytest.raises(ValidationFailed):
        desk.service.note(head, "owner", anna.id, " \n ")
    with pytest.raises(NotFound):
        desk.service.note(head, "owner", 999, "hello")


def test_numbers_have_no_gaps_and_begin_anew_each_year(
    desk: Desk, head: Actor, anna: Saved
) -> None:
    rex = desk.service.create(head, "animal", {"name": "Rex", "owner": anna.id})
    form = {"animal": rex.id}
    first = desk.service.create(head, "visit", form)
    with pytest.raises(ValidationFailed):
        desk.service.create(head, "visit", form | {"fee": "x"})
    with pytest.raises(ValidationFailed):
        desk.service.create(head, "visit", form | {"number": "V-1"})
    desk.service.preview(head, "visit", None, form)
    second = desk.service.create(head, "visit", form)
    desk.stock.clock.move_to(datetime(2026, 12, 31, 23, 30, tzinfo=UTC))  # 2027 in Sofia
    third = desk.service.create(head, "visit", form)
    numbers = [desk.values(one)["number"] for one in (first, second, third)]
    assert numbers == ["V-2026-0001", "V-2026-0002", "V-2027-0001"]


def test_numbers_that_rows_bring_along_are_kept_clear(desk: Desk, head: Actor, anna: Saved) -> None:
    rex = desk.service.create(head, "animal", {"name": "Rex", "owner": anna.id})
    rows = [{"animal": rex.id, "number": one} for one in ("V-2026-0007", "V-2025-0009", "old 99")]
    desk.service.create_many(ENGINE, "visit", [*rows, {"animal": rex.id}])
    desk.service.create(ENGINE, "visit", {"animal": rex.id, "number": "V-2026-0003"})
    saved = desk.service.create(head, "visit", {"animal": rex.id})
    assert desk.values(saved)["number"] == "V-2026-0009"


def test_every_change_has_one_history_row_and_one_outbox_row(
    desk: Desk, head: Actor, anna: Saved
) -> None:
    desk.service.update(head, "owner", anna.id, {"city": "Varna", "margin": "7,5"}, 1)
    desk.service.update(head, "owner", anna.id, {"city": "Varna"}, 2)  # nothing changes
    first, second = desk.history(anna)
    assert (first["before"], first["after"]["name"]) == (None, "Anna")
    assert second["before"] == first["after"]
    assert second["after"] == first["after"] | {"city": "Varna", "margin": "7.5"}
    assert second["fields"] == ["city", "margin"]
    rows = desk.rows(OUTBOX, record_id=anna.id, entity="owner")
    assert [(row["history_id"], row["state"]) for row in rows] == [
        (first["id"], "waiting"),
        (second["id"], "waiting"),
    ]
    assert len({row["key"] for row in rows}) == 2
