"""Keyset pages: whatever the order, the pages laid together are the whole list, forth and back."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert

from engine.errors import BadQuery
from engine.runtime.actor import Actor
from engine.runtime.query.cursor import signature, write_cursor
from engine.runtime.query.records import Page
from tests.kit.applications import application
from tests.kit.examples import examples
from tests.kit.stock import MONDAY, Stock, stocked

CRM = """
    roles: {clerk: {can: {thing: {every: all}, maker: {every: all}}}}
    pipelines: {walk: {stages: {zeta: {}, alpha: {}, mid: {}}}}
    entities:
      maker: {fields: {name: {type: text, required: true}}}
      thing:
        fields:
          name: {type: text, required: true}
          note: long_text
          count: integer
          weight: {type: number, decimals: 3}
          price: money
          ready: bool
          day: date
          at: datetime
          kind: {type: choice, options: [zebra, ape, mole]}
          stage: {type: stage, pipeline: walk}
          maker: {type: link, to: maker}
          age: {type: integer, formula: age(day)}
"""
MAKERS = ("ёж", "Zed", "ЕЛЬ")
TEXTS = st.one_of(
    st.none(), st.sampled_from(("a", "A", "b", "Ё", "е", "ж", "a" * 250, "a" * 250 + "b"))
)
FIELDS: Mapping[str, st.SearchStrategy[Any]] = {
    "name": st.sampled_from(("Rex", "rex", "Ада", "ада", "Яна", "Ёж", "'; --", "%_")),
    "note": TEXTS,
    "count": st.one_of(st.none(), st.sampled_from((0, 1, -1, 2**63 - 1, -(2**63)))),
    "weight": st.one_of(
        st.none(), st.sampled_from((Decimal(0), Decimal("0.001"), Decimal("-7.5")))
    ),
    "price": st.one_of(
        st.none(), st.sampled_from((Decimal("0.01"), Decimal("9999999999999999.99")))
    ),
    "ready": st.booleans(),
    "day": st.one_of(st.none(), st.sampled_from((date(2020, 2, 29), date(1999, 12, 31)))),
    "at": st.one_of(
        st.none(),
        st.sampled_from((datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 2, 0, 0, 0, 1, UTC))),
    ),
    "kind": st.one_of(st.none(), st.sampled_from(("zebra", "ape", "mole"))),
    "stage": st.one_of(st.none(), st.sampled_from(("zeta", "alpha", "mid"))),
    "maker": st.one_of(st.none(), st.sampled_from((1, 2, 3))),
}
THING = st.fixed_dictionaries(dict(FIELDS))


def folded(text: str) -> str:
    return text.lower().replace("ё", "е")[:200]


SORTS: Mapping[str, Callable[[Mapping[str, Any]], Any]] = {
    "id": lambda one: one["id"],
    "title": lambda one: folded(one["name"]),
    "name": lambda one: folded(one["name"]),
    "note": lambda one: one["note"] and folded(one["note"]),
    "count": lambda one: one["count"],
    "weight": lambda one: one["weight"],
    "price": lambda one: one["price"],
    "ready": lambda one: one["ready"],
    "day": lambda one: one["day"],
    "at": lambda one: one["at"],
    "kind": lambda one: one["kind"] and ("zebra", "ape", "mole").index(one["kind"]),
    "stage": lambda one: one["stage"] and ("zeta", "alpha", "mid").index(one["stage"]),
    "maker": lambda one: one["maker"] and folded(MAKERS[one["maker"] - 1]),
    "maker.name": lambda one: one["maker"] and folded(MAKERS[one["maker"] - 1]),
    "maker.id": lambda one: one["maker"],
    "age": lambda one: one["day"] and (6 if one["day"].year == 2020 else 26),
}
KEYS = st.lists(
    st.tuples(st.sampled_from(sorted(SORTS)), st.booleans()),
    max_size=3,
    unique_by=lambda one: one[0],
)


@pytest.fixture(scope="module")
def stock(module_database: str) -> Iterator[Stock]:
    with stocked(application(CRM), module_database) as made:
        for name in MAKERS:
            made.add("maker", name=name)
        made.user("clerk", "clerk")
        yield made


@settings(
    max_examples=examples(30, nightly=600),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(things=st.lists(THING, max_size=12), keys=KEYS, size=st.integers(1, 5))
def test_pages_laid_together_are_the_whole_list(
    stock: Stock, things: list[dict[str, Any]], keys: list[tuple[str, bool]], size: int
) -> None:
    wanted = sorted_things(fill(stock, things), keys)
    sort = ",".join(f"{'-' if falling else ''}{name}" for name, falling in keys)
    clerk = stock.actor(1)
    query = f"size={size}" + (f"&sort={sort}" if sort else "")
    pages = forwards(stock, clerk, query)
    assert [one.id for page in pages for one in page.records] == wanted
    assert pages[0].previous is None
    assert [[one.id for one in page.records] for page in backwards(stock, clerk, query, pages)] == [
        wanted[max(0, at - size) : at] for at in range(size * (len(pages) - 1), 0, -size)
    ]


def fill(stock: Stock, things: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Puts exactly these things into the table."""
    table = stock.tables.table("thing")
    rows = [
        one
        | {
            "id": number,
            "title": one["name"],
            "title_key": folded(one["name"]),
            "created_at": MONDAY,
            "updated_at": MONDAY,
        }
        for number, one in enumerate(things, start=1)
    ]
    with stock.database.write() as connection:
        connection.execute(delete(table))
        if rows:
            connection.execute(insert(table), rows)
    return rows


