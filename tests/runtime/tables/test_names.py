"""Names of tables, columns and indexes: never too long, never mistaken for another."""

from hypothesis import given
from hypothesis import strategies as st

from engine.runtime.tables.names import (
    INTERNAL_COLUMNS,
    LIMIT,
    any_link_names,
    bounded,
    column_name,
    index_name,
    retired_name,
    retired_number,
    table_name,
    unique_name,
    view_name,
)

IDS = st.from_regex(r"[a-z][a-z0-9_]{0,39}", fullmatch=True)


@given(IDS, st.lists(IDS, min_size=1, max_size=4))
def test_no_name_is_too_long(entity: str, fields: list[str]) -> None:
    names = [table_name(entity), index_name(entity, *fields), unique_name(entity, *fields)]
    names += [retired_name(table_name(entity), 12), view_name(entity), *any_link_names(fields[0])]
    assert all(len(one.encode()) <= LIMIT for one in names)


@given(st.tuples(IDS, IDS, IDS), st.tuples(IDS, IDS, IDS))
def test_different_things_have_different_indexes(
    one: tuple[str, ...], other: tuple[str, ...]
) -> None:
    assert (index_name(*one) == index_name(*other)) == (one == other)
    assert index_name(*one) != unique_name(*one)


@given(IDS, IDS)
def test_columns_of_the_engine_are_never_those_of_a_field(field: str, other: str) -> None:
    names = {column_name(field), retired_name(column_name(field), 1), *any_link_names(field)}
    assert names.isdisjoint(INTERNAL_COLUMNS)
    assert len(names) == 4
    if field != other:
        assert names.isdisjoint({column_name(other), *any_link_names(other)})


@given(IDS, st.integers(1, 999))
def test_what_is_retired_says_how_often(name: str, number: int) -> None:
    assert retired_number(retired_name(name, number)) == number
    assert retired_number(name) == 0
    assert retired_number(bounded(f"e_{name}")) == 0


def test_a_view_leaves_the_names_of_tables_alone() -> None:
    assert view_name("client") == "client"
    assert view_name("e_client") == "view$e_client"
    assert view_name("kt_versions") == "view$kt_versions"
