"""What undoes a transaction because of a rule, and the one row of it that is kept.

The run is written after the rollback, in a transaction of its own: the log says what was tried,
although nothing of it has happened.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import insert

from engine.errors import EngineError, Message, ValidationFailed
from engine.runtime.database import Database
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


def keep_run(database: Database, run: LostRun) -> None:
    """Write the run of a transaction that was undone."""
    with database.write() as connection:
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
