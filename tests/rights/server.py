"""The state of a CRM that lies on PostgreSQL: read row by row, and brought back."""

from typing import Any

from sqlalchemy import Connection, create_engine, text

from tests.rights.world import World
from tests.rights.writing import SKIPPED, Disk, Rows, State, changed

TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename"
COLUMNS = """
SELECT a.attname, i.indrelid IS NOT NULL FROM pg_attribute a
LEFT JOIN pg_index i ON i.indrelid = a.attrelid AND i.indisprimary AND a.attnum = ANY(i.indkey)
WHERE a.attrelid = CAST(:name AS regclass) AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attnum
"""


class Server(Disk):
    """What stands in the database behind a site, and the state to go back to.

    Values are texts, as the database writes them; keys are what they are.
    """

    def __init__(self, world: World) -> None:
        url = world.site.services.database.url
        self._engine = create_engine(url, isolation_level="AUTOCOMMIT")
        self._connection = self._engine.connect()
        self._columns: dict[str, list[str]] = {}
        self._keyed: dict[str, list[str]] = {}
        for (name,) in self._connection.execute(text(TABLES)).all():
            if name not in SKIPPED:
                found = self._connection.execute(text(COLUMNS), {"name": f'"{name}"'}).all()
                self._columns[name] = [one for one, _ in found]
                self._keyed[name] = [one for one, is_key in found if is_key] or self._columns[name]
        self.keep()

    def keep(self) -> None:
        """Keeps the state to go back to."""
        self._kept = self.state()

    def go_back(self) -> None:
        """Brings back the rows that are others now, all at once: links are looked at afterwards."""
        now = self.state()
        rows = changed(self._kept, now)
        if not rows:
            return
        with (
            self._engine.connect().execution_options(
                isolation_level="READ COMMITTED"
            ) as connection,
            connection.begin(),
        ):
            for table, keys in rows.items():
                for key in keys:
                    self._bring_back(connection, table, key)

    def state(self) -> State:
        """Returns every row of every table, by its key."""
        return {name: self._rows_of(name) for name in self._columns}

    def close(self) -> None:
        """Hangs up."""
        self._connection.close()
        self._engine.dispose()

    def columns(self, table: str) -> list[str]:
        """Returns the columns of a table."""
        return self._columns[table]

    def _rows_of(self, table: str) -> Rows:
        keys, columns = self._keyed[table], self._columns[table]
        chosen = [f'"{one}"' for one in keys] + [f'"{one}"::text' for one in columns]
        found = self._connection.exec_driver_sql(f'SELECT {", ".join(chosen)} FROM "{table}"')
        return {tuple(row[: len(keys)]): tuple(row[len(keys) :]) for row in found}

    def _bring_back(self, connection: Connection, table: str, key: tuple[Any, ...]) -> None:
        where = " AND ".join(f'"{one}" = %s' for one in self._keyed[table])
        connection.exec_driver_sql(f'DELETE FROM "{table}" WHERE {where}', key)
        row = self._kept[table].get(key)
        if row is not None:
            places = ", ".join(["%s"] * len(row))
            connection.exec_driver_sql(f'INSERT INTO "{table}" VALUES ({places})', row)
