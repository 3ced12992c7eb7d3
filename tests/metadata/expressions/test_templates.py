"""Texts with {{ }}: parts are typed, mistakes placed, and what values hold is never compiled."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from engine.metadata.expressions.compile import Typed
from engine.metadata.expressions.evaluate import MappingContext, Result
from engine.metadata.expressions.templates import parse_template, render, typed_template
from tests.metadata.expressions.sample import MARK, SCOPE, paths, template


def shown(text: str, values: Mapping[str, object]) -> str:
    now = datetime(2026, 3, 2, tzinfo=UTC)
    context = MappingContext(paths(values), now, ZoneInfo("Europe/Sofia"))  # type: ignore[arg-type] # values of a record
    return render(typed_template(template(text), SCOPE), context, in_brackets)


def in_brackets(value: Result, typed: Typed) -> str:
    return f"[{typed.kind}:{value}]"


def test_a_text_is_filled_in() -> None:
    values = {"name": "Anna", "client.city": "Sofia", "amount": Decimal("5.00")}
    text = "{{ name }}, {{client.city}}: {{ amount }} {{ 'yes' if amount > 1 else 'no' }}"
    assert shown(text, values) == "Anna, Sofia: [money:5.00] yes"


def test_what_is_empty_leaves_nothing() -> None:
    assert shown("<{{ name }}{{ amount }}>", {}) == "<>"


def test_a_link_prints_the_title_of_its_record() -> None:
    assert shown("{{ client }}", {"client": 3, "client.title": "Anna, Sofia"}) == "Anna, Sofia"
    found = typed_template(template("{{ dealer if hot else client }}"), SCOPE)
    assert found.paths == {("hot",), ("dealer", "title"), ("client", "title")}


def test_values_are_never_read_as_expressions() -> None:
    values = {"name": "{{ 7 * 7 }}{% for %}${7*7}{0.__class__}", "comment": "{{ name }}"}
    assert shown("{{ name }} {{ comment }}", values) == f"{values['name']} {values['comment']}"


def test_braces_in_quotation_marks_close_nothing() -> None:
    assert shown("{{ concat('}}', name) }}", {"name": "{{x"}) == "}}{{x"
    assert shown("a } b { c }} d", {}) == "a } b { c }} d"


@pytest.mark.parametrize(
    "marked, code",
    [
        ("x «{%» if hot %}", "E317"),
        ("«{#» note #}", "E317"),
        ("Dear «{{» name", "E317"),
        ("«{{» name {{ city }}", "E317"),
        ("Dear {{ name }}, {{ «ctiy» }}", "E303"),
        ("{{ name«|upper» }}", "E307"),
        ("{{«»}}", "E301"),
    ],
)
def test_a_mistake_is_placed_in_the_text(marked: str, code: str) -> None:
    start, end = marked.index("«"), marked.index("»") - 1
    text = marked.replace("«", "").replace("»", "")
    built, (problem,) = parse_template(template(text), SCOPE)
    assert built is None
    assert problem.code == code
    column = problem.mark.column - MARK.column
    assert (column, column + problem.mark.length) == (start, max(end, start + 1))


def test_all_mistakes_of_a_text_are_found_in_one_run() -> None:
    _, problems = parse_template(template("{{ foo }} {{ bar }} {{ name }}"), SCOPE)
    assert [one.mark.column - MARK.column for one in problems] == [3, 13]
