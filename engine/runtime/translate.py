"""The engine's words and all values in the language of the reader: English, Bulgarian, Russian.

A configuration's own texts come as they are written; the sentences of the engine are looked up in
the catalogues, and the names of places and days in them are said in the same language.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from engine.clock import Clock, SystemClock
from engine.errors import VERBATIM, Message
from engine.metadata.expressions.compile import Typed
from engine.metadata.expressions.evaluate import Result
from engine.metadata.expressions.templates import Show
from engine.metadata.model.application import Application
from engine.metadata.model.field import Field
from engine.runtime import speech
from engine.runtime.catalogues import LANGUAGES, Words, words_of
from engine.runtime.speech import Speech
from engine.runtime.spoken import Place, Weekday

__all__ = ["LANGUAGES", "CompanyWords", "Translator"]


class Translator:
    """Says sentences and prints values for a reader."""

    def __init__(
        self, clock: Clock | None = None, words: Callable[[str], Words] = words_of
    ) -> None:
        """Speak by a clock (for "today") and by catalogues."""
        self._clock = clock or SystemClock()
        self._words = words

    def text(self, message: Message, language: str) -> str:
        """Return a sentence; in English where its translation is missing or lacks a value."""
        if message.text is VERBATIM:
            return str(message.values["text"])
        words = self._words(language)
        if not message.values:
            return words.one(message.text)
        values = {name: self._value(one, language) for name, one in message.values.items()}
        if message.plural:
            number = message.values.get("number", 0)
            text = words.many(message.text, message.plural, int(str(number)))
        else:
            text = words.one(message.text)
        try:
            return text.format_map(values)
        except (KeyError, IndexError, ValueError):
            return str(message)

    def gettext(self, text: str, language: str) -> str:
        """Return a text of the engine."""
        return self._words(language).one(text)

    def ngettext(self, singular: str, plural: str, number: int, language: str) -> str:
        """Return the form of a text that goes with a number."""
        return self._words(language).many(singular, plural, number)

    def show(
        self, value: Result, field: Field, language: str, zone: ZoneInfo, application: Application
    ) -> str:
        """Return a field's value as the reader writes it; moments on the reader's clock."""
        return speech.show_field(value, field, self._speech(language, zone, application))

    def show_typed(
        self, value: Result, typed: Typed, language: str, zone: ZoneInfo, application: Application
    ) -> str:
        """Return the value of an expression as the reader writes it."""
        to = self._speech(language, zone, application)
        return speech.show_kind(value, typed.kind, typed.options, to)

    def _speech(self, language: str, zone: ZoneInfo, application: Application) -> Speech:
        return Speech(
            language,
            zone,
            application,
            lambda message: self.text(message, language),
            self._clock.now(),
        )

    def _value(self, value: object, language: str) -> object:
        if isinstance(value, Message):
            return self.text(value, language)
        if isinstance(value, Place):
            return speech.place(value, language)
        if isinstance(value, Weekday):
            return speech.weekday(value.day, language)
        return value


@dataclass(frozen=True, slots=True)
class CompanyWords:
    """The translator as the writer of records needs it: the company's zone, no word for today.

    What is stored or sent must still be true tomorrow.
    """

    translator: Translator
    application: Application

    def text(self, message: Message, language: str) -> str:
        """Return a sentence; an empty language is the company's."""
        return self.translator.text(message, language or self.application.language)

    def shower(self, language: str) -> Show:
        """Return the function that prints values of expressions in a language."""
        spoken = language or self.application.language
        to = Speech(
            spoken,
            ZoneInfo(self.application.timezone),
            self.application,
            lambda message: self.translator.text(message, spoken),
        )
        return lambda value, typed: speech.show_kind(value, typed.kind, typed.options, to)
