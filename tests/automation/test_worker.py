"""The worker: each timer once, however many workers there are, and none is lost."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from threading import Barrier
from unittest.mock import patch

import pytest

from engine.app import open_services
from engine.automation import timers
from engine.automation.claims import DueTimer, claim_timers, fire
from engine.automation.leases import LENGTH, MOST_ATTEMPTS, MOST_BEGUN
from engine.automation.timers import KINDS, Timers
from engine.automation.worker import Worker, working
from engine.errors import Outdated
from engine.runtime.actor import ENGINE, Actor
from engine.runtime.plan.apply import apply
from engine.runtime.plan.compare import make_plan
from engine.runtime.records.deeds import Deeds
from engine.runtime.records.following import DUE
from engine.runtime.tables.system import RUNS, TIMERS
from tests.kit.accounts import quick_passwords
from tests.kit.applications import application
from tests.kit.office import Office, Opened, counting, ref

CRM = """
    timezone: Europe/Sofia
    entities:
      request:
        fields: {name: text, calls: {type: integer, default: 0, max: 0}}
    roles:
      seller: {can: {request: {every: all}}}
    automations:
      broken:
        label: Count what is late
        entity: request
        on: [{overdue: task}]
        do: [{set: {calls: "= calls + 1"}}]
"""
HOUR = timedelta(hours=1)


@pytest.fixture
def crm(opened_on_both: Opened) -> Office:
    return opened_on_both(CRM)


@pytest.fixture
def sam(crm: Office) -> Actor:
    return crm.person("sam", "seller")


def tasks(crm: Office, sam: Actor, number: int) -> None:
    """Makes tasks that are due now."""
    due = crm.clock.now()
    payloads = [{"subject": f"T{one}", "due": due, "to": sam.user_id} for one in range(number)]
    crm.services.records.create_many(ENGINE, "task", payloads)


def test_two_workers_fire_each_timer_once(crm: Office, sam: Actor) -> None:
    tasks(crm, sam, 60)
    barrier = Barrier(2)

    def work(_: int) -> int:
        barrier.wait()
        return sum(Worker(lambda: crm.services).run_due() for _ in range(3))

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, range(2)))
    assert sorted(str(text) for _, text in crm.told()) == sorted(
        f"It is time: T{n}" for n in range(60)
    )
    assert {one["state"] for one in crm.rows(TIMERS)} == {"fired"}


def test_what_one_has_claimed_another_one_leaves_alone_until_the_claim_ends(
    crm: Office, sam: Actor
) -> None:
    tasks(crm, sam, 1)
    (timer,) = claimed(crm)
    crm.work()
    assert crm.told() == []
    crm.clock.pass_(LENGTH)
    crm.work()
    assert len(crm.told()) == 1
    with crm.services.database.write() as connection:
        assert fire(connection, timer, crm.clock.now()) is False


def test_who_claims_after_the_end_of_a_claim_is_the_only_one_who_may_write(
    crm: Office, sam: Actor
) -> None:
    tasks(crm, sam, 1)
    (slow,) = claimed(crm)
    crm.clock.pass_(LENGTH)
    (quick,) = claimed(crm)
    with crm.services.database.write() as connection:
        assert fire(connection, slow, crm.clock.now()) is False
        assert fire(connection, quick, crm.clock.now()) is True


def test_a_claim_that_has_ended_can_not_write_even_if_nobody_took_it_over(
    crm: Office, sam: Actor
) -> None:
    tasks(crm, sam, 1)
    (timer,) = claimed(crm)
    with crm.services.database.write() as connection:
        assert fire(connection, timer, crm.clock.now() + LENGTH) is False
        assert fire(connection, timer, crm.clock.now() + LENGTH - timedelta(seconds=1)) is True


@pytest.mark.parametrize("meanwhile", ["finish", "postpone"])
def test_what_is_over_or_put_off_after_the_claim_is_not_fired(
    crm: Office, sam: Actor, meanwhile: str
) -> None:
    tasks(crm, sam, 1)
    (timer,) = claimed(crm)
    if meanwhile == "finish":
        crm.services.records.finish_task(sam, 1)
    else:
        crm.services.records.postpone_task(sam, 1, crm.clock.now() + HOUR)
    with crm.services.database.write() as connection:
        assert fire(connection, timer, crm.clock.now()) is False
    crm.later(HOUR)
    assert len(crm.told()) == (meanwhile == "postpone")


def test_what_fails_is_tried_again_and_rests_after_the_last_try(crm: Office, sam: Actor) -> None:
    request = crm.create(sam, "request", name="Anna")
    due = crm.clock.now()
    crm.create(sam, "task", subject="Call", due=due, to=sam.user_id, about=ref(request))
    tasks(crm, sam, 1)
    pauses = []
    for attempt in range(1, MOST_ATTEMPTS + 1):
        crm.work()
        (timer, _) = crm.rows(TIMERS)
        assert timer["attempts"] == attempt
        if timer["state"] == "waiting":
            pauses.append((timer["lease_until"] - crm.clock.now()).total_seconds() / 60)
            crm.clock.move_to(timer["lease_until"])
    assert pauses == [1, 5, 15, 60]
    assert (timer["state"], timer["last_error"]) == (
        "dead",
        "RuleFailed: “Count what is late” could not be done. Set Calls: Calls: Not more than 0.",
    )
    assert {one["state"] for one in crm.rows(RUNS)} == {"failed"}
    assert [text for _, text in crm.told()] == ["It is time: T0"]  # the other one went on
    crm.later(timedelta(days=1))
    assert len(crm.rows(RUNS)) == MOST_ATTEMPTS


def test_what_never_comes_to_an_end_rests_too(crm: Office, sam: Actor) -> None:
    tasks(crm, sam, 1)
    for _ in range(MOST_BEGUN):
        (timer,) = crm.rows(TIMERS)
        assert timer["state"] == "waiting"  # however often a machine is switched off
        claimed(crm)
        crm.clock.pass_(LENGTH)
    crm.work()
    (timer,) = crm.rows(TIMERS)
    assert (timer["state"], crm.told()) == ("dead", [])


def test_it_follows_the_version_that_is_applied(crm: Office, sam: Actor) -> None:
    old, new = crm.services, CRM.replace("max: 0", "max: 9")
    current = [old]
    worker = Worker(lambda: current[0])
    worker.run_due()
    request = crm.create(sam, "request", name="Anna")
    due = crm.clock.now()
    crm.create(sam, "task", subject="Call", due=due, to=sam.user_id, about=ref(request))
    wanted = application(new)
    apply(old.database, make_plan(old.database, wanted), wanted, "tester")
    with pytest.raises(Outdated):
        worker.run_due()
    timers = [(one["attempts"], one["lease_token"]) for one in crm.rows(TIMERS)]
    assert set(timers) == {(0, None)}  # nobody has tried them
    assert old.database.has_news
    current[0] = open_services(wanted, old.database, passwords=quick_passwords())
    worker.run_due()
    assert crm.record("request", request.id)["calls"] == 1


def test_a_thread_works_while_the_block_is_open_and_sleeps_where_nothing_is_due(
    crm: Office, sam: Actor
) -> None:
    with working(lambda: crm.services) as worker:
        tasks(crm, sam, 1)
        worker.wake()
        wait_for(crm, 1)
        with counting(crm) as sent:
            time.sleep(0.5)
        looks = [one for one in sent if "FROM kt_timers" in one]
        assert len(looks) < 12  # one or two looks; a worker that never sleeps takes hundreds
    tasks(crm, sam, 1)
    worker.wake()
    time.sleep(0.2)
    assert len(crm.told()) == 1


def wait_for(crm: Office, number: int) -> None:
    deadline = time.monotonic() + 30
    while len(crm.told()) < number:
        assert time.monotonic() < deadline, "nobody was told"
        time.sleep(0.02)


def claimed(crm: Office) -> tuple[DueTimer, ...]:
    """Claims what is due, as a worker does that is killed right after."""
    with crm.services.database.write() as connection:
        return claim_timers(connection, KINDS, crm.clock.now(), 10)


def test_it_stops_between_two_timers_and_leaves_the_others_to_whoever_comes(
    crm: Office, sam: Actor
) -> None:
    tasks(crm, sam, 5)
    timers = Timers(crm.services)
    fired = timers.fire_due(lambda: len(crm.told()) >= 2)
    assert (fired, len(crm.told())) == (2, 2)
    crm.clock.pass_(LENGTH)
    crm.work()
    assert len(crm.told()) == 5


def test_a_timer_that_ends_its_worker_takes_no_other_one_along(crm: Office, sam: Actor) -> None:
    tasks(crm, sam, 5)

    def remind(_: Timers, __: Deeds, timer: DueTimer) -> None:
        if timer.record_id == 3:
            raise SystemExit  # as a process ends that needs too much memory

    with patch.object(timers, "KINDS", {**KINDS, DUE: remind}):
        for _ in range(MOST_BEGUN + 5):
            with suppress(SystemExit):
                crm.work()
            crm.clock.pass_(LENGTH)
    states = {one["record_id"]: one["state"] for one in crm.rows(TIMERS)}
    assert states == {1: "fired", 2: "fired", 3: "dead", 4: "fired", 5: "fired"}


def test_what_was_begun_before_is_done_in_the_same_turn_as_what_is_new(
    crm: Office, sam: Actor
) -> None:
    """The new one comes first, and is claimed without the other one."""
    tasks(crm, sam, 1)
    claimed(crm)
    crm.clock.pass_(LENGTH)
    due = crm.clock.now() - HOUR
    crm.create(sam, "task", subject="Call", due=due, to=sam.user_id)
    Worker(lambda: crm.services).run_due()
    assert [one["state"] for one in crm.rows(TIMERS)] == ["fired", "fired"]
