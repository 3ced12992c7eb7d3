"""An entity: a kind of record, with its fields and the rules that hold for one record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.metadata.model.button import Button
from engine.metadata.model.field import Field
from engine.metadata.model.text import Expression, Template
from engine.metadata.problems import Mark

SYSTEM_FIELDS = (
    "id",
    "title",
    "created_at",
    "created_by",
    "updated_at",
    "updated_by",
    "archived",
    "last_activity_at",
)


@dataclass(frozen=True, slots=True)
class Validation:
    """A sentence that must hold for a record: `check`, and what to say at which field."""

    id: str
    check: Expression
    message: Template
    address: str
    field: str | None = None
    when: Expression | None = None


@dataclass(frozen=True, slots=True)
class SortKey:
    """One part of an order: a path (field, or link.field) and its direction."""

    path: str
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Entity:
    """A kind of record as declared."""

    id: str
    label: str
    plural: str
    address: str
    mark: Mark
    fields: Mapping[str, Field]
    icon: str = "cards"
    help: str = ""
    owner: str | None = None
    title: Template | None = None
    title_field: str | None = None
    subtitle: Template | None = None
    validate: Mapping[str, Validation] = field(default_factory=dict)
    unique: tuple[tuple[str, ...], ...] = ()
    search: tuple[str, ...] = ()
    order: tuple[SortKey, ...] = ()
    buttons: Mapping[str, Button] = field(default_factory=dict)
    was: str | None = None
    layer: str = "own"
