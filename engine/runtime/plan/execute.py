"""Does the operations of a plan, each in the tables and in the engine's record of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from engine.clock import Clock
from engine.crash_points import crash_point
from engine.errors import Refused, say
from engine.metadata.expressions.templates import Show
from engine.metadata.model.application import Application
from engine.runtime.plan.ddl import TableChanger
from engine.runtime.plan.deriving import Deriving
from engine.runtime.plan.directory import LiveDirectory
from engine.runtime.plan.follow import rename_entities, rename_fields
from engine.runtime.plan.ledger import Ledger
from engine.runtime.plan.operations import (
    AddColumn,
    ConvertValues,
    CreateIndex,
    CreateLinks,
    CreateTable,
    Derive,
    DropIndex,
    FillStage,
    MoveColumn,
    MoveTable,
    NoteColumn,
    Operation,
    RenameEntities,
    RenameFields,
    in_order,
)
from engine.runtime.plan.recall import Recall
from engine.runtime.plan.state import columns_for
from engine.runtime.plan.values import convert_values, fill_stage
from engine.runtime.tables.entity import RecordTables
from engine.runtime.tables.names import table_name
from engine.runtime.tables.shape import is_stored


class Executor:
    """Does operations within one write transaction."""

    def __init__(
        self,
        connection: Connection,
        wanted: Application,
        tables: RecordTables,
        clock: Clock,
        show: Show,
    ) -> None:
        self._connection = connection
        self._wanted = wanted
        self._tables = tables
        self._changer = TableChanger(connection)
        self._now = clock.now()
        self._ledger = Ledger(connection, clock)
        self._deriving = Deriving(connection, wanted, tables, self._now, show)
        names = {one: table_name(one) for one in wanted.entities}
        self._directory = LiveDirectory(connection, names)

    def run_all(self, operations: Iterable[Operation]) -> None:
        """Do all operations of a plan in their order."""
        for operation in in_order(operations):
            self.run(operation)
            crash_point("apply.operation")
        self._deriving.settle()

    def run(self, operation: Operation) -> None:
        """Do one operation."""
        match operation:
            case CreateTable(entity):
                self._create_table(entity)
            case CreateLinks(entity):
                self._changer.add_links(self._tables.table(entity))
            case MoveTable(name, new_name, entity, state):
                self._changer.rename_table(name, new_name)
                self._ledger.table_moved(name, new_name, entity, state)
            case MoveColumn() | AddColumn() | NoteColumn():
                self._change_column(operation)
            case DropIndex(name):
                self._changer.drop_index(name)
                self._ledger.index_dropped(name)
            case CreateIndex():
                self._create_index(operation)
            case _:
                self._change_values(operation)

    def _change_column(self, operation: MoveColumn | AddColumn | NoteColumn) -> None:
        match operation:
            case MoveColumn(table, name, new_name, field, state):
                if name != new_name:
                    self._changer.rename_column(table, name, new_name)
                self._ledger.column_moved(table, name, new_name, field, state)
            case AddColumn(entity, column):
                shapes = self._tables.shapes[entity].fields[column.field]
                self._changer.add_column(table_name(entity), shapes[column.part])
                self._ledger.column_made(table_name(entity), column)
            case NoteColumn(table, column):
                self._ledger.column_noted(table, column)
            case _:
                assert_never(operation)

    def _change_values(
        self, operation: ConvertValues | FillStage | Derive | RenameEntities | RenameFields
    ) -> None:
        match operation:
            case ConvertValues():
                self._convert(operation)
            case FillStage(entity, field):
                stage = self._wanted.entity(entity).fields[field]
                fill_stage(self._connection, self._tables, stage, self._now)
            case Derive(entity, formulas):
                self._deriving.derive(entity, formulas=formulas)
            case RenameEntities(names):
                rename_entities(self._connection, self._tables, dict(names))
            case RenameFields(entity, names):
                rename_fields(self._connection, entity, dict(names))
            case _:
                assert_never(operation)

    def _create_table(self, entity: str) -> None:
        table = self._tables.table(entity)
        self._changer.create_table(table)
        self._ledger.table_made(table.name, entity)
        for field in self._wanted.entity(entity).fields.values():
            if is_stored(field):
                for column in columns_for(field, self._wanted):
                    self._ledger.column_made(table.name, column)

    def _create_index(self, operation: CreateIndex) -> None:
        table = self._tables.table(operation.entity)
        try:
            self._changer.create_index(table, operation.index)
        except IntegrityError as error:
            raise Refused(
                say(
                    "{fields} of {entity} would not be unique.",
                    fields=", ".join(operation.index.columns),
                    entity=operation.entity,
                ),
                say("Nothing was changed. Make the values differ, then plan again."),
            ) from error
        self._ledger.index_made(table.name, operation.index)

    def _convert(self, operation: ConvertValues) -> None:
        field = self._wanted.entity(operation.entity).fields[operation.field]
        source, memory = operation.source, operation.memory
        recall = Recall(source, memory, field, self._wanted, self._directory)
        convert_values(self._connection, self._tables, field, (source, memory), recall)
