"""The way back to an older version: a plan like any other, to what its tables held then.

Tables and columns are found by their numbers, so renames are inverted, what was retired since comes
back with its values, what was added since is retired, and another type gives the old values back
where nobody has changed them. Going back makes a new version, which can be taken back too.

What the plan needs (`require_agreement`) and how it is applied (`Services.apply`) is as ever.
"""

from __future__ import annotations

from sqlalchemy import Connection, select

from engine.errors import Refused, say
from engine.metadata.model.application import Application
from engine.runtime.database import Database
from engine.runtime.plan.compare import plan_within
from engine.runtime.plan.steps import Plan
from engine.runtime.plan.versions import StoredVersion, read_version
from engine.runtime.tables.layout import ensure_system_tables
from engine.runtime.tables.system import VERSIONS


def rollback_plan(database: Database, version_id: int | None = None) -> tuple[Plan, Application]:
    """Return the plan back to a version, or to the one before, and what is served after it."""
    ensure_system_tables(database)
    with database.read() as connection:
        version = _target(connection, version_id)
        wanted = version.application()
        if wanted is None:
            raise Refused(
                say("This engine can't read version {number} any more.", number=version.id),
                say("Go back with the Kartoteka that applied it, or apply a folder."),
            )
        return plan_within(connection, wanted, takes_back=version.id), wanted


def _target(connection: Connection, version_id: int | None) -> StoredVersion:
    newest = read_version(connection)
    if newest is None:
        raise Refused(say("No CRM has been applied to this database yet."))
    if version_id is None:
        before = select(VERSIONS.c.id).where(VERSIONS.c.id < newest.id)
        version_id = connection.scalar(before.order_by(VERSIONS.c.id.desc()).limit(1))
        if version_id is None:
            raise Refused(say("There is no version before the one that is served."))
    version = read_version(connection, version_id)
    if version is None:
        raise Refused(
            say("There is no version {number}.", number=version_id),
            say("`kartoteka history` lists them."),
        )
    if version.id == newest.id:
        raise Refused(say("Version {number} is the one that is served.", number=version.id))
    return version
