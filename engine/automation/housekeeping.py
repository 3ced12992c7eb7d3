"""Once a day the rows that nobody will ask for any more go; nothing else ever does.

Outbox rows that were closed a month ago, form tokens of the day before, failed sign-ins of a
quarter, bans that ended the day before, and a month later the runs of rules that did not run. Then
the database looks at how much there is.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Table, delete, select, tuple_

from engine.automation.dispatcher import DONE
from engine.runtime.database import Database
from engine.runtime.records.tokens import KEPT as TOKENS_KEPT
from engine.runtime.tables.system import ATTEMPTS, BANS, FORM_TOKENS, OUTBOX, RUNS

OUTBOX_KEPT = RUNS_KEPT = timedelta(days=30)
ATTEMPTS_KEPT = timedelta(days=90)
BANS_KEPT = timedelta(days=1)
CHUNK = 1_000  # a long transaction would keep people waiting


def tidy(database: Database, now: datetime) -> int:
    """Drop the rows whose time is over and return how many they were."""
    dropped = sum(_drop(database, table, old) for table, old in _over(now))
    database.learn_sizes()
    return dropped


def _over(now: datetime) -> Iterator[tuple[Table, ColumnElement[bool]]]:
    is_done = OUTBOX.c.state == DONE
    yield OUTBOX, is_done & (OUTBOX.c.done_at < now - OUTBOX_KEPT)
    yield FORM_TOKENS, FORM_TOKENS.c.created_at < now - TOKENS_KEPT
    yield ATTEMPTS, ATTEMPTS.c.at < now - ATTEMPTS_KEPT
    yield BANS, BANS.c.until < now - BANS_KEPT
    yield RUNS, (RUNS.c.state == "not_run") & (RUNS.c.started_at < now - RUNS_KEPT)


def _drop(database: Database, table: Table, old: ColumnElement[bool]) -> int:
    keys = tuple(table.primary_key)
    dropped = 0
    while True:
        with database.write() as connection:
            chunk = select(*keys).where(old).limit(CHUNK)
            number = connection.execute(delete(table).where(tuple_(*keys).in_(chunk))).rowcount
        dropped += number
        if number < CHUNK:
            return dropped
