"""`kartoteka worker` as a program: once, or until it is stopped, beside what is served."""

import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from textwrap import dedent

import pytest
from sqlalchemy import create_engine, text

from tests.kit.process import COMMAND, PATIENCE, environment, kartoteka, kartoteka_here

pytestmark = pytest.mark.journey

CRM = """
    name: shop
    entities: {request: {fields: {name: text}}}
    roles: {seller: {can: {request: {every: all}}}}
"""
ROWS = """
    rows:
      user: {ivan: {name: Ivan, roles: [seller]}}
      task: {t1: {subject: Call, due: now, to: ivan}}
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    for name, yaml in {"crm.yaml": CRM, "data/rows.yaml": ROWS}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(yaml).lstrip("\n"), encoding="utf-8")
    found = tmp_path / "data"
    applied = kartoteka_here("apply", folder, "--yes", "--data", found)
    assert applied.code == 0, applied.said
    return found


def notices(data: Path) -> int:
    engine = create_engine(f"sqlite:///{data / 'kartoteka.db'}")
    try:
        with engine.connect() as connection:
            return int(connection.scalar(text("SELECT count(*) FROM notification")) or 0)
    finally:
        engine.dispose()


@contextmanager
def running(data: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [*COMMAND, "worker", "--data", str(data)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment({}),
    )
    with process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


def test_it_does_what_is_due_and_ends(data: Path) -> None:
    first = kartoteka("worker", "--once", "--data", data)
    assert (first.code, first.err) == (0, "")
    assert first.out.startswith("Done: ")
    assert notices(data) == 1
    assert kartoteka("worker", "--once", "--data", data).out == "Done: 0.\n"
    assert notices(data) == 1


def test_it_works_until_it_is_stopped_and_stops_politely(data: Path) -> None:
    with running(data) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "Working. Ctrl-C stops it.\n"
        deadline = time.monotonic() + PATIENCE
        while notices(data) == 0:
            assert time.monotonic() < deadline, "nobody was told"
            time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 0
        assert process.stdout.read() == "Stopped.\n"


def test_it_says_where_there_is_nothing(tmp_path: Path) -> None:
    nothing = kartoteka_here("worker", "--data", tmp_path / "nothing")
    assert nothing.code == 3
    assert "There is no data in" in nothing.said
