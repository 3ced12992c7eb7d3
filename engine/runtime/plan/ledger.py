"""The engine's record of what exists, kept by every operation beside the tables themselves."""

from __future__ import annotations

from sqlalchemy import Column, Connection, delete, func, insert, select, update

from engine.clock import Clock
from engine.runtime.plan.state import LiveColumn, State
from engine.runtime.tables.shape import IndexShape
from engine.runtime.tables.system import COLUMNS, HISTORY, INDEXES, TABLES


class Ledger:
    """Writes kt_tables, kt_columns and kt_indexes within one write transaction."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._connection = connection
        self._now = clock.now()

    def table_made(self, name: str, entity: str) -> None:
        """Note a new table."""
        self._connection.execute(
            insert(TABLES).values(
                name=name,
                entity=entity,
                state=State.ACTIVE,
                number=self._free(TABLES.c.number),
            )
        )

    def table_moved(self, name: str, new_name: str, entity: str, state: State) -> None:
        """Note another name and state; links that point at the table follow."""
        retired_at = self._now if state is State.RETIRED else None
        run = self._connection.execute
        run(
            update(TABLES)
            .where(TABLES.c.name == name)
            .values(name=new_name, entity=entity, state=state, retired_at=retired_at)
        )
        for column in (COLUMNS.c.table_name, COLUMNS.c.target):
            run(update(COLUMNS).where(column == name).values({column: new_name}))
        indexes = update(INDEXES).where(INDEXES.c.table_name == name)
        run(indexes.values(table_name=new_name))

    def column_made(self, table: str, column: LiveColumn) -> None:
        """Note a new column; the second one of a link to any record has the number of the first."""
        number = self._number_of(table, column) or self._free(COLUMNS.c.number)
        self._connection.execute(
            insert(COLUMNS).values(
                table_name=table,
                name=column.name,
                field=column.field,
                part=column.part,
                type=column.type,
                storage=column.storage,
                scale=column.scale,
                target=column.target,
                computed=column.computed,
                state=column.state,
                number=number,
                origin=column.origin or number,
            )
        )

    def column_moved(self, table: str, name: str, new_name: str, field: str, state: State) -> None:
        """Note another name, field and state."""
        values: dict[str, object] = {"name": new_name, "field": field, "state": state}
        values |= {"retired_at": None, "last_change": None}
        if state is State.RETIRED:
            values |= {"retired_at": self._now, "last_change": self._last_change()}
        moved = (COLUMNS.c.table_name == table) & (COLUMNS.c.name == name)
        self._connection.execute(update(COLUMNS).where(moved).values(values))

    def column_noted(self, table: str, column: LiveColumn) -> None:
        """Note another type of the field that a column serves."""
        self._connection.execute(
            update(COLUMNS)
            .where(COLUMNS.c.table_name == table, COLUMNS.c.name == column.name)
            .values(type=column.type, computed=column.computed)
        )

    def _number_of(self, table: str, column: LiveColumn) -> int | None:
        made = (
            (COLUMNS.c.table_name == table)
            & (COLUMNS.c.field == column.field)
            & (COLUMNS.c.state == State.ACTIVE)
        )
        return self._connection.scalar(select(COLUMNS.c.number).where(made))

    def _free(self, number: Column[int]) -> int:
        return 1 + (self._connection.scalar(select(func.max(number))) or 0)

    def _last_change(self) -> int:
        return self._connection.scalar(select(func.max(HISTORY.c.id))) or 0

    def index_made(self, table: str, index: IndexShape) -> None:
        """Note a new index."""
        self._connection.execute(
            insert(INDEXES).values(
                name=index.name,
                table_name=table,
                columns=list(index.columns),
                is_unique=index.unique,
                method=index.method,
            )
        )

    def index_dropped(self, name: str) -> None:
        """Forget an index."""
        self._connection.execute(delete(INDEXES).where(INDEXES.c.name == name))
