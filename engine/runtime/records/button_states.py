"""How the buttons of many records stand for one person, in a constant number of queries.

Conditions are judged with the configuration's authority, and only a plain sentence is told of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, bindparam

from engine.runtime.actor import Actor
from engine.runtime.records.buttons import (
    ButtonState,
    asked_of,
    is_for,
    is_shown,
    stage_of,
    why_not,
)
from engine.runtime.records.changes import Stored
from engine.runtime.records.compiled import CompiledButton, CompiledEntity
from engine.runtime.records.context import Scene
from engine.runtime.records.fetching import fetch_paths
from engine.runtime.records.gate import Gate
from engine.runtime.records.ladders import Rung, rungs_of
from engine.runtime.records.seeing import IDS
from engine.runtime.records.store import CHUNK, read_stored, select_stored


@dataclass(frozen=True, slots=True)
class ButtonReader:
    """Reads for one person on one connection."""

    scene: Scene
    gate: Gate
    actor: Actor
    compiled: CompiledEntity

    def states(self, record_ids: Sequence[int]) -> Mapping[int, tuple[ButtonState, ...]]:
        """Return the buttons of each record; none of one that the person may not press."""
        found: dict[int, tuple[ButtonState, ...]] = {}
        buttons, readable = self._buttons()
        ids = sorted(set(record_ids)) if buttons else []
        for start in range(0, len(ids), CHUNK):
            records = self._records(ids[start : start + CHUNK])
            found |= self._of_records(records, buttons, readable)
        return {one: found.get(one, ()) for one in record_ids}

    def of_record(self, record: Stored) -> tuple[ButtonState, ...]:
        """Return the buttons of a record that the person may press now."""
        buttons, readable = self._buttons()
        return self._of_records([record], buttons, readable)[record.id] if buttons else ()

    def _buttons(self) -> tuple[list[CompiledButton], frozenset[str]]:
        """Return the buttons that the person has, and the fields that they may read."""
        readable = self.gate.fields(self.actor, self.compiled).readable
        every = self.compiled.buttons.values()
        return [one for one in every if is_for(one, self.actor, readable)], readable

    def _of_records(
        self,
        records: Sequence[Stored],
        buttons: Sequence[CompiledButton],
        readable: frozenset[str],
    ) -> dict[int, tuple[ButtonState, ...]]:
        paths = [path for one in buttons if one.when is not None for path in one.when.paths]
        fetch_paths(self.scene, self.compiled, records, paths)
        rungs = rungs_of(self.scene.connection, self.compiled, [one.id for one in records])
        return {one.id: tuple(self._of_record(one, buttons, rungs, readable)) for one in records}

    def _records(self, ids: Sequence[int]) -> list[Stored]:
        """Return those of the records that this person may press buttons on now."""
        kept = self.gate.access.kept
        query = kept.get(("pressed", self.actor, self.compiled.id), self._pressable)
        rows = self.scene.connection.execute(query, {IDS: ids})
        return [read_stored(self.compiled, row) for row in rows]

    def _pressable(self) -> Select[Any]:
        table = self.compiled.table
        allowed = self.gate.access.row_condition(self.actor, self.compiled.id, "press")
        wanted = and_(table.c.id.in_(bindparam(IDS, expanding=True)), table.c.archived.is_(False))
        return select_stored(self.compiled).where(wanted, allowed)

    def _of_record(
        self,
        record: Stored,
        buttons: Sequence[CompiledButton],
        rungs: Mapping[tuple[int, str], Rung],
        readable: frozenset[str],
    ) -> Iterator[ButtonState]:
        context = self.scene.context(self.compiled, record.values, record.values)
        for one in buttons:
            if not is_shown(one, record.values):
                continue
            rung = rungs.get((record.id, one.id), Rung(0, len(one.tries)))
            yield ButtonState(
                button=one.button,
                reason=why_not(one, context),
                stage=stage_of(one, record.values) if one.stage_field in readable else "",
                count=rung.shown_count if one.tries else 0,
                tries=rung.tries,
                next_try=rung.next_try,
                asks=tuple(ask.shown for ask in asked_of(one, readable).values()),
            )
