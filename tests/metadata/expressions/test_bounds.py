"""No text of an author makes the engine work hard: what is too much is refused while reading."""

import re
import tracemalloc
from pathlib import Path

import pytest

from engine.metadata import expressions
from engine.metadata.expressions import evaluate, nodes
from engine.metadata.expressions.compile import check_text
from engine.metadata.expressions.mistakes import CODES
from engine.runtime import sql_expression
from tests.kit.effort import effort_of
from tests.metadata.expressions.sample import SCOPE

EFFORT = 200_000  # calls; what a person writes takes a few thousand
MEMORY = 16 * 2**20

PROBES = {
    "power": "9**(9**9)",
    "repeated list": "[1]*10**7",
    "repeated text": "'a'*10**8",
    "format": "'%099999999d'|format(1)",
    "centred": "'x'.center(99999999)",
    "brackets": "(" * 5000 + "1" + ")" * 5000,
    "open brackets": "(" * 5000,
    "nested lists": "[" * 600 + "]" * 600,
    "nested calls": "abs(" * 31 + "1" + ")" * 31,
    "chain": "1" + "+1" * 20_000,
    "words": "hot or " * 260 + "hot",
    "long chain of products": "1" + "*1" * 240,
    "not": "not " * 400 + "hot",
    "signs": "-" * 400 + "1",
    "choices": "1 if hot else " * 120 + "2",
    "dots": "client" + ".owner" * 200,
    "attributes": "''.__class__.__mro__[1].__subclasses__()",
    "digits": "1" * 9000,
    "exponent": "1e400",
    "text": "name == '" + "a" * 100_000 + "'",
    "backslashes": "name == '" + "\\" * 9000,
    "quotes": "'" * 9001,
    "blanks": " " * 9000,
    "braces": "{" * 400,
    "names": "a" * 9000,
    "nothing": "",
}


@pytest.mark.parametrize("probe", PROBES.values(), ids=PROBES)
def test_a_probe_is_refused_at_once(probe: str) -> None:
    tracemalloc.start()
    (node, problems), effort = effort_of(lambda: check_text(probe, SCOPE, None))
    _, memory = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert effort < EFFORT
    assert memory < MEMORY
    assert node is None
    assert problems


@pytest.mark.parametrize("letter", "\x00\ud800\u202e💥\\`@#$^;\"'{}[]()", ids=ascii)
def test_no_letter_breaks_the_reader(letter: str) -> None:
    for text in (letter, f"name{letter}", f"name == {letter}", f"'{letter}' == name"):
        node, problems = check_text(text, SCOPE, None)
        assert (node is None) == bool(problems)


def test_what_a_person_writes_is_within_the_bounds() -> None:
    for text in (
        " + ".join(["count"] * 90),
        " or ".join(["stage == 'new'"] * 120),
        "(" * 25 + "count" + ")" * 25,
    ):
        assert check_text(text, SCOPE, None)[1] == ()


def test_every_node_has_its_line_in_both_compilers() -> None:
    known = set(nodes.Node.__args__)
    assert set(evaluate._BUILDERS) == known
    assert set(sql_expression._VALUES) | set(sql_expression._CONDITIONS) == known
    assert not set(sql_expression._VALUES) & set(sql_expression._CONDITIONS)


def test_every_code_is_used_and_explained() -> None:
    folder = Path(expressions.__file__).parent
    texts = (one.read_text() for one in folder.glob("*.py") if one.name != "mistakes.py")
    used = {code for text in texts for code in re.findall(r'"([EL]3\d\d)"', text)}
    assert used == set(CODES)
