"""Evaluates one expression three times: as a Python closure, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Integer,
    MetaData,
    Table,
    create_engine,
    event,
    literal,
    select,
)

from engine.metadata.expressions import types
from engine.metadata.expressions.compile import Typed, typed
from engine.metadata.expressions.evaluate import MappingContext, closure
from engine.metadata.expressions.names import resolve
from engine.metadata.expressions.parse import parse
from engine.metadata.expressions.syntax import Name
from engine.metadata.fieldtypes.base import Kind, Storage
from engine.runtime.sql_expression import condition, sql
from engine.runtime.sqlite_functions import register_functions
from engine.runtime.tables.columns import column_type
from tests.metadata.expressions.sample import APPLICATION, SCOPE, expression

ZONE = ZoneInfo(APPLICATION.timezone)
NOW = datetime(2026, 3, 28, 22, 30, 15, 123456, tzinfo=UTC)  # the night of the spring change

NAMES = (
    *("name", "comment", "client.name", "client.city", "title"),
    *("client", "dealer", "owner", "client.owner"),
    *("stage", "source", "old.stage", "tags"),
    *("count", "rooms", "length_m", "factor", "discount"),
    *("amount", "prepaid", "client.credit"),
    *("hot", "done", "client.vip"),
    *("start", "finish", "client.birthday"),
    *("due", "next_contact", "created_at", "stage.since"),
)
USER = {"user": 7, "user.id": 7, "user.team": 3, "user.company": None, "user.roles": ("head",)}
_STORAGE = {
    Kind.TEXT: Storage.TEXT,
    Kind.CHOICE: Storage.TEXT,
    Kind.CHOICES: Storage.OPTIONS,
    Kind.INTEGER: Storage.INTEGER,
    Kind.NUMBER: Storage.SCALED,
    Kind.MONEY: Storage.SCALED,
    Kind.BOOL: Storage.BOOL,
    Kind.DATE: Storage.DATE,
    Kind.INSTANT: Storage.INSTANT,
    Kind.LINK: Storage.LINK,
}

Row = Mapping[str, Any]


def _type_of(name: str) -> Any:
    if name.endswith(".since"):  # what since() reads; it can't be written so
        return types.INSTANT
    written = parse(name)
    assert isinstance(written, Name)
    return resolve(written, SCOPE).type


TYPES = {name: _type_of(name) for name in NAMES}


def _column(name: str) -> Column[Any]:
    type_ = TYPES[name]
    return Column(name.replace(".", "__"), column_type(_STORAGE[type_.kind], type_.scale))


def records_table() -> Table:
    """Return a table with one column for each name, those behind links too."""
    return Table(
        "records",
        MetaData(),
        Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
        *map(_column, NAMES),
    )


class SqlRecords:
    """Records in one database, and expressions over them."""

    def __init__(self, connection: Connection, rows: Sequence[Row]) -> None:
        """Store the rows; what they do not name is empty (a bool: no)."""
        self.connection = connection
        self.dialect = connection.dialect.name
        self.table = records_table()
        self.table.create(connection)
        if rows:
            connection.execute(self.table.insert(), [_stored(row) for row in rows])

    def values(self, found: Typed) -> list[Any]:
        """Return the value of an expression for each record."""
        element = sql(found, self.column, self.dialect, NOW, ZONE, APPLICATION.workdays)
        query = select(element).select_from(self.table).order_by(self.table.c.id)
        with self.connection.begin_nested():  # an error must not spoil what is asked next
            return [_read(value, found) for value in self.connection.scalars(query)]

    def statement(self, found: Typed) -> str:
        """Return an expression as SQL."""
        element = sql(found, self.column, self.dialect, NOW, ZONE, APPLICATION.workdays)
        return str(element.compile(self.connection))

    def plan(self, found: Typed) -> str:
        """Return how the database finds the records of a condition."""
        where = condition(found, self.column, self.dialect, NOW, ZONE, APPLICATION.workdays)
        query = select(self.table.c.id).where(where)
        if self.dialect == "postgresql":
            self.connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        explain = "EXPLAIN" if self.dialect == "postgresql" else "EXPLAIN QUERY PLAN"
        written = query.compile(self.connection, compile_kwargs={"literal_binds": True})
        return str(self.connection.exec_driver_sql(f"{explain} {written}").all())

    def only(self, row: Row) -> None:
        """Leave one record."""
        self.connection.execute(self.table.delete())
        self.connection.execute(self.table.insert(), [_stored(row)])

    def matching(self, found: Typed) -> list[int]:
        """Return the ids of the records for which a condition holds."""
        where = condition(found, self.column, self.dialect, NOW, ZONE, APPLICATION.workdays)
        with self.connection.begin_nested():
            query = select(self.table.c.id).where(where).order_by("id")
            return list(self.connection.scalars(query))

    def column(self, path: tuple[str, ...]) -> ColumnElement[Any]:
        """Return the column of a path; those of the user are values."""
        name = ".".join(path)
        if name in USER:
            kind = Storage.OPTIONS if name == "user.roles" else Storage.LINK
            return literal(USER[name], column_type(kind, 0))
        return self.table.c[name.replace(".", "__")]


def _stored(row: Row) -> dict[str, Any]:
    values = {name.replace(".", "__"): row.get(name) for name in NAMES}
    values["title"] = values["title"] or ""
    return values


def _read(value: Any, found: Typed) -> Any:
    """Return a raw value of a database as the evaluator's."""
    if value is None:
        return None
    match found.kind:
        case Kind.NUMBER | Kind.MONEY:
            return Decimal(value).scaleb(-found.scale)
        case Kind.DURATION:
            return timedelta(microseconds=value)
        case Kind.DATE:
            return date.fromisoformat(value) if isinstance(value, str) else value
        case Kind.INSTANT:
            return datetime.fromisoformat(value) if isinstance(value, str) else value
        case Kind.CHOICES:
            return tuple(value.strip("|").split("|"))
        case Kind.BOOL:
            assert value in (0, 1)
            return bool(value)
        case _:
            return value


def python_values(found: Typed, rows: Sequence[Row]) -> list[Any]:
    """Return the value of an expression for each row, by its closure."""
    evaluate = closure(found)
    return [evaluate(context_of(row)) for row in rows]


def context_of(row: Row) -> MappingContext:
    """Return a row, with the user, as a context."""
    values = {tuple(name.split(".")): value for name, value in (USER | dict(row)).items()}
    return MappingContext(values, NOW, ZONE, APPLICATION.workdays)


def read(text: str) -> Typed:
    """Return the meaning of an expression over a deal."""
    return typed(expression(text), SCOPE)


@contextmanager
def sql_records(url: str, rows: Sequence[Row]) -> Iterator[SqlRecords]:
    """Yield records in a database of any kind."""
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", lambda connection, _: register_functions(connection))
    else:
        event.listen(engine, "connect", lambda connection, _: _in_utc(connection))
    try:
        with engine.connect() as connection, connection.begin():
            yield SqlRecords(connection, rows)
    finally:
        engine.dispose()


def _in_utc(connection: Any) -> None:
    connection.execute("SET TIME ZONE 'UTC'")
    connection.commit()
