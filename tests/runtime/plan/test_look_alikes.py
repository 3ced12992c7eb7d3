"""Renames that are said beside the folder, and pairs that may be renames nobody has said."""

from collections.abc import Iterator

import pytest

from engine.errors import Refused
from engine.runtime.plan.agreement import Agreement, require_agreement
from engine.runtime.plan.apply import apply
from engine.runtime.plan.compare import make_plan
from engine.runtime.plan.renames import Renames, read_renames
from engine.runtime.plan.steps import Plan, StepKind
from tests.kit.applications import application
from tests.kit.plans import Living, living, words

BEFORE = """
entities:
  client:
    fields:
      name: text
      phone: phone
      town: {type: text, help: Where they live}
  visit: {fields: {day: date, note: text, client: {type: link, to: client}}}
roles: {seller: {can: {client: {see: own}}, hide: [client.town]}}
"""
AFTER = (
    BEFORE.replace("phone: phone", "mobile: phone")
    .replace("town: {type", "city: {type")
    .replace("client.town", "client.city")
)
CALLED = AFTER.replace("visit:", "appointment:")
ANSWERED = ("entities.client.fields.mobile=phone", "entities.client.fields.city=town")


@pytest.fixture
def now(database_url: str) -> Iterator[Living]:
    with living(database_url, BEFORE) as found:
        found.fill("client", [{"name": f"N{n}", "phone": f"+35988812345{n}"} for n in range(5)])
        found.fill("visit", [{"note": "came"}])
        yield found


def asked(plan: Plan) -> list[tuple[str, str, int]]:
    return [(one.address, one.old, one.count) for one in plan.look_alikes]


def test_what_vanished_is_asked_about_beside_what_is_new(now: Living) -> None:
    plan = now.plan(CALLED)
    assert asked(plan) == [
        ("entities.appointment", "visit", 1),
        ("entities.client.fields.city", "town", 0),  # the same help
        ("entities.client.fields.mobile", "phone", 5),  # the only ones of their type
    ]
    assert plan.needs_yes
    only_one = BEFORE.replace("phone: phone", "mobile: phone")
    assert asked(now.plan(only_one)) == [("entities.client.fields.mobile", "phone", 5)]
    assert asked(now.plan(BEFORE.replace("phone: phone", "mobile: integer"))) == []
    assert asked(now.plan(BEFORE.replace("      phone: phone\n", ""))) == []
    similar = BEFORE.replace("phone: phone", "phone_of_home: phone\n      mail: phone")
    assert asked(now.plan(similar)) == [("entities.client.fields.phone_of_home", "phone", 5)]


def test_nothing_is_asked_about_what_says_was(now: Living) -> None:
    said = BEFORE.replace("phone: phone", "mobile: {type: phone, was: phone}")
    assert asked(now.plan(said)) == []


def test_a_rename_that_is_said_is_one_that_is_written(now: Living) -> None:
    written = AFTER.replace("mobile: phone", "mobile: {type: phone, was: phone}").replace(
        "city: {type", "city: {was: town, type"
    )
    said = make_plan(now.database, application(AFTER), renames=read_renames(ANSWERED))
    assert words(said) == words(now.plan(written))
    assert said.look_alikes == ()
    apply(now.database, said, application(AFTER), "tester")
    now.application = application(AFTER)
    assert now.values("client", "mobile") == [f"+35988812345{n}" for n in range(5)]
    again = now.plan(AFTER)
    assert (again.steps, again.look_alikes) == ((), ())


def test_without_an_answer_it_is_another_one(now: Living) -> None:
    plan = now.plan(BEFORE.replace("phone: phone", "mobile: phone"))
    with pytest.raises(Refused):
        require_agreement(plan, Agreement())
    require_agreement(plan, Agreement(yes=True))
    assert {one.kind for one in plan.steps} >= {StepKind.ADD_FIELD, StepKind.RETIRE_FIELD}


@pytest.mark.parametrize(
    "wrong",
    [
        "entities.client.fields.mobile",
        "entities.client.fields.mobile=",
        "client.mobile=phone",
        "entities.client.fields.nothing=phone",
        "entities.client.fields.mobile=nothing",
        "entities.client.fields.name=phone",
        "entities.visit=client",
    ],
)
def test_a_rename_of_what_is_not_there_is_refused(now: Living, wrong: str) -> None:
    before = now.dump()
    with pytest.raises(Refused):
        make_plan(now.database, application(AFTER), renames=read_renames([wrong]))
    assert now.dump() == before


def test_an_entity_that_is_renamed_by_word_keeps_its_records(now: Living) -> None:
    renames = Renames({"appointment": "visit"})
    wanted = application(BEFORE.replace("visit:", "appointment:"))
    apply(now.database, make_plan(now.database, wanted, renames=renames), wanted, "tester")
    now.application = wanted
    assert now.values("appointment", "note") == ["came"]
