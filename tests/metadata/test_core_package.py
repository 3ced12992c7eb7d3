"""The core package speaks the language of the configuration, in full and at the right places."""

import re
from collections.abc import Iterator
from textwrap import dedent

import pytest

from engine.metadata.diff.change import Touches
from engine.metadata.diff.compare import compare_applications
from engine.metadata.load import load_sources
from engine.metadata.model.application import Application
from engine.metadata.model.entity import Entity
from engine.metadata.model.field import Field
from engine.metadata.nodes import Scalar
from engine.metadata.source import read_nodes
from engine.resources import resource_dir
from engine.runtime.catalogues import LANGUAGES
from tests.kit.applications import application

SPOKEN = [one for one in LANGUAGES if one != "en"]
# Each language calls itself by its own name; roles are named where they are declared.
ALIKE = ("entities.user.fields.language.options.", "entities.user.fields.roles.options.")


def speaking(language: str, more: str = "") -> Application:
    return application(f"language: {language}\n{dedent(more)}")


def texts(built: Application) -> dict[str, str]:
    """Returns each text of the core package that people read, by its address."""
    entities = [one for one in built.entities.values() if one.layer == "core"]
    found = dict(pair for one in entities for pair in texts_of_entity(one))
    admin = built.roles["admin"]
    found |= {f"{admin.address}.label": admin.label, f"{admin.address}.help": admin.help}
    return {key: text for key, text in found.items() if text and not key.startswith(ALIKE)}


def texts_of_entity(entity: Entity) -> Iterator[tuple[str, str]]:
    for key in ("label", "plural", "help"):
        yield f"{entity.address}.{key}", getattr(entity, key)
    for field in entity.fields.values():
        yield from texts_of_field(field)


def texts_of_field(field: Field) -> Iterator[tuple[str, str]]:
    for key in ("label", "help", "placeholder", "example", "unit", "docs"):
        yield f"{field.address}.{key}", getattr(field, key)
    yield f"{field.address}.message", field.message.text if field.message else ""
    for option in field.options.values():
        yield f"{field.address}.options.{option.id}.label", option.label
        yield f"{field.address}.options.{option.id}.help", option.help


def translations(language: str) -> dict[str, str]:
    """Returns the file of a language: address -> text."""
    path = resource_dir("core") / "translations" / f"{language}.yaml"
    document = read_nodes(path.name, path.read_text("utf-8"))
    assert document.root is not None
    assert document.problems == ()
    return {
        one.key.text: one.value.text
        for one in document.root.entries
        if isinstance(one.value, Scalar)
    }


def test_each_language_of_the_engine_has_its_file() -> None:
    files = (resource_dir("core") / "translations").iterdir()
    assert sorted(one.name for one in files) == [f"{one}.yaml" for one in SPOKEN]


@pytest.mark.parametrize("language", SPOKEN)
def test_every_text_is_translated_and_no_address_is_unknown(language: str) -> None:
    wanted, found = set(texts(speaking("en"))), set(translations(language))
    assert (wanted - found, found - wanted) == (set(), set())


@pytest.mark.parametrize("language", SPOKEN)
def test_every_translation_arrives_at_its_address(language: str) -> None:
    assert texts(speaking(language)) == translations(language)


@pytest.mark.parametrize("language", SPOKEN)
def test_a_translation_is_written_in_cyrillic(language: str) -> None:
    own_word = "team"  # what a role says in the configuration
    found = translations(language).values()
    latin = [one for one in found if re.search("[A-Za-z]", one.replace(own_word, ""))]
    assert latin == []
    assert all(re.search("[а-яё]", one, re.IGNORECASE) for one in found)


@pytest.mark.parametrize("language", ["en", "de", "bg_BG"])
def test_without_a_translation_the_texts_stay_as_they_are_written(language: str) -> None:
    assert texts(speaking(language)) == texts(application("label: x"))
    assert speaking(language).entities["task"].plural == "Tasks"


@pytest.mark.parametrize("language", SPOKEN)
def test_a_translation_changes_what_people_read_and_nothing_else(language: str) -> None:
    before, after = speaking("en"), speaking(language)
    found = [one for one in compare_applications(before, after) if "." in one.address]
    assert {one.touches for one in found} == {Touches.DISPLAY}
    of_roles = ALIKE[1]  # they repeat the names of the roles
    changed = {one.address for one in found if not one.address.startswith(of_roles)}
    assert changed == set(translations(language))
    assert [one.layer for one in after.entities.values()] == ["core"] * 5
    assert after.entities["task"].fields["type"].options["call"].icon == "phone"


def test_each_language_has_a_digest_of_its_own() -> None:
    digests = {speaking(one, "name: same").digest for one in LANGUAGES}
    assert len(digests) == len(LANGUAGES)


def test_what_the_folder_says_wins() -> None:
    built = speaking(
        "bg",
        """
        entities:
          task:
            fields:
              due: {type: datetime, label: Краен час}
              type: {type: choice, options: {call: {label: Звънене}, mail: Пратка}}
        roles: {admin: {label: Шеф}}
        """,
    )
    task = built.entities["task"]
    due, kind = task.fields["due"], task.fields["type"]
    assert (task.label, task.plural) == ("Задача", "Задачи")
    assert (due.label, due.help) == ("Краен час", "До кога")
    assert [one.label for one in kind.options.values()] == [
        "Звънене",
        "Пратка",
        "Среща",
        "Посещение",
        "Друго",
    ]
    assert kind.options["call"].icon == "phone"
    assert built.entities["user"].fields["roles"].options["admin"].label == "Шеф"


@pytest.mark.parametrize(
    "own, plural",
    [
        ("{label: Поръчение}", "Поръчение"),
        ("{label: Поръчение, plural: Поръчения}", "Поръчения"),
        ("{help: За днес}", "Задачи"),
    ],
)
def test_another_name_does_not_keep_the_plural_of_the_first(own: str, plural: str) -> None:
    assert speaking("bg", f"entities: {{task: {own}}}").entities["task"].plural == plural


@pytest.mark.parametrize(
    "said", ["due: date", "due: {type: date}", "subject: stage", "type: text", "to: any_link"]
)
def test_a_core_field_made_another_type_is_one_error_where_it_stands(said: str) -> None:
    result = load_sources({"crm.yaml": f"name: x\nentities:\n  task: {{fields: {{{said}}}}}\n"})
    assert [(one.code, one.mark.file, one.mark.line) for one in result.problems] == [
        ("E217", "crm.yaml", 3)
    ]


def test_a_type_said_shortly_changes_nothing_else_of_a_core_field() -> None:
    plain = load_sources({"crm.yaml": "name: x"}).application
    said = "name: x\nentities: {user: {fields: {login: text, team: team}}}"
    again = load_sources({"crm.yaml": said}).application
    assert plain is not None
    assert again is not None
    assert again.entities["user"] == plain.entities["user"]
