"""What the reference says of codes and functions is true: its examples are judged here."""

import pytest
import yaml

from engine.metadata.expressions.compile import check_text
from engine.metadata.expressions.functions import FUNCTIONS, Function
from engine.metadata.expressions.mistakes import CODES, Explanation
from engine.metadata.expressions.names import Scope
from engine.metadata.expressions.templates import parse_template
from engine.metadata.fieldtypes.base import Kind
from tests.metadata.expressions.sample import (
    APPLICATION,
    make_entity,
    make_field,
    options,
    template,
)

FIELDS = {
    "text": "name nickname first_name last_name city email phone comment number",
    "money": "amount prepaid debt credit balance price",
    "number": "length_m qty first_half second_half",
    "date": "birthday",
    "datetime": "due",
}
RECORD = make_entity(
    "order",
    *(make_field("order", name, kind) for kind, names in FIELDS.items() for name in names.split()),
    make_field("order", "stage", "stage", options=options("won", "lost")),
    make_field("order", "tags", "choices", options=options("vip")),
)
SCOPE = Scope(APPLICATION, RECORD)


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)
def test_the_example_of_a_function_can_be_written(function: Function) -> None:
    assert check_text(function.example, SCOPE, None)[1] == ()
    assert f"{function.usage.partition('(')[0]}(" in function.example


@pytest.mark.parametrize("code", CODES)
def test_the_bad_example_has_its_code_and_the_good_one_none(code: str) -> None:
    explained: Explanation = CODES[code]
    assert codes_of(explained.good) == []
    if code != "E302":  # its bad example would fill a page
        assert codes_of(explained.bad) == [code]


def codes_of(line: str) -> list[str]:
    ((key, text),) = yaml.safe_load(line).items()
    if key == "title":
        return [one.code for one in parse_template(template(text), SCOPE)[1]]
    if not isinstance(text, str):
        return []
    return [one.code for one in check_text(text.removeprefix("= "), SCOPE, kind_of(key))[1]]


def kind_of(key: str) -> Kind | None:
    return Kind.BOOL if key == "when" else None
