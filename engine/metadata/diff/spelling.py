"""Values of the model in one line, as an author would write them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields

from engine.metadata.diff.spelling_actions import spell_part
from engine.metadata.model.application import Theme, Workdays
from engine.metadata.model.button import Ask
from engine.metadata.model.entity import SortKey
from engine.metadata.model.rule import Trigger
from engine.metadata.model.text import Expression, Literal, Template


def spell(value: object) -> str:
    """Write a value; what is empty is an empty text."""
    match value:
        case None:
            text = ""
        case bool():
            text = "true" if value else "false"
        case Literal() | Expression() | Template():
            text = spell(value.text)
        case Trigger() | Ask():
            text = spell_part(value)
        case SortKey():
            text = f"{'-' if value.descending else ''}{value.path}"
        case Mapping():
            text = ", ".join(f"{key}: {spell(one)}" for key, one in value.items())
        case frozenset():
            text = ", ".join(sorted(spell(one) for one in value))
        case tuple():
            text = ", ".join(spell(one) for one in value)
        case Workdays() | Theme():
            text = "; ".join(spell(getattr(value, one.name)) for one in fields(value))
        case _:
            text = str(value)
    return text
