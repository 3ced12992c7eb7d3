"""Texts and values as the author wrote them, with the place they were written at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TypeAlias

from engine.metadata.problems import Mark


@dataclass(frozen=True, slots=True)
class RecordRef:
    """A record of any entity: what a field of type any_link holds."""

    entity: str
    id: int


@dataclass(frozen=True, slots=True)
class Expression:
    """An expression of the language: its source, parsed and typed by metadata.expressions."""

    text: str
    mark: Mark
    address: str


@dataclass(frozen=True, slots=True)
class Template:
    """A text that may hold {{ expressions }}."""

    text: str
    mark: Mark
    address: str


@dataclass(frozen=True, slots=True)
class Literal:
    """A plain value in a value slot, as text: it is read by the type of its target."""

    text: str | tuple[str, ...]
    mark: Mark
    address: str


Value: TypeAlias = str | int | Decimal | bool | date | datetime | tuple[str, ...] | RecordRef | None
Slot: TypeAlias = Literal | Expression | Template
