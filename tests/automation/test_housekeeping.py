"""Once a day old rows go: those that nobody will ask for, and nothing else."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Table, func, select

from engine.automation.worker import Worker
from engine.runtime.tables.system import ATTEMPTS, BANS, FORM_TOKENS, HISTORY, OUTBOX, RUNS, TIMERS
from tests.kit.office import Office, Opened

CRM = """
    entities: {request: {fields: {name: text}}}
    roles: {seller: {can: {request: {every: all}}}}
"""


def test_only_what_is_old_and_over_goes(opened_on_both: Opened) -> None:
    crm = opened_on_both(CRM)
    crm.work()
    now = crm.clock.now()

    def days(number: int) -> Any:
        return now - timedelta(days=number)

    for age in (29, 31):
        for state in ("done", "waiting", "dead"):
            row = {"entity": "request", "kind": "change", "key": f"{state}{age}", "state": state}
            at = {"available_at": days(age), "created_at": days(age), "done_at": days(age)}
            crm.write(OUTBOX, **row, **at)
        for state in ("not_run", "done", "failed", "guarded", "stopped"):
            at = {"started_at": days(age), "finished_at": days(age)}
            crm.write(RUNS, rule_id="r", entity="request", record_id=1, state=state, **at)
    for hours in (23, 25):
        made = now - timedelta(hours=hours)
        crm.write(FORM_TOKENS, token=str(hours), digest="d", created_at=made)
    for age in (89, 91):
        crm.write(ATTEMPTS, at=days(age), login="sam", address="", outcome="failed")
    for hours in (-1, 23, 25):
        until = now - timedelta(hours=hours)
        crm.write(BANS, kind="login", subject=f"sam{hours}", created_at=days(3), until=until)
    crm.write(
        TIMERS,
        kind="task_due",
        entity="task",
        record_id=9,
        due_at=days(400),
        state="fired",
        created_at=days(400),
    )
    kept = count(crm, HISTORY)
    worker = Worker(lambda: crm.services)
    worker.run_due()
    left = {one["key"] for one in crm.rows(OUTBOX)} & {f"{s}{a}" for s in STATES for a in (29, 31)}
    assert left == {"done29", "waiting29", "dead29", "dead31", "waiting31"}
    states = [one["state"] for one in crm.rows(RUNS)]
    assert sorted(states) == sorted([*ENDED, *ENDED, "not_run"])
    assert [one["token"] for one in crm.rows(FORM_TOKENS)] == ["23"]
    assert len(crm.rows(ATTEMPTS)) == 1
    assert {one["subject"] for one in crm.rows(BANS)} == {"sam-1", "sam23"}
    assert (count(crm, HISTORY), count(crm, TIMERS)) == (kept, 1)


def test_it_is_done_once_a_day(opened: Opened) -> None:
    crm = opened(CRM)
    worker = Worker(lambda: crm.services)
    worker.run_due()
    old = crm.clock.now() - timedelta(days=2)
    crm.write(FORM_TOKENS, token="t", digest="d", created_at=old)
    worker.run_due()
    assert count(crm, FORM_TOKENS) == 1
    crm.clock.pass_(timedelta(days=1))
    worker.run_due()
    assert count(crm, FORM_TOKENS) == 0


STATES = ("done", "waiting", "dead")
ENDED = ("done", "failed", "guarded", "stopped")


def count(crm: Office, table: Table) -> int:
    with crm.services.database.read() as connection:
        return int(connection.scalar(select(func.count()).select_from(table)) or 0)


def test_sqlite_knows_how_much_there_is(opened: Opened) -> None:
    crm = opened(CRM)
    for number in range(20):
        crm.create(crm.person(f"p{number}", "seller"), "request", name=str(number))
    crm.work()
    with crm.services.database.read() as connection:
        rows = connection.exec_driver_sql("SELECT tbl, stat FROM sqlite_stat1").all()
    assert {stat.split()[0] for table, stat in rows if table == "kt_history"} == {"40"}
