"""What a plan says is a sentence, of one as of many."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.errors import Refused
from engine.runtime.plan.agreement import Agreement, require_agreement
from engine.runtime.plan.steps import Plan
from tests.kit.plans import Living, living

BEFORE = """
currency: EUR
pipelines: {way: {stages: {new: {}, old: {}}}}
entities:
  client:
    fields:
      name: text
      phone: text
      age: text
      born: text
      height: {type: number, decimals: 1}
      width: {type: choice, options: {small: {}, large: {}}}
      stage: {type: stage, pipeline: way}
      twice: {type: integer, formula: 2 * 2}
      kept: text
  visit: {fields: {note: text}}
  shelf: {fields: {note: text}}
roles: {seller: {can: {client: {see: own}}}, buyer: {}}
"""
AFTER = """
currency: EUR
pipelines: {way: {stages: {old: {}}}, path: {stages: {first: {}}}}
entities:
  client:
    fields:
      name: {type: text, required: true}
      mobile: {type: text, was: phone}
      age: integer
      born: date
      height: {type: number, decimals: 2}
      width: {type: choice, options: {large: {}}}
      stage: {type: stage, pipeline: way}
      twice: integer
      number: sequence
      city: {type: text, required: true}
      walk: {type: stage, pipeline: path}
  call: {was: visit, fields: {note: text}}
roles: {seller: {can: {client: {see: own}}}}
"""
RESTORED = AFTER.replace("      city:", "      kept: text\n      city:").replace(
    "roles:", "  shelf: {fields: {note: text}}\n  room: {fields: {note: text}}\nroles:"
)
COMPUTED = RESTORED.replace("kept: text", "kept: {type: text, formula: name}")

OF_ONE = """
1 value stays
1 value converts
1 value loses something (such as "x"); the old one stays in a retired column
1 decimal becomes 2; 1 value converts
no formula any more; 1 value stays and can be written
1 record has no number; only new ones get one
1 record has no value and asks for one when it is next saved
1 record starts in First
retired; 1 record keeps its value, hidden
restored; 1 record has its value again
renamed from visit; 1 record stays
retired; 1 record is kept, hidden
restored; 1 record is back
new, 1 field
the title of 1 record is computed anew
removed; 1 record still holds it
removed; 1 user has it
computed by a formula from now on; 1 value written by people stays in a retired column
"""
OF_TWO = """
2 values stay
2 values convert
2 values lose something (such as "x"); the old ones stay in a retired column
1 decimal becomes 2; 2 values convert
no formula any more; 2 values stay and can be written
2 records have no number; only new ones get one
2 records have no value and ask for one when they are next saved
2 records start in First
retired; 2 records keep their value, hidden
restored; 2 records have their value again
renamed from visit; 2 records stay
retired; 2 records are kept, hidden
restored; 2 records are back
new, 1 field
titles of 2 records are computed anew
removed; 2 records still hold it
removed; 2 users have it
computed by a formula from now on; 2 values written by people stay in a retired column
"""
# "1 records", "1 value stay", "2 record", "2 values stays"
BROKEN = re.compile(
    r"\b1 \w+s\b|(?<!of )\b1 \w+(?: written by people)? (?!has|is|still|of|written|\w+s\b)[a-z]"
    r"|\b[2-9] \w+(?<!s)\b|\b[2-9] \w+s(?: written by people)? (?:has|is|\w{3,}s)\b"
)


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'kartoteka.db'}"


def fill(now: Living, number: int) -> None:
    client = {"phone": "1", "age": "7", "born": "x", "height": 1, "width": "small", "kept": "k"}
    now.fill("client", [client | {"stage": "new", "twice": 4} for _ in range(number)])
    now.fill("user", [{"login": f"u{n}", "name": "U", "roles": ("buyer",)} for n in range(number)])
    for entity in ("visit", "shelf"):
        now.fill(entity, [{"note": "n"}] * number)


def sentences(plans: list[Plan]) -> Iterator[str]:
    return (step.sentence for plan in plans for step in plan.steps)


@pytest.mark.parametrize("number, expected", [(1, OF_ONE), (2, OF_TWO)])
def test_one_is_said_as_one_and_many_as_many(url: str, number: int, expected: str) -> None:
    with living(url, BEFORE) as now:
        fill(now, number)
        said = list(sentences([now.become(one) for one in (AFTER, RESTORED, COMPUTED)]))
    told = "\n".join(said)
    assert [one for one in expected.split("\n") if one not in told] == []
    assert [one for one in said if BROKEN.search(one)] == []


def test_a_part_of_the_values_agrees_with_its_verb(url: str) -> None:
    with living(url, BEFORE) as now:
        now.fill("client", [{"age": one} for one in ("7", "x")])
        found = now.plan(AFTER)
    (said,) = [one for one in sentences([found]) if "integer" in one]
    assert said == (
        'text becomes integer; 1 of 2 values converts, 1 loses something (such as "x"); the old '
        "ones stay in a retired column"
    )


def test_who_has_to_answer_one_change_is_told_of_one(url: str) -> None:
    with living(url, BEFORE) as now:
        plan = now.plan(BEFORE.replace("      kept: text\n", ""))
    with pytest.raises(Refused, match="1 of its changes needs an answer"):
        require_agreement(plan, Agreement())