def sorted_things(things: list[dict[str, Any]], keys: list[tuple[str, bool]]) -> list[int]:
    """Sorts in Python: empty values last both ways, the number decides, as the last key goes."""
    if not keys:
        keys = [("created", True)]
    ordered = sorted(things, key=lambda one: one["id"], reverse=keys[-1][1])
    for name, falling in reversed(keys):
        if name != "created":  # all are of one instant
            ordered = by_key(ordered, SORTS[name], falling=falling)
    return [one["id"] for one in ordered]


def by_key(
    things: list[dict[str, Any]], key: Callable[[Mapping[str, Any]], Any], *, falling: bool
) -> list[dict[str, Any]]:
    filled = [one for one in things if key(one) is not None]
    empty = [one for one in things if key(one) is None]
    return sorted(filled, key=key, reverse=falling) + empty


def forwards(stock: Stock, actor: Actor, query: str) -> list[Page]:
    pages = [stock.page(actor, "thing", query)]
    while pages[-1].next:
        pages.append(stock.page(actor, "thing", f"{query}&after={pages[-1].next}"))
    return pages


def backwards(stock: Stock, actor: Actor, query: str, pages: list[Page]) -> Iterator[Page]:
    cursor = pages[-1].previous
    while cursor:
        page = stock.page(actor, "thing", f"{query}&after={cursor}")
        yield page
        cursor = page.previous


def test_page_before_leads_on_to_the_page_it_came_from(stock: Stock) -> None:
    fill(
        stock,
        [dict.fromkeys(FIELDS) | {"name": str(number), "ready": False} for number in range(5)],
    )
    clerk = stock.actor(1)
    second = stock.page(clerk, "thing", f"size=2&after={stock.page(clerk, 'thing', 'size=2').next}")
    first = stock.page(clerk, "thing", f"size=2&after={second.previous}")
    assert first.previous is None
    again = stock.page(clerk, "thing", f"size=2&after={first.next}")
    assert [one.id for one in again.records] == [one.id for one in second.records]


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "!!!",
        "A" * 7000,
        "W10",  # []
        "eyJhIjoxfQ",  # a mapping
        write_cursor((1,), (), backwards=False),  # of another order
    ],
)
def test_foreign_cursor_is_refused(stock: Stock, cursor: str) -> None:
    with pytest.raises(BadQuery) as refused:
        stock.page(stock.actor(1), "thing", f"after={cursor}")
    assert refused.value.parameter == "after"


@pytest.mark.parametrize(
    "sort, value",
    [
        ("count", "1"),
        ("count", True),
        ("count", 2**63),
        ("count", [1]),
        ("price", "NaN"),
        ("price", "1e999999999"),
        ("price", "0.001"),
        ("price", 5),
        ("day", "2026-02-30"),
        ("at", "2026-03-02T00:00:00"),
        ("at", "0001-01-01T00:00:00+14:00"),
        ("name", "a\0b"),
        ("name", "\ud800"),
        ("name", "a" * 201),
        ("id", None),
    ],
)
def test_cursor_with_a_value_of_another_kind_is_refused(
    stock: Stock, sort: str, value: Any
) -> None:
    clerk = stock.actor(1)
    keys = stock.reader.parse(clerk, "thing", [("sort", sort)]).sort
    forged = write_cursor_raw([value, 1], keys)
    with pytest.raises(BadQuery) as refused:
        stock.page(clerk, "thing", f"sort={sort}&after={forged}")
    assert refused.value.parameter == "after"


def write_cursor_raw(place: list[Any], keys: Any) -> str:
    """Forges a cursor with the right signature and any values."""
    text = json.dumps(["a", signature(keys), place])
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")
