"""The plan: what is applied and the live database beside what is wanted -> steps in words."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection

from engine.errors import Refused, say
from engine.metadata.model.application import Application
from engine.runtime.database import Database
from engine.runtime.plan.count import Counter
from engine.runtime.plan.definition_steps import DefinitionSteps
from engine.runtime.plan.derived import derived_steps
from engine.runtime.plan.directory import LiveDirectory
from engine.runtime.plan.drift import Drift, find_drift
from engine.runtime.plan.holds import Holds, held_by
from engine.runtime.plan.look_alikes import look_alikes
from engine.runtime.plan.match import How, Match, match, refuse_missed
from engine.runtime.plan.renames import (
    NO_RENAMES,
    Renames,
    unwritten,
    with_renames,
    without_renames,
)
from engine.runtime.plan.row_steps import new_row_steps, row_steps
from engine.runtime.plan.state import LiveState, read_state
from engine.runtime.plan.steps import Plan, Step, StepKind, Weight
from engine.runtime.plan.table_steps import TableSteps
from engine.runtime.plan.versions import read_version
from engine.runtime.tables.layout import ensure_system_tables, stored_layout


def make_plan(
    database: Database,
    wanted: Application,
    *,
    demo: bool = False,
    renames: Renames = NO_RENAMES,
) -> Plan:
    """Return the plan from what the database serves to what is wanted; no record is written.

    `renames` are said beside the `was:` of the wanted configuration.
    """
    is_new = stored_layout(database) is None
    if not is_new:
        ensure_system_tables(database)  # those of an older engine can't be read
    with database.read() as connection:
        if is_new:
            nothing = LiveState()
            wanted = with_renames(wanted, renames)
            matched = match(nothing, wanted)
            refuse_missed(renames, matched)
            steps = [*_steps(connection, nothing, matched, None, wanted)]
            return Plan(None, wanted.digest, (*steps, *new_row_steps(wanted, demo=demo)))
        return plan_within(connection, wanted, demo=demo, renames=renames)


def plan_within(
    connection: Connection,
    wanted: Application,
    *,
    demo: bool = False,
    renames: Renames = NO_RENAMES,
    takes_back: int | None = None,
) -> Plan:
    """Return the plan as one transaction sees a database that has the engine's tables.

    `takes_back` is the version that the wanted configuration is, on the way back to it.
    """
    stored, state = read_version(connection), read_state(connection)
    base = None if stored is None else stored.digest
    drift = find_drift(connection, state)
    if any(one.harms for one in drift):
        steps = [_unplannable(one) for one in drift if one.harms]
        return Plan(base, wanted.digest, tuple(steps), drift, renames, takes_back=takes_back)
    if takes_back is None:
        wanted, renames = with_renames(wanted, renames), unwritten(renames, wanted)
        matched = match(state, wanted)
        refuse_missed(renames, matched)
    else:
        wanted = without_renames(wanted)
        matched = match(state, wanted, _held(connection, takes_back, state))
    if stored is None:
        was = None
    elif stored.digest == wanted.digest:
        was = wanted
    else:
        was = stored.application()
    steps = [*_steps(connection, state, matched, was, wanted)]
    if stored is not None and was is None:
        steps.append(_unreadable())
    steps += row_steps(connection, wanted, matched, demo=demo)
    found = () if takes_back else look_alikes(matched, was, Counter(connection))
    return Plan(base, wanted.digest, tuple(steps), drift, renames, found, takes_back)


def _held(connection: Connection, takes_back: int, state: LiveState) -> Holds:
    version = read_version(connection, takes_back)
    if version is None:
        raise Refused(say("There is no version {number}.", number=takes_back))
    return held_by(connection, version, state)


def _steps(
    connection: Connection,
    state: LiveState,
    matched: Match,
    was: Application | None,
    wanted: Application,
) -> Iterator[Step]:
    counter = Counter(connection)
    names = {one.entity.id: one.live.name for one in matched.tables if one.how is not How.NEW}
    directory = LiveDirectory(connection, names)
    tables = list(TableSteps(matched, state, wanted, was, counter, directory).steps())
    yield from tables
    if was is not None and was is not wanted:
        yield from DefinitionSteps(was, wanted, matched, counter).steps()
    yield from derived_steps(matched, tables, was, wanted, counter)


def _unplannable(drift: Drift) -> Step:
    sentence = f"{drift.sentence}: put it back, or restore a backup"
    return Step(StepKind.DRIFT, "", sentence, Weight.REFUSED)


def _unreadable() -> Step:
    return Step(
        StepKind.ACCESS,
        "",
        "the version applied so far can't be read by this engine: "
        "what changes in looks, behaviour and rights is not listed",
        Weight.CONSENT,
    )
