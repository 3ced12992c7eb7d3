"""Steps for the fields of an entity that has a table: add, rename, retype, retire, restore."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from engine.metadata.model.application import Application
from engine.metadata.model.field import Field
from engine.runtime.plan.conversion import Conversion, Directory
from engine.runtime.plan.convert import is_harmless
from engine.runtime.plan.count import Counter
from engine.runtime.plan.examine import Verdict, examine
from engine.runtime.plan.match import FieldMatch, How, TableMatch, fits
from engine.runtime.plan.operations import (
    AddColumn,
    Changes,
    ConvertValues,
    FillStage,
    Memory,
    MoveColumn,
    NoteColumn,
    Operation,
    Phase,
    RenameFields,
    Source,
)
from engine.runtime.plan.recall import Recall
from engine.runtime.plan.state import LiveColumn, State
from engine.runtime.plan.steps import Step, StepKind, Weight
from engine.runtime.plan.words import (
    asked_for_value,
    counted,
    joined,
    quoted,
    records,
    values,
)
from engine.runtime.tables.names import retired_name
from engine.runtime.tables.shape import is_stored

Columns: TypeAlias = tuple[LiveColumn, ...]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What judging a field needs beside its columns.

    `entities` maps the names of today's tables to the entities that they will hold; `was` is the
    configuration applied so far, where it can still be read.
    """

    wanted: Application
    was: Application | None
    counter: Counter
    directory: Directory
    entities: Mapping[str, str]


