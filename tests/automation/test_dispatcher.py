"""The outbox is worked through in its order: at least once, closed once, tried again, given up."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from engine.automation.dispatcher import Dispatcher, OutboxRow
from engine.automation.leases import LENGTH, MOST_ATTEMPTS
from engine.runtime.tables.system import OUTBOX
from tests.kit.office import Office, Opened

CRM = """
    entities: {request: {fields: {name: text}}}
    roles: {seller: {can: {request: {every: all}}}}
"""


@pytest.fixture
def crm(opened_on_both: Opened) -> Office:
    crm = opened_on_both(CRM)
    crm.work()
    return crm


class Listener:
    """Hears of changes; refuses those that a test names."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, int | None]] = []
        self.keys: set[str] = set()
        self.refuses: set[int | None] = set()

    def __call__(self, row: OutboxRow) -> None:
        self.heard.append((row.entity, row.record_id))
        self.keys.add(row.key)
        if row.record_id in self.refuses:
            raise ValueError("no answer")


def dispatcher(crm: Office, listener: Listener) -> Dispatcher:
    return Dispatcher(crm.services.database, crm.clock, {"change": listener})


def test_changes_are_told_in_their_order_and_closed(crm: Office) -> None:
    for name in "abc":
        crm.create(crm.boss, "request", name=name)
    listener = Listener()
    assert dispatcher(crm, listener).dispatch() == 3
    assert listener.heard == [("request", 1), ("request", 2), ("request", 3)]
    assert {(one["state"], one["lease_token"]) for one in crm.rows(OUTBOX)} == {("done", None)}
    assert dispatcher(crm, listener).dispatch() == 0


def test_what_fails_waits_for_its_next_try_with_the_same_key_and_rests_in_the_end(
    crm: Office,
) -> None:
    for name in "ab":
        crm.create(crm.boss, "request", name=name)
    listener = Listener()
    listener.refuses = {1}
    for _ in range(MOST_ATTEMPTS + 2):
        dispatcher(crm, listener).dispatch()
        crm.clock.pass_(timedelta(hours=1))
    assert listener.heard == [("request", 1), ("request", 2), *[("request", 1)] * 4]
    assert len(listener.keys) == 2
    first, second = crm.rows(OUTBOX)[-2:]
    assert (first["state"], first["attempts"], first["last_error"]) == (
        "dead",
        MOST_ATTEMPTS,
        "ValueError: no answer",
    )
    assert second["state"] == "done"


def test_rows_of_a_killed_worker_are_taken_up_when_its_claim_has_ended(crm: Office) -> None:
    crm.create(crm.boss, "request", name="a")
    with crm.services.database.write() as connection:
        until = crm.clock.now() + LENGTH
        lost = {"state": "leased", "lease_token": "lost", "lease_until": until}
        connection.execute(update(OUTBOX).where(OUTBOX.c.state == "waiting").values(**lost))
    crm.create(crm.boss, "request", name="b")
    listener = Listener()
    assert dispatcher(crm, listener).dispatch() == 0
    crm.clock.pass_(LENGTH)
    assert dispatcher(crm, listener).dispatch() == 2
    assert listener.heard == [("request", 1), ("request", 2)]


def test_a_claim_that_has_ended_closes_nothing(crm: Office) -> None:
    crm.create(crm.boss, "request", name="a")

    def slow(_: OutboxRow) -> None:
        crm.clock.pass_(LENGTH)

    slow_one = Dispatcher(crm.services.database, crm.clock, {"change": slow})
    listener = Listener()
    batch = crm.services.database.run_write(slow_one._claim)
    assert batch is not None
    slow_one._handle(batch.rows)
    with crm.services.database.write() as connection:
        assert slow_one._close(connection, batch, {}) == 0
    assert dispatcher(crm, listener).dispatch() == 1
    with crm.services.database.write() as connection:
        assert slow_one._close(connection, batch, {}) == 0


def test_rows_of_a_kind_that_nobody_knows_wait(crm: Office) -> None:
    crm.create(crm.boss, "request", name="a")
    assert Dispatcher(crm.services.database, crm.clock, {"letter": Listener()}).dispatch() == 0
    assert [one["state"] for one in crm.rows(OUTBOX)].count("waiting") == 1
