"""The work that goes on by itself: timers, the outbox, what is on hold, backups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, func, select

from engine.runtime.backup.hold import DEAD, held_now
from engine.runtime.backup.notes import LAST, NIGHT, read_note
from engine.runtime.checkup.finding import Finding, look, well, wrong
from engine.runtime.database import Database
from engine.runtime.outbox import WAITING as WAITING_ROW
from engine.runtime.plan.words import counted
from engine.runtime.tables.system import OUTBOX, TIMERS
from engine.runtime.timers import WAITING
from engine.settings import Settings

LATE = timedelta(minutes=5)
NIGHT_AND_MORE, WEEK = timedelta(hours=26), timedelta(days=7)
START_WORKER = "Start one: kartoteka worker"
MAKE_ONE = "Make one: kartoteka backup; or each night: set KARTOTEKA_BACKUPS to a folder."


def check_work(database: Database, settings: Settings) -> Iterator[Finding]:
    """Yield what is found about work and backups."""
    now = database.clock.now()
    with database.read() as connection:
        late_timers = (TIMERS.c.state == WAITING) & (TIMERS.c.due_at < now - LATE)
        yield _backlog(connection, "timers", "timer", TIMERS, late_timers)
        late_rows = (OUTBOX.c.state == WAITING_ROW) & (OUTBOX.c.available_at < now - LATE)
        yield _backlog(connection, "outbox", "outbox row", OUTBOX, late_rows)
        yield from _dead(connection)
        held = held_now(connection)
        if not held.is_nothing:
            yield look(
                "on hold",
                f"After a restore {counted(held.timers, 'timer')} and "
                f"{counted(held.rows, 'outbox row')} are on hold.",
                "Let them go on, or give them up: kartoteka restore --release or --discard",
            )
        yield from _nights(read_note(connection, NIGHT), settings)
        yield _backup(read_note(connection, LAST), settings, now)


def _backlog(
    connection: Connection, subject: str, one: str, table: Table, late: ColumnElement[bool]
) -> Finding:
    number = _count(connection, table, late)
    if number:
        return wrong(
            subject, f"{counted(number, one)} should have been done long ago.", START_WORKER
        )
    return well(subject, f"No {one} waits that should have been done.")


def _dead(connection: Connection) -> Iterator[Finding]:
    for subject, one, table in (("timers", "timer", TIMERS), ("outbox", "outbox row", OUTBOX)):
        number = _count(connection, table, table.c.state == DEAD)
        if number:
            yield look(
                subject,
                f"{counted(number, one, 'was', 'were')} given up after the last try.",
                f"The reasons stand in {table.name}.last_error.",
            )


def _nights(note: Mapping[str, Any] | None, settings: Settings) -> Iterator[Finding]:
    if settings.backups and note and note.get("reason"):
        yield wrong(
            "nightly backup",
            f"The last nightly backup failed: {note['reason']}",
            "It is tried again each hour; mend what it says.",
        )


def _backup(note: Mapping[str, Any] | None, settings: Settings, now: datetime) -> Finding:
    if note is None:
        return look("backup", "No backup was ever made.", MAKE_ONE)
    age = now - datetime.fromisoformat(note["at"])
    sentence = f"The last backup is {_old(age)} old: {note['file']}, {counted(note['rows'], 'row')}"
    is_late = age > (NIGHT_AND_MORE if settings.backups else WEEK)
    if is_late:
        kind = wrong if settings.backups else look
        return kind("backup", f"{sentence}.", MAKE_ONE)
    if not note["is_verified"]:
        return look("backup", f"{sentence}, and was not verified.", MAKE_ONE)
    if not Path(note["file"]).is_file():
        return look(
            "backup",
            f"{sentence}, verified; it does not lie there any more.",
            "Well, if it was taken elsewhere: it should be where a fire here does not reach.",
        )
    return well("backup", f"{sentence}, verified.")


def _old(age: timedelta) -> str:
    return counted(age.days, "day") if age.days else counted(int(age.seconds / 3600), "hour")


def _count(connection: Connection, table: Table, which: ColumnElement[bool]) -> int:
    return connection.scalar(select(func.count()).select_from(table).where(which)) or 0
