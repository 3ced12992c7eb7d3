"""Statements that change tables, through Alembic's operations; native ones only, never a copy.

Both databases take them inside a transaction. SQLite has no foreign key that is added later, so
there a table is made with all of them and a column brings its own.
"""

from __future__ import annotations

from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection, Table, text
from sqlalchemy.schema import AddConstraint, CreateTable

from engine.runtime.tables.entity import build_column, build_index
from engine.runtime.tables.shape import ColumnShape, IndexShape


class TableChanger:
    """Changes tables within one write transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._dialect = connection.dialect.name
        self._operations = Operations(MigrationContext.configure(connection))

    def create_table(self, table: Table) -> None:
        """Create a table; on PostgreSQL its foreign keys come with `add_links`."""
        keys = None if self._dialect == "sqlite" else ()
        self._connection.execute(CreateTable(table, include_foreign_key_constraints=keys))

    def add_links(self, table: Table) -> None:
        """Add the foreign keys of a new table, when all new tables are there."""
        if self._dialect != "sqlite":
            for key in table.foreign_key_constraints:
                self._connection.execute(AddConstraint(key))

    def rename_table(self, name: str, new_name: str) -> None:
        """Rename a table; foreign keys that point at it follow."""
        self._operations.rename_table(name, new_name)

    def add_column(self, table: str, shape: ColumnShape) -> None:
        """Add the column of a field, empty."""
        self._operations.add_column(table, build_column(shape), inline_references=True)

    def rename_column(self, table: str, name: str, new_name: str) -> None:
        """Rename a column; its indexes and values stay."""
        names = (self._quoted(one) for one in (table, name, new_name))
        statement = "ALTER TABLE {} RENAME COLUMN {} TO {}".format(*names)
        self._connection.execute(text(statement))

    def create_index(self, table: Table, shape: IndexShape) -> None:
        """Create an index on a table."""
        build_index(table, shape, self._dialect).create(self._connection)

    def drop_index(self, name: str) -> None:
        """Drop an index."""
        self._operations.drop_index(name, if_exists=True)  # somebody may have done it

    def _quoted(self, name: str) -> str:
        return self._connection.dialect.identifier_preparer.quote(name)
