"""Computes formulas and titles of stored records anew, with the record service's own functions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from engine.metadata.expressions.templates import Show
from engine.metadata.model.application import Application
from engine.runtime.actor import ENGINE
from engine.runtime.plan.values import write_cells
from engine.runtime.records.changes import Values
from engine.runtime.records.compiled import CompiledEntity, as_value
from engine.runtime.records.compiling import compile_entities
from engine.runtime.records.context import Scene, Setting
from engine.runtime.records.store import fetch_values, to_cells
from engine.runtime.records.titles import WAVES, rename
from engine.runtime.tables.entity import RecordTables

BATCH = 500


class Deriving:
    """Derives values within one write transaction; `settle` follows titles that name titles."""

    def __init__(
        self,
        connection: Connection,
        wanted: Application,
        tables: RecordTables,
        now: datetime,
        show: Show,
    ) -> None:
        self._connection = connection
        self._wanted = wanted
        self._tables = tables
        self._now = now
        self._show = show
        self._renamed: set[str] = set()

    def derive(self, entity: str, *, formulas: bool) -> None:
        """Compute formulas anew where asked, and remember the entity for its titles."""
        self._renamed.add(entity)
        if formulas:
            self._compute(self._entities[entity])

    def settle(self) -> None:
        """Make the titles anew until none changes any more; rings of titles end after a while."""
        for _ in range(WAVES):
            changed = [self._rename(one) for one in sorted(self._renamed)]
            if not any(changed):
                return

    def _rename(self, entity: str) -> bool:
        compiled = self._entities[entity]
        changed = [bool(rename(self._scene(), compiled, ids)) for ids in self._ids(compiled)]
        return any(changed)

    @cached_property
    def _entities(self) -> Mapping[str, CompiledEntity]:
        return compile_entities(self._wanted, self._tables)

    def _scene(self) -> Scene:
        """Return a fresh view of other records: for one batch, so that memory stays bounded."""
        zone = ZoneInfo(self._wanted.timezone)
        setting = Setting(self._now, zone, self._wanted.workdays, ENGINE)
        return Scene(self._connection, self._entities, setting, self._show)

    def _compute(self, compiled: CompiledEntity) -> None:
        for ids in self._ids(compiled):
            scene = self._scene()
            found = fetch_values(self._connection, compiled, ids)
            computed = {one: _computed(scene, compiled, values) for one, values in found.items()}
            self._write(compiled, {one: made for one, made in computed.items() if made})

    def _write(self, compiled: CompiledEntity, made: Mapping[int, Values]) -> None:
        names = [column for one in compiled.formulas for column in compiled.columns[one]]
        rows = []
        for record_id, values in made.items():
            cells = to_cells(compiled, values)
            rows.append((record_id, *(cells[one] for one in names)))
        if rows:
            columns = [compiled.table.c[one] for one in names]
            write_cells(self._connection, compiled.table, columns, rows)

    def _ids(self, compiled: CompiledEntity) -> Iterator[Sequence[int]]:
        table = compiled.table
        query = select(table.c.id).order_by(table.c.id).limit(BATCH)
        last = 0
        while ids := self._connection.scalars(query.where(table.c.id > last)).all():
            yield ids
            last = ids[-1]


def _computed(scene: Scene, compiled: CompiledEntity, values: Values) -> Values:
    """Return the formulas of a record, if any of them has another value now."""
    now = dict(values)
    context = scene.context(compiled, now)
    for name in compiled.formulas:
        field = compiled.fields[name]
        if field.formula is not None:
            value = as_value(field.formula(context))
            now[name] = field.empty if value is None else value
    made = {name: now[name] for name in compiled.formulas}
    return made if any(values.get(name) != value for name, value in made.items()) else {}
