"""What the database itself knows of its backups: the last one, who is at one, a restore."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, inspect, select, update

from engine.runtime.actor import ENGINE
from engine.runtime.backup.hold import Held
from engine.runtime.backup.manifest import Manifest
from engine.runtime.tables.system import LOG, META
from engine.runtime.upsert import insert_new, upsert

LAST, NIGHT, RESTORED = "last_backup", "nightly_backup", "restored"


def read_note(connection: Connection, key: str) -> Mapping[str, Any] | None:
    """Return a note, None where there is none."""
    if not inspect(connection).has_table(META.name):
        return None
    found = connection.scalar(select(META.c.value).where(META.c.key == key))
    note: Mapping[str, Any] | None = None if found is None else json.loads(found)
    return note


def swap_note(
    connection: Connection,
    key: str,
    change: Callable[[Mapping[str, Any]], Mapping[str, object] | None],
) -> bool:
    """Change a note unless `change` wants nothing, or somebody else has changed it meanwhile."""
    found = connection.scalar(select(META.c.value).where(META.c.key == key))
    note = change({} if found is None else json.loads(found))
    if note is None:
        return False
    value = json.dumps(note, ensure_ascii=False)
    if found is None:
        return insert_new(connection, META, {"key": key, "value": value})
    same = (META.c.key == key) & (META.c.value == found)
    return connection.execute(update(META).where(same).values(value=value)).rowcount == 1


def write_note(connection: Connection, key: str, note: Mapping[str, object]) -> None:
    """Write a note in the place of the one before."""
    value = {"value": json.dumps(note, ensure_ascii=False)}
    connection.execute(upsert(connection, META, {"key": key, **value}, value, ("key",)))


def write_log(connection: Connection, kind: str, what: Mapping[str, object], at: datetime) -> None:
    """Write a row into the log that administrators read."""
    connection.execute(
        insert(LOG).values(
            at=at, kind=kind, actor_kind=ENGINE.kind, actor_name=ENGINE.name, what=dict(what)
        )
    )


def note_restore(connection: Connection, manifest: Manifest, held: Held, at: datetime) -> None:
    """Write down that a database came out of a backup."""
    what = {
        "at": at.isoformat(),
        "made_at": manifest.created_at,
        "from": manifest.dialect,
        "rows": manifest.rows,
        "held_timers": held.timers,
        "held_rows": held.rows,
    }
    write_note(connection, RESTORED, what)
    write_log(connection, RESTORED, what, at)
