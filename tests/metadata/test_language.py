"""The table of the language: complete, read by the builders, and printed as it is."""

import re
from pathlib import Path

import pytest

from engine.metadata.language import SECOND, SYNONYMS, Mode, NodeKind, nearest
from engine.metadata.language_keys import LATER_TYPES, LATER_VIEWS, NOW, key_at, kind_at
from engine.metadata.language_later import LATER
from engine.metadata.language_steps import TRIGGERS
from engine.metadata.reference import language_page, problems_page
from tests.kit.applications import loaded

TOP = Path(__file__).resolve().parents[2]
BUILDERS = "\n".join(
    path.read_text(encoding="utf-8")
    for path in sorted((TOP / "engine" / "metadata" / "build").glob("*.py"))
)
# The builder reads verbs from their own list, triggers and fields of a task as they are written.
AS_WRITTEN = ("grants", "trigger", "task")
WORDS_OF_ALL = {word for kind in NOW for key in kind.keys for word in (key.name, *key.words)}


@pytest.mark.parametrize(
    "page, text", [("language.md", language_page()), ("problems.md", problems_page())]
)
def test_generated_page_is_up_to_date(page: str, text: str) -> None:
    written = (TOP / "docs" / page).read_text(encoding="utf-8")
    assert written == text, "run `make docs`"


@pytest.mark.parametrize(
    "kind, key",
    [
        (kind.id, key.name)
        for kind in NOW
        for key in kind.keys
        if not key.later and kind.id not in AS_WRITTEN
    ],
)
def test_a_key_that_runs_is_read_by_a_builder(kind: str, key: str) -> None:
    is_read = re.search(rf'"{key}"', BUILDERS)
    assert is_read or (kind, key) == ("crm", "engine"), "nothing reads it, so it does not run"


@pytest.mark.parametrize("kind", [*NOW, *LATER], ids=lambda kind: kind.id)
def test_no_key_stands_twice(kind: object) -> None:
    names = [key.name for key in kind.keys]  # type: ignore[attr-defined] # a kind of node
    assert len(names) == len(set(names))


def test_what_runs_later_is_marked() -> None:
    assert all(key.later for kind in LATER for key in kind.keys)


def test_no_word_runs_now_and_later() -> None:
    views = next(kind for kind in NOW if kind.id == "view").key("type")
    assert views is not None
    assert not set(LATER_VIEWS) & set(views.words)
    assert not set(LATER_TYPES) & set(next(k for k in NOW if k.id == "field").keys[0].words)


def test_synonyms_lead_to_words_of_the_language() -> None:
    known = WORDS_OF_ALL | {*LATER_TYPES} | {"when", "wait", "data", *TRIGGERS}
    known |= {"blue", "violet", "pink", "red", "orange", "yellow", "green", "teal", "grey"}
    for words in (SYNONYMS, SECOND):
        assert {word: meant for word, meant in words.items() if meant not in known} == {}


@pytest.mark.parametrize(
    "written, meant",
    [
        ("requird", "required"),
        ("mandatory", "required"),
        ("manditory", "required"),
        ("Required", "required"),
        ("read-only", "readonly"),
        ("read", "see"),
        ("zzz", None),
        ("steps", "do"),  # where there are no stages
    ],
)
def test_did_you_mean(written: str, meant: str | None) -> None:
    assert nearest(written, ("required", "readonly", "see", "label", "do")) == meant


def test_a_word_of_two_meanings_means_what_is_there() -> None:
    assert nearest("steps", ("label", "stages")) == "stages"
    assert nearest("rules", ("entities", "automations")) == "automations"


@pytest.mark.parametrize("kind", [one for one in NOW if one.example], ids=lambda kind: kind.id)
def test_an_example_of_the_reference_is_right(kind: NodeKind) -> None:
    stages = "{new: {sla: 1 h}, quoting: {}, waiting: {}, lost: {closes: lost}}"
    fields = "name: text, amount: money, owner: user, next_contact: datetime, stage: stage"
    example = kind.example.replace("    buttons:", f"    stages: {stages}\n    buttons:")
    if "pipelines:" not in example:
        example += f"pipelines: {{sales: {{stages: {stages}}}}}\n"
    crm = f"entities: {{deal: {{fields: {{{fields}}}}}}}\nteams: {{sellers: {{}}}}\n"
    crm += "roles: {head: {can: {deal: {every: all}}}}\nworkdays: {days: [mon]}\n"
    assert loaded(crm + example).problems == ()


def test_every_node_is_found_by_its_path() -> None:
    field = ("entities", "deal", "fields", "phone")
    assert [kind.id for kind in map(kind_at, [(), field[:2], field]) if kind] == [
        "crm",
        "entity",
        "field",
    ]
    key = key_at((*field, "required"))
    assert key is not None
    assert key.mode is Mode.BOOL
    step = ("automations", "a", "do", 0)
    nested = (*step, "if", "else", 1, "notify", "to", 0)
    assert [kind.id for kind in map(kind_at, [step, (*step, "if"), nested]) if kind] == [
        "step",
        "if",
        "target",
    ]
    assert kind_at(("documents", "a")) is None
    assert key_at((*field, "nonsense")) is None
