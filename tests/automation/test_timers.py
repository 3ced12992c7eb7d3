"""Timers under a moved clock: reminders, late stages and tasks; each once, none for nothing."""

from datetime import UTC, datetime, timedelta

import pytest

from engine.metadata.model.text import RecordRef
from engine.runtime.tables.system import TIMERS
from tests.kit.office import Office, Opened, ref

CRM = """
    timezone: Europe/Sofia
    workdays: {days: [mon, tue, wed, thu, fri], from: "09:00", to: "18:00"}
    entities:
      request:
        fields:
          name: text
          owner: user
          late: {type: integer, default: 0}
          late_tasks: {type: integer, default: 0}
          stage: {type: stage, pipeline: calls}
    pipelines:
      calls:
        stages: {new: {sla: 15 workmin}, reached: {sla: 2 d}, won: {closes: won, sla: 1 h}}
    roles:
      seller: {can: {request: {every: own}}}
    automations:
      too_late:
        entity: request
        on: [{overdue: stage}]
        where: owner is not none
        do: [{set: {late: "= late + 1"}}]
      late_task:
        entity: request
        on: [{overdue: task}]
        do: [{set: {late_tasks: "= late_tasks + 1"}}]
"""
FRIDAY_EVENING = datetime(2026, 3, 6, 15, 55, tzinfo=UTC)  # 17:55 in Sofia
HOUR = timedelta(hours=1)


@pytest.fixture
def crm(opened_on_both: Opened) -> Office:
    return opened_on_both(CRM)


def lates(crm: Office) -> list[object]:
    return [one["late"] for one in crm.records("request")]


def test_a_record_is_late_once_in_each_stay_and_counted_in_working_time(crm: Office) -> None:
    sam = crm.person("sam", "seller")
    crm.clock.move_to(FRIDAY_EVENING)
    request = crm.create(crm.boss, "request", name="Anna", owner=sam.user_id)
    assert crm.timers() == [("sla", datetime(2026, 3, 9, 7, 10, tzinfo=UTC))]
    crm.later(timedelta(days=2, hours=15))
    assert lates(crm) == [0]
    crm.later(timedelta(hours=10))
    assert lates(crm) == [1]
    crm.later(timedelta(days=30))
    assert (lates(crm), crm.runs()) == ([1], [("too_late", "done")])
    move = crm.services.records.move
    move(sam, "request", request.id, "reached")
    move(sam, "request", request.id, "new")
    crm.later(timedelta(days=3))
    assert lates(crm) == [2]
    assert crm.trace("too_late")["trigger"] == {"kind": "overdue", "names": ["stage"]}


@pytest.mark.parametrize("leaving", ["move", "close", "archive", "trash"])
def test_nothing_is_late_that_has_left(crm: Office, leaving: str) -> None:
    sam = crm.person("sam", "seller")
    request = crm.create(crm.boss, "request", name="Anna", owner=sam.user_id)
    records = crm.services.records
    match leaving:
        case "move":
            records.move(sam, "request", request.id, "reached")
        case "close":
            records.move(sam, "request", request.id, "won")
        case "archive":
            records.archive(sam, "request", request.id)
        case "trash":
            records.delete(sam, "request", request.id)
    crm.later(timedelta(days=1))
    assert lates(crm) == [0]


def test_where_picks_those_that_a_rule_is_about(crm: Office) -> None:
    crm.create(crm.boss, "request", name="Nobody's")
    crm.later(HOUR)
    assert (lates(crm), crm.runs()) == ([0], [("too_late", "not_run")])
    assert [one["key"] for one in crm.trace("too_late")["checks"]] == ["where"]


def test_a_person_is_reminded_once_when_a_task_is_due_in_their_language(crm: Office) -> None:
    sam = crm.person("sam", "seller", language="en")
    mine = crm.create(crm.boss, "request", name="Anna", owner=sam.user_id)
    foreign = crm.create(crm.boss, "request", name="Boris")
    due = crm.clock.now() + HOUR
    for about in (mine, foreign):
        crm.create(crm.boss, "task", subject="Call", due=due, to=sam.user_id, about=ref(about))
    told = len(crm.told())
    crm.later(HOUR - timedelta(seconds=1))
    assert len(crm.told()) == told
    crm.later(timedelta(days=3))
    reminders = crm.records("notification")[told:]
    assert [one["text"] for one in reminders] == ["It is time: Call"] * 2
    assert [one["to"] for one in reminders] == [sam.user_id] * 2
    assert [one["about"] for one in reminders] == [ref(mine), RecordRef("task", 2)]
    assert [one["late_tasks"] for one in crm.records("request")] == [1, 1]


def test_a_task_that_is_done_or_put_off_reminds_nobody_before_its_new_time(crm: Office) -> None:
    sam = crm.person("sam", "seller")
    due = crm.clock.now() + HOUR
    done, later = (
        crm.create(sam, "task", subject=one, due=due, to=sam.user_id) for one in ("Done", "Later")
    )
    crm.services.records.finish_task(sam, done.id)
    crm.services.records.postpone_task(sam, later.id, due + HOUR)
    crm.later(HOUR)
    assert crm.told() == []
    crm.later(HOUR)
    assert crm.told() == [(sam.user_id, "It is time: Later")]


def test_a_reminder_that_comes_more_than_a_day_late_is_not_sent(crm: Office) -> None:
    sam = crm.person("sam", "seller")
    request = crm.create(crm.boss, "request", name="Anna")
    due = crm.clock.now() + HOUR
    crm.create(crm.boss, "task", subject="Call", due=due, to=sam.user_id, about=ref(request))
    told = len(crm.told())
    crm.clock.pass_(timedelta(days=1, hours=1, seconds=1))  # no worker was there meanwhile
    crm.work()
    assert len(crm.told()) == told
    assert crm.record("request", request.id)["late_tasks"] == 1
    assert {one["state"] for one in crm.rows(TIMERS)} == {"fired"}


def test_who_has_left_is_not_reminded(crm: Office) -> None:
    sam = crm.person("sam", "seller")
    crm.create(sam, "task", subject="Call", due=crm.clock.now() + HOUR, to=sam.user_id)
    crm.services.accounts.people.disable(crm.boss, sam.user_id or 0)
    crm.later(HOUR)
    assert crm.told() == []


def test_nothing_is_late_about_a_record_that_is_gone(crm: Office) -> None:
    sam = crm.person("sam", "seller")
    archived, trashed = (crm.create(crm.boss, "request", name=one) for one in ("A", "B"))
    records, due = crm.services.records, crm.clock.now() + HOUR
    records.archive(crm.boss, "request", archived.id)
    for about in (archived, trashed):
        crm.create(crm.boss, "task", subject="Call", due=due, to=sam.user_id, about=ref(about))
    records.delete(crm.boss, "request", trashed.id)
    crm.later(HOUR)
    assert [one["late_tasks"] for one in crm.records("request")] == [0, 0]
    assert {one["state"] for one in crm.rows(TIMERS)} == {"fired", "cancelled"}
