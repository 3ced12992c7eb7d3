"""A field of an entity, and the options of a choice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from engine.metadata.model.text import Expression, Slot, Template
from engine.metadata.problems import Mark

EMPTY: Mapping[str, Option] = MappingProxyType({})


class FormulaKind(StrEnum):
    """When a formula is computed: at write and stored, or on reading (it uses the clock)."""

    STORED = "stored"
    ON_READ = "on_read"


@dataclass(frozen=True, slots=True)
class Option:
    """One value that a choice may take."""

    id: str
    label: str
    color: str = "grey"
    help: str = ""
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """A field as declared; what its type means is in `metadata.fieldtypes`."""

    id: str
    entity: str
    type: str
    label: str
    address: str
    mark: Mark
    help: str = ""
    placeholder: str = ""
    example: str = ""
    unit: str = ""
    docs: str = ""
    required: bool = False
    readonly: bool = False
    hidden: bool = False
    pii: bool = False
    unique: bool = False
    index: bool = False
    default: Slot | None = None
    quick: tuple[str, ...] = ()
    options: Mapping[str, Option] = field(default_factory=lambda: EMPTY)
    min: str | None = None
    max: str | None = None
    min_length: int | None = None
    max_length: int | None = None
    decimals: int = 0
    pattern: str | None = None
    formula: Expression | None = None
    formula_kind: FormulaKind | None = None
    visible_when: Expression | None = None
    required_when: Expression | None = None
    readonly_when: Expression | None = None
    locked_when: Expression | None = None
    check: Expression | None = None
    message: Template | None = None
    to: str | None = None
    where: Expression | None = None
    reverse: str | None = None
    pipeline: str | None = None
    format: str | None = None
    was: str | None = None
    layer: str = "own"
