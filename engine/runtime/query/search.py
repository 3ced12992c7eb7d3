"""Words that somebody types -> conditions: each word must stand in the record, in any field.

Case, ё and е make no difference; a phone is found by any part of its digits. The stored search
text serves those who may read all that went into it; others search the fields that they may read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, FromClause, and_, bindparam, false, or_

from engine.metadata.fieldtypes.base import Storage
from engine.metadata.fieldtypes.registry import FIELD_TYPES
from engine.metadata.model.application import Application
from engine.runtime.access import Access
from engine.runtime.access.reach import ALL
from engine.runtime.actor import Actor
from engine.runtime.query.parts import Condition, Sought, like, pattern
from engine.runtime.query.read_phone import digits_of
from engine.runtime.sql_expression import fold as fold_column
from engine.runtime.sqlite_functions import fold

LONGEST = 200
MOST_WORDS = 8
FEWEST_DIGITS = 3

FIRST = "first"  # the parameter for titles that begin with the first word
_PHONE = re.compile(r"[+(]?[\d(][\d()\-./ ]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Word:
    """A folded word, with its digits where it may be a part of a phone number."""

    text: Sought
    digits: Sought = ""

    @property
    def has_digits(self) -> bool:
        """Say whether the word may be a part of a phone number."""
        return not isinstance(self.digits, str) or bool(self.digits)


def read_words(text: str) -> tuple[Word, ...]:
    """Return the words to look for; a phone number with gaps is one word."""
    text = text[:LONGEST].strip()
    digits = _phone_digits(text)
    if digits:
        return (Word(fold(text), digits),)
    return tuple(Word(fold(one), _phone_digits(one)) for one in text.split()[:MOST_WORDS])


def open_words(words: tuple[Word, ...], mark: str = "") -> tuple[tuple[Word, ...], dict[str, str]]:
    """Return the words as parameters, and the values of these; the first one is there twice."""
    values = {FIRST: pattern(str(words[0].text), at_start=True)} if words else {}
    opened = []
    for number, one in enumerate(words):
        text, digits = f"word_{mark}{number}", f"digits_{mark}{number}"
        values |= {text: pattern(str(one.text)), digits: pattern(str(one.digits))}
        opened.append(Word(bindparam(text), bindparam(digits) if one.has_digits else ""))
    return tuple(opened), values


def _phone_digits(text: str) -> str:
    """Return the digits of what looks like a phone number, as they stand in a stored one."""
    if not _PHONE.fullmatch(text):
        return ""
    digits = digits_of(text)
    return digits.lstrip("0") if len(digits) >= FEWEST_DIGITS else ""


class Search:
    """Builds the conditions under which a record answers words."""

    def __init__(self, application: Application, access: Access, dialect: str) -> None:
        self._application = application
        self._access = access
        self._dialect = dialect

    def seen(
        self, actor: Actor, entity_id: str, words: tuple[Word, ...], record: FromClause
    ) -> Condition:
        """Return the condition for a record that is seen to hold all words."""
        if self._reads_all(actor, entity_id):
            return _all_words(words, [(record.c.search_text, True)])
        return _all_words(words, list(self._readable_texts(actor, entity_id, record)))

    def peeked(
        self, actor: Actor, entity_id: str, words: tuple[Word, ...], record: FromClause
    ) -> Condition:
        """Return the condition for one that is peeked at: all words in what may be known of it."""
        by_title = (
            _all_words(words, [(record.c.title_key, False)])
            if "title" in self._access.peekable(actor, entity_id)
            else false()
        )
        if not self._access.may(actor, entity_id, "see"):
            return by_title
        found = self.seen(actor, entity_id, words, record)
        seen, peeked = (self._access.reach(actor, entity_id, one) for one in ("see", "peek"))
        if seen not in (ALL, peeked):
            found = and_(self._access.row_condition(actor, entity_id, "see", record), found)
        elif "title" in self._access.readable(actor, entity_id):
            return found
        return or_(by_title, found)

    def _reads_all(self, actor: Actor, entity_id: str) -> bool:
        """Say whether the actor may read everything that stands in the search text."""
        entity = self._application.entity(entity_id)
        return {"title", *entity.search} <= self._access.readable(actor, entity_id)

    def _readable_texts(
        self, actor: Actor, entity_id: str, record: FromClause
    ) -> Iterator[tuple[ColumnElement[str], bool]]:
        entity = self._application.entity(entity_id)
        readable = self._access.readable(actor, entity_id)
        if "title" in readable:
            yield record.c.title_key, False
        for name in entity.search:
            field = entity.fields[name]
            if name in readable and FIELD_TYPES[field.type].storage is Storage.TEXT:
                column = self._access.expressions.field(entity_id, name, record, actor)
                yield fold_column(column, self._dialect), field.type == "phone"


def _all_words(words: tuple[Word, ...], texts: list[tuple[ColumnElement[str], bool]]) -> Condition:
    if not words:
        return false()
    return and_(*(_in_any(word, texts) for word in words))


def _in_any(word: Word, texts: list[tuple[ColumnElement[str], bool]]) -> Condition:
    found = [like(column, word.text) for column, _ in texts]
    if word.has_digits:
        found += [like(column, word.digits) for column, has_phones in texts if has_phones]
    return or_(false(), *found)
