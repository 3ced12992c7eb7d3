"""The CRM in the database: its layout, its version, what was changed by hand, what it promises."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, and_, column, func, select, table

from engine.errors import EngineError
from engine.runtime.checkup.finding import Finding, look, well, wrong
from engine.runtime.database import Database
from engine.runtime.plan.drift import find_drift
from engine.runtime.plan.state import LiveState, State, read_state
from engine.runtime.plan.versions import StoredVersion, read_version
from engine.runtime.plan.words import counted
from engine.runtime.tables.layout import LAYOUT, stored_layout
from engine.runtime.tables.system import HISTORY, STAYS

SAMPLE = 2_000  # of the newest records of each entity
START = "Start with: kartoteka run DIR"


def check_layout(database: Database) -> Finding:
    """Return whether the engine's own tables are those of this engine."""
    try:
        found = stored_layout(database)
    except EngineError as error:
        return wrong("layout", str(error.message), str(error.hint))
    if found is None:
        return wrong("layout", "There is no CRM in this database.", START)
    if found < LAYOUT:
        return look(
            "layout",
            f"The engine's tables have layout {found}; this engine has {LAYOUT}.",
            "The next start of any process brings them along; make a backup before.",
        )
    return well("layout", f"The engine's tables have layout {found}, as this engine wants it.")


def check_crm(database: Database) -> Iterator[Finding]:
    """Yield what is found about a CRM whose layout is that of this engine."""
    with database.read() as connection:
        yield _version(read_version(connection))
        state = read_state(connection)
        yield from _drift(connection, state)
        yield _histories(connection, state)
        yield _stays(connection, state)


def _version(applied: StoredVersion | None) -> Finding:
    if applied is None:
        return wrong("version", "No CRM has been applied to this database yet.", START)
    application = applied.application()
    if application is None:
        return wrong(
            "version",
            f"Version {applied.id} can't be read by this engine.",
            "Apply a folder that passes `kartoteka check`, or install the engine that applied it.",
        )
    return well(
        "version",
        f"Version {applied.id} of {application.label} is applied, since "
        f"{applied.applied_at:%Y-%m-%d %H:%M} UTC.",
    )


def _drift(connection: Connection, state: LiveState) -> Iterator[Finding]:
    drifts = find_drift(connection, state)
    for one in drifts:
        sentence = f"{one.sentence[:1].upper()}{one.sentence[1:]}."
        if one.harms:
            yield wrong("tables", sentence, "Undo what was done by hand: nothing can be planned.")
        else:
            yield look("tables", sentence, "It is left alone, and is in no backup.")
    if not drifts:
        yield well("tables", f"All {len(state.tables)} tables are as Kartoteka has left them.")


def _histories(connection: Connection, state: LiveState) -> Finding:
    """Compare the newest records with their history: one entry for each version."""
    broken, seen = 0, 0
    for one in state.tables:
        if one.state is State.ACTIVE:
            records = table(one.name, column("id"), column("version"))
            newest = select(records).order_by(records.c.id.desc()).limit(SAMPLE).subquery()
            entries = select(func.count()).where(
                HISTORY.c.entity == one.entity, HISTORY.c.record_id == newest.c.id
            )
            differs = newest.c.version != entries.correlate(newest).scalar_subquery()
            broken += connection.scalar(select(func.count()).where(differs)) or 0
            seen += connection.scalar(select(func.count()).select_from(newest)) or 0
    if broken:
        return wrong(
            "history",
            f"{counted(broken, 'record', 'has', 'have')} another number of changes than history, "
            f"of {seen:,} looked at.",
            "Somebody has written past Kartoteka, or there is a mistake of ours: tell us.",
        )
    return well("history", f"History tells of each change of {counted(seen, 'record')}.")


def _stays(connection: Connection, state: LiveState) -> Finding:
    """Look for records that are said to stand in a stage, and are not there."""
    orphans = 0
    for one in state.tables:
        if one.state is State.ACTIVE:
            records = table(one.name, column("id"))
            there = select(records.c.id).where(records.c.id == STAYS.c.record_id)
            lost = and_(STAYS.c.entity == one.entity, ~there.exists())
            orphans += connection.scalar(select(func.count()).where(lost)) or 0
    if orphans:
        return wrong(
            "stages",
            f"{counted(orphans, 'stay', 'belongs', 'belong')} to a stage and to no record.",
            "Somebody has deleted records past Kartoteka: restore the last backup.",
        )
    return well("stages", "Whatever stands in a stage is there.")
