"""The layout of a record for which the configuration writes none: its fields in sections."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from engine.metadata.model.entity import Entity
from engine.metadata.model.field import Field

CONTACT = frozenset({"phone", "email", "url", "timezone"})
REACHING = frozenset({"phone", "email"})
AMOUNTS = frozenset({"money", "percent"})
FEW = 2  # a group of its own begins with this many fields


@dataclass(frozen=True, slots=True)
class Section:
    """Fields that belong together: `main`, `money`, `contact` or `long`."""

    id: str
    fields: tuple[Field, ...]


def is_person(entity: Entity) -> bool:
    """Say whether records of this entity can be called or written to."""
    return any(one.type in REACHING for one in entity.fields.values())


def facts_layout(entity: Entity, names: Collection[str]) -> tuple[Section, ...]:
    """Return the sections of a record page; stages stand above them as a path."""
    fields = [one for one in _shown(entity, names) if one.type != "stage"]
    return _sorted_into(
        fields,
        {
            "contact": lambda one: one.type in CONTACT and is_person(entity),
            "money": _is_amount(fields),
            "long": lambda one: one.type == "long_text",
        },
    )


def form_layout(entity: Entity, names: Collection[str]) -> tuple[Section, ...]:
    """Return the sections of a form: the author's order, amounts together at the end."""
    fields = _shown(entity, names)
    return _sorted_into(fields, {"money": _is_amount(fields)})


def _shown(entity: Entity, names: Collection[str]) -> list[Field]:
    return [one for one in entity.fields.values() if one.id in names and not one.hidden]


def _is_amount(fields: Iterable[Field]) -> Callable[[Field], bool]:
    """Amounts stand together with the percentages between them, once there are a few."""
    money = sum(one.type == "money" for one in fields)
    return lambda one: money >= FEW and one.type in AMOUNTS


def _sorted_into(
    fields: Iterable[Field], groups: dict[str, Callable[[Field], bool]]
) -> tuple[Section, ...]:
    """Put each field into the first group that takes it, else into `main`, which comes first."""
    found: dict[str, list[Field]] = {"main": [], **{one: [] for one in groups}}
    for field in fields:
        found[next((name for name, takes in groups.items() if takes(field)), "main")].append(field)
    return tuple(Section(name, tuple(many)) for name, many in found.items() if many)
