"""What a terminal says of a watched folder stays readable, however much is wrong."""

from datetime import UTC, datetime

import pytest

from engine.cli.folder_words import MOST, tell_state
from engine.metadata.problems import Mark, Problem
from engine.runtime.plan.folder import FolderState, Standing

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def wrong(number: int) -> tuple[Problem, ...]:
    """Rows that one definition has made wrong, and the definition."""
    rows = [
        Problem("E718", Mark("demo/a.yaml", n + 1, 1), f"row {n} is wrong") for n in range(number)
    ]
    return (*rows, Problem("E806", Mark("requests.yaml", 7, 1), "the definition is wrong"))


def test_the_definition_comes_before_the_rows_that_it_makes_wrong(
    capsys: pytest.CaptureFixture[str],
) -> None:
    tell_state(FolderState(Standing.WRONG, NOW, wrong(100)), None, "http://crm")
    said = capsys.readouterr().out
    assert said.startswith("requests.yaml:7:1: error E806")
    assert said.count("error E718") == MOST - 1
    assert "And 91 more: `kartoteka check` shows all.\n" in said
    assert "101 errors." in said


def test_a_few_mistakes_are_all_shown(capsys: pytest.CaptureFixture[str]) -> None:
    tell_state(FolderState(Standing.WRONG, NOW, wrong(MOST - 1)), None, "http://crm")
    said = capsys.readouterr().out
    assert said.count("error E718") == MOST - 1
    assert "more" not in said
