"""One meaning in three engines: what Python computes, SQLite and PostgreSQL select."""

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st
from sqlalchemy import URL, text

from engine.metadata.expressions.mistakes import ExpressionProblem
from engine.metadata.fieldtypes.base import Kind
from tests.kit.examples import examples
from tests.kit.postgres import fresh_database
from tests.runtime.expression_engines import (
    Row,
    SqlRecords,
    python_values,
    read,
    sql_records,
)
from tests.runtime.expression_grammar import Grammar, Records

T = TypeVar("T")
EXPRESSIONS = examples(120, nightly=2_000)  # times 100 records: 12,000 pairs, or 200,000
RECORDS = 100
BIG = 10**17  # of 18 digits


class Rows(tuple[Row, ...]):
    """Records that are not printed with every failing example."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"{len(self)} records"


@pytest.fixture(scope="module")
def records() -> Rows:
    chance = random.Random(2026)  # noqa: S311 - records, no secrets
    return Rows(Records(chance).draw() for _ in range(RECORDS))


@pytest.fixture(scope="module")
def on_sqlite(records: Rows) -> Iterator[SqlRecords]:
    with sql_records("sqlite://", records) as found:
        yield found


@pytest.fixture(scope="module")
def on_postgres(records: Rows, postgres_server: URL) -> Iterator[SqlRecords]:
    with fresh_database(postgres_server) as url, sql_records(url, records) as found:
        yield found


class Drawn:
    """Chance that hypothesis draws, so that it can make a failing expression smaller."""

    def __init__(self, data: st.DataObject) -> None:
        self.data = data

    def random(self) -> float:
        return self.data.draw(st.integers(0, 99)) / 100

    def randint(self, least: int, most: int, /) -> int:
        return self.data.draw(st.integers(least, most))

    def choice(self, values: Sequence[T], /) -> T:
        return values[self.randint(0, len(values) - 1)]

    def sample(self, values: Sequence[T], count: int, /) -> list[T]:
        return list(values[:count])


@pytest.mark.postgres
@settings(max_examples=EXPRESSIONS, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_python_sqlite_and_postgresql_agree(
    data: st.DataObject,
    records: Rows,
    on_sqlite: SqlRecords,
    on_postgres: SqlRecords,
) -> None:
    chance = Drawn(data)
    grammar = Grammar(chance)
    expression = grammar.draw(chance.choice(tuple(grammar.rules)), chance.randint(1, 4))
    note(expression)
    found = read(expression)
    values = python_values(found, records)
    assert on_sqlite.values(found) == values
    assert on_postgres.values(found) == values
    if found.kind is Kind.BOOL:
        holds = [at for at, value in enumerate(values, 1) if value]
        assert on_sqlite.matching(found) == holds
        assert on_postgres.matching(found) == holds


def of(**values: Any) -> dict[str, Any]:
    return {name.replace("__", "."): value for name, value in values.items()}


def at(*when: int) -> datetime:
    return datetime(*when, tzinfo=UTC)  # type: ignore[arg-type, misc] # year, month, day ...


EMPTY: dict[str, Any] = {}
EXACT = Decimal("0.333333")

# What the language says (section 4), and what databases and Python do otherwise by themselves.
CASES: tuple[tuple[str, dict[str, Any], Any], ...] = (
    # empty is a value for == and !=, an order with it is false, arithmetic with it is empty
    ("count == rooms", EMPTY, True),
    ("count != rooms", of(rooms=1), True),
    ("not (count == 1)", EMPTY, True),
    ("count < 1", EMPTY, False),
    ("not (count < 1)", EMPTY, True),
    ("not (count < 1) and not (count >= 1)", EMPTY, True),
    ("not (name > 'a' or hot)", EMPTY, True),
    ("count + 1", EMPTY, None),
    ("count * 0", EMPTY, None),
    ("max(count, 5)", EMPTY, None),
    ("name == ''", EMPTY, True),
    ("name is none", EMPTY, True),
    ("name in ['a', none]", EMPTY, True),
    ("name not in ['a', 'b']", EMPTY, True),
    ("'vip' in tags", EMPTY, False),
    ("'vip' not in tags", EMPTY, True),
    ("has(name, 'a') or starts(name, 'a')", EMPTY, False),
    ("has(comment, name)", of(comment="abc"), False),
    ("not client.vip", EMPTY, True),
    ("old.stage != stage", of(stage="new"), True),
    ("1 < count < 5", of(count=3), True),
    ("1 < count < 5", EMPTY, False),
    ("coalesce(name, comment, 'none')", of(comment="x"), "x"),
    ("name if hot else comment", of(hot=True, name="a", comment="b"), "a"),
    ("'vip' if hot", of(hot=False), None),
    # exact numbers: half-up, x/0 is empty, 18 digits
    ("count / 0", of(count=1), None),
    ("amount / prepaid", of(amount=Decimal(1), prepaid=Decimal(0)), None),
    ("count / rooms", of(count=7, rooms=2), Decimal("3.5")),
    ("count / rooms", of(count=1, rooms=3), EXACT),
    ("count / rooms", of(count=-2, rooms=3), Decimal("-0.666667")),
    # a quotient of 16 digits would end in 5 and be rounded a second time, up
    ("count / rooms", of(count=24691200000223456, rooms=200000000001), Decimal(123456)),
    ("round(factor)", of(factor=Decimal("2.5")), 3),
    ("round(factor)", of(factor=Decimal("-2.5")), -3),
    ("round(factor, 2)", of(factor=Decimal("1.005")), Decimal("1.01")),
    ("amount * 0.5", of(amount=Decimal("0.05")), Decimal("0.03")),
    ("amount / 3", of(amount=Decimal("100.00")), Decimal("33.33")),
    ("factor * factor", of(factor=Decimal("0.001500")), Decimal("0.000002")),
    ("amount == 0.1 + 0.2", of(amount=Decimal("0.30")), True),
    ("factor > 12345678901.234567", of(factor=Decimal("12345678901.234568")), True),
    ("amount > factor", of(amount=Decimal("0.33"), factor=EXACT), False),
    ("amount < factor", of(amount=Decimal(10**15), factor=Decimal("999999999999.999999")), False),
    ("count * count", of(count=10**9), None),
    ("count * count", of(count=999_999_999), 999_999_998_000_000_001),
    ("count + count", of(count=5 * BIG), None),
    ("count + count - count", of(count=5 * BIG), None),
    ("count + length_m", of(count=BIG, length_m=Decimal(0)), None),
    ("count > length_m", of(count=BIG, length_m=Decimal(0)), True),
    ("-count - count", of(count=5 * BIG), None),
    # texts: letters of any language, no wildcards, order by letters whatever their size
    ("lower(name)", of(name="ИВАН Ёжиков"), "иван ёжиков"),
    ("has(name, 'иван')", of(name="ИВАН"), True),
    ("has(name, 'елка')", of(name="Ёлка"), True),
    ("starts(name, 'ёл')", of(name="ЕЛКА"), True),
    ("has(name, 'a_b')", of(name="axb"), False),
    ("has(name, '%')", of(name="axb"), False),
    ("name == 'Anna'", of(name="anna"), False),
    ("'Б' < name", of(name="в"), True),
    ("'10' < name", of(name="9"), True),
    ("concat(name, ' ', comment)", of(name="Anna"), "Anna "),
    ("concat(name, comment)", EMPTY, None),
    ("digits(name)", of(name="тел. 0888 12-34"), "08881234"),
    ("digits(name)", of(name="none"), None),
    # the calendar: month ends clamp, days keep the clock, the two nights of the year
    ("start + months(1)", of(start=date(2026, 1, 31)), date(2026, 2, 28)),
    ("start + months(12)", of(start=date(2024, 2, 29)), date(2025, 2, 28)),
    ("start - finish", of(start=date(2026, 3, 1), finish=date(2024, 3, 1)), 730),
    ("start + days(count)", of(start=date(2026, 1, 1), count=BIG), None),
    ("start + workdays(1)", of(start=date(2026, 2, 27)), date(2026, 3, 2)),
    ("start + workdays(2)", of(start=date(2026, 2, 27)), date(2026, 3, 4)),  # 3 March is free
    ("start - workdays(1)", of(start=date(2026, 3, 4)), date(2026, 3, 2)),
    ("due + days(1)", of(due=at(2026, 3, 28, 8)), at(2026, 3, 29, 7)),  # 10:00 by the clock
    ("due + hours(24)", of(due=at(2026, 3, 28, 8)), at(2026, 3, 29, 8)),
    ("due + days(1)", of(due=at(2026, 3, 28, 1, 30)), at(2026, 3, 29, 1, 30)),  # 3:30 is skipped
    ("due + days(1)", of(due=at(2026, 10, 24, 0, 30)), at(2026, 10, 25, 1, 30)),  # 3:30 twice
    ("due - created_at", of(due=at(2026, 3, 2), created_at=None), None),
    ("due - hours(count)", of(due=at(1000, 1, 1), count=277_000_000), None),  # 31,600 years
    ("start_of('hour', due)", of(due=at(9999, 12, 31, 21, 59)), at(9999, 12, 31, 21)),
    ("end_of('hour', due)", of(due=at(9999, 12, 31, 21, 59)), None),  # the calendar ends there
    ("start_of('week', start)", of(start=date(2026, 3, 1)), date(2026, 2, 23)),
    ("end_of('day', due)", of(due=at(2026, 3, 29, 5)), at(2026, 3, 29, 20, 59, 59, 999999)),
    ("start_of('day', due)", of(due=at(2026, 3, 29, 5)), at(2026, 3, 28, 22)),
    ("today()", EMPTY, date(2026, 3, 29)),  # the company's day; in UTC it is still the 28th
    ("age(client.birthday)", of(client__birthday=date(2008, 3, 29)), 18),
    ("age(client.birthday)", of(client__birthday=date(2008, 3, 30)), 17),
    ("age(client.birthday)", of(client__birthday=date(2027, 1, 1)), None),
    ("next_anniversary(start)", of(start=date(2024, 2, 29)), date(2027, 2, 28)),
    ("due <= '2026-03-02'", of(due=at(2026, 3, 2, 21)), True),  # all of that day
    ("due > '2026-03-02'", of(due=at(2026, 3, 2, 21)), False),
    ("due < '2026-03-02'", of(due=at(2026, 3, 1, 22)), False),
    # how long in a stage
    (
        "since(stage)",
        of(**{"stage.since": at(2026, 3, 28, 20, 30, 15, 123456)}),
        timedelta(hours=2),
    ),
    ("since(stage) > minutes(30)", of(**{"stage.since": at(2026, 3, 28, 22)}), True),
    ("since(stage) > hours(2)", of(**{"stage.since": at(2026, 3, 28, 22)}), False),
    ("since(stage)", EMPTY, None),
    ("since(stage) > hours(2)", EMPTY, False),
    # who asks
    ("owner == user", of(owner=7), True),
    ("dealer == user.company", EMPTY, True),
    ("'head' in user.roles", EMPTY, True),
)


@pytest.mark.postgres
@pytest.mark.parametrize("expression, record, expected", CASES, ids=[case[0] for case in CASES])
def test_the_language_means_the_same_everywhere(
    expression: str, record: dict[str, Any], expected: object, postgres_cases: SqlRecords
) -> None:
    found = read(expression)
    assert python_values(found, [record]) == [expected]
    with sql_records("sqlite://", [record]) as on_sqlite:
        assert on_sqlite.values(found) == [expected]
    postgres_cases.only(record)
    assert postgres_cases.values(found) == [expected]


@pytest.fixture(scope="module")
def postgres_cases(postgres_server: URL) -> Iterator[SqlRecords]:
    with fresh_database(postgres_server) as url, sql_records(url, ()) as found:
        yield found


@pytest.mark.parametrize(
    "trap", ["2**3**2", "-2**2", "7 // -2", "7 % -3", "'a' ~ none", "'a' || name", "'10' < 9"]
)
def test_what_engines_read_differently_is_refused(trap: str) -> None:
    with pytest.raises(ExpressionProblem):
        read(trap)


@pytest.mark.parametrize(
    "condition", ["stage == 'new'", "stage in ['new', 'won']", "owner == user"]
)
def test_a_plain_condition_is_found_by_an_index(
    condition: str, on_sqlite: SqlRecords, on_postgres: SqlRecords
) -> None:
    column = condition.split(maxsplit=1)[0]
    for records in (on_sqlite, on_postgres):
        records.connection.execute(
            text(f"CREATE INDEX IF NOT EXISTS i_{column} ON records ({column})")
        )
        assert f"i_{column}" in records.plan(read(f"{condition} and hot"))


@pytest.mark.parametrize(
    "deep",
    [
        " + ".join(["count"] * 99),
        "(" * 25 + "count" + " + factor)" * 25,
        "coalesce(" * 28 + "start" + " + months(count), finish)" * 28,
        "min(" * 28 + "count / rooms" + ", factor)" * 28,
        " and ".join(["count > 1"] * 120),
        "(hot and " * 28 + "count / rooms > 1" + " or done)" * 28,
        "not (hot and " * 14 + "count / rooms / factor / count / rooms > 1" + ")" * 14,
    ],
    ids=["sum", "brackets", "months", "least", "conditions", "turns", "not"],
)
def test_the_deepest_expression_compiles_without_copies(
    deep: str, on_sqlite: SqlRecords, on_postgres: SqlRecords, records: Rows
) -> None:
    found = read(deep)
    values = python_values(found, records)
    for engine in (on_sqlite, on_postgres):
        assert len(engine.statement(found)) < 60 * len(deep) + 1000
        assert engine.values(found) == values
        if found.kind is Kind.BOOL:
            assert len(engine.matching(found)) == sum(values)
