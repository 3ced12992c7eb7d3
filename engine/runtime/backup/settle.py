"""The answer to what rests on hold after a restore: it goes on, or it is given up."""

from __future__ import annotations

from engine.log import logger
from engine.runtime.backup.hold import Held, discard, release
from engine.runtime.backup.notes import write_log
from engine.runtime.database import Database
from engine.runtime.tables.layout import ensure_system_tables

log = logger("backup")


def settle(database: Database, *, wanted: bool) -> Held:
    """Let everything on hold go on where that is wanted, else give it up; say how much it was."""
    ensure_system_tables(database)
    now = database.clock.now()
    kind = "released" if wanted else "discarded"
    with database.write() as connection:
        held = release(connection, now) if wanted else discard(connection)
        what = {"timers": held.timers, "rows": held.rows}
        if not held.is_nothing:
            write_log(connection, kind, what, now)
    log.info("hold_ended", how=kind, timers=held.timers, rows=held.rows)
    return held
