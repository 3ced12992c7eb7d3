"""Choices by option id, yes and no, and records by id."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from engine.errors import Message, say
from engine.metadata.model.text import RecordRef, Value
from engine.runtime.records.reading.base import Reader, Reading, Unreadable

YES_NO = {"true": True, "on": True, "1": True, "false": False, "off": False, "0": False}
HIGHEST_ID = 2**63 - 1
RECORD_ID = re.compile(r"[0-9]{1,19}", re.ASCII)
REFERENCE = re.compile(r"([a-z][a-z0-9_]{0,39})[/:]([0-9]{1,19})", re.ASCII)


def read_bool(value: object, _: Reading) -> Value:
    """Read yes or no; an unticked box is no."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip().lower() in YES_NO:
        return YES_NO[value.strip().lower()]
    raise Unreadable(say("Choose yes or no."))


def choice_reader(options: Collection[str]) -> Reader:
    """Return the reader of one of the options."""

    def read_choice(value: object, _: Reading) -> Value:
        if isinstance(value, str) and value.strip() in options:
            return value.strip()
        raise Unreadable(say("Choose one of the options."))

    return read_choice


def choices_reader(options: Collection[str]) -> Reader:
    """Return the reader of any of the options; they are kept in the order of the options."""

    def read_choices(value: object, _: Reading) -> Value:
        given = (value,) if isinstance(value, str) else value
        if not isinstance(given, (list, tuple, set, frozenset)):
            raise Unreadable(say("Choose any of the options."))
        if not all(isinstance(one, str) and one in options for one in given):
            raise Unreadable(say("Choose any of the options."))
        return tuple(one for one in options if one in given) or None

    return read_choices


def read_link(value: object, _: Reading) -> Value:
    """Read the id of a record."""
    if isinstance(value, int) and not isinstance(value, bool):
        return _id(value)
    if isinstance(value, str) and RECORD_ID.fullmatch(value.strip()):
        return _id(int(value))
    raise Unreadable(no_such_record())


def any_link_reader(entities: Collection[str]) -> Reader:
    """Return the reader of a record of any entity: `entity/id`, or both apart."""

    def read_any_link(value: object, _: Reading) -> Value:
        entity, record_id = _reference(value)
        if entity not in entities:
            raise Unreadable(no_such_record())
        return RecordRef(entity, _id(record_id))

    return read_any_link


def no_such_record() -> Message:
    """Say that a link leads nowhere or out of this person's sight: one sentence for both."""
    return say("Choose one of the records that you can see.")


def _reference(value: object) -> tuple[str, int]:
    if isinstance(value, RecordRef):
        return value.entity, value.id
    if isinstance(value, str) and (found := REFERENCE.fullmatch(value.strip())):
        return found[1], int(found[2])
    if isinstance(value, Mapping):
        entity, record_id = value.get("entity"), value.get("id")
        if isinstance(entity, str) and isinstance(record_id, int):
            return entity, record_id
    raise Unreadable(no_such_record())


def _id(number: int) -> int:
    if not 0 < number <= HIGHEST_ID:
        raise Unreadable(no_such_record())
    return number
