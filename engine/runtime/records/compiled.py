"""An entity made ready for writing, once: readers, closures, titles and who depends on whom.

`compiling.py` makes these values; everything else in this room reads them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeAlias

from marshmallow import Schema
from sqlalchemy import Select, Table, Update
from sqlalchemy.sql.dml import ReturningInsert

from engine.metadata.expressions.compile import Typed
from engine.metadata.expressions.evaluate import Context, Result
from engine.metadata.expressions.nodes import Const
from engine.metadata.expressions.templates import Show, TextTemplate
from engine.metadata.expressions.types import Type
from engine.metadata.fieldtypes.base import FieldType, Payload, Storage
from engine.metadata.model.button import Ask, Button
from engine.metadata.model.entity import Entity
from engine.metadata.model.field import Field
from engine.metadata.model.pipeline import Pipeline
from engine.metadata.model.text import Value
from engine.metadata.moments import Length
from engine.metadata.patterns import Pattern
from engine.runtime.records.reading.base import Reader, Reading
from engine.runtime.records.reading.limits import Limit

Closure: TypeAlias = Callable[[Context], Result]
Path: TypeAlias = tuple[str, ...]
Default: TypeAlias = Callable[[Context, Reading, Show], Value]

RECORD_ID = "ID"  # in `updating` and `by_id`; columns have small letters
RECORD_IDS = "IDS"  # in `by_ids`
NOT_OF_THE_RECORD = frozenset({"user", "old"})


def as_value(result: Result) -> Value:
    """Return the result of an expression as a value of a field; a length of time is none."""
    return None if isinstance(result, timedelta) else result


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition and the paths that it reads."""

    closure: Closure
    paths: frozenset[Path]

    def holds(self, context: Context) -> bool:
        """Say whether the condition is true."""
        return self.closure(context) is True

    def is_ripe(self, context: Context) -> bool:
        """Say whether nothing that it names of the record is empty: only then it is judged."""
        return not any(
            context.read(path) is None for path in self.paths if path[0] not in NOT_OF_THE_RECORD
        )


@dataclass(frozen=True, slots=True)
class CompiledField:
    """A field with all that is asked of its values."""

    field: Field
    type: FieldType
    scale: int
    reader: Reader
    limits: tuple[Limit, ...]
    kind: Type
    pattern: Pattern | None = None
    default: Default | None = None
    formula: Closure | None = None
    visible_when: Condition | None = None
    required_when: Condition | None = None
    readonly_when: Condition | None = None
    locked_when: Condition | None = None
    check: Condition | None = None
    message: TextTemplate | None = None

    @property
    def id(self) -> str:
        """Return the field's id."""
        return self.field.id

    @property
    def empty(self) -> Value:
        """Return what the field holds when nobody has written it: a bool is never empty."""
        return False if self.type.storage is Storage.BOOL else None

    def constant(self, value: Value) -> Typed:
        """Return a value as an expression of the field's type, for whoever prints it."""
        return Typed(Const(self.kind, value), frozenset(), uses_clock=False)

    @property
    def is_computed(self) -> bool:
        """Say whether nobody writes the field, not even a rule."""
        return self.field.formula is not None

    @property
    def is_of_engine(self) -> bool:
        """Say whether the engine gives the value: a stage or a number."""
        return self.type.payload is Payload.NONE

    @property
    def has_states(self) -> bool:
        """Say whether the field's state depends on anything."""
        conditions = (
            self.visible_when,
            self.required_when,
            self.readonly_when,
            self.locked_when,
            self.check,
        )
        return self.field.required or any(one is not None for one in conditions)


@dataclass(frozen=True, slots=True)
class CompiledValidation:
    """A sentence that must hold for a record."""

    field: str
    check: Condition
    when: Condition | None
    message: TextTemplate


@dataclass(frozen=True, slots=True)
class CompiledStage:
    """What a stage asks for on entry; `require` are paths of fields."""

    id: str
    label: str
    require: tuple[Path, ...]
    enter_when: Condition | None
    message: TextTemplate | None
    closes: bool
    sla: Length | None = None


