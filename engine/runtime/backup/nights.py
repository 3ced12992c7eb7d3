"""Once a night one of all processes makes a backup, proves it, and lets the oldest ones go.

Whose turn it is stands in the database: a claim with a time until which it holds, renewed while the
work goes on, so that a killed process keeps the night from nobody for long. What fails is written
down, and tried again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from secrets import token_hex
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from engine.errors import EngineError
from engine.log import action, logger, new_key
from engine.runtime.backup.create import (
    END,
    START,
    Backup,
    back_up,
    clear_away_abandoned,
    default_name,
)
from engine.runtime.backup.notes import NIGHT, read_note, swap_note, write_log
from engine.runtime.database import Database

CLAIM = timedelta(minutes=15)
AGAIN = timedelta(hours=1)
FAILED = "backup_failed"

log = logger("backup")


@dataclass(frozen=True, slots=True)
class Nights:
    """Where backups go, at which hour of the company's clock, and how many are kept."""

    folder: Path
    hour: int
    kept: int
    zone: ZoneInfo

    def night_of(self, now: datetime) -> str:
        """Return the night whose backup is to be there by now; before its hour it is the last."""
        return (now.astimezone(self.zone) - timedelta(hours=self.hour)).date().isoformat()


def back_up_nightly(database: Database, nights: Nights) -> Backup | None:
    """Make the backup of this night, unless it is made, or somebody is at it."""
    token, now = token_hex(8), database.clock.now()
    if not _is_due(database, nights.night_of(now), now):
        return None
    claim = partial(_claim, night=nights.night_of(now), token=token, now=now)
    if not database.run_write(claim):
        return None
    with action(new_key()):
        try:
            made = _back_up(database, nights, token)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is tried again
            _write_failure(database, token, error)
            return None
        _finish(database, token, {"done_at": database.clock.now().isoformat(), "reason": ""})
        return made


def _is_due(database: Database, night: str, now: datetime) -> bool:
    with database.read() as connection:
        return _is_free(read_note(connection, NIGHT) or {}, night, now)


def _is_free(note: Any, night: str, now: datetime) -> bool:
    if note.get("night") == night and note.get("done_at"):
        return False
    return not note.get("until") or datetime.fromisoformat(note["until"]) <= now


def _claim(connection: Connection, night: str, token: str, now: datetime) -> bool:
    def take(note: Mapping[str, Any]) -> Mapping[str, object] | None:
        if not _is_free(note, night, now):
            return None
        kept = {"reason": note.get("reason", ""), "until": (now + CLAIM).isoformat()}
        return {**kept, "night": night, "token": token}

    return swap_note(connection, NIGHT, take)


def _back_up(database: Database, nights: Nights, token: str) -> Backup:
    nights.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    clear_away_abandoned(nights.folder)  # the first: what others have left may fill the disk
    now = database.clock.now()
    renew = _renewing(database, token, now)
    made = back_up(database, nights.folder / default_name(now), tell=renew)
    for old in _too_many(nights):
        old.unlink(missing_ok=True)
    return made


def _too_many(nights: Nights) -> list[Path]:
    """Return our files that are more than are kept."""
    ours = sorted(nights.folder.glob(f"{START}*{END}"), key=lambda one: one.name)
    return ours[: -nights.kept]


def _renewing(database: Database, token: str, began: datetime) -> Callable[[int], None]:
    """Return what is told how far the backup is, and renews the claim now and then."""
    renewed = began

    def tell(_rows: int) -> None:
        nonlocal renewed
        now = database.clock.now()
        if now - renewed > CLAIM / 5:
            renewed = now
            _finish(database, token, {"until": (now + CLAIM).isoformat()})

    return tell


def _finish(database: Database, token: str, changes: dict[str, object]) -> None:
    """Change the note of a night, if it is still this process's."""

    def write(note: Mapping[str, Any]) -> Mapping[str, object] | None:
        return {**note, **changes} if note.get("token") == token else None

    database.run_write(lambda connection: swap_note(connection, NIGHT, write))


def _words_of(error: Exception) -> str:
    """Return the whole sentence: of a backup it names files, and no row."""
    return str(error) if isinstance(error, EngineError) else type(error).__name__


def _write_failure(database: Database, token: str, error: Exception) -> None:
    now, reason = database.clock.now(), _words_of(error)
    is_ours = not isinstance(error, EngineError)  # a mistake, of which the trace tells where
    log.error("backup_failed", reason=reason, exc_info=error if is_ours else None)
    try:
        _finish(database, token, {"until": (now + AGAIN).isoformat(), "reason": reason})
        with database.write() as connection:
            write_log(connection, FAILED, {"reason": reason}, now)
    except EngineError:
        return  # whatever keeps the database from being read keeps it from being written
