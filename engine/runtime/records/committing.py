"""The transaction of a write: for the version that is served, again where another came first.

A refusal leaves a line in the log where a right was missing, and the row of a rule that failed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from engine.crash_points import crash_point, ending_at
from engine.errors import Conflict, say
from engine.runtime.actor import Actor
from engine.runtime.audit import record_denial
from engine.runtime.database import Database
from engine.runtime.one_version import of_version
from engine.runtime.records.denials import REFUSALS, FieldsDenied, denial
from engine.runtime.records.rule_failure import UNDONE, keep_run

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Committing:
    """Commits the writes of one version.

    Without `logs_reach` the caller says itself, and logs, what is out of somebody's reach.
    """

    database: Database
    digest: str
    logs_reach: bool = True

    def write(self, actor: Actor, work: Callable[[Connection], T]) -> T:
        """Do the work, all of it or nothing."""
        try:
            return self._run(work)
        except REFUSALS as refusal:
            if self.logs_reach or isinstance(refusal, FieldsDenied):
                record_denial(self.database, denial(actor, refusal))
                refusal.is_logged = True
            raise
        except UNDONE as undone:
            keep_run(self.database, undone.run)
            raise

    def _run(self, work: Callable[[Connection], T]) -> T:
        """Run a transaction; where another one took a unique value meanwhile, look again."""
        try:
            return self._commit(work)
        except IntegrityError:
            pass
        try:
            return self._commit(work)
        except IntegrityError as error:
            raise Conflict(
                say("Somebody has just saved something that stands against this. Try again.")
            ) from error

    def _commit(self, work: Callable[[Connection], T]) -> T:
        held = of_version(self.database, self.digest, work)
        done = self.database.run_write(ending_at("records.before_commit", held))
        self.database.note_written()
        crash_point("records.committed")
        return done
