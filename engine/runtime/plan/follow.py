"""What names entities and fields by their ids follows when those get others.

`names` maps old ids to new ones. Where two swap their ids, everything goes by way of a third name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from sqlalchemy import Column, ColumnElement, Connection, select, text, true, update

from engine.metadata.fieldtypes.base import Storage
from engine.runtime.plan.state import State
from engine.runtime.tables.entity import RecordTables
from engine.runtime.tables.names import table_name
from engine.runtime.tables.system import COLUMNS, NAMING_ENTITIES, SEQUENCES, STAYS, TIMERS

Names = Mapping[str, str]

# A key of the images gets another name where it lies; the rest of the object stays as it is.
IMAGES = ("before", "after")
RENAME_KEY = {
    "sqlite": """
        UPDATE kt_history
        SET {image} = json_remove(
            json_set({image}, '$."' || :new || '"', json({image} -> ('$."' || :old || '"'))),
            '$."' || :old || '"')
        WHERE entity = :entity AND json_type({image}, '$."' || :old || '"') IS NOT NULL""",
    "postgresql": """
        UPDATE kt_history
        SET {image} = ({image} - CAST(:old AS text))
            || jsonb_build_object(CAST(:new AS text), {image} -> CAST(:old AS text))
        WHERE entity = :entity AND jsonb_exists({image}, :old)""",
}
RENAME_IN_LIST = {
    "sqlite": """
        UPDATE kt_history SET fields = replace(fields, '"' || :old || '"', '"' || :new || '"')
        WHERE entity = :entity AND instr(fields, '"' || :old || '"') > 0""",
    "postgresql": """
        UPDATE kt_history
        SET fields = CAST(
            replace(CAST(fields AS text), '"' || :old || '"', '"' || :new || '"') AS jsonb)
        WHERE entity = :entity AND strpos(CAST(fields AS text), '"' || :old || '"') > 0""",
}


def rename_entities(connection: Connection, tables: RecordTables, names: Names) -> None:
    """Let history, outbox, timers, keys and links to any record follow."""
    for part in _passes(names):
        for table in NAMING_ENTITIES:
            _rename(connection, table.c.entity, part)
        for column in _any_link_columns(tables):
            _rename(connection, column, part)


def rename_fields(connection: Connection, entity: str, names: Names) -> None:
    """Let history, sequences, stays and what was retired follow; `entity` is the id of today."""
    _rename_retired(connection, table_name(entity), names.values())
    for part in _passes(names):
        for column in (SEQUENCES.c.field, STAYS.c.field, TIMERS.c.name):
            _rename(connection, column, part, column.table.c.entity == entity)
        for old, new in part.items():
            _rename_in_history(connection, entity, old, new)


def _passes(names: Names) -> Iterator[Names]:
    if set(names).isdisjoint(names.values()):
        yield names
        return
    yield {old: f"${new}" for old, new in names.items()}
    yield {f"${new}": new for new in names.values()}


def _rename(
    connection: Connection,
    column: Column[str],
    names: Names,
    condition: ColumnElement[bool] | None = None,
) -> None:
    where = true() if condition is None else condition
    for old, new in names.items():
        connection.execute(update(column.table).where(column == old, where).values({column: new}))


def _rename_retired(connection: Connection, table: str, fields: Iterable[str]) -> None:
    """Let the columns that fields had before have their ids of today."""
    of_table = COLUMNS.c.table_name == table
    for field in fields:
        in_use = (COLUMNS.c.field == field) & (COLUMNS.c.state == State.ACTIVE)
        origin = connection.scalar(select(COLUMNS.c.origin).where(of_table, in_use))
        before = (COLUMNS.c.origin == origin) & (COLUMNS.c.state == State.RETIRED)
        connection.execute(update(COLUMNS).where(of_table, before).values(field=field))


def _any_link_columns(tables: RecordTables) -> Iterator[Column[str]]:
    for entity, shape in tables.shapes.items():
        for columns in shape.fields.values():
            if columns[-1].storage is Storage.ANY_LINK:
                yield tables.table(entity).c[columns[0].name]


def _rename_in_history(connection: Connection, entity: str, old: str, new: str) -> None:
    words = {"entity": entity, "old": old, "new": new}
    dialect = connection.dialect.name
    for image in IMAGES:
        connection.execute(text(RENAME_KEY[dialect].format(image=image)), words)
    connection.execute(text(RENAME_IN_LIST[dialect]), words)
