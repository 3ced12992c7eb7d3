"""A picture of a database for comparing: its tables as they are built, its version, its records."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, text

from engine.runtime.database import Database
from engine.runtime.tables.system import COLUMNS, INDEXES, ROW_KEYS, STAYS, TABLES, VERSIONS

BUILT = {
    "sqlite": ["SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"],
    "postgresql": [
        """SELECT table_name, column_name, data_type, is_nullable, column_default
           FROM information_schema.columns WHERE table_schema = 'public'""",
        "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
        """SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
           WHERE connamespace = 'public'::regnamespace""",
        "SELECT viewname, definition FROM pg_views WHERE schemaname = 'public'",
    ],
}
SYSTEM = (TABLES, COLUMNS, INDEXES, VERSIONS, ROW_KEYS)


@dataclass(frozen=True, slots=True)
class Picture:
    """What a database is: two equal ones are the same database."""

    version: str
    built: str
    told: str
    records: str


def picture(database: Database, oldest: int, without: str) -> Picture:
    """Returns the picture of now; of records only the oldest, and none of one entity's."""
    with database.read() as connection:
        newest = "SELECT digest FROM kt_versions ORDER BY id DESC LIMIT 1"
        return Picture(
            version=str(connection.scalar(text(newest))),
            built=_digest(connection, *BUILT[database.dialect]),
            told=_digest(connection, *(f"SELECT * FROM {one.name}" for one in SYSTEM)),
            records=_digest(connection, *_records(connection, oldest, without)),
        )


def _records(connection: Connection, oldest: int, without: str) -> Iterator[str]:
    names = connection.execute(text("SELECT name, entity FROM kt_tables")).all()
    for one in names:
        if one.entity != without:
            yield f'SELECT * FROM "{one.name}" WHERE id <= {oldest}'
    yield f"SELECT * FROM {STAYS.name} WHERE entity <> '{without}' AND record_id <= {oldest}"


def _digest(connection: Connection, *queries: str) -> str:
    found = [
        sorted(str(tuple(row)) for row in connection.execute(text(query))) for query in queries
    ]
    return hashlib.sha256(json.dumps(found).encode()).hexdigest()
