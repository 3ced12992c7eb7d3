"""One apply is one transaction: all of a plan, or the version before it, complete."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import inspect, text

from engine.app import applied_services
from engine.errors import Refused
from engine.metadata.model.application import Application
from engine.runtime.actor import ENGINE
from engine.runtime.plan.apply import apply
from engine.runtime.plan.compare import make_plan
from engine.runtime.plan.execute import Executor
from engine.runtime.plan.operations import Operation
from engine.runtime.plan.versions import applied_version
from tests.kit.applications import application
from tests.kit.plans import Living, living

BEFORE = """
currency: EUR
entities:
  client:
    fields: {name: text, city: text, age: text, phone: text, code: text, sum: {type: number}}
  visit:
    fields: {client: {type: link, to: client}, note: text}
  gone:
    fields: {name: text}
"""
AFTER = """
currency: EUR
entities:
  person:
    was: client
    title: "{{ name }} of {{ town }}"
    fields:
      name: text
      town: {type: text, was: city}
      age: integer
      code: {type: text, unique: true}
      sum: {type: number, decimals: 2}
      double: {type: number, formula: sum * 2}
      stage: {type: stage}
  visit:
    fields: {client: {type: link, to: person}, note: text, doctor: {type: link, to: doctor}}
  doctor:
    fields: {name: text}
pipelines:
  way: {stages: {new: {label: New}, old: {label: Old}}}
"""


class Killed(Exception):
    """The process ends here."""


@pytest.fixture
def lived_in(database_url: str) -> Iterator[Living]:
    with living(database_url, BEFORE) as now:
        now.fill(
            "client",
            [
                {"name": f"N{n}", "city": "Sofia", "age": f"{n}", "phone": "1", "code": f"c{n}"}
                for n in range(50)
            ],
        )
        now.fill("visit", [{"client": n + 1} for n in range(50)])
        now.fill("gone", [{"name": "x"}])
        yield now


@contextmanager
def killed_at(number: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Operation]]:
    """Lets the process end before the operation of this number."""
    done: list[Operation] = []
    run = Executor.run

    def fragile(executor: Executor, operation: Operation) -> None:
        if len(done) == number:
            raise Killed
        run(executor, operation)
        done.append(operation)

    with monkeypatch.context() as patch:
        patch.setattr(Executor, "run", fragile)
        yield done


def shape(now: Living) -> dict[str, list[str]]:
    """Returns all tables, views, columns and indexes of the database."""
    with now.database.read() as connection:
        inspector = inspect(connection)
        names = [*inspector.get_table_names(), *inspector.get_view_names()]
        columns = {one: [str(c["name"]) for c in inspector.get_columns(one)] for one in names}
        found = inspector.get_multi_indexes().values()
        return columns | {"indexes": sorted(str(i["name"]) for many in found for i in many)}


def test_killed_anywhere_leaves_the_old_version_complete(
    lived_in: Living, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = application(AFTER)
    before, old_shape = lived_in.dump(), shape(lived_in)
    plan = make_plan(lived_in.database, wanted)
    total = sum(len(step.operations) for step in plan.steps)
    assert total > 25
    for number in range(total):
        with killed_at(number, monkeypatch), pytest.raises(Killed):
            apply(lived_in.database, plan, wanted, "tester")
        assert shape(lived_in) == old_shape
    assert lived_in.dump() == before
    lived_in.become(wanted)
    assert lived_in.values("person", "town", "stage")[0] == ("Sofia", "new")


def test_killed_before_the_version_is_written(
    lived_in: Living, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise Killed

    wanted = application(AFTER)
    before, plan = lived_in.dump(), make_plan(lived_in.database, wanted)
    monkeypatch.setattr("engine.runtime.plan.apply.write_version", killed)
    with pytest.raises(Killed):
        apply(lived_in.database, plan, wanted, "tester")
    assert lived_in.dump() == before


def test_a_plan_is_refused_when_another_version_was_applied_meanwhile(lived_in: Living) -> None:
    wanted = application(AFTER)
    plan = make_plan(lived_in.database, wanted)
    lived_in.become(BEFORE.replace("phone: text", "phone: text, fax: text"))
    with pytest.raises(Refused, match="Another configuration was applied"):
        apply(lived_in.database, plan, wanted, "tester")


def test_a_consent_holds_for_the_losses_it_was_given_for(lived_in: Living) -> None:
    wanted = application(BEFORE.replace("age: text", "age: integer"))
    _write(lived_in, "UPDATE e_client SET age = 'old' WHERE id = 1")
    plan = make_plan(lived_in.database, wanted)
    _write(lived_in, "UPDATE e_client SET age = 'very old' WHERE id = 2")
    with pytest.raises(Refused, match="more or other values would be lost"):
        apply(lived_in.database, plan, wanted, "tester")


def test_an_applied_version_holds_its_texts_author_and_plan(lived_in: Living) -> None:
    wanted = application(AFTER)
    lived_in.become(wanted)
    version = applied_version(lived_in.database)
    assert version is not None
    assert (version.digest, version.author) == (wanted.digest, "tester")
    assert version.sources == wanted.sources
    assert version.plan["wanted"] == wanted.digest
    again = version.application()
    assert isinstance(again, Application)
    assert again == wanted


def test_a_changed_comment_is_no_other_version(lived_in: Living) -> None:
    before = applied_version(lived_in.database)
    plan = lived_in.become("# other words\n\n" + BEFORE)
    assert plan.is_empty
    assert plan.base == plan.wanted
    assert applied_version(lived_in.database) == before


def test_what_another_engine_has_applied_is_served_and_written(lived_in: Living) -> None:
    _write(lived_in, "UPDATE kt_versions SET digest = 'computed in another way'")
    anna = _created(lived_in, "Anna")
    assert lived_in.become(BEFORE).is_empty
    version = applied_version(lived_in.database)
    assert version is not None
    assert version.digest == application(BEFORE).digest
    assert _created(lived_in, "Boris") > anna


def test_computed_values_and_titles_follow(lived_in: Living) -> None:
    _write(lived_in, "UPDATE e_client SET sum = 1500000 WHERE id = 1")
    lived_in.become(AFTER)
    assert lived_in.ask("SELECT title, double FROM person WHERE id = 1") == [("N0 of Sofia", 3)]


def test_history_follows_new_names(lived_in: Living) -> None:
    _write(
        lived_in,
        "INSERT INTO kt_history (entity, record_id, version, action, actor_kind, at, before, after,"
        " fields) VALUES ('client', 1, 1, 'create', 'user', '2026-01-01T00:00:00.000000Z', NULL,"
        ' \'{"name": "N0", "city": "Sofia"}\', \'["city", "name"]\')',
    )
    lived_in.become(AFTER)
    found = lived_in.ask("SELECT entity, after, fields FROM kt_history")
    assert found[0][0] == "person"
    assert "town" in str(found[0][1])
    assert "city" not in str(found)


def _created(now: Living, name: str) -> int:
    return applied_services(now.database).records.create(ENGINE, "client", {"name": name}).id


def _write(now: Living, statement: str) -> None:
    with now.database.write() as connection:
        connection.execute(text(statement))
