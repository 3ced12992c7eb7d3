"""What exists in the database, as the engine recorded it: tables, columns, indexes, their state.

The plan compares the wanted configuration with this, never with a guess from live tables; those
are only looked at for what somebody changed by hand (`drift.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, select

from engine.metadata.fieldtypes.base import Storage
from engine.metadata.model.application import Application
from engine.metadata.model.field import Field
from engine.runtime.tables.names import retired_number, table_name
from engine.runtime.tables.shape import IndexShape, Method, field_columns
from engine.runtime.tables.system import COLUMNS, INDEXES, TABLES


class State(StrEnum):
    """In use, or kept out of sight until it is restored or purged."""

    ACTIVE = "active"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class LiveColumn:
    """A column that exists; `target` is the name of the table that a link points at."""

    name: str
    field: str
    part: int  # an any_link has two columns
    type: str
    storage: Storage
    scale: int
    target: str | None
    computed: bool = False
    state: State = State.ACTIVE
    number: int = 0  # 0: not made yet
    origin: int = 0  # the number of the first column of its field; 0: this one is
    last_change: int | None = None  # in the history, before it was retired

    @property
    def fits(self) -> tuple[object, ...]:
        """Return what must be equal for the values to lie in this column."""
        return self.part, self.storage, self.scale, self.target


@dataclass(frozen=True, slots=True)
class LiveTable:
    """A table that exists, with all its columns and indexes."""

    name: str
    entity: str
    state: State
    columns: tuple[LiveColumn, ...] = ()
    indexes: tuple[IndexShape, ...] = ()
    number: int = 0

    def active_fields(self) -> dict[str, tuple[LiveColumn, ...]]:
        """Return the columns of each field in use."""
        fields: dict[str, tuple[LiveColumn, ...]] = {}
        for one in self.columns:
            if one.state is State.ACTIVE:
                fields[one.field] = (*fields.get(one.field, ()), one)
        return fields

    def retired_fields(self, field: str) -> tuple[tuple[LiveColumn, ...], ...]:
        """Return the columns under which a field was retired, the last time first."""
        times: dict[int, tuple[LiveColumn, ...]] = {}
        for one in self.columns:
            if one.field == field and one.state is State.RETIRED:
                number = retired_number(one.name)
                times[number] = (*times.get(number, ()), one)
        return tuple(times[one] for one in sorted(times, reverse=True))

    def last_retired(self, field: str) -> tuple[LiveColumn, ...]:
        """Return the columns under which a field was retired last, if it was."""
        return next(iter(self.retired_fields(field)), ())

    def numbered(self, number: int) -> tuple[LiveColumn, ...]:
        """Return the columns with a number."""
        return tuple(one for one in self.columns if one.number == number)

    def line(self, origin: int) -> tuple[tuple[LiveColumn, ...], ...]:
        """Return the columns that a field had one after the other, those made last first."""
        numbers = {one.number for one in self.columns if one.origin == origin}
        return tuple(self.numbered(one) for one in sorted(numbers, reverse=True))

    def free_number(self) -> int:
        """Return a number that no retired column of this table has in its name."""
        return 1 + max((retired_number(one.name) for one in self.columns), default=0)


@dataclass(frozen=True, slots=True)
class LiveState:
    """All that exists; nothing on an empty database."""

    tables: tuple[LiveTable, ...] = ()

    def active(self, entity: str) -> LiveTable | None:
        """Return the table of an entity in use."""
        return self._last(entity, State.ACTIVE)

    def retired(self, entity: str) -> LiveTable | None:
        """Return the table that was retired last under this id."""
        return self._last(entity, State.RETIRED)

    def numbered(self, number: int) -> LiveTable | None:
        """Return the table with a number."""
        return next((one for one in self.tables if one.number == number), None)

    def free_number(self) -> int:
        """Return a number that no retired table has in its name."""
        return 1 + max((retired_number(one.name) for one in self.tables), default=0)

    def _last(self, entity: str, state: State) -> LiveTable | None:
        found = [one for one in self.tables if one.entity == entity and one.state is state]
        return max(found, key=lambda one: retired_number(one.name), default=None)


def columns_for(field: Field, application: Application) -> tuple[LiveColumn, ...]:
    """Describe the columns that a field wants."""
    return tuple(
        LiveColumn(
            name=shape.name,
            field=field.id,
            part=part,
            type=field.type,
            storage=shape.storage,
            scale=shape.scale,
            target=None if shape.target is None else table_name(shape.target),
            computed=field.formula is not None,
        )
        for part, shape in enumerate(field_columns(field, application))
    )


def read_state(connection: Connection) -> LiveState:
    """Read what exists; a column retired later comes later."""
    columns: dict[str, list[LiveColumn]] = {}
    for row in connection.execute(select(COLUMNS).order_by(COLUMNS.c.part)):
        columns.setdefault(row.table_name, []).append(
            LiveColumn(
                row.name,
                row.field,
                row.part,
                row.type,
                Storage(row.storage),
                row.scale,
                row.target,
                row.computed,
                State(row.state),
                row.number,
                row.origin,
                row.last_change,
            )
        )
    indexes: dict[str, list[IndexShape]] = {}
    for row in connection.execute(select(INDEXES).order_by(INDEXES.c.name)):
        shape = IndexShape(row.name, tuple(row.columns), row.is_unique, Method(row.method))
        indexes.setdefault(row.table_name, []).append(shape)
    return LiveState(
        tuple(
            LiveTable(
                row.name,
                row.entity,
                State(row.state),
                tuple(columns.get(row.name, ())),
                tuple(indexes.get(row.name, ())),
                row.number,
            )
            for row in connection.execute(select(TABLES).order_by(TABLES.c.name))
        )
    )


def by_name(table: LiveTable) -> Mapping[str, IndexShape]:
    """Return the indexes of a table by name."""
    return {one.name: one for one in table.indexes}