class FieldSteps:
    """Builds the steps for the fields of one matched table."""

    def __init__(self, table: TableMatch, around: Surroundings) -> None:
        self._table = table
        self._around = around
        self._number = table.live.free_number()
        self._records = around.counter.records(table.live.name)
        self._names = {one.name for one in table.live.columns}
        renames = [(one.found[0].field, one.field.id) for one in table.fields if one.found]
        self._renames = tuple((old, new) for old, new in renames if old != new)

    def steps(self) -> Iterator[Step]:
        """Yield the steps, in the order of the fields; what is retired comes last."""
        for one in self._table.fields:
            yield from self._field(one)
        for field, columns in self._table.gone.items():
            yield self._retire(field, columns)

    def _field(self, match: FieldMatch) -> Iterator[Step]:
        if match.how is How.NEW:
            yield self._add(match)
            return
        retyped, stays = self._retype(match)
        moves = self._move(match) if stays else ()
        if match.how is How.RENAMED:
            yield self._rename(match, moves)
        elif match.how is How.RESTORED:
            yield self._restore(match, moves)
        if retyped is not None:
            yield retyped

    def _add(self, match: FieldMatch) -> Step:
        field, count = match.field, self._records
        operations = [*self._new_columns(match), *self._first_stage(field)]
        note = _about_present_records(field, count) if count else ""
        weight = Weight.ORDINARY if note else Weight.ADDITIVE
        if self._was_computed_on_reading(field):
            kind, said = StepKind.COMPUTE, "computed when a record is saved from now on"
        else:
            kind, said = StepKind.ADD_FIELD, f"new, {_type_word(field)}"
        return _step(kind, field, joined(said, note), weight, count, operations)

    def _rename(self, match: FieldMatch, moves: tuple[Operation, ...]) -> Step:
        field, old = match.field, match.found[0].field
        count = self._filled(match.found)
        operations = [*moves, *self._followers(match)]
        sentence = f"renamed from {old}; {values(count, 'stays', 'stay')}"
        return _step(StepKind.RENAME_FIELD, field, sentence, Weight.ORDINARY, count, operations)

    def _restore(self, match: FieldMatch, moves: tuple[Operation, ...]) -> Step:
        count = self._filled(match.found)
        kept = records(count, "has its value again", "have their value again")
        sentence = joined("restored", kept)
        weight = Weight.ORDINARY if count else Weight.ADDITIVE
        operations = [*moves, *self._followers(match), *self._first_stage(match.field)]
        return _step(StepKind.RESTORE_FIELD, match.field, sentence, weight, count, operations)

    def _retire(self, field: str, columns: tuple[LiveColumn, ...]) -> Step:
        count = self._filled(columns)
        wanted = self._table.entity.fields.get(field)
        if wanted is not None and not is_stored(wanted):
            kind, said = StepKind.COMPUTE, "computed on reading from now on"
            kept = _stay_aside(values(count, "stays", "stay")) if count else ""
        else:
            kind, said = StepKind.RETIRE_FIELD, "retired"
            kept = records(count, "keeps its value, hidden", "keep their value, hidden")
            kept = kept if count else "no record has a value"
        address = f"{self._table.entity.address}.fields.{field}"
        operations = tuple(self._retired(columns, field))
        return Step(kind, address, joined(said, kept), Weight.ORDINARY, count, operations)

    def _was_computed_on_reading(self, field: Field) -> bool:
        before = self._around.was
        entity = before.entities.get(self._table.live.entity) if before else None
        found = entity.fields.get(field.id) if entity is not None else None
        return found is not None and not is_stored(found)

    def _retype(self, match: FieldMatch) -> tuple[Step | None, bool]:
        """Return the step for another type, and whether the values stay where they are."""
        if match.field.formula is not None:
            return self._compute(match)
        harmless = match.fits and self._is_harmless(match)
        same = harmless and match.found[0].type == match.field.type
        columns = () if same and not match.held else self._before(match)
        memory = self._memory(match, columns)
        if harmless and not memory:
            verdict = Verdict(0 if same else self._filled(match.found))
        else:
            verdict = self._examine(match, columns, memory)
        if same and verdict.stays:
            return self._write_by_hand(match), True
        if match.fits and verdict.stays:
            kept = values(verdict.filled, "stays as it is", "stay as they are")
            sentence = joined(_becomes(match), kept)
            weight = Weight.DISPLAY if harmless else _weight(verdict)
            noted = [*self._noted(match), *self._first_stage(match.field)]
            return self._retype_step(match, sentence, weight, verdict, noted), True
        operations = self._replaced(match)
        convert = ConvertValues(
            self._table.entity.id, match.field.id, self._source(match, operations), memory
        )
        operations += [convert, *self._first_stage(match.field)]
        sentence = joined(_becomes(match), _what_converts(verdict, is_back=bool(match.held)))
        return self._retype_step(match, sentence, _weight(verdict), verdict, operations), False

    def _compute(self, match: FieldMatch) -> tuple[Step | None, bool]:
        """Return the step for a field whose values a formula gives from now on."""
        by_hand = not match.found[0].computed
        filled = self._filled(match.found) if by_hand else 0
        if match.fits and not filled:
            if not by_hand and match.found[0].type == match.field.type:
                return None, True
            verdict = Verdict(0)
            sentence = joined(_becomes(match), "computed by a formula")
            step = self._retype_step(match, sentence, Weight.DISPLAY, verdict, self._noted(match))
            return step, True
        kept = values(filled, "written by people stays", "written by people stay")
        kept = _stay_aside(kept) if filled else ""
        sentence = joined(_becomes(match), "computed by a formula from now on", kept)
        weight = Weight.CONSENT if filled else Weight.ORDINARY
        operations = self._replaced(match)
        return self._retype_step(match, sentence, weight, Verdict(filled), operations), False

    def _write_by_hand(self, match: FieldMatch) -> Step | None:
        if not match.found[0].computed:
            return None
        count = self._filled(match.found)
        kept = values(count, "stays", "stay")
        sentence = f"no formula any more; {kept} and can be written"
        operations = self._noted(match)
        return _step(StepKind.COMPUTE, match.field, sentence, Weight.ORDINARY, count, operations)

    def _retype_step(
        self,
        match: FieldMatch,
        sentence: str,
        weight: Weight,
        verdict: Verdict,
        operations: list[Operation],
    ) -> Step:
        kind = StepKind.RETYPE_FIELD
        return _step(kind, match.field, sentence, weight, verdict.filled, operations)

    def _is_harmless(self, match: FieldMatch) -> bool:
        around, old = self._around, self._as_source(match.found)
        return is_harmless(
            Conversion(
                old.type, old.storage, old.target, match.field, around.wanted, around.directory
            )
        )

    def _examine(self, match: FieldMatch, before: Columns, memory: Memory | None) -> Verdict:
        around, today = self._around, self._as_source(match.found)
        recall = Recall(today, memory, match.field, around.wanted, around.directory)
        known = before, self._changes(match, before, at_once=True) if before else None
        return examine(around.counter, self._table.live.name, match.found, recall, known)

    def _memory(self, match: FieldMatch, before: Columns) -> Memory | None:
        """Return what is known of the columns that the field had when it was of the wanted type."""
        if not before:
            return None
        changes = self._changes(match, before)
        return Memory(self._as_source(before), self._field_as_it_was(match), changes)

    def _changes(
        self, match: FieldMatch, before: Columns, *, at_once: bool = False
    ) -> Changes | None:
        """Return which changes since then the history may tell of; `at_once`: before renames."""
        if not match.held:
            return None
        entity, field = self._table.entity.id, match.field.id
        if at_once:
            entity, field = self._table.live.entity, match.found[0].field
        return Changes(entity, field, before[0].last_change or 0, match.found[0].last_change)

    def _as_source(self, columns: tuple[LiveColumn, ...]) -> Source:
        last = columns[-1]
        target = self._around.entities.get(last.target or "")
        names = tuple(one.name for one in columns)
        return Source(names, last.type, last.storage, last.scale, target)

    def _source(self, match: FieldMatch, operations: list[Operation]) -> Source:
        """Return the old columns under the names that they have after the operations."""
        names = {one.name: one.new_name for one in operations if isinstance(one, MoveColumn)}
        source = self._as_source(match.found)
        return replace(source, names=tuple(names.get(one, one) for one in source.names))

    def _before(self, match: FieldMatch) -> Columns:
        """Return the columns that the field had when it was of the wanted type before."""
        found, live = match.found[0], self._table.live
        held = live.numbered(match.held)
        if held and fits(held, match.wanted):  # else an older engine did not number them yet
            return held if match.held != found.number else ()
        wanted = [(one.fits, one.type) for one in match.wanted]
        for columns in (
            live.line(found.origin) if match.held or match.how is not How.RESTORED else ()
        ):
            if columns[0].state is State.RETIRED and wanted == [
                (one.fits, one.type) for one in columns
            ]:
                return columns
        return ()

    def _field_as_it_was(self, match: FieldMatch) -> Field:
        before = self._around.was
        entity = before.entities.get(self._table.live.entity) if before else None
        field = entity.fields.get(match.found[0].field) if entity else None
        return field or replace(match.field, type=match.found[0].type)

    def _new_columns(self, match: FieldMatch) -> list[Operation]:
        origin = match.found[0].origin if match.found else 0
        columns = (replace(one, origin=origin) for one in match.wanted)
        return [AddColumn(self._table.entity.id, one) for one in columns]

    def _first_stage(self, field: Field) -> list[Operation]:
        return [FillStage(self._table.entity.id, field.id)] if field.type == "stage" else []

    def _noted(self, match: FieldMatch) -> list[Operation]:
        return [NoteColumn(self._table.shape.name, one) for one in match.wanted]

    def _replaced(self, match: FieldMatch) -> list[Operation]:
        """Put the old columns aside and add new ones."""
        aside = () if match.how is How.RESTORED else self._retired(match.found, match.field.id)
        return [*aside, *self._new_columns(match)]

    def _retired(self, columns: tuple[LiveColumn, ...], field: str) -> Iterator[Operation]:
        number, self._number = self._number, self._number + 1
        for one in columns:
            name = retired_name(one.name, number)
            yield self._moved(one.name, name, field, State.RETIRED, Phase.COLUMNS_AWAY)

    def _followers(self, match: FieldMatch) -> list[Operation]:
        """Let what names the fields follow: all of an entity in one go, with the first of them."""
        if not self._renames or self._renames[0][1] != match.field.id:
            return []
        return [RenameFields(self._table.entity.id, self._renames)]

    def _move(self, match: FieldMatch) -> tuple[Operation, ...]:
        """Give columns the names of the field; by way of another name where one is taken."""
        moves: list[Operation] = []
        field = match.field.id
        for old, new in zip(match.found, match.wanted, strict=True):
            name = old.name
            if name != new.name and new.name in self._names:
                name = f"t${new.name}"
                moves.append(self._moved(old.name, name, field, State.ACTIVE, Phase.COLUMNS_AWAY))
            moves.append(self._moved(name, new.name, field, State.ACTIVE, Phase.COLUMNS_IN))
        return tuple(moves)

    def _moved(
        self, name: str, new_name: str, field: str, state: State, phase: Phase
    ) -> MoveColumn:
        return MoveColumn(self._table.shape.name, name, new_name, field, state, phase)

    def _filled(self, columns: tuple[LiveColumn, ...]) -> int:
        return self._around.counter.filled(self._table.live.name, columns)


