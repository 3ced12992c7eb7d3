"""The step that looks for a record: by equal fields, or by a condition that the database judges."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Table, false, or_, select

from engine.automation.binding import bind
from engine.automation.compiling import Compiler
from engine.automation.ready import Reads, reads_of
from engine.automation.running import CompiledStep, Did, Run
from engine.automation.trace import Seen
from engine.errors import say
from engine.metadata.expressions.compile import Typed, typed
from engine.metadata.expressions.letters import fold
from engine.metadata.expressions.names import Scope
from engine.metadata.expressions.types import TEXT, field_type
from engine.metadata.fieldtypes.base import Kind, Payload
from engine.metadata.fieldtypes.registry import FIELD_TYPES
from engine.metadata.model.step import FindRecord
from engine.metadata.model.text import RecordRef
from engine.runtime.sql_expression import fold as fold_in_sql

Condition: TypeAlias = Callable[[Run, Table], ColumnElement[bool]]

# Texts of people, in which letters may be small or capital; others are stored in one form.
WRITTEN = frozenset({Payload.TEXT, Payload.LONG_TEXT})


def find_record(step: FindRecord, compiler: Compiler) -> CompiledStep:
    """Look for another record; where there is none, do something else."""
    reads, condition = _condition(step, compiler)
    otherwise = compiler.steps(step.otherwise)
    entity = compiler.application.entity(step.entity)

    def do(run: Run) -> Did:
        found = _first(run, step.entity, condition)
        run.bind(step.name, found)
        if found is not None:
            return Did(said=say("It was found."), seen=_named(run, step.name, found))
        return Did(said=say("There is none."), end=run.do(otherwise))

    words = say("Look for: {entity}", entity=entity.label)
    return CompiledStep(step.address, "find", words, reads, do)


def _named(run: Run, name: str, found: RecordRef) -> tuple[Seen, ...]:
    """Return the record that a name stands for from now on, as the run log shows it."""
    return ((name, run.scene.lookup.title(found.entity, found.id), found.id),) if name else ()


def _first(run: Run, entity_id: str, condition: Condition) -> RecordRef | None:
    """Return the record that holds: active ones before archived ones, then the oldest."""
    table = run.scene.entities[entity_id].table
    query = select(table.c.id).where(table.c.trashed_at.is_(None), condition(run, table))
    if run.subject.entity == entity_id:
        query = query.where(table.c.id != run.subject.id)
    query = query.order_by(table.c.archived, table.c.id).limit(1)
    record_id = run.scene.connection.scalar(query)
    return None if record_id is None else RecordRef(entity_id, record_id)


def _condition(step: FindRecord, compiler: Compiler) -> tuple[Reads, Condition]:
    scope = compiler.placed[step.address].looked_for
    if step.where is not None and scope is not None:
        return _where(typed(step.where, scope, Kind.BOOL), scope, step.entity, compiler)
    return _match(step, compiler)


def _where(
    meaning: Typed, scope: Scope, entity_id: str, compiler: Compiler
) -> tuple[Reads, Condition]:
    names = scope.extra.keys()
    outside = {path: one for path, one in reads_of((meaning,)).items() if path[0] in names}

    def condition(run: Run, table: Table) -> ColumnElement[bool]:
        bound = bind(meaning, names, run.context())
        return compiler.columns.judged(bound, entity_id, table, run.scene.setting.actor)

    return outside, condition


def _match(step: FindRecord, compiler: Compiler) -> tuple[Reads, Condition]:
    """Match any of the fields by its value in the record of the run; empty matches nothing."""
    fields = {one: compiler.entity.fields[one] for one in step.match}
    kinds = {n: field_type(one, compiler.application) or TEXT for n, one in fields.items()}
    written = {n for n, one in fields.items() if FIELD_TYPES[one.type].payload in WRITTEN}

    def condition(run: Run, table: Table) -> ColumnElement[bool]:
        return or_(false(), *equalities(run, table))

    def equalities(run: Run, table: Table) -> Iterator[ColumnElement[bool]]:
        compiled, context = run.scene.entities[step.entity], run.context()
        for name in fields:
            value: Any = context.read((name,))
            if value is None or value == "":
                continue
            (column,) = compiled.columns_of(name)
            if name in written:
                dialect = run.scene.connection.dialect.name
                yield fold_in_sql(table.c[column], dialect) == fold(value)
            else:
                yield table.c[column] == value

    return {(name,): kinds[name] for name in fields}, condition
