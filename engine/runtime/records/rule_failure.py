"""What undoes a transaction because of a rule, and the one row of it that is kept.

The run is written after the rollback, in a transaction of its own: the log says what was tried,
although nothing of it has happened.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import Connection, insert, select

from engine.errors import EngineError, Message, ValidationFailed, say, verbatim
from engine.metadata.model.text import RecordRef
from engine.runtime.database import Database
from engine.runtime.records.sentences import kept
from engine.runtime.tables.system import RUNS


@dataclass(frozen=True, slots=True)
class LostRun:
    """A run whose transaction was undone; `record_id` is None where the record went with it."""

    rule_id: str
    entity: str
    record_id: int | None
    state: str
    trace: Mapping[str, Any]
    started_at: datetime
    finished_at: datetime


class RuleFailed(EngineError):
    """A step of a rule or button could not be done: nothing of the change is stored."""

    code = "rule_failed"
    status = 422

    def __init__(self, message: Message, run: LostRun) -> None:
        """Keep the run for the log."""
        super().__init__(message)
        self.run = run


class RuleStopped(ValidationFailed):
    """A rule said no, with a sentence of its author."""

    code = "rule_stopped"

    def __init__(self, message: Message, run: LostRun) -> None:
        """Keep the run for the log."""
        super().__init__({"": (message,)})
        self.run = run


Undone: TypeAlias = RuleFailed | RuleStopped
UNDONE = (RuleFailed, RuleStopped)


def not_done(rule: str, step: Message, reason: Message) -> Message:
    """Say which rule or button could not be done, at which step, and why."""
    return say("“{rule}” could not be done. {step}: {reason}", rule=rule, step=step, reason=reason)


def unfit(
    connection: Connection, run_id: int, label: str, reason: Message, new: Collection[RecordRef]
) -> RuleFailed:
    """Return the failure of a run that has left a record behind as it must not be.

    `label` says what kind of record that is; `new` are the records that go with the transaction.
    """
    row = connection.execute(select(RUNS).where(RUNS.c.id == run_id)).one()
    is_new = RecordRef(row.entity, row.record_id) in new
    lost = LostRun(
        rule_id=row.rule_id,
        entity=row.entity,
        record_id=None if is_new else row.record_id,
        state="failed",
        trace={**row.trace, "reason": kept(reason)},
        started_at=row.started_at,
        finished_at=row.started_at,
    )
    return RuleFailed(not_done(row.trace["label"], verbatim(label), reason), lost)


def keep_run(database: Database, run: LostRun) -> None:
    """Write the run of a transaction that was undone."""
    with database.write() as connection:
        put_run(connection, run)


def put_run(connection: Connection, run: LostRun) -> None:
    """Write a run that was undone, in a transaction that goes on."""
    connection.execute(
        insert(RUNS).values(
            rule_id=run.rule_id,
            entity=run.entity,
            record_id=run.record_id,
            state=run.state,
            trace=dict(run.trace),
            started_at=run.started_at,
            finished_at=run.finished_at,
        )
    )
