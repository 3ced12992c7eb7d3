"""Steps for the indexes of one matched table, and the silent ones that follow other steps."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import replace

from engine.metadata.model.entity import Entity
from engine.runtime.plan.count import Counter
from engine.runtime.plan.match import How, TableMatch
from engine.runtime.plan.operations import CreateIndex, DropIndex, Operation
from engine.runtime.plan.state import LiveColumn
from engine.runtime.plan.steps import Step, StepKind, Weight
from engine.runtime.plan.words import quoted, values
from engine.runtime.tables.shape import IndexShape


class IndexSteps:
    """Compares the indexes of a table with the wanted ones; `moved` columns get other names."""

    def __init__(self, table: TableMatch, counter: Counter, moved: AbstractSet[str]) -> None:
        self._table = table
        self._counter = counter
        self._live = {
            new.name: old
            for match in table.fields
            if match.fits
            for old, new in zip(match.found, match.wanted, strict=True)
        }
        self._news = {one.name for match in table.fields if not match.fits for one in match.wanted}
        names = {old.name: new for new, old in self._live.items()}
        gone = {one.name for columns in table.gone.values() for one in columns}
        gone |= {one.name for match in table.fields if not match.fits for one in match.found}
        self._lost = [one for one in table.live.indexes if gone & set(one.columns)]
        self._as_now = {
            one.name: replace(one, name="", columns=tuple(names.get(c, c) for c in one.columns))
            for one in table.live.indexes
        }
        wanted = table.shape.indexes
        self._unique_columns = {one.columns for one in wanted.values() if one.unique}
        self._staying = {
            one.name
            for one in table.live.indexes
            if wanted.get(one.name) == one and not moved & set(one.columns)
        }

    def steps(self) -> Iterator[Step]:
        """Yield a step for each index that comes or goes for its own sake."""
        for index in self._table.shape.indexes.values():
            if self._is_own_step(index):
                yield from self._add(index)
        for index in self._table.live.indexes:
            if index not in self._lost and not self._is_wanted(index):
                yield self._drop(index)

    def silent(self) -> Iterator[Operation]:
        """Yield what happens to indexes because of other steps."""
        for index in self._table.live.indexes:
            if index.name not in self._staying and (index in self._lost or self._is_wanted(index)):
                yield DropIndex(index.name)
        for index in self._table.shape.indexes.values():
            if index.name not in self._staying and not self._is_own_step(index):
                yield CreateIndex(self._table.entity.id, index)

    def _is_wanted(self, live: IndexShape) -> bool:
        wanted = [replace(one, name="") for one in self._table.shape.indexes.values()]
        return self._as_now[live.name] in wanted

    def _is_own_step(self, index: IndexShape) -> bool:
        """Say whether an index is new over columns that were there before."""
        if self._news & set(index.columns) or replace(index, name="") in self._as_now.values():
            return False
        if not index.unique and index.columns in self._unique_columns:
            return False
        if self._table.how is How.RESTORED:  # its indexes went with it, and come back
            return index.unique and self._repeated(index)[0] > 0
        return True

    def _add(self, index: IndexShape) -> Iterator[Step]:
        operations: tuple[Operation, ...] = (CreateIndex(self._table.entity.id, index),)
        if not index.unique:
            address = _address(self._table.entity, index, "index")
            sentence = "an index, so that lists are found and sorted fast"
            yield Step(StepKind.ADD_INDEX, address, sentence, Weight.ADDITIVE, 0, operations)
            return
        address = _address(self._table.entity, index, "unique")
        number, example = self._repeated(index)
        if number:
            occur = values(number, "occurs", "occur")
            sentence = (
                f"can't be unique: {occur} more than once, such as {example}; "
                "make them differ first"
            )
            yield Step(StepKind.ADD_UNIQUE, address, sentence, Weight.REFUSED, number)
        else:
            sentence = "unique from now on; all records are"
            yield Step(StepKind.ADD_UNIQUE, address, sentence, Weight.ORDINARY, 0, operations)

    def _drop(self, index: IndexShape) -> Step:
        operations: tuple[Operation, ...] = (DropIndex(index.name),)
        shape = self._as_now[index.name]
        if index.unique:
            address = _address(self._table.entity, shape, "unique")
            sentence = "need not be unique any more"
            return Step(StepKind.DROP_UNIQUE, address, sentence, Weight.ORDINARY, 0, operations)
        address = _address(self._table.entity, shape, "index")
        sentence = "no index of its own any more"
        return Step(StepKind.DROP_INDEX, address, sentence, Weight.ADDITIVE, 0, operations)

    def _repeated(self, index: IndexShape) -> tuple[int, str]:
        columns: list[LiveColumn] = [self._live[one] for one in index.columns]
        number, cells = self._counter.repeated(self._table.live.name, columns)
        shown = " + ".join(quoted(str(one)) for one in cells) if cells else ""
        return number, shown


def _address(entity: Entity, index: IndexShape, key: str) -> str:
    """Return the address that asks for an index: the field's, or that of the entity."""
    fields = [one for one in index.columns if one in entity.fields]
    if len(fields) == 1:
        return f"{entity.address}.fields.{fields[0]}.{key}"
    return f"{entity.address}.{key}"
