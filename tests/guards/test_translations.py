"""The engine speaks Bulgarian and Russian in full: every text, every form, every place in it."""

import importlib.util
import re
import sys
from collections import Counter
from types import ModuleType

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from engine.metadata.moments import parse_moment
from engine.runtime.catalogues import LANGUAGES, catalogue_path, words_of
from tests.kit.tree import TOP

SPOKEN = [one for one in LANGUAGES if one != "en"]
FORMS = {"bg": 2, "ru": 3}
# A number for each form of a language, in the order of its forms.
NUMBERS = {"bg": (1, 5), "ru": (1, 3, 5)}
PLACES = re.compile(r"%\(\w+\)s|%%|(?<!%)%(?!\()(?! )|\{\w*\}")
# What an operator types, names of formats, and what has no words: these read alike everywhere.
ALIKE = {"CSV"}
# The suggestions below a field: what they say, the field has to understand.
UNDERSTOOD = ("today 16:00", "tomorrow 10:00", "in 3 days", "next monday 9:00")


def load_script() -> ModuleType:
    path = TOP / "scripts" / "messages.py"
    spec = importlib.util.spec_from_file_location("messages", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SCRIPT = load_script()


def catalogue(language: str) -> Catalog:
    with catalogue_path(language).open("rb") as file:
        return read_po(file, locale=language)


def messages(language: str) -> list[Message]:
    return [one for one in catalogue(language) if one.id]


def texts(message: Message) -> tuple[str, ...]:
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def forms(message: Message) -> tuple[str, ...]:
    said = message.string or ""
    return (said,) if isinstance(said, str) else tuple(said)


def test_the_catalogues_hold_what_the_engine_says(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["messages.py", "--check"])
    assert SCRIPT.main() == 0, capsys.readouterr().err


def test_no_text_is_both_counted_and_plain() -> None:
    found = [text for _, text in SCRIPT.said()]
    counted = {one[0] for one in found if not isinstance(one, str)}
    assert counted & {one for one in found if isinstance(one, str)} == set()


@pytest.mark.parametrize("language", SPOKEN)
def test_every_text_is_translated_for_certain(language: str) -> None:
    lacking = [one.id for one in messages(language) if not all(forms(one)) or one.fuzzy]
    assert lacking == []


@pytest.mark.parametrize("language", SPOKEN)
def test_every_form_that_a_number_asks_for_is_there(language: str) -> None:
    counted = [one for one in messages(language) if len(texts(one)) > 1]
    assert [one.id for one in counted if len(forms(one)) != FORMS[language]] == []
    assert counted


@pytest.mark.parametrize("language", SPOKEN)
def test_a_number_finds_its_form(language: str) -> None:
    words = words_of(language)
    assert [words.form(one) for one in NUMBERS[language]] == list(range(FORMS[language]))


@pytest.mark.parametrize("language", SPOKEN)
def test_a_translation_keeps_the_places_of_values(language: str) -> None:
    assert [line for one in messages(language) for line in lost_places(one, language)] == []


def lost_places(message: Message, language: str) -> list[str]:
    """Returns the forms that lack a place, or have one too many.

    A form for 1 alone may say "one" in words, as English does; in Russian it serves 21, too.
    """
    wanted = [places(text) for text in texts(message)]
    said = forms(message)
    alone = len(said) > 1 and language != "ru"
    allowed = [wanted if alone and index == 0 else wanted[-1:] for index in range(len(said))]
    return [text for text, fine in zip(said, allowed, strict=True) if places(text) not in fine]


def places(text: str) -> Counter[str]:
    return Counter(PLACES.findall(text))


@pytest.mark.parametrize("language", SPOKEN)
def test_a_translation_is_written_in_cyrillic(language: str) -> None:
    latin = re.compile(r"[A-Za-z]")
    cyrillic = re.compile(r"[а-яё]", re.IGNORECASE)
    left = [
        text
        for one in messages(language)
        for text in forms(one)
        if latin.search(PLACES.sub("", text)) and not cyrillic.search(text)
    ]
    assert set(left) <= ALIKE


@pytest.mark.parametrize("language", SPOKEN)
def test_a_sentence_ends_as_a_sentence(language: str) -> None:
    ends = (".", "?", ":")
    odd = [
        text
        for one in messages(language)
        for text in forms(one)
        if texts(one)[0].endswith(ends) and not text.endswith(texts(one)[0][-1])
    ]
    assert odd == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("text", UNDERSTOOD)
def test_what_is_suggested_in_words_is_understood(language: str, text: str) -> None:
    assert parse_moment(words_of(language).one(text)) == parse_moment(text)


@pytest.mark.parametrize("language", SPOKEN)
def test_the_running_engine_reads_the_whole_catalogue(language: str) -> None:
    read = words_of(language).texts
    assert {texts(one)[0] for one in messages(language)} == set(read)
    assert read["Save"] != ("Save",)
