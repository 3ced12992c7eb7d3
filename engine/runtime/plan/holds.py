"""Which tables and columns a version holds, by numbers: their names may be others later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from engine.metadata.diff.compare import renamed_entities, renamed_fields
from engine.metadata.model.application import Application
from engine.runtime.plan.state import LiveState, State
from engine.runtime.plan.versions import StoredVersion, of_row
from engine.runtime.tables.system import VERSIONS


@dataclass(frozen=True, slots=True)
class Holds:
    """Entity -> number of its table; (entity, field) -> number of its columns."""

    tables: Mapping[str, int]
    fields: Mapping[tuple[str, str], int]

    def as_json(self) -> dict[str, object]:
        """Return it as it is stored with a version."""
        return {
            entity: {
                "table": number,
                "fields": {field: n for (of, field), n in self.fields.items() if of == entity},
            }
            for entity, number in self.tables.items()
        }


def holds_of(state: LiveState) -> Holds:
    """Return what is in use."""
    tables = [one for one in state.tables if one.state is State.ACTIVE]
    return Holds(
        {one.entity: one.number for one in tables},
        {
            (table.entity, one.field): one.number
            for table in tables
            for one in table.columns
            if one.state is State.ACTIVE
        },
    )


def held_by(connection: Connection, version: StoredVersion, state: LiveState) -> Holds:
    """Return what a version held.

    One that an older engine applied does not say so: then it is what the version after it held,
    under the ids that it had before; of the newest one, what is in use.
    """
    if version.holds is not None:
        return _read(version.holds)
    after = VERSIONS.c.id > version.id
    row = connection.execute(select(VERSIONS).where(after).order_by(VERSIONS.c.id)).first()
    if row is None:
        return holds_of(state)
    following = of_row(row)
    holds = held_by(connection, following, state)
    before, then = version.application(), following.application()
    return holds if before is None or then is None else _as_before(holds, before, then)


def _read(stored: Mapping[str, Any]) -> Holds:
    return Holds(
        {entity: one["table"] for entity, one in stored.items()},
        {
            (entity, field): number
            for entity, one in stored.items()
            for field, number in one["fields"].items()
        },
    )


def _as_before(holds: Holds, before: Application, then: Application) -> Holds:
    """Return the numbers under the ids of the version before."""
    entities = renamed_entities(before, then)
    tables: dict[str, int] = {}
    fields: dict[tuple[str, str], int] = {}
    for entity in before.entities.values():
        later = then.entities.get(entities.get(entity.id, entity.id))
        if later is None or later.id not in holds.tables:
            continue
        tables[entity.id] = holds.tables[later.id]
        names = renamed_fields(entity, later)
        for field in entity.fields:
            number = holds.fields.get((later.id, names.get(field, field)))
            if number is not None:
                fields[entity.id, field] = number
    return Holds(tables, fields)
