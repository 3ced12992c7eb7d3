"""Our own judge of shapes finds what jsonschema finds, in whatever tree."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError
from jsonschema.validators import extend

from engine.metadata.authoring_schema import Schema, file_schema, rows_schema
from engine.metadata.shape_judge import Failure, failures
from tests.hostile.structure import Tree, damaged, seeds
from tests.kit.examples import examples

TREES = examples(80, nightly=5_000)
EVERYTHING_WRONG: Tree = {
    "label": ["shop"],
    "lable": "shop",
    "entities": {
        "A b": {},
        "deal": {
            "fields": {
                "name": {"type": "text", "required": "yes", "min_length": "ten"},
                "city": {"label": "City"},
                "kind": {"type": "choice", "options": {"append": ["red"]}},
                "place": "barcode",
            }
        },
    },
    "automations": {"a": {"on": [{"created": "deal"}], "do": [{}, {"if": {"then": [{"x": {}}]}}]}},
    "dashboards": {},
}
KEYWORDS = {
    *("additionalProperties", "propertyNames", "type", "required", "enum", "pattern"),
    *("x-later", "x-later-words", "x-edits", "x-one"),
}


def test_it_finds_what_jsonschema_finds() -> None:
    trees, judge = list(seeds().values()), peer(file_schema())
    for seed in range(TREES):
        tree = damaged(trees[seed % len(trees)], seed)
        assert comparable(failures(tree, file_schema())) == verdicts(judge, tree), seed


def test_it_finds_a_failure_of_every_keyword() -> None:
    found = failures(EVERYTHING_WRONG, file_schema())
    assert {one.keyword for one in found} == KEYWORDS
    assert comparable(found) == verdicts(peer(file_schema()), EVERYTHING_WRONG)


ROWS: list[Tree] = [
    {"rows": {"client": {"anna": {"name": "Anna", "tags": ["a", "b"]}}}, "story": []},
    {"rows": {"client": {"anna": {"name": ["a", {}]}, "b": [], "B b": {}}}},
    {"rows": [], "story": [{"at": "x", "create": {"client": {"a": "b"}}}, {}, "x"]},
    {"story": [{"at": "in 3 d", "by": "anna", "set": {"a": {}}, "oddity": "x"}]},
]


@pytest.mark.parametrize("tree", ROWS)
def test_it_finds_it_in_rows(tree: Tree) -> None:
    found = failures(tree, rows_schema())
    assert comparable(found) == verdicts(peer(rows_schema()), tree)


def comparable(found: tuple[Failure, ...]) -> list[tuple[str, str]]:
    """Returns what is found as keywords and paths."""
    return sorted((one.keyword, repr(one.path)) for one in found)


def verdicts(judge: Any, tree: Tree) -> list[tuple[str, str]]:
    """Returns what jsonschema finds, in the same words."""
    return sorted((name_of(one), repr(tuple(one.absolute_path))) for one in judge.iter_errors(tree))


def name_of(error: ValidationError) -> str:
    """Returns the keyword; a name that misses its pattern is a bad name."""
    is_name = "propertyNames" in error.absolute_schema_path
    return "propertyNames" if is_name else str(error.validator)


def peer(schema: Schema) -> Any:
    """Returns jsonschema's validator, with the keywords of our own."""
    own = {"x-later": later, "x-later-words": later_word, "x-edits": edits, "x-one": not_one}
    validator: Any = extend  # it carries no types
    return validator(Draft202012Validator, own)(schema)


Verdicts = Iterator[ValidationError]


def later(_validator: object, _name: object, _value: object, _schema: object) -> Verdicts:
    yield ValidationError("later")


def later_word(_validator: object, later: list[str], value: object, _schema: object) -> Verdicts:
    if isinstance(value, str) and value in later:
        yield ValidationError("later")


def edits(_validator: object, edits: list[str], value: object, _schema: object) -> Verdicts:
    if isinstance(value, dict) and any(one in value for one in edits):
        yield ValidationError("edit")


def not_one(
    _validator: object, known: list[str], value: object, schema: Mapping[str, Any]
) -> Verdicts:
    is_map = isinstance(value, dict) and value.keys() <= schema["properties"].keys()
    if is_map and len(set(value) & set(known)) != 1:  # type: ignore[call-overload] # a map
        yield ValidationError("one")
