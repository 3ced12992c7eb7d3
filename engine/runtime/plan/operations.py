"""What an apply does, as frozen values in an order that never collides.

Everything that gives up its name does so before anything takes one; values move when all columns
are there; indexes come last.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import TypeAlias

from engine.metadata.fieldtypes.base import Storage
from engine.metadata.model.field import Field
from engine.runtime.plan.state import LiveColumn, State
from engine.runtime.tables.shape import IndexShape


class Phase(IntEnum):
    """The order of operations, whatever step they belong to."""

    DROP_INDEX = 1
    TABLES_AWAY = 2
    TABLES_IN = 3
    COLUMNS_AWAY = 4
    COLUMNS_IN = 5
    CREATE = 6
    CREATE_LINKS = 7
    ADD = 8
    WORDS = 9
    VALUES = 10
    FILL = 11
    DERIVE = 12
    CREATE_INDEX = 13


@dataclass(frozen=True, slots=True)
class MoveTable:
    """Give a table another name; it belongs to `entity` from then on, in use or retired."""

    name: str
    new_name: str
    entity: str
    state: State
    phase: Phase


@dataclass(frozen=True, slots=True)
class MoveColumn:
    """Give a column another name; it belongs to `field` from then on, in use or retired."""

    table: str
    name: str
    new_name: str
    field: str
    state: State
    phase: Phase


@dataclass(frozen=True, slots=True)
class CreateTable:
    """Create the table of an entity with all its columns."""

    entity: str
    phase: Phase = Phase.CREATE


@dataclass(frozen=True, slots=True)
class CreateLinks:
    """Add the foreign keys of a new table."""

    entity: str
    phase: Phase = Phase.CREATE_LINKS


@dataclass(frozen=True, slots=True)
class AddColumn:
    """Add a column to the table of an entity."""

    entity: str
    column: LiveColumn
    phase: Phase = Phase.ADD


@dataclass(frozen=True, slots=True)
class NoteColumn:
    """Note that a column serves a field of another type now, or that it is computed now."""

    table: str
    column: LiveColumn
    phase: Phase = Phase.ADD


@dataclass(frozen=True, slots=True)
class Source:
    """Columns that hold values in an older form; `target` is the entity that a link points at."""

    names: tuple[str, ...]
    type: str
    storage: Storage
    scale: int
    target: str | None = None


@dataclass(frozen=True, slots=True)
class Changes:
    """The changes of a field between two ids of the history."""

    entity: str
    field: str
    since: int
    until: int | None


@dataclass(frozen=True, slots=True)
class Memory:
    """Columns of the wanted type that a field had before, and `was`, the field as it is so far.

    `changes` says who has changed it since; where it is None the values have to say it.
    """

    source: Source
    was: Field
    changes: Changes | None = None


@dataclass(frozen=True, slots=True)
class ConvertValues:
    """Read the values of `source` as the field's type of today.

    Where the field had today's type once before, `memory` still holds those values: a value that
    nobody has changed since is taken from there, exactly as it was.
    """

    entity: str
    field: str
    source: Source
    memory: Memory | None = None
    phase: Phase = Phase.VALUES


@dataclass(frozen=True, slots=True)
class FillStage:
    """Put the records that stand in no stage into the first one."""

    entity: str
    field: str
    phase: Phase = Phase.FILL


@dataclass(frozen=True, slots=True)
class Derive:
    """Compute the titles of an entity's records anew, and their formulas where it says so."""

    entity: str
    formulas: bool
    phase: Phase = Phase.DERIVE


@dataclass(frozen=True, slots=True)
class DropIndex:
    """Drop an index."""

    name: str
    phase: Phase = Phase.DROP_INDEX


@dataclass(frozen=True, slots=True)
class CreateIndex:
    """Create an index on the table of an entity."""

    entity: str
    index: IndexShape
    phase: Phase = Phase.CREATE_INDEX


@dataclass(frozen=True, slots=True)
class RenameEntities:
    """Let history, timers and whatever else names entities follow: (old id, new id) ..."""

    names: tuple[tuple[str, str], ...]
    phase: Phase = Phase.WORDS


@dataclass(frozen=True, slots=True)
class RenameFields:
    """Let history and sequences follow fields; `entity` is the id of today."""

    entity: str
    names: tuple[tuple[str, str], ...]
    phase: Phase = Phase.WORDS


Operation: TypeAlias = (
    MoveTable
    | MoveColumn
    | CreateTable
    | CreateLinks
    | AddColumn
    | NoteColumn
    | ConvertValues
    | FillStage
    | Derive
    | DropIndex
    | CreateIndex
    | RenameEntities
    | RenameFields
)


def in_order(operations: Iterable[Operation]) -> list[Operation]:
    """Sort by phase; within one, as they were planned."""
    return sorted(operations, key=lambda one: one.phase)
