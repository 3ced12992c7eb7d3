"""Catalogues of the engine's own words: .po files, read once, English where a word is missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from gettext import c2py
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from engine.resources import ENGINE

DOMAIN = "kartoteka"
LANGUAGES = ("en", "bg", "ru")


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language: a text, or the forms of one that goes with a number."""

    texts: Mapping[str, tuple[str, ...]]
    form: Callable[[int], int]

    def one(self, text: str) -> str:
        """Return a text; as it is where the catalogue lacks it."""
        return self.texts.get(text, (text,))[0]

    def many(self, singular: str, plural: str, number: int) -> str:
        """Return the form that goes with a number."""
        forms = self.texts.get(singular)
        if forms is None:
            return singular if number == 1 else plural
        return forms[min(self.form(abs(number)), len(forms) - 1)]


@lru_cache(maxsize=len(LANGUAGES))
def words_of(language: str) -> Words:
    """Read the catalogue of a language; one that is not there is empty."""
    path = catalogue_path(language)
    if language == "en" or not path.is_file():
        return Words({}, lambda number: int(number != 1))
    with path.open("rb") as file:
        return words_in(read_po(file, locale=language))


def catalogue_path(language: str) -> Path:
    """Return where the catalogue of a language lies."""
    return ENGINE / "locale" / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def words_in(catalog: Catalog) -> Words:
    """Take what is translated for certain out of a catalogue."""
    texts: dict[str, tuple[str, ...]] = {}
    for message in catalog:
        singular = message.id if isinstance(message.id, str) else message.id[0]
        said = message.string or ""
        forms = (said,) if isinstance(said, str) else tuple(said)
        if singular and all(forms) and not message.fuzzy:
            texts[singular] = forms
    return Words(texts, c2py(catalog.plural_expr))
