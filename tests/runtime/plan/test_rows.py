"""Rows of `data/` and `demo/`: loaded once, in the order of their links, by the record service."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from sqlalchemy import text

from engine import crash_points
from engine.app import open_services
from engine.errors import Refused
from engine.metadata.model.application import Application
from engine.runtime.actor import ENGINE
from engine.runtime.plan.apply import apply
from engine.runtime.plan.rows import load_rows, rows_to_load
from tests.kit.applications import application
from tests.kit.plans import Living, living, words

YAML = """
currency: EUR
timezone: Europe/Sofia
phone_region: BG
teams: {sellers: {label: Sellers, parent: sales}, sales: {label: Sales}}
entities:
  person:
    fields:
      name: {type: text, required: true}
      boss: {type: link, to: person}
      phone: phone
      owner: user
  order:
    fields:
      number: {type: sequence, format: "K-{n:3}"}
      person: {type: link, to: person, required: true}
      total: money
      kinds: {type: choices, options: {a: A, b: B}}
      stage: {type: stage}
pipelines: {way: {stages: {new: {label: New}, won: {label: Won}}, moves: {new: [won]}}}
roles: {seller: {can: {person: {every: all}, order: {every: all}}}}
"""
FILES = {
    "data/order.csv": 'id,person,total,kinds,stage\no1,ann,12.50,"a, b",won\no2,bob,7,,\n',
    "data/person.csv": (
        "id,name,boss,phone,owner\nann,Ann,bob,0888123456,ivan\nbob,Bob,cid,,\ncid,Cid,,,\n"
    ),
    "data/team.yaml": "rows: {user: {ivan: {name: Ivan, roles: [seller], team: sellers}}}\n",
    "demo/task.yaml": "rows: {task: {t1: {subject: Call, about: person ann, to: ivan}}}\n",
}


def crm() -> Application:
    return application(YAML, **FILES)


@pytest.fixture
def now(database_url: str) -> Iterator[Living]:
    with living(database_url, crm()) as found:
        yield found


def links(now: Living) -> list[tuple[object, ...]]:
    return now.ask(
        "SELECT person.title, boss.title, u.title, team.title FROM person "
        "LEFT JOIN person AS boss ON boss.id = person.boss "
        'LEFT JOIN "user" AS u ON u.id = person.owner LEFT JOIN team ON team.id = u.team '
        "ORDER BY person.title"
    )


def test_links_lead_where_the_keys_lead(now: Living) -> None:
    assert links(now) == [
        ("Ann", "Bob", "Ivan", "Sellers"),
        ("Bob", "Cid", None, None),
        ("Cid", None, None, None),
    ]


def test_values_are_read_by_their_types(now: Living) -> None:
    assert now.values("order", "total") == [Decimal("12.50"), Decimal("7.00")]
    assert now.values("order", "kinds") == [("a", "b"), None]
    assert now.values("order", "stage") == ["won", "new"]
    assert now.values("order", "number") == ["K-001", "K-002"]
    assert "+359888123456" in now.values("person", "phone")
    assert now.values("user", "login", "roles") == [("ivan", ("seller",))]


def test_teams_are_records_with_their_key(now: Living) -> None:
    assert now.values("team", "key", "name") == [("sales", "Sales"), ("sellers", "Sellers")]
    assert now.values("team", "parent") == [None, 1]


def test_a_team_follows_its_declaration(now: Living) -> None:
    wanted = application(
        YAML.replace("label: Sellers, parent: sales", "label: Salespeople"), **FILES
    )
    assert "additive teams: to be written: sellers" in words(now.become(wanted))
    found = now.ask("SELECT name, parent FROM team WHERE key = 'sellers'")
    assert found == [("Salespeople", None)]


def test_loading_twice_loads_nothing(now: Living) -> None:
    before = now.dump()
    assert now.load(crm()) == 0
    assert rows_to_load(crm(), now.database, demo=False) == ()
    assert now.dump() == before


def test_what_people_made_of_a_record_stays(now: Living) -> None:
    services = open_services(crm(), now.database)
    (record_id,) = [one for (one,) in now.ask("SELECT id FROM person WHERE name = 'Ann'")]
    services.records.update(ENGINE, "person", int(record_id), {"name": "Anna"}, None)
    changed = FILES["data/person.csv"].replace("ann,Ann,bob", "ann,Annette,cid")
    plan = now.become(application(YAML, **(FILES | {"data/person.csv": changed})))
    assert plan.is_empty
    assert [one[0] for one in links(now)] == ["Anna", "Bob", "Cid"]


def test_a_new_row_is_a_step_of_the_plan(now: Living) -> None:
    more = FILES["data/order.csv"] + "o3,cid,1,,\n"
    plan = now.become(application(YAML, **(FILES | {"data/order.csv": more})))
    assert words(plan) == ["additive data/order.csv: 1 record to load"]
    assert len(now.values("order", "number")) == 3


def test_demo_rows_are_loaded_when_asked_for(now: Living) -> None:
    assert now.values("task", "subject") == []
    assert now.load(crm(), demo=True) == 1
    (ann,) = now.ask("SELECT id FROM person WHERE title = 'Ann'")
    assert now.values("task", "about") == [("person", *ann)]


def test_a_ring_of_optional_links_is_loaded(now: Living) -> None:
    ring = "id,name,boss\nann,Ann,cid\nbob,Bob,ann\ncid,Cid,bob\ndan,Dan,dan\n"
    with now.database.write() as connection:
        connection.execute(text("DELETE FROM kt_row_keys WHERE entity IN ('person', 'order')"))
        connection.execute(text("DELETE FROM e_order"))
        connection.execute(text("DELETE FROM e_person"))
    now.become(application(YAML, **(FILES | {"data/person.csv": ring})))
    assert [one[:2] for one in links(now)] == [
        ("Ann", "Cid"),
        ("Bob", "Ann"),
        ("Cid", "Bob"),
        ("Dan", "Dan"),
    ]


def test_a_refused_row_is_named_with_its_place(now: Living) -> None:
    strict = YAML.replace(
        "total: money", "total: {type: money, check: total < 100, message: Too much}"
    )
    more = FILES["data/order.csv"] + "o3,cid,1,,\no4,cid,500,,\n"
    wanted = application(strict, **(FILES | {"data/order.csv": more}))
    with pytest.raises(
        Refused, match=r"data/order.csv:5:\d+: the row 'o4' is refused: total: Too much"
    ):
        now.become(wanted)
    assert len(now.values("order", "number")) == 2


def test_ten_thousand_rows(database_url: str) -> None:
    people = "id,name,boss\n" + "".join(f"p{n},Person {n},p{n // 2}\n" for n in range(1, 2_000))
    people = people.replace(",p0\n", ",\n")
    orders = "id,person,total,kinds,stage\n" + "".join(
        f"o{n},p{1 + n % 1_999},{n % 100}.50,a,new\n" for n in range(8_000)
    )
    files = {"data/person.csv": people, "data/order.csv": orders}
    with living(database_url, application(YAML)) as found:
        wanted = application(YAML, **files)
        apply(found.database, found.plan(wanted), wanted, "tester")
        services = open_services(wanted, found.database)
        assert load_rows(wanted, found.database, services.records, demo=False) == 9_999
        assert len(set(found.values("order", "person"))) == 1_999
        assert sum(found.values("order", "total")) == sum(n % 100 for n in range(8_000)) + 4_000


RING = """
timezone: Europe/Sofia
entities:
  a: {fields: {name: text, b: {type: link, to: b}}}
  b: {fields: {name: text, a: {type: link, to: a}}}
"""


class Died(BaseException):
    """An end in the middle, in this process."""


@pytest.mark.parametrize("writes", [1, 2, 3, 4])
def test_rows_in_a_ring_are_whole_wherever_loading_them_was_stopped(
    database_url: str, writes: int
) -> None:
    left = [writes]

    def die(place: str) -> None:
        left[0] -= place == "records.before_commit"
        if not left[0]:
            raise Died

    rows = {"data/a.csv": "key,name,b\na1,A,b1\n", "data/b.csv": "key,name,a\nb1,B,a1\n"}
    wanted = application(RING, **rows)
    with living(database_url, RING) as now:
        apply(now.database, now.plan(wanted), wanted, "tester")
        now.application = wanted
        crash_points.arm_with(die)
        try:
            with pytest.raises(Died):
                now.load(wanted)
        finally:
            crash_points.arm(None)
        now.load(wanted)
        joined = "SELECT a.name, b.name FROM e_a a JOIN e_b b ON b.id = a.b AND a.id = b.a"
        assert now.ask(joined) == [("A", "B")]
        assert now.load(wanted) == 0
