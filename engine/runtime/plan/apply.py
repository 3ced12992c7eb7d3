"""Applies a plan: one transaction makes all of it, or nothing.

The plan is made again inside the transaction, where nobody else can write: if the database has
moved on, or more would be lost than was agreed to, nothing happens. A process that is killed at any
step leaves the version before, with its tables; one that is killed after the commit the new one.
"""

from __future__ import annotations

from sqlalchemy import Connection

from engine.crash_points import crash_point
from engine.errors import Refused, say
from engine.log import logger
from engine.metadata.model.application import Application
from engine.runtime.database import Database
from engine.runtime.plan.compare import plan_within
from engine.runtime.plan.execute import Executor
from engine.runtime.plan.holds import holds_of
from engine.runtime.plan.locks import hold_records, take_tables
from engine.runtime.plan.operations import Operation
from engine.runtime.plan.state import LiveState, read_state
from engine.runtime.plan.steps import Plan
from engine.runtime.plan.versions import write_version
from engine.runtime.plan.views import create_views
from engine.runtime.tables.entity import build_tables
from engine.runtime.tables.layout import ensure_system_tables
from engine.runtime.translate import CompanyWords, Translator

log = logger("plan")


def apply(database: Database, plan: Plan, wanted: Application, author: str) -> None:
    """Apply exactly this plan."""
    ensure_system_tables(database)

    def work(connection: Connection) -> int:
        database.lock_configuration(connection)
        state = read_state(connection)
        if plan.changes_tables:
            hold_records(connection, state)
        fresh = plan_within(connection, wanted, renames=plan.renames, takes_back=plan.takes_back)
        _refuse_another(plan, fresh)
        crash_point("apply.agreed")
        if fresh.changes_tables:
            _change_tables(connection, database, fresh, state, wanted)
        crash_point("apply.changed")
        if fresh.base != wanted.digest or (fresh.takes_back and not fresh.is_empty):
            now, holds = database.clock.now(), holds_of(read_state(connection)).as_json()
            write_version(connection, wanted, author, fresh.as_json(), holds, now)
        crash_point("apply.before_commit")
        return len(fresh.steps)

    steps = database.run_write(work)
    database.forget_statements()
    log.info("applied", steps=steps, digest=wanted.digest)
    crash_point("apply.committed")


def _refuse_another(plan: Plan, fresh: Plan) -> None:
    again = say("Nothing was changed. Plan again.")
    if plan.base != fresh.base or plan.wanted != fresh.wanted:
        raise Refused(say("Another configuration was applied since this plan was made."), again)
    if fresh.refused:
        raise Refused(say("{step}.", step=fresh.refused[0]), again)
    if plan.consent != fresh.consent:
        raise Refused(say("The data has changed: more or other values would be lost."), again)


def _change_tables(
    connection: Connection,
    database: Database,
    plan: Plan,
    state: LiveState,
    wanted: Application,
) -> None:
    tables = build_tables(wanted)
    operations: list[Operation] = [one for step in plan.steps for one in step.operations]
    take_tables(connection, state, operations)
    show = CompanyWords(Translator(database.clock), wanted).shower("")
    Executor(connection, wanted, tables, database.clock, show).run_all(operations)
    create_views(connection, tables)
