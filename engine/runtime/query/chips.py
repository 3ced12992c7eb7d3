"""A list in words: each filter as a short sentence, and the columns by their names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from engine.errors import Message, say, verbatim
from engine.metadata.fieldtypes.base import Storage
from engine.metadata.model.field import Field
from engine.metadata.model.text import RecordRef
from engine.runtime.query.operands import (
    EMPTY,
    GIVEN,
    ME,
    MY_TEAM,
    ends,
    literal,
    split,
    takes_several,
)
from engine.runtime.query.operators import OPERATORS
from engine.runtime.query.parts import Point, Reference
from engine.runtime.query.paths import FieldPath
from engine.runtime.query.periods import words_for_days
from engine.runtime.query.request import Filter, ListRequest

TIMES = frozenset({Storage.DATE, Storage.INSTANT})


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter for a person: `label` ("Stage"), `words` ("is New"), the address without it."""

    label: Message
    words: Message
    remove_query: str
    parameter: str


@dataclass(frozen=True, slots=True)
class ListColumn:
    """A column of a list: its path, its name, the field in it, and whether it sorts."""

    path: str
    label: Message
    field: Field
    sortable: bool


def describe(
    one: Filter, path: FieldPath, request: ListRequest, titles: Mapping[RecordRef, str]
) -> Chip:
    """Say a filter in words; `titles` names the linked records that its reader may know."""
    without = request.query_with({one.parameter: "" if one.from_view else None})
    return Chip(path.label, _words(one, path, titles), without, one.parameter)


def linked_records(one: Filter, path: FieldPath) -> Iterator[RecordRef]:
    """Yield the records that a filter names."""
    for part in one.operand.parts:
        if isinstance(part, Reference) and part.id is not None:
            yield RecordRef(part.entity, part.id)
        elif isinstance(part, Point) and isinstance(part.value, int) and path.field.to is not None:
            yield RecordRef(path.field.to, part.value)


def _words(one: Filter, path: FieldPath, titles: Mapping[RecordRef, str]) -> Message:
    operator = OPERATORS[one.operator]
    if takes_several(operator, path.field):
        items = split(one.text)
        if items and set(items) <= {EMPTY, GIVEN}:
            is_empty = (EMPTY in items and GIVEN not in items) == (one.operator == "eq")
            return say("is empty") if is_empty else say("is filled in")
        value: object = listed([_alternative(item, path, titles) for item in items])
    elif operator.ends > 1:
        low, high = ends(one.text)
        value = say(
            "{low} and {high}", low=_word(low, path, titles), high=_word(high, path, titles)
        )
    else:
        value = _word(one.text.strip(), path, titles)
    say_it = operator.times if path.type.storage in TIMES else operator.words
    return say_it(value)


def _alternative(item: str, path: FieldPath, titles: Mapping[RecordRef, str]) -> Message:
    return say("empty") if item == EMPTY else _word(literal(item), path, titles)


def _word(item: str, path: FieldPath, titles: Mapping[RecordRef, str]) -> Message:
    if item == ME and path.field.to == "user":
        return say("me")
    if item == MY_TEAM and path.field.to is not None:
        return say("my team")
    if path.type.storage in TIMES:
        return words_for_days(item) or verbatim(item)
    if path.type.storage is Storage.BOOL:
        return say("yes") if item == "true" else say("no")
    if path.type.storage in (Storage.LINK, Storage.ANY_LINK):
        return _record(item, path, titles)
    option = path.field.options.get(item)
    return verbatim(option.label if option is not None else item)


def _record(item: str, path: FieldPath, titles: Mapping[RecordRef, str]) -> Message:
    """Name a record; one outside the reader's rights stays a number like one that isn't there."""
    entity, _, number = item.replace(":", "/").rpartition("/")
    if not number.isdecimal():
        return verbatim(item)
    title = titles.get(RecordRef(path.field.to or entity, int(number)))
    return say("number {number}", number=number) if title is None else verbatim(title)


def listed(words: Sequence[Message]) -> Message:
    """Return words with commas between."""
    names = [f"word{number}" for number in range(len(words))]
    text = ", ".join(f"{{{name}}}" for name in names)
    return Message(text, dict(zip(names, words, strict=True)))
