"""A company's way: gunicorn with two workers, a worker beside it, PostgreSQL under both."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from urllib.request import urlopen

import pytest
from gunicorn.arbiter import Arbiter
from sqlalchemy import create_engine, text

from engine.wsgi import application
from tests.kit.accounts import PASSWORD
from tests.kit.crash_doors import ByPages
from tests.kit.process import COMMAND, PATIENCE, environment, kartoteka_here

pytestmark = [pytest.mark.journey, pytest.mark.postgres]

CRM = """
name: shop
label: {label}
entities:
  counter: {{fields: {{name: text, number: integer}}}}
roles: {{seller: {{can: {{counter: {{every: all}}, task: {{every: all}}}}}}}}
"""
START = """
import sys
from gunicorn.app.wsgiapp import run
sys.argv[0] = "gunicorn"
run()
"""


@dataclass(frozen=True, slots=True)
class Company:
    """A served CRM: gunicorn's main process, its port, its database."""

    server: "subprocess.Popen[bytes]"
    port: int
    url: str
    folder: Path

    def workers(self) -> set[int]:
        """Returns the processes that answer."""
        listed = Path(f"/proc/{self.server.pid}/task/{self.server.pid}/children").read_text()
        return {int(one) for one in listed.split()}

    def label(self) -> str:
        """Returns what the CRM calls itself to whoever comes."""
        with urlopen(f"http://127.0.0.1:{self.port}/sign-in", timeout=10) as page:
            found = re.search(r"<title>(.*?)</title>", page.read().decode(), re.DOTALL)
        assert found is not None
        return found[1]

    def ask(self, query: str) -> object:
        """Asks the database."""
        engine = create_engine(self.url)
        try:
            with engine.connect() as connection:
                return connection.scalar(text(query))
        finally:
            engine.dispose()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def wait_until(holds: object, words: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with suppress(OSError):
            if holds():  # type: ignore[operator] # a lambda
                return
        time.sleep(0.05)
    pytest.fail(words)


def write_crm(folder: Path, label: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / "crm.yaml").write_text(CRM.format(label=label).lstrip("\n"))


@contextmanager
def started(*command: str, **variables: str) -> "Iterator[subprocess.Popen[bytes]]":
    with subprocess.Popen(command, env=environment(variables)) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait(PATIENCE)


@pytest.fixture
def company(postgres: str, tmp_path: Path) -> Iterator[Company]:
    folder, port = tmp_path / "shop", free_port()
    write_crm(folder, "Shop")
    place = ("--database", postgres)
    assert kartoteka_here("apply", folder, "--yes", *place).code == 0
    person = kartoteka_here(
        "user", "add", "maria", "--role", "seller", "--password-stdin", *place, stdin=PASSWORD
    )
    assert person.code == 0, person.said
    variables = {
        "KARTOTEKA_DATABASE": postgres,
        "KARTOTEKA_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "KARTOTEKA_LOG": "json",
        "KARTOTEKA_BACKUPS": str(tmp_path / "backups"),
    }
    gunicorn = (sys.executable, "-c", START, "-c", "python:engine.production", "--workers", "2")
    address = ("--bind", f"127.0.0.1:{port}", "engine.wsgi:application()")
    with ExitStack() as stack:
        server = stack.enter_context(started(*gunicorn, *address, **variables))
        stack.enter_context(started(*COMMAND, "worker", **variables))
        found = Company(server, port, postgres, folder)
        wait_until(lambda: "Shop" in found.label(), "it never served")
        wait_until(lambda: len(found.workers()) == 2, "there are not two workers")
        yield found


def test_a_company_works_while_its_crm_is_changed_reloaded_and_stopped(company: Company) -> None:
    maria = ByPages("127.0.0.1", company.port, "maria")
    maria.sign_in()
    made = maria.create("counter", {"name": "one", "number": "1"}, "a" * 32)
    assert made.is_done
    maria.create("task", {"subject": "Call", "due": "now"}, "b" * 32)
    waiting = "SELECT count(*) FROM kt_timers WHERE state = 'waiting'"
    wait_until(lambda: company.ask(waiting) == 0, "no worker fired the timer")
    each_worker_follows(company)
    backups = company.folder.parent / "backups"
    wait_until(lambda: len(list(backups.glob("*.zip"))) == 1, "no worker made a backup")
    a_killed_worker_is_replaced(company)
    nobody_is_refused_at_a_reload(company)
    maria.close()
    assert made.record_id is not None
    what_is_begun_is_answered_at_the_end(company, maria, made.record_id)


def each_worker_follows(company: Company) -> None:
    """Another process applies a label; each worker, asked alone, says it."""
    write_crm(company.folder, "Store")
    assert kartoteka_here("apply", company.folder, "--yes", "--database", company.url).code == 0
    for asleep in company.workers():
        os.kill(asleep, signal.SIGSTOP)
        try:
            wait_until(lambda: "Store" in company.label(), "a worker did not follow")
        finally:
            os.kill(asleep, signal.SIGCONT)


def a_killed_worker_is_replaced(company: Company) -> None:
    lost = company.workers().pop()
    os.kill(lost, signal.SIGKILL)
    wait_until(
        lambda: len(company.workers() - {lost}) == 2 and "Store" in company.label(),
        "nobody came in the place of a killed worker",
    )


def nobody_is_refused_at_a_reload(company: Company) -> None:
    """SIGHUP: new workers come, old ones go, and everybody is answered meanwhile."""
    before, refused, asked, is_over = company.workers(), [0], [0], Event()

    def ask() -> None:
        while not is_over.is_set():
            asked[0] += 1
            try:
                with urlopen(f"http://127.0.0.1:{company.port}/readyz", timeout=PATIENCE) as answer:
                    refused[0] += answer.status != 200
            except OSError:
                refused[0] += 1

    visitor = Thread(target=ask)
    visitor.start()
    try:
        company.server.send_signal(signal.SIGHUP)
        wait_until(
            lambda: len(company.workers()) == 2 and not company.workers() & before,
            "the workers were not replaced",
        )
    finally:
        is_over.set()
        visitor.join()
    assert asked[0] > 1
    assert refused == [0]


def what_is_begun_is_answered_at_the_end(company: Company, maria: ByPages, record: int) -> None:
    """SIGTERM while a change waits for the database: it is made, and said to be."""
    engine = create_engine(company.url)
    answers = []
    with engine.connect() as holder:
        holder.execute(text("SELECT id FROM e_counter FOR UPDATE"))
        change = Thread(
            target=lambda: answers.append(
                maria.update(("counter", record), {"name": "last"}, 1, "c" * 32)
            )
        )
        change.start()
        waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        wait_until(lambda: company.ask(waits) == 1, "the change does not wait")
        company.server.terminate()
        time.sleep(0.5)
        assert company.server.poll() is None
        holder.rollback()
    engine.dispose()
    change.join(PATIENCE)
    maria.close()
    assert [one.is_done for one in answers] == [True]
    assert company.server.wait(PATIENCE) == 0
    assert company.ask("SELECT name FROM e_counter") == "last"


def test_a_place_without_a_crm_is_said_and_not_tried_again(
    postgres: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Gunicorn knows by the exit code that to try again helps nobody."""
    for url, said in ((postgres, "No CRM has been applied"), ("", "No database is named.")):
        monkeypatch.setenv("KARTOTEKA_DATABASE", url)
        with pytest.raises(SystemExit) as end:
            application()
        assert end.value.code == Arbiter.APP_LOAD_ERROR
        assert said in capsys.readouterr().err
