"""Steps for tables: entities that come, get another id, go or come back, with all their fields."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from engine.metadata.model.application import Application
from engine.runtime.plan.count import Counter
from engine.runtime.plan.directory import LiveDirectory
from engine.runtime.plan.field_steps import FieldSteps, Surroundings
from engine.runtime.plan.index_steps import IndexSteps
from engine.runtime.plan.match import How, Match, TableMatch
from engine.runtime.plan.operations import (
    CreateIndex,
    CreateLinks,
    CreateTable,
    DropIndex,
    MoveColumn,
    MoveTable,
    Operation,
    Phase,
    RenameEntities,
)
from engine.runtime.plan.state import LiveState, LiveTable, State
from engine.runtime.plan.steps import Step, StepKind, Weight
from engine.runtime.plan.words import counted, joined, records
from engine.runtime.tables.names import retired_name, table_name


class TableSteps:
    """Builds the steps that change tables."""

    def __init__(
        self,
        match: Match,
        state: LiveState,
        wanted: Application,
        was: Application | None,
        counter: Counter,
        directory: LiveDirectory,
    ) -> None:
        self._match = match
        self._counter = counter
        self._number = state.free_number()
        self._names = {one.name for one in state.tables}
        self._renames = tuple(
            (one.live.entity, one.entity.id)
            for one in match.tables
            if one.how is not How.NEW and one.live.entity != one.entity.id
        )
        entities = {table_name(one): one for one in wanted.entities}
        self._around = Surroundings(wanted, was, counter, directory, entities)

    def steps(self) -> Iterator[Step]:
        """Yield the steps in the order of the entities; what is retired comes last."""
        for table in self._match.tables:
            yield from self._create(table) if table.how is How.NEW else self._change(table)
        for live in self._match.gone:
            yield self._retire(live)

    def _create(self, table: TableMatch) -> Iterator[Step]:
        entity = table.entity
        operations: list[Operation] = [CreateTable(entity.id), CreateLinks(entity.id)]
        operations += [CreateIndex(entity.id, one) for one in table.shape.indexes.values()]
        sentence = f"new, {counted(len(entity.fields), 'field')}"
        kind = StepKind.CREATE_ENTITY
        yield Step(kind, entity.address, sentence, Weight.ADDITIVE, 0, tuple(operations))

    def _change(self, table: TableMatch) -> Iterator[Step]:
        found = [*self._move(table), *FieldSteps(table, self._around).steps()]
        moved = {
            one.name for step in found for one in step.operations if isinstance(one, MoveColumn)
        }
        indexes = IndexSteps(table, self._counter, moved)
        steps = [*found, *indexes.steps()]
        silent = tuple(indexes.silent())
        if silent and not steps:
            sentence, kind = "indexes brought up to date", StepKind.ADD_INDEX
            steps = [Step(kind, table.entity.address, sentence, Weight.ADDITIVE)]
        if silent:
            steps[0] = replace(steps[0], operations=(*steps[0].operations, *silent))
        yield from steps

    def _move(self, table: TableMatch) -> Iterator[Step]:
        """Yield the step that gives a table the name of its entity."""
        if table.how is How.SAME:
            return
        entity, live = table.entity, table.live
        count = self._counter.records(live.name)
        operations = (*self._moves(table), *self._followers(table))
        old = f"renamed from {live.entity}" if live.entity != entity.id else ""
        if table.how is How.RENAMED:
            sentence = joined(old, records(count, "stays", "stay"))
            kind, weight = StepKind.RENAME_ENTITY, Weight.ORDINARY
        else:
            sentence = joined("restored", old, records(count, "is back", "are back"))
            kind = StepKind.RESTORE_ENTITY
            weight = Weight.ORDINARY if count else Weight.ADDITIVE
        yield Step(kind, entity.address, sentence, weight, count, operations)

    def _moves(self, table: TableMatch) -> Iterator[Operation]:
        name, new_name, entity = table.live.name, table.shape.name, table.entity.id
        if new_name in self._names:
            aside = f"t${new_name}"
            yield MoveTable(name, aside, entity, State.ACTIVE, Phase.TABLES_AWAY)
            name = aside
        yield MoveTable(name, new_name, entity, State.ACTIVE, Phase.TABLES_IN)

    def _followers(self, table: TableMatch) -> Iterator[Operation]:
        """Let what names the entities follow: all in one go, with the first of them."""
        if self._renames and self._renames[0][1] == table.entity.id:
            yield RenameEntities(self._renames)

    def _retire(self, live: LiveTable) -> Step:
        count = self._counter.records(live.name)
        number, self._number = self._number, self._number + 1
        name = retired_name(live.name, number)
        operations: list[Operation] = [DropIndex(one.name) for one in live.indexes]
        operations.append(MoveTable(live.name, name, live.entity, State.RETIRED, Phase.TABLES_AWAY))
        kept = records(count, "is kept, hidden", "are kept, hidden")
        sentence = joined("retired", kept) if count else "retired, empty"
        address = f"entities.{live.entity}"
        kind = StepKind.RETIRE_ENTITY
        return Step(kind, address, sentence, Weight.ORDINARY, count, tuple(operations))
