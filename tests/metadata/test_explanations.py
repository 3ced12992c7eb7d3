"""Each code's own examples: the bad one has the problem, the good one has none."""

import pytest

from engine.metadata.explain import files_of
from engine.metadata.expressions.mistakes import CODES as OF_EXPRESSIONS
from engine.metadata.load import load_sources
from engine.metadata.problems import Severity, render
from engine.metadata.reference import explained, explanations

WITH_FILES = sorted(set(explanations()) - set(OF_EXPRESSIONS))
OF_FOLDERS = {"L003", "W136"}  # only a folder has files that are not read


@pytest.mark.parametrize("code", [one for one in WITH_FILES if one not in OF_FOLDERS])
def test_bad_example_has_the_problem(code: str) -> None:
    result = load_sources(files_of(explanations()[code].bad))
    assert code in [one.code for one in result.problems]


@pytest.mark.parametrize("code", WITH_FILES)
def test_good_example_has_none(code: str) -> None:
    result = load_sources(files_of(explanations()[code].good))
    shown = [
        render(one, result.sources)
        for one in result.problems
        if one.code == code or one.severity is Severity.ERROR
    ]
    assert shown == []


@pytest.mark.parametrize("code", WITH_FILES)
def test_bad_example_has_no_second_error(code: str) -> None:
    result = load_sources(files_of(explanations()[code].bad))
    others = [one for one in result.problems if one.severity is Severity.ERROR and one.code != code]
    assert [render(one, result.sources) for one in others] == []


@pytest.mark.parametrize("code", explanations())
def test_every_code_can_be_explained(code: str) -> None:
    page = explained(code)
    assert page.startswith(f"{code}: ")
    assert "Not so:" in page
    assert "But so:" in page
