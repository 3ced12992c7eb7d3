"""The log of what was denied: one row each, in a transaction of its own.

The refused write itself has left nothing behind by then.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection, insert

from engine.log import logger
from engine.runtime.actor import Actor
from engine.runtime.database import Database
from engine.runtime.tables.system import LOG

DENIED = "denied"

log = logger("audit")


@dataclass(frozen=True, slots=True)
class Denial:
    """What somebody tried: `what` has the verb and, where fields were refused, their names."""

    actor: Actor
    verb: str
    entity: str | None = None
    record_id: int | None = None
    what: Mapping[str, object] = field(default_factory=dict)


def record_denial(database: Database, denial: Denial, address: str = "") -> None:
    """Write a denial into the log."""
    with database.write() as connection:
        add_denial(connection, denial, database, address)


def add_denial(
    connection: Connection, denial: Denial, database: Database, address: str = ""
) -> None:
    """Write a denial into the log in the caller's transaction."""
    log.info(
        "denied",
        verb=denial.verb,
        entity=denial.entity,
        record=_possible(denial.record_id),
        user=denial.actor.user_id,
    )
    connection.execute(
        insert(LOG).values(
            at=database.clock.now(),
            kind=DENIED,
            actor_kind=denial.actor.kind,
            user_id=denial.actor.user_id,
            actor_name=denial.actor.name,
            entity=denial.entity,
            record_id=_possible(denial.record_id),
            address=address,
            what={"verb": denial.verb, **denial.what},
        )
    )


def _possible(record_id: int | None) -> int | None:
    """Return an id that a column can hold; what nobody could have is not worth keeping."""
    return record_id if record_id is not None and 0 < record_id < 2**63 else None
