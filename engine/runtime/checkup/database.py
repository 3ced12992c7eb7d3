"""The database: reached, sound, set up as it should be, and of one time with this machine."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection, func, select, text

from engine.clock import Clock
from engine.runtime.checkup.finding import Finding, look, well, wrong
from engine.runtime.database import Database
from engine.runtime.plan.words import counted

POOL = 20  # connections that one process may take
PROCESSES = 4
SECONDS, MINUTE = 5, 60
USED = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"
UNSAFE = {
    "fsync": "a power failure may destroy the database",
    "full_page_writes": "a power failure may destroy pages of the database",
    "synchronous_commit": "a power failure may lose what was acknowledged",
}


def check_database(database: Database) -> Iterator[Finding]:
    """Yield what is found about a database that can be reached."""
    with database.read() as connection:
        if database.dialect == "sqlite":
            yield from _sqlite(connection)
        else:
            yield from _postgresql(connection)
            yield _clock(connection, database.clock)


def _sqlite(connection: Connection) -> Iterator[Finding]:
    found = connection.scalars(text("PRAGMA quick_check(1)")).all()
    if list(found) == ["ok"]:
        yield well("integrity", "The file of the database is sound.")
    else:
        yield wrong(
            "integrity",
            f"The file of the database is damaged: {found[0]}.",
            "Stop the server, keep a copy of the file, and restore the last backup.",
        )
    lost = connection.execute(text("PRAGMA foreign_key_check")).all()
    if lost:
        yield wrong(
            "links",
            f"{counted(len(lost), 'link', 'leads', 'lead')} nowhere, the first in {lost[0][0]}.",
            "Somebody has written past Kartoteka: restore the last backup, or mend them by hand.",
        )
    else:
        yield well("links", "Every link leads to a record.")
    mode = connection.scalar(text("PRAGMA journal_mode"))
    if mode != "wal":
        yield look(
            "journal",
            f"The journal of the database is '{mode}': readers and writers wait for each other.",
            "Move the data folder to a disk of this machine: network folders have no such journal.",
        )


def _postgresql(connection: Connection) -> Iterator[Finding]:
    encoding, version = _show(connection, "server_encoding"), _show(connection, "server_version")
    if encoding != "UTF8":
        yield wrong(
            "encoding",
            f"The database is encoded as {encoding}: not every name can be kept.",
            "Create it anew: CREATE DATABASE ... TEMPLATE template0 ENCODING 'UTF8'",
        )
    if not connection.scalar(text("SELECT lower('Ж') = 'ж'")):
        yield wrong(
            "letters",
            "The database knows no small and capital letters but Latin ones.",
            "Create it anew: CREATE DATABASE ... TEMPLATE template0 LOCALE 'C.UTF-8'",
        )
    yield well("database", f"PostgreSQL {version.split()[0]}, {encoding}.")
    for name, harm in UNSAFE.items():
        if _show(connection, name) == "off":
            yield wrong(
                "durability",
                f"The server runs with {name}=off: {harm}.",
                f"ALTER SYSTEM SET {name} = on; SELECT pg_reload_conf();",
            )
    yield _connections(connection)


def _connections(connection: Connection) -> Finding:
    most = int(_show(connection, "max_connections"))
    used = connection.scalar(text(USED)) or 0
    sentence = f"{used} of {most} connections are used; a process of Kartoteka takes up to {POOL}."
    if most < POOL * PROCESSES or used > most * 3 // 4:
        return look(
            "connections",
            sentence,
            "Raise max_connections above the number of processes times that.",
        )
    return well("connections", sentence)


def _clock(connection: Connection, clock: Clock) -> Finding:
    there: datetime = connection.scalar(select(func.clock_timestamp())) or clock.now()
    seconds = abs((there - clock.now()).total_seconds())
    sentence = f"The clocks of this machine and of the database are {seconds:.1f} s apart."
    cure = "Let both follow a time server, such as chrony."
    if seconds > MINUTE:
        return wrong("clock", sentence, cure)
    return look("clock", sentence, cure) if seconds > SECONDS else well("clock", sentence)


def _show(connection: Connection, name: str) -> str:
    return str(connection.scalar(select(func.current_setting(name))))
