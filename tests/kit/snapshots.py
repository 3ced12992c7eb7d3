"""Texts that a test compares with a file of `tests/snapshots`, and `make snapshots` rewrites."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.kit.tree import TOP

SNAPSHOTS = TOP / "tests" / "snapshots"
WRITING = os.environ.get("KARTOTEKA_SNAPSHOTS") == "write"
ASKED = pytest.StashKey[set[Path]]()

Snapshot = Callable[[str, str], None]


@pytest.fixture
def snapshot(request: pytest.FixtureRequest) -> Snapshot:
    """Compares `snapshot("check/planted.txt", text)` with the file of that name."""
    asked = request.config.stash.setdefault(ASKED, set())

    def compare(name: str, text: str) -> None:
        path = SNAPSHOTS / name
        asked.add(path)
        if WRITING:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        wanted = path.read_text(encoding="utf-8") if path.is_file() else ""
        assert text == wanted, f"{name} has changed; if that is right: make snapshots"

    return compare


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks the tests that use a snapshot, so that they can be run alone."""
    for item in items:
        if "snapshot" in getattr(item, "fixturenames", ()):
            item.add_marker("snapshot")


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Deletes the snapshots that no test asks for, when all of them have just been rewritten."""
    if WRITING and exitstatus == pytest.ExitCode.OK and session.config.args == ["tests"]:
        for path in SNAPSHOTS.rglob("*"):
            if path.is_file() and path not in session.config.stash.get(ASKED, set()):
                path.unlink()
