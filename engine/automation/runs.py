"""Rows of the run log: one for each rule that listened and each button that was pressed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update

from engine.automation.trace import RunState, Trace
from engine.metadata.model.text import RecordRef
from engine.runtime.tables.system import RUNS

NOTING = insert(RUNS)
BEGINNING = NOTING.returning(RUNS.c.id)
ENDING = (
    update(RUNS)
    .where(RUNS.c.id == bindparam("run_id"))
    .values(state=bindparam("state"), trace=bindparam("trace"), finished_at=RUNS.c.started_at)
)


@dataclass(frozen=True, slots=True)
class RunKey:
    """Which rule, about which record, because of which change, when."""

    rule_id: str
    subject: RecordRef
    history_id: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Unrun:
    """A rule that listened and did not run, and why."""

    key: RunKey
    state: RunState
    trace: Trace


def begin_run(connection: Connection, key: RunKey) -> int:
    """Write that a run has begun, and return its number for whatever it will change."""
    run_id: int = connection.scalars(BEGINNING, _row(key, "running")).one()
    return run_id


def finish_run(connection: Connection, run_id: int, state: RunState, trace: Trace) -> None:
    """Write how a run has ended."""
    ended = {"run_id": run_id, "state": state, "trace": trace.json()}
    connection.execute(ENDING, ended)


def note_runs(connection: Connection, found: Sequence[Unrun]) -> None:
    """Write the rows of rules that listened and did not run."""
    rows = [
        {**_row(one.key, one.state), "trace": one.trace.json(), "finished_at": one.key.at}
        for one in found
    ]
    if rows:
        connection.execute(NOTING, rows)


def last_run(connection: Connection, rule_id: str, subject: RecordRef) -> datetime | None:
    """Return when a rule ran last on a record."""
    query = select(func.max(RUNS.c.started_at)).where(
        RUNS.c.rule_id == rule_id,
        RUNS.c.entity == subject.entity,
        RUNS.c.record_id == subject.id,
        RUNS.c.state.in_(("done", "stopped")),
    )
    last: datetime | None = connection.scalar(query)
    return last


def _row(key: RunKey, state: RunState) -> dict[str, Any]:
    return {
        "rule_id": key.rule_id,
        "history_id": key.history_id,
        "entity": key.subject.entity,
        "record_id": key.subject.id,
        "state": state,
        "started_at": key.at,
    }
