"""What an author may compute: refused while reading, or done within 50 ms and 16 MiB."""

import pytest

from tests.hostile.conftest import Judge

SECONDS = 0.05  # of the processor
MEBIBYTES = 16.0

EXPRESSIONS = {
    "a power": "9**(9**9)",
    "a text again and again": "'a'*10**9",
    "5,000 brackets": "(" * 5_000 + "1" + ")" * 5_000,
    "long texts joined": " + ".join(["name"] * 240),
    "long texts compared": " or ".join(["name == comment"] * 120),
    "a long text searched": " or ".join(["'ab' in comment"] * 100),
    "the largest number": " * ".join(["count"] * 240),
    "products of fractions": " * ".join(["factor"] * 60),
    "quotients": " / ".join(["factor"] * 60),
    "far ahead": "due + 99999 d",
    "far ahead at work": "due + 99999 workd",
    "minutes at work": "due + 99999 workmin",
    "again and again ahead": "due" + " + 99999 workd" * 60,
    "far back": "due - 99999 mo",
    "a path of 200": "client" + ".owner" * 200,
    "a giant list": "count in [" + ",".join(["1"] * 100_000) + "]",
    "attributes": "''.__class__.__mro__[1].__subclasses__()",
    "a format": "'%099999999d' % 1",
    "a pattern": "name matches '(a+)+$'",
    "loops in loops": "[x for x in range(9**9) for y in range(9**9)]",
    "rounding": "round(factor, 999999999)",
    "choices in choices": "1 if hot else " * 120 + "2",
}
TEMPLATES = {
    "a sum of Jinja": "{{ 7*7 }}",
    "a class": "{{ ''.__class__ }}",
    "the configuration": "{{ config }}",
    "the session": "{{ record.session.bind }}",
    "itself": "{{ self }}",
    "a filter": "{{ name|attr('__class__') }}",
    "a map": "{{ name|map(attribute='x') }}",
    "a statement": "{% for x in range(9**9) %}{% endfor %}",
    "an include": "{% include '/etc/passwd' %}",
    "a comment": "{# x #}",
    "long texts": "{{ name }} {{ comment }}",
    "a hundred long texts": "{{ name }}" * 100,
    "a thousand": "{{ name }}" * 1_000,
    "braces": "{{" * 5_000,
    "quotes": "{{ '" * 50,
}
MOMENTS = (
    *("in 999999999 days", "in 99999 workd", "in 99999 mo", "in 9999 y", "-99999 d", "9999-12-31"),
    *(
        "0000-00-00",
        "in " + "9" * 5_000 + " d",
        "tomorrow 99:99",
        "next workday",
        "in 99999 workmin",
    ),
    *("x" * 100_000, " " * 100_000, "in " * 50_000, "1" * 100_000, "2026-02-30 10:00"),
)


@pytest.mark.parametrize("text", EXPRESSIONS.values(), ids=EXPRESSIONS)
def test_an_expression(judge: Judge, text: str) -> None:
    is_bounded(judge, "expression", text)


@pytest.mark.parametrize("text", TEMPLATES.values(), ids=TEMPLATES)
def test_a_text_with_expressions(judge: Judge, text: str) -> None:
    is_bounded(judge, "template", text)


@pytest.mark.parametrize("text", MOMENTS, ids=lambda text: text[:20])
def test_a_moment(judge: Judge, text: str) -> None:
    is_bounded(judge, "moment", text)


def is_bounded(judge: Judge, kind: str, text: str) -> None:
    """Checks that it is refused or done, and that it cost little."""
    verdict = judge(kind, text)
    assert verdict.error == ""
    assert verdict.found in ("refused", "runs")
    assert verdict.seconds <= SECONDS
    assert verdict.mebibytes <= MEBIBYTES