def _step(
    kind: StepKind,
    field: Field,
    sentence: str,
    weight: Weight,
    count: int,
    operations: list[Operation],
) -> Step:
    return Step(kind, field.address, sentence, weight, count, tuple(operations))


def _about_present_records(field: Field, count: int) -> str:
    """Say what a new field means for the records that are there."""
    if field.type == "stage":
        return f"{records(count, 'starts', 'start')} in {_first(field)}"
    if field.type == "sequence":
        return f"{records(count, 'has', 'have')} no number; only new ones get one"
    if field.required:
        return asked_for_value(count)
    return ""


def _weight(verdict: Verdict) -> Weight:
    if verdict.lost:
        return Weight.CONSENT
    return Weight.ORDINARY if verdict.filled else Weight.ADDITIVE


def _type_word(field: Field) -> str:
    word = field.type.replace("_", " ")
    return f"computed {word}" if field.formula is not None else word


def _becomes(match: FieldMatch) -> str:
    old, new = match.found[-1], match.wanted[-1]
    if old.type != new.type:
        return f"{old.type} becomes {new.type}"
    if old.scale != new.scale:
        return f"{counted(old.scale, 'decimal', 'becomes', 'become')} {new.scale}"
    if old.target != new.target:
        return f"leads to {match.field.to} from now on"
    return ""


def _what_converts(verdict: Verdict, *, is_back: bool) -> str:
    if is_back and not verdict.lost:
        return "the values of then are back, changed ones convert"
    if not verdict.filled:
        return "no record has a value"
    if not verdict.lost:
        return values(verdict.filled, "converts", "convert")
    kept = "the old one stays" if verdict.filled == 1 else "the old ones stay"
    return f"{_what_is_lost(verdict)}; {_stay_aside(kept)}"


def _what_is_lost(verdict: Verdict) -> str:
    example, kept = quoted(verdict.example), verdict.filled - verdict.lost
    if not kept:
        return f"{values(verdict.lost, 'loses', 'lose')} something (such as {example})"
    convert = "converts" if kept == 1 else "convert"
    lose = "loses" if verdict.lost == 1 else "lose"
    return (
        f"{kept:,} of {values(verdict.filled)} {convert}, "
        f"{verdict.lost:,} {lose} something (such as {example})"
    )


def _stay_aside(kept: str) -> str:
    return f"{kept} in a retired column"


def _first(field: Field) -> str:
    return next(iter(field.options.values())).label
