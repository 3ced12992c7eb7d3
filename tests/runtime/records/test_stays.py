"""In which stage a record stands and since when, and the timers of stages that may last so long."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from engine.runtime.actor import ENGINE
from engine.runtime.plan.create import create_everything
from engine.runtime.records.changes import Saved
from engine.runtime.records.context import Scene, Setting
from engine.runtime.tables.system import STAYS, TIMERS
from tests.kit.applications import application
from tests.kit.prepared import Prepared
from tests.kit.writer import Desk, writing

REQUESTS = """
timezone: Europe/Sofia
workdays: {days: [mon, tue, wed, thu, fri], from: "09:00", to: "18:00"}
entities:
  request:
    fields:
      name: text
      parent: {type: link, to: request}
      stage: {type: stage, pipeline: way}
      pay: {type: stage, pipeline: money}
pipelines:
  way:
    stages: {fresh: {sla: 8 workh}, taken: {sla: 1 d}, lost: {closes: lost, sla: 1 h}}
  money: {stages: {open: {}, paid: {}}}
"""


@pytest.fixture
def desk(prepared: Prepared) -> Iterator[Desk]:
    requests = application(REQUESTS)
    with writing(requests, prepared(requests, create_everything)) as found:
        yield found


@pytest.fixture
def request_(desk: Desk) -> Saved:
    return desk.service.create(ENGINE, "request", {"name": "Anna"})


def passes(desk: Desk, **length: float) -> datetime:
    desk.stock.clock.pass_(timedelta(**length))
    return desk.stock.clock.now()


def stays(desk: Desk, record: Saved) -> dict[str, tuple[str, datetime]]:
    rows = desk.rows(STAYS, entity="request", record_id=record.id)
    return {row["field"]: (row["stage"], row["entered_at"]) for row in rows}


def timer(desk: Desk, record: Saved) -> tuple[str, datetime, str]:
    (row,) = desk.rows(TIMERS, kind="sla", entity="request", record_id=record.id)
    return row["state"], row["due_at"], row["body"]["stage"]


def test_a_stay_begins_with_the_record_and_with_each_stage(desk: Desk, request_: Saved) -> None:
    made = desk.stock.clock.now()
    assert stays(desk, request_) == {"stage": ("fresh", made), "pay": ("open", made)}
    moved = passes(desk, hours=3)
    desk.service.move(ENGINE, "request", request_.id, "taken")
    desk.service.update(ENGINE, "request", request_.id, {"name": "Bea"}, None)
    assert stays(desk, request_) == {"stage": ("taken", moved), "pay": ("open", made)}
    assert desk.broken() == []


def test_many_new_records_get_their_stays_at_once(desk: Desk) -> None:
    payloads = [{"name": str(number)} for number in range(50)]
    with desk.stock.counting() as few:
        desk.service.create_many(ENGINE, "request", payloads[:2])
    with desk.stock.counting() as many:
        desk.service.create_many(ENGINE, "request", payloads)
    for table in (STAYS, TIMERS):
        assert sum(table.name in one for one in few) == sum(table.name in one for one in many)
    assert len(desk.rows(STAYS)) == 2 * 52
    assert len(desk.rows(TIMERS, kind="sla", state="waiting")) == 52
    assert desk.broken() == []


def test_the_timer_of_a_stage_waits_until_the_stage_is_left(desk: Desk, request_: Saved) -> None:
    made = desk.stock.clock.now()  # 11:00 in Sofia: seven hours of this day, one of the next
    assert timer(desk, request_) == ("waiting", made + timedelta(hours=23), "fresh")
    moved = passes(desk, hours=1)
    desk.service.move(ENGINE, "request", request_.id, "taken")
    assert timer(desk, request_) == ("waiting", moved + timedelta(days=1), "taken")
    desk.service.move(ENGINE, "request", request_.id, "lost")
    assert timer(desk, request_) == ("cancelled", moved + timedelta(days=1), "taken")
    desk.service.move(ENGINE, "request", request_.id, "paid")
    assert timer(desk, request_) == ("cancelled", moved + timedelta(days=1), "taken")


@pytest.mark.parametrize("away", ["archive", "delete"])
def test_a_timer_waits_for_active_records_and_counts_from_the_entry(
    desk: Desk, request_: Saved, away: str
) -> None:
    due = desk.stock.clock.now() + timedelta(hours=23)
    getattr(desk.service, away)(ENGINE, "request", request_.id)
    assert timer(desk, request_) == ("cancelled", due, "fresh")
    passes(desk, days=3)
    desk.service.restore(ENGINE, "request", request_.id)
    assert timer(desk, request_) == ("waiting", due, "fresh")
    assert desk.broken() == []


def test_a_timer_fires_once_per_stay(desk: Desk, request_: Saved) -> None:
    with desk.stock.database.write() as connection:
        fired = update(TIMERS).values(state="fired", fired_at=desk.stock.clock.now())
        connection.execute(fired)
    desk.service.archive(ENGINE, "request", request_.id)
    desk.service.restore(ENGINE, "request", request_.id)
    assert timer(desk, request_)[0] == "fired"
    passes(desk, minutes=1)
    desk.service.move(ENGINE, "request", request_.id, "taken")
    desk.service.move(ENGINE, "request", request_.id, "fresh")
    assert timer(desk, request_)[0] == "waiting"


def test_expressions_read_since_when_a_record_stands(desk: Desk, request_: Saved) -> None:
    made, service = desk.stock.clock.now(), desk.service
    child = service.create(ENGINE, "request", {"name": "Max", "parent": request_.id})
    now = passes(desk, hours=2)
    setting = Setting(now, service.zone, desk.stock.application.workdays, ENGINE)
    compiled = service.tools.entities["request"]
    with desk.stock.database.read() as connection:
        scene = Scene(connection, service.tools.entities, setting, service.tools.words.shower(""))
        values = scene.lookup.values("request", child.id)
        assert values is not None
        context = scene.context(compiled, {**values, "pay": "paid"}, values)
        assert context.read(("stage", "since")) == made
        assert context.read(("parent", "stage", "since")) == made
        assert context.read(("pay", "since")) == now  # about to be entered
        assert context.read(("old", "pay", "since")) == made
        assert scene.context(compiled, {"stage": "fresh"}).read(("stage", "since")) == now