@dataclass(frozen=True, slots=True)
class CompiledMove:
    """A way from one stage to another."""

    roles: frozenset[str]
    when: Condition | None


@dataclass(frozen=True, slots=True)
class CompiledPipeline:
    """A stage field with its stages; `moves` (source, target) is None where all are free."""

    field: str
    pipeline: Pipeline
    stages: Mapping[str, CompiledStage]
    moves: Mapping[tuple[str, str], CompiledMove] | None


@dataclass(frozen=True, slots=True)
class CompiledAsk:
    """One input of a dialog: how it is read, and the field that is drawn for it."""

    ask: Ask
    field: CompiledField
    shown: Field


@dataclass(frozen=True, slots=True)
class CompiledButton:
    """A button: the stage field that it goes by ("" for none), what it asks, its ladder's tries."""

    button: Button
    stage_field: str
    when: Condition | None
    asks: Mapping[str, CompiledAsk]
    schema: Schema
    tries: tuple[Length, ...] = ()

    @property
    def id(self) -> str:
        """Return the button's id."""
        return self.button.id

    @property
    def resets(self) -> frozenset[str]:
        """Return what lets the count of its ladder begin anew; nothing where it has none."""
        return frozenset(self.button.ladder.reset_on if self.button.ladder else ())


@dataclass(frozen=True, slots=True)
class Hop:
    """One link on the way from a title to what it names."""

    entity: str
    link: str
    target: str


@dataclass(frozen=True, slots=True)
class Watcher:
    """An entity whose title or search text names a field of another one, and the way there."""

    entity: str
    hops: tuple[Hop, ...]


@dataclass(frozen=True, slots=True)
class CompiledEntity:
    """An entity with everything that its records are written by.

    `selecting`, `by_id`, `by_ids`, `titling`, `inserting` and `updating` are the statements for its
    records, made once;
    `columns` are the stored fields and their columns, `links` the fields that lead to a record,
    `targets` (system fields, too) where those to one entity lead,
    `blank` a record without any value, `defaults` and `formulas` in the order of their needs,
    `named` what the title and search text read, `walks` the links on which they go, `walked` the
    links that any expression follows, `watchers` (by field) the titles that name these records.
    """

    entity: Entity
    table: Table
    selecting: Select[Any]
    by_id: Select[Any]
    by_ids: Select[Any]
    titling: Select[Any]
    inserting: ReturningInsert[tuple[int]]
    updating: Update
    fields: Mapping[str, CompiledField]
    columns: Mapping[str, tuple[str, ...]]
    system_names: tuple[str, ...]
    names: frozenset[str]
    links: tuple[str, ...]
    targets: Mapping[str, str]
    any_link: str | None
    blank: Mapping[str, Value]
    schema: Schema
    on_read: Mapping[str, Closure]
    defaults: tuple[str, ...]
    formulas: tuple[str, ...]
    stateful: tuple[str, ...]
    validations: tuple[CompiledValidation, ...]
    pipelines: Mapping[str, CompiledPipeline]
    buttons: Mapping[str, CompiledButton]
    sequences: tuple[str, ...]
    uniques: tuple[tuple[str, ...], ...]
    title: TextTemplate | None
    title_field: str | None
    named: frozenset[str]
    walks: tuple[Path, ...]
    walked: frozenset[str]
    watchers: Mapping[str, tuple[Watcher, ...]]

    @property
    def id(self) -> str:
        """Return the entity's id."""
        return self.entity.id

    @property
    def has_sla(self) -> bool:
        """Say whether a stage of its records may last so long and no longer."""
        stages = (one for pipeline in self.pipelines.values() for one in pipeline.stages.values())
        return any(one.sla is not None for one in stages)

    def is_renamed_by(self, fields: Iterable[str]) -> bool:
        """Say whether title or search text may be others when these fields are."""
        return not self.named.isdisjoint(fields) or not self.named.isdisjoint(self.on_read)

    def columns_of(self, name: str) -> tuple[str, ...]:
        """Return the columns of a stored field or system field."""
        return self.columns.get(name, (name,))
