"""Backups between databases of either kind, and what two databases are compared by."""

import json
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, inspect, text

from engine.clock import Clock
from engine.runtime.backup.archive import open_archive
from engine.runtime.backup.create import back_up, unheard
from engine.runtime.backup.restore import Restored, restore
from engine.runtime.database import Database


def restore_from(path: Path, url: str, clock: Clock) -> Restored:
    """Restores an archive into an empty place."""
    database = Database(url, clock)
    try:
        with open_archive(path) as archive:
            return restore(archive, database, unheard)
    finally:
        database.dispose()


@contextmanager
def moved(source: Database, url: str, folder: Path) -> Iterator[Database]:
    """Moves all of a database to another place, through a backup."""
    path = folder / "moved.zip"
    back_up(source, path)
    restore_from(path, url, source.clock)
    database = Database(url, source.clock)
    try:
        yield database
    finally:
        database.dispose()


def schema_of(connection: Connection) -> dict[str, Any]:
    """Returns all that is known of tables and views, whatever the order it was made in."""
    found = inspect(connection)
    schema: dict[str, Any] = {"views": sorted(found.get_view_names())}
    for name in found.get_table_names():
        columns = {
            one["name"]: (str(one["type"]), one["nullable"], _without_numbers(one["default"]))
            for one in found.get_columns(name)
        }
        keys = [
            (one["constrained_columns"], one["referred_table"], one["options"])
            for one in found.get_foreign_keys(name)
        ]
        indexes = [
            (one["name"], one["column_names"], one["unique"], _words(one.get("dialect_options")))
            for one in found.get_indexes(name)
        ]
        unique = [(one["name"], one["column_names"]) for one in found.get_unique_constraints(name)]
        primary = found.get_pk_constraint(name)["constrained_columns"]
        schema[name] = (columns, sorted(keys, key=str), sorted(indexes, key=str), unique, primary)
    return schema


def _words(options: dict[str, Any] | None) -> dict[str, str]:
    return {name: str(one) for name, one in (options or {}).items()}


def _without_numbers(default: Any) -> Any:
    """Returns a default; a sequence keeps the name that its table was made under."""
    return "nextval" if str(default).startswith("nextval") else default


def contents_of(connection: Connection, *, without: Collection[str] = ()) -> dict[str, list[str]]:
    """Returns all rows of all tables, written the same from either database."""
    found, contents = inspect(connection), {}
    for name in set(found.get_table_names()) - set(without):
        columns = sorted(one["name"] for one in found.get_columns(name))
        names = ", ".join(f'"{one}"' for one in columns)
        rows = connection.execute(text(f'SELECT {names} FROM "{name}"'))
        contents[name] = sorted(
            repr([(one, _plain(cell)) for one, cell in zip(columns, row, strict=True)])
            for row in rows
        )
    return contents


def _plain(cell: Any) -> Any:
    """Returns what a cell means: a moment, a day, yes or no, an object, a text, a number."""
    match cell:
        case datetime():
            return cell.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        case date():
            return cell.isoformat()
        case bool():
            return int(cell)
        case dict() | list():
            return json.dumps(cell, sort_keys=True)
        case str() if cell[:1] in ("{", "["):
            return json.dumps(json.loads(cell), sort_keys=True)
        case _:
            return cell
