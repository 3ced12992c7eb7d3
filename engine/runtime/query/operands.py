r"""The text of a filter -> what to compare with, read by the type of the field.

`-` is empty, `*` anything at all, commas stand between alternatives (`\,`, `\-` and `\*` are the
letters themselves); people are `me` and `my_team`; days come in words; a phone may be written in
any way, a number with a comma.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeAlias

from engine.errors import say
from engine.metadata.fieldtypes.base import Storage
from engine.metadata.fieldtypes.registry import FIELD_TYPES
from engine.metadata.model.field import Field
from engine.runtime.query.asking import Asked, Asking, Unclear
from engine.runtime.query.operators import Operator
from engine.runtime.query.parts import Members, Operand, Option, Part, Phrase, Point, Reference
from engine.runtime.query.read_number import read_decimal, read_integer
from engine.runtime.query.read_phone import read_phone, read_phone_part
from engine.runtime.query.read_time import read_date, read_instant
from engine.runtime.sqlite_functions import fold

Reader: TypeAlias = Callable[[str, Asked, Asking], Part]

EMPTY, GIVEN = "-", "*"
ME, MY_TEAM = "me", "my_team"
MOST_PARTS = 100
PHRASES = ("has", "starts")

_ITEM = re.compile(r"(?:\\.|[^,])+", re.DOTALL)
_SPECIAL = re.compile(r"[,\\]")
_MARKS = frozenset({EMPTY, GIVEN, rf"\{EMPTY}", rf"\{GIVEN}"})
_ESCAPED = re.compile(r"\\([,*\\-])")
_ID = re.compile(r"\d{1,18}", re.ASCII)
_REFERENCE = re.compile(r"([a-z][a-z0-9_]*)(?:[/:](\d{1,18}))?", re.ASCII)


def read_operand(text: str, operator: Operator, asked: Asked, asking: Asking) -> Operand:
    """Read what an operator compares with; what can't be understood raises `Unclear`."""
    if operator.ends == 2:  # noqa: PLR2004 - a..b has two ends
        low, high = ends(text)
        return Operand((_part(low, asked, asking), _part(high, asked, asking)))
    if asked.field.type != "choices" and operator.id in PHRASES:
        return Operand((_phrase(text, operator, asked, asking),))
    if not takes_several(operator, asked.field):
        return Operand((_part(text, asked, asking),))
    items = split(text)
    plain = [one for one in items if one not in (EMPTY, GIVEN)]
    parts = tuple(_part(literal(one), asked, asking) for one in plain)
    return Operand(parts, empty=EMPTY in items, given=GIVEN in items)


def takes_several(operator: Operator, field: Field) -> bool:
    """Say whether alternatives may stand between commas; a part of a text is one phrase."""
    return operator.several and (field.type == "choices" or operator.id not in PHRASES)


def split(text: str) -> tuple[str, ...]:
    """Return the alternatives between commas."""
    items = tuple(one.strip() for one in _ITEM.findall(text))
    if len(items) > MOST_PARTS:
        raise Unclear(say("At most {count} values may stand here.", count=MOST_PARTS))
    return tuple(one for one in items if one)


def escaped(typed: str) -> str:
    r"""Return a text as an alternative; `-`, `*`, `\-` and `\*` stay what they are."""
    return typed if typed in _MARKS else _SPECIAL.sub(r"\\\g<0>", typed)


def shown(item: str) -> str:
    """Return an alternative as it was typed, the other way round of `escaped`."""
    return item if item in _MARKS else literal(item)


def literal(item: str) -> str:
    """Return the letters that an alternative stands for."""
    return _ESCAPED.sub(r"\1", item)


def ends(text: str) -> tuple[str, str]:
    """Return both ends of `a..b`."""
    low, dots, high = text.partition("..")
    if not dots or not low.strip() or not high.strip():
        raise Unclear(say("Write both ends, such as 10..20."))
    return low.strip(), high.strip()


def _part(text: str, asked: Asked, asking: Asking) -> Part:
    return _READERS[FIELD_TYPES[asked.field.type].storage](text.strip(), asked, asking)


def _phrase(text: str, operator: Operator, asked: Asked, asking: Asking) -> Part:
    at_start = operator.id == "starts"
    if asked.field.type == "phone":
        return read_phone_part(text, asking, at_start=at_start)
    return Phrase(fold(text.strip()), at_start=at_start)


def _text(text: str, asked: Asked, asking: Asking) -> Part:
    if asked.field.type == "phone":
        return read_phone(text, asking)
    if asked.field.type in ("choice", "stage"):
        return Point(_option_id(text, asked.field))
    return Point(text)


def _options(text: str, asked: Asked, _: Asking) -> Part:
    return Option(_option_id(text, asked.field))


def _option_id(text: str, field: Field) -> str:
    if text in field.options:
        return text
    options = ", ".join(field.options)
    raise Unclear(say("'{value}' is none of the options: {options}.", value=text, options=options))


def _bool(text: str, _: Asked, __: Asking) -> Part:
    if text not in ("true", "false"):
        raise Unclear(say("Write true or false."))
    return Point(text == "true")


def _link(text: str, asked: Asked, asking: Asking) -> Part:
    target = asked.field.to
    if text == ME and target == "user":
        return Point(asking.actor.user_id)
    if text == MY_TEAM and target == "user":
        return Members(tuple(sorted(asking.actor.team_ids)))
    if text == MY_TEAM and target == "team":
        return Point(asking.actor.team_id)
    if not _ID.fullmatch(text):
        raise Unclear(say("Write the number of a record."))
    return Point(int(text))


def _reference(text: str, _: Asked, __: Asking) -> Part:
    found = _REFERENCE.fullmatch(text)
    if not found:
        raise Unclear(say("Write a kind of record and its number, such as client/17."))
    return Reference(found[1], int(found[2]) if found[2] else None)


_READERS: Mapping[Storage, Reader] = MappingProxyType(
    {
        Storage.TEXT: _text,
        Storage.INTEGER: read_integer,
        Storage.SCALED: read_decimal,
        Storage.BOOL: _bool,
        Storage.DATE: read_date,
        Storage.INSTANT: read_instant,
        Storage.OPTIONS: _options,
        Storage.LINK: _link,
        Storage.ANY_LINK: _reference,
    }
)
