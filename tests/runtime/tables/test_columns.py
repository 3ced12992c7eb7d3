"""Values go in and come out the same in both databases, and sort the same."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Column, Connection, Integer, MetaData, Table, insert, select

from engine.metadata.fieldtypes.base import Storage
from engine.runtime.database import Database
from engine.runtime.tables.columns import (
    SORT_LETTERS,
    SortText,
    column_type,
    from_units,
    to_units,
)

METADATA = MetaData()
SAMPLE = Table(
    "sample",
    METADATA,
    Column("id", Integer, primary_key=True),
    *(Column(one.value, column_type(one, 2)) for one in Storage),
    Column("key", SortText(SORT_LETTERS)),
)
SOFIA = timezone(timedelta(hours=2))


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    database = Database(database_url)
    with database.write() as found:
        METADATA.create_all(found)
        yield found
    database.dispose()


def kept(connection: Connection, column: str, value: Any) -> Any:
    """Returns what comes back of a value."""
    connection.execute(insert(SAMPLE).values({column: value}))
    query = select(SAMPLE.c[column]).order_by(SAMPLE.c.id.desc()).limit(1)
    return connection.scalar(query)


@pytest.mark.parametrize(
    "storage,value",
    [
        (Storage.TEXT, "Ёлка 'x' %s :y \\ 🌲"),
        (Storage.INTEGER, 2**63 - 1),
        (Storage.INTEGER, -(2**63)),
        (Storage.SCALED, Decimal("12.50")),
        (Storage.SCALED, Decimal("-9999999999999999.99")),
        (Storage.BOOL, True),
        (Storage.DATE, date(1, 1, 1)),
        (Storage.DATE, date(9999, 12, 31)),
        (Storage.INSTANT, datetime(2026, 3, 2, 10, 5, 7, 123456, tzinfo=UTC)),
        (Storage.OPTIONS, ("a", "b_2")),
        (Storage.LINK, 7),
    ],
)
def test_a_value_comes_back(connection: Connection, storage: Storage, value: Any) -> None:
    found = kept(connection, storage.value, value)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize("storage", [one for one in Storage if one is not Storage.BOOL])
def test_empty_comes_back_empty(connection: Connection, storage: Storage) -> None:
    assert kept(connection, storage.value, None) is None


def test_no_options_are_empty_and_no_answer_is_no(connection: Connection) -> None:
    assert kept(connection, "options", ()) is None
    assert kept(connection, "bool", None) is False


def test_a_decimal_carries_its_scale(connection: Connection) -> None:
    assert str(kept(connection, "scaled", Decimal("12.5"))) == "12.50"
    assert str(kept(connection, "scaled", 12)) == "12.00"


def test_an_instant_is_told_in_utc(connection: Connection) -> None:
    found = kept(connection, "instant", datetime(2026, 3, 2, 10, tzinfo=SOFIA))
    assert found.isoformat() == "2026-03-02T08:00:00+00:00"


def test_an_instant_without_a_zone_is_refused(connection: Connection) -> None:
    with pytest.raises(Exception, match="without a zone"):
        kept(connection, "instant", datetime(2026, 3, 2, 10))  # noqa: DTZ001 - that is the point


@pytest.mark.parametrize("number", ["0.001", "10000000000000000", "1e30"])
def test_a_decimal_that_does_not_fit_is_refused(number: str) -> None:
    with pytest.raises(ValueError, match="does not fit"):
        to_units(Decimal(number), 2)


def test_units_are_exact_both_ways() -> None:
    assert to_units(Decimal("0.07"), 2) == 7
    assert from_units(7, 2) == Decimal("0.07")


def test_instants_sort_and_compare_as_time(connection: Connection) -> None:
    first = datetime(2026, 3, 2, 10, 0, 0, tzinfo=UTC)
    moments = [first, first + timedelta(microseconds=1), datetime(999, 1, 1, tzinfo=UTC)]
    for one in moments:
        kept(connection, "instant", one)
    query = select(SAMPLE.c.instant).where(SAMPLE.c.instant >= first).order_by(SAMPLE.c.instant)
    assert list(connection.scalars(query)) == moments[:2]


def test_sort_keys_sort_by_code_point(connection: Connection) -> None:
    keys = ["Z", "a", "я", "б", "10", "9", "_", " "]
    for one in keys:
        kept(connection, "key", one)
    query = select(SAMPLE.c.key).order_by(SAMPLE.c.key)
    assert list(connection.scalars(query)) == sorted(keys)


def test_a_long_sort_key_keeps_what_counts(connection: Connection) -> None:
    assert kept(connection, "key", "ж" * 5000) == "ж" * SORT_LETTERS


def test_yes_and_no_are_words_of_sql(connection: Connection) -> None:
    for one in (True, False, None):
        kept(connection, "bool", one)
    for condition, expected in (
        (SAMPLE.c.bool.is_(True), 1),
        (SAMPLE.c.bool.is_(False), 2),
        (SAMPLE.c.bool, 1),
        (~SAMPLE.c.bool, 2),
    ):
        assert len(connection.execute(select(SAMPLE.c.id).where(condition)).all()) == expected
