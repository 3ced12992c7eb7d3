"""Patterns of authors: the meaning of an ordinary engine, without its worst case."""

import re
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.metadata.patterns import LONGEST_TEXT, PatternProblem, compile_pattern
from tests.kit.effort import effort_of
from tests.kit.examples import examples

ATOMS = st.sampled_from(
    ["a", "b", "[ab]", "[^a]", ".", r"\d", r"\w", "[0-9a]", "a|b", "^", "$", ""]
)


def _joined(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.lists(parts, min_size=1, max_size=4).map("".join),
        st.tuples(parts, st.sampled_from(["*", "+", "?", "{2}", "{1,3}", "{2,}", "*?"])).map(
            lambda pair: f"(?:{pair[0]}){pair[1]}"
        ),
        st.tuples(parts, parts).map(lambda pair: f"({pair[0]}|{pair[1]})"),
    )


@settings(max_examples=examples(200, nightly=5_000))
@given(st.recursive(ATOMS, _joined, max_leaves=8), st.text("ab01 ", max_size=8))
def test_a_pattern_means_what_it_means_elsewhere(pattern: str, text: str) -> None:
    """`$` alone differs: here it is the end of the text, also before a line end."""
    assert compile_pattern(pattern).matches(text) is bool(re.fullmatch(pattern, text))


@pytest.mark.parametrize(
    "pattern,good,bad",
    [
        ("[0-9]{15}", "123456789012345", "12345678901234"),
        (r"[A-ZА-Я]{2}\d{4}[A-ZА-Я]{2}", "СВ1234АК", "СВ123АК"),
        (r"(?i)bg\d+", "Bg7", "gb7"),
        (r"^\d{4}-\d{2}$", "2026-03", "2026-3"),
        (r"[^\]]+", "abc", "a]"),
        (r"[-+]?\d+", "-5", "5-"),
        (r"a\.b\{2\}", "a.b{2}", "axb{2}"),
        ("[]a]+", "a]", "b"),
    ],
)
def test_a_pattern_judges_the_whole_text(pattern: str, good: str, bad: str) -> None:
    compiled = compile_pattern(pattern)
    assert compiled.matches(good)
    assert not compiled.matches(bad)


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|a)*b", "(a*)*(a*)*b", "((a{1,9}){1,9}){1,9}b"])
def test_no_pattern_takes_long(pattern: str) -> None:
    compiled = compile_pattern(pattern)
    efforts = []
    for length in (LONGEST_TEXT // 4, LONGEST_TEXT // 2, LONGEST_TEXT - 1):
        text = "a" * length + "!"
        matches, effort = effort_of(partial(compiled.matches, text))
        assert not matches
        efforts.append(effort)
    quarter, half, whole = efforts
    assert half < 3 * quarter  # twice the text is about twice the work
    assert whole < 3 * half


@pytest.mark.parametrize(
    "pattern,offset",
    [
        ("a(b", 1),
        ("ab)", 2),
        ("*a", 0),
        ("[ab", 0),
        ("(?=a)", 0),
        (r"(a)\1", 3),
        ("a{2", 1),
        ("a{3,2}", 1),
        ("[z-a]", 1),
        ("a**", 0),
        ("(" * 30 + ")" * 30, 20),
        ("(a{1000}){1000}", 0),
        ("a" * 501, 0),
        ("a{", 1),
        ("\\", 0),
        ("[\\", 1),
    ],
)
def test_what_is_no_pattern_is_refused_at_its_place(pattern: str, offset: int) -> None:
    with pytest.raises(PatternProblem) as caught:
        compile_pattern(pattern)
    assert caught.value.offset == offset


def test_a_long_text_never_matches() -> None:
    assert not compile_pattern("a*").matches("a" * (LONGEST_TEXT + 1))


@given(st.text("ab()[]{}|*+?^$\\.,0-9", max_size=20))
def test_any_text_is_a_pattern_or_a_problem(pattern: str) -> None:
    try:
        compiled = compile_pattern(pattern)
    except PatternProblem:
        return
    assert compiled.matches("ab") in {True, False}
