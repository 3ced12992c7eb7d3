"""The way back to an older version: values as they were then, changed ones as they are now."""

from collections.abc import Iterator

import pytest
from sqlalchemy import update

from engine.app import applied_services, apply_plan
from engine.errors import Refused
from engine.metadata.model.application import Application
from engine.runtime.actor import ENGINE
from engine.runtime.plan.agreement import missing_words
from engine.runtime.plan.apply import apply
from engine.runtime.plan.history import list_versions, read_difference
from engine.runtime.plan.rollback import rollback_plan
from engine.runtime.plan.steps import Plan
from engine.runtime.tables.system import COLUMNS, META, TABLES, VERSIONS
from engine.start import bring_up_to_date
from tests.kit.applications import application
from tests.kit.plans import Living, living, words

FIRST = """
entities:
  client:
    fields: {name: text, age: text, note: text}
roles: {seller: {can: {client: {every: own}}, hide: [client.note]}}
"""
WITHOUT_NOTE = FIRST.replace(", note: text", "").replace(", hide: [client.note]", "")
REUSED = WITHOUT_NOTE.replace("name: text", "note: {type: text, was: name}")
RETYPED = FIRST.replace("age: text", "age: integer")
AGES = ("7", "about 12", "2026-03-02", None)


@pytest.fixture
def now(database_url: str) -> Iterator[Living]:
    with living(database_url, FIRST) as found:
        records = applied_services(found.database).records
        for number, age in enumerate(AGES, 1):
            records.create(
                ENGINE, "client", {"name": f"N{number}", "age": age, "note": f"n{number}"}
            )
        yield found


def back_to(now: Living, version: int) -> Plan:
    plan, wanted = rollback_plan(now.database, version)
    apply(now.database, plan, wanted, "tester")
    now.application = wanted
    return plan


def test_an_id_that_went_to_another_field_comes_back_to_the_first(now: Living) -> None:
    now.become(WITHOUT_NOTE)
    now.become(REUSED)
    assert now.values("client", "note") == ["N1", "N2", "N3", "N4"]
    said = words(back_to(now, 1))
    assert "ordinary entities.client.fields.name: renamed from note; 4 values stay" in said
    assert now.values("client", "name", "note") == [(f"N{n}", f"n{n}") for n in range(1, 5)]


def test_values_come_back_unless_somebody_has_changed_them(now: Living) -> None:
    now.become(RETYPED)
    records = applied_services(now.database).records
    records.update(ENGINE, "client", 2, {"age": 12}, None)
    records.update(ENGINE, "client", 1, {"name": "another field"}, None)
    records.create(ENGINE, "client", {"name": "new", "age": 3})
    now.become(RETYPED.replace("age: integer", "age: date"))
    now.become(RETYPED.replace("age: integer", "years: {type: date, was: age}"))
    back_to(now, 1)
    # the second was changed meanwhile, and 12 is no day; the last one is new
    assert now.values("client", "age") == ["7", None, "2026-03-02", None, None]
    back_to(now, 2)
    assert now.values("client", "age") == [7, 12, None, None, 3]


def test_a_right_that_grows_on_the_way_back_needs_a_consent(now: Living) -> None:
    now.become(FIRST.replace("every: own", "see: own"))
    plan, _ = rollback_plan(now.database)
    assert plan.takes_back == 1
    assert missing_words(plan).endswith(f"--consent {plan.consent}")


def test_going_back_is_a_version_that_says_so(now: Living) -> None:
    now.become(RETYPED)
    back_to(now, 1)
    newest, retyped, first = list_versions(now.database)
    assert [newest.takes_back, retyped.takes_back, first.takes_back] == [1, None, None]
    assert newest.digest == first.digest
    (file,) = read_difference(now.database, newest.id).files
    assert file.lines[:2] == ("--- crm.yaml", "+++ crm.yaml")
    with pytest.raises(Refused):
        rollback_plan(now.database, newest.id)


def test_a_way_back_that_is_refused_changes_nothing(now: Living) -> None:
    now.become(RETYPED.replace("name: text", "name: {type: text, unique: true}"))
    now.become(FIRST)
    records = applied_services(now.database).records

    def is_refused(plan: Plan, wanted: Application, words: str) -> None:
        before = now.dump()
        with pytest.raises(Refused, match=words):
            apply(now.database, plan, wanted, "tester")
        assert now.dump() == before

    agreed, wanted = rollback_plan(now.database, 2)
    records.create(ENGINE, "client", {"name": "N5", "age": "nobody knows"})
    is_refused(agreed, wanted, "more or other values would be lost")
    records.create(ENGINE, "client", {"name": "N5"})
    impossible, _ = rollback_plan(now.database, 2)
    is_refused(impossible, wanted, "can't be unique: 1 value occurs more than once")
    now.become(WITHOUT_NOTE)
    is_refused(impossible, wanted, "Another configuration was applied since")
    assert [one.takes_back for one in list_versions(now.database)] == [None] * 4


def test_versions_of_an_older_engine_are_found_by_their_ids(now: Living) -> None:
    now.become(FIRST.replace("age: text", "years: {type: text, was: age}"))
    now.become(FIRST.replace("age: text", "years: integer"))
    numbers = {TABLES: ("number",), COLUMNS: ("number", "origin", "last_change")}
    with now.database.write() as connection:
        connection.execute(update(VERSIONS).values(holds=None))
        for table, names in numbers.items():
            connection.execute(update(table).values(dict.fromkeys(names)))
        connection.execute(update(META).where(META.c.key == "layout").values(value="2"))
    back_to(now, 1)
    assert now.values("client", "age") == list(AGES)


def test_what_was_cut_off_after_an_apply_is_loaded_by_the_next(database_url: str) -> None:
    text = FIRST + "teams: {sales: {label: Sales}}\n"
    rows = {"data/client.csv": "id,name\n" + "".join(f"c{n},N{n}\n" for n in range(5))}
    wanted = application(text, **rows)
    with living(database_url, FIRST) as now:
        apply(now.database, now.plan(wanted), wanted, "killed after this")
        left = now.plan(wanted)
        assert [one.address for one in left.steps] == ["teams", "data/client.csv"]
        records = applied_services(now.database).records
        records.create_many(
            ENGINE, "client", [{"name": "N0"}], keys=["c0"]
        )  # or after some of them
        assert bring_up_to_date(wanted, now.database).waiting is None
        now.application = wanted
        assert now.values("client", "name") == [f"N{n}" for n in range(5)]
        assert now.plan(wanted).is_empty
        apply_plan(now.database, now.plan(wanted), wanted, "again")
        assert len(now.values("client", "name")) == 5
        assert len(list_versions(now.database)) == 2
