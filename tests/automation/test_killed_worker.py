"""A worker that is killed in the middle of its work loses nothing and does nothing twice."""

import signal
import subprocess
import sys
from datetime import timedelta

import pytest

from engine.automation.leases import LENGTH
from engine.metadata.model.text import Value
from engine.runtime.tables.system import TIMERS
from tests.kit.office import Office, Opened
from tests.kit.process import environment

pytestmark = pytest.mark.journey

CRM = """
    timezone: Europe/Sofia
    entities:
      request:
        fields: {name: text, owner: user, late: {type: integer, default: 0}}
    roles: {seller: {can: {request: {every: all}}}}
    automations:
      late:
        entity: request
        on: [{overdue: task}]
        do: [{set: {late: "= late + 1"}}, {note: late}]
"""
# A worker that stops inside its transaction, or right after its claim, and waits to be killed.
PROGRAM = """
import sys, time
from datetime import datetime
from engine.app import applied_application, open_services
from engine.automation.worker import Worker
from engine.clock import FrozenClock
from engine.runtime.database import Database
from engine.runtime.records.service import RecordService

url, at, where = sys.argv[1:]
database = Database(url, FrozenClock(datetime.fromisoformat(at)))
services = open_services(applied_application(database), database)
act = RecordService.act

def stop():
    print("at work", flush=True)
    time.sleep(600)

def slow(self, actor, work):
    if where == "claimed":
        stop()
    def in_transaction(deeds):
        work(deeds)
        stop()
    return act(self, actor, in_transaction)

RecordService.act = slow
Worker(lambda: services).run_due()
"""


@pytest.mark.parametrize("where", ["claimed", "working"])
def test_a_killed_worker_loses_and_doubles_nothing(opened_on_both: Opened, where: str) -> None:
    crm = opened_on_both(CRM)
    sam = crm.person("sam", "seller")
    for number in range(3):
        request = crm.create(sam, "request", name=f"R{number}")
        due, about = crm.clock.now(), f"request/{request.id}"
        crm.create(sam, "task", subject="Call", due=due, to=sam.user_id, about=about)
    kill_at_work(crm, where)
    assert state(crm) == (0, [0, 0, 0], 0)
    assert [one["attempts"] for one in crm.rows(TIMERS)] == [1, 1, 1]
    crm.work()
    assert state(crm) == (0, [0, 0, 0], 0)  # what is claimed is not free yet
    crm.clock.pass_(LENGTH)
    crm.work()
    assert state(crm) == (3, [1, 1, 1], 3)
    crm.later(timedelta(days=2))
    assert state(crm) == (3, [1, 1, 1], 3)


def state(crm: Office) -> tuple[int, list[Value], int]:
    """Returns how many were told, how late each request is, and how many notes there are."""
    lates = [one["late"] for one in crm.records("request")]
    return len(crm.told()), lates, len(crm.records("activity"))


def kill_at_work(crm: Office, where: str) -> None:
    """Starts a worker in a process of its own and kills it in the middle of its first timer."""
    url = crm.services.database.url.render_as_string(hide_password=False)
    command = [sys.executable, "-c", PROGRAM, url, crm.clock.now().isoformat(), where]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment({})) as one:
        assert one.stdout is not None
        assert one.stdout.readline() == "at work\n"
        one.send_signal(signal.SIGKILL)
    assert one.returncode == -signal.SIGKILL
