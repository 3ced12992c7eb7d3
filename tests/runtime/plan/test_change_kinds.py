"""Each kind of change on both databases, with 10,000 records: data kept, second plan empty."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy.exc import DBAPIError, IntegrityError

from engine.errors import Refused
from engine.runtime.plan.steps import StepKind, Weight
from tests.kit.plans import Living, living, words

MANY, FEW = 10_000, 1_000


def crm(fields: str, more: str = "") -> str:
    return f"""
currency: EUR
timezone: Europe/Sofia
phone_region: BG
entities:
  client:
    fields:
      name: {{type: text, required: true}}
{fields}
{more}
"""


def many(living: Living, count: int = MANY, /, **values: object) -> None:
    """Fills 10,000 clients; a value may be a function of the number."""
    living.fill(
        "client",
        (
            {"name": f"Client {n}"}
            | {key: one(n) if callable(one) else one for key, one in values.items()}
            for n in range(count)
        ),
    )


def test_add_a_field(database_url: str) -> None:
    with living(database_url, crm("")) as now:
        many(now)
        plan = now.become(crm("      city: text"))
        assert words(plan) == ["additive entities.client.fields.city: new, text"]
        assert set(now.values("client", "city")) == {None}
        assert len(now.values("client", "name")) == MANY


def test_add_a_required_field_is_said_with_a_count(database_url: str) -> None:
    with living(database_url, crm("")) as now:
        many(now)
        plan = now.become(crm("      city: {type: text, required: true}"))
        (said,) = words(plan)
        assert said == (
            "ordinary entities.client.fields.city: new, text; 10,000 records have no value and "
            "ask for one when they are next saved"
        )


def test_rename_a_field(database_url: str) -> None:
    with living(database_url, crm("      city: {type: text, index: true}")) as now:
        many(now, city=lambda n: f"City {n}")
        before = now.values("client", "city")
        plan = now.become(crm("      town: {type: text, index: true, was: city}"))
        assert words(plan)[0] == (
            "ordinary entities.client.fields.town: renamed from city; 10,000 values stay"
        )
        assert now.values("client", "town") == before


def test_retire_and_restore_a_field(database_url: str) -> None:
    with living(database_url, crm("      city: text")) as now:
        many(now, city=lambda n: f"City {n}" if n % 2 else None)
        before = now.values("client", "city")
        plan = now.become(crm(""))
        assert words(plan) == [
            "ordinary entities.client.fields.city: retired; 5,000 records keep their value, hidden"
        ]
        many(now)  # what is retired stands in nobody's way
        plan = now.become(crm("      city: text"))
        assert words(plan)[0] == (
            "ordinary entities.client.fields.city: restored; 5,000 records have their value again"
        )
        assert now.values("client", "city")[:MANY] == before


def test_text_becomes_integer(database_url: str) -> None:
    with living(database_url, crm("      age: text")) as now:
        many(now, age=lambda n: "about forty" if n % 100 == 0 else f" {n} ")
        plan = now.plan(crm("      age: integer"))
        assert plan.consent
        plan = now.become(crm("      age: integer"))
        assert words(plan)[0] == (
            "consent entities.client.fields.age: text becomes integer; 9,900 of 10,000 values "
            'convert, 100 lose something (such as "about forty"); the old ones stay in a retired '
            "column"
        )
        ages = now.values("client", "age")
        assert ages[1:100] == list(range(1, 100))
        assert ages.count(None) == 100


def test_a_type_taken_back_gives_the_old_values_back(database_url: str) -> None:
    with living(database_url, crm("      age: text")) as now:
        many(now, age=lambda n: "about forty" if n % 100 == 0 else f"0{n}")
        before = now.values("client", "age")
        now.become(crm("      age: integer"))
        with now.database.write() as connection:  # somebody changed one meanwhile
            table = now.tables.table("client")
            connection.execute(table.update().where(table.c.id == 8).values(age=77))
        now.become(crm("      age: text"))
        assert now.values("client", "age") == [*before[:7], "77", *before[8:]]


def test_decimals_change(database_url: str) -> None:
    with living(database_url, crm("      height: {type: number, decimals: 3}")) as now:
        many(now, height=lambda n: Decimal(n) / 1000)
        plan = now.become(crm("      height: {type: number, decimals: 2}"))
        (step,) = [one for one in plan.steps if one.kind is StepKind.RETYPE_FIELD]
        assert step.weight is Weight.CONSENT
        assert step.sentence.startswith("3 decimals become 2; 1,000 of 10,000 values convert")
        assert now.values("client", "height")[1235] == Decimal("1.24")
        now.become(crm("      height: {type: number, decimals: 4}"))
        assert now.values("client", "height")[1235] == Decimal("1.2400")


def test_text_becomes_a_choice_and_back(database_url: str) -> None:
    choice = "      city: {type: choice, options: {sofia: Sofia, varna: Varna}}"
    with living(database_url, crm("      city: text")) as now:
        cities = ("Sofia", "varna", " sofia", "Пловдив", None)
        many(now, FEW, city=lambda n: cities[n % 5])
        plan = now.become(crm(choice))
        assert plan.of(Weight.CONSENT)[0].sentence.startswith(
            "text becomes choice; 600 of 800 values convert, 200 lose something"
        )
        assert now.values("client", "city")[:5] == ["sofia", "varna", "sofia", None, None]
        now.become(crm("      city: text"))
        assert now.values("client", "city")[:5] == list(cities)


def test_choice_becomes_text_as_it_is(database_url: str) -> None:
    choice = "      city: {type: choice, options: {sofia: Sofia, varna: Varna}}"
    with living(database_url, crm(choice)) as now:
        many(now, FEW, city="sofia")
        plan = now.become(crm("      city: text"))
        assert [one.weight for one in plan.steps if one.kind is StepKind.RETYPE_FIELD] == [
            Weight.DISPLAY
        ]
        assert set(now.values("client", "city")) == {"sofia"}


def test_unique_over_repeated_values_is_refused_with_an_example(database_url: str) -> None:
    with living(database_url, crm("      code: text")) as now:
        many(now, code=lambda n: f"C{n % 9_999}")
        wanted = crm("      code: {type: text, unique: true}")
        plan = now.plan(wanted)
        (said,) = words(plan)
        assert said == (
            "refused entities.client.fields.code.unique: can't be unique: 1 value occurs more "
            'than once, such as "C0"; make them differ first'
        )
        with pytest.raises(Refused):
            now.become(wanted)
        with now.database.write() as connection:
            table = now.tables.table("client")
            connection.execute(table.update().where(table.c.id == MANY).values(code="other"))
        now.become(wanted)


def test_trashed_records_do_not_count_for_unique(database_url: str) -> None:
    with living(database_url, crm("      code: text")) as now:
        many(now, FEW, code="same", trashed_at=datetime(2026, 1, 1, tzinfo=UTC))
        now.become(crm("      code: {type: text, unique: true}"))


def test_an_entity_is_renamed_with_all_that_names_it(database_url: str) -> None:
    link = "  visit: {fields: {client: {type: link, to: CLIENT}, note: text}}"
    renamed = crm("      city: text", link.replace("CLIENT", "person")).replace(
        "  client:\n", "  person:\n    was: client\n"
    )
    with living(database_url, crm("      city: text", link.replace("CLIENT", "client"))) as now:
        many(now, city="Sofia")
        now.fill("visit", ({"client": n + 1} for n in range(MANY)))
        now.fill("task", [{"subject": "Call", "_about_entity": "client", "_about_id": 7}])
        plan = now.become(renamed)
        assert (
            words(plan)[0] == "ordinary entities.person: renamed from client; 10,000 records stay"
        )
        assert set(now.values("person", "city")) == {"Sofia"}
        assert now.values("visit", "client") == list(range(1, MANY + 1))
        assert now.values("task", "about") == [("person", 7)]


def test_an_entity_is_retired_and_restored(database_url: str) -> None:
    visit = "  visit: {fields: {note: text, day: date}}"
    with living(database_url, crm("", visit)) as now:
        now.fill("visit", ({"note": f"n{n}", "day": date(2026, 1, 1)} for n in range(MANY)))
        before = now.values("visit", "note", "day")
        plan = now.become(crm(""))
        assert "ordinary entities.visit: retired; 10,000 records are kept, hidden" in words(plan)
        plan = now.become(crm("", visit))
        assert "ordinary entities.visit: restored; 10,000 records are back" in words(plan)
        assert now.values("visit", "note", "day") == before


def test_a_new_entity_takes_the_old_id_of_another(database_url: str) -> None:
    with living(database_url, crm("      city: text")) as now:
        many(now, FEW, city="Sofia")
        renamed = crm("      city: text").replace("  client:\n", "  person:\n    was: client\n")
        now.become(renamed)
        now.become(renamed.replace("    was: client\n", "") + "  client: {fields: {zip: text}}\n")
        now.fill("client", [{"zip": "1000"}])
        assert now.values("client", "zip") == ["1000"]
        assert set(now.values("person", "city")) == {"Sofia"}


def test_what_is_retired_twice_gives_back_the_last(database_url: str) -> None:
    with living(database_url, crm("      note: text")) as now:
        many(now, FEW, note="first")
        now.become(crm(""))
        now.become(crm("      note: integer"))  # other values: the texts stay where they are
        assert set(now.values("client", "note")) == {None}
        now.become(crm(""))
        now.become(crm("      note: text"))
        assert set(now.values("client", "note")) == {None}
        columns = now.ask("SELECT name FROM kt_columns WHERE field = 'note'")
        assert len(columns) == 3


def test_indexes_come_and_go(database_url: str) -> None:
    with living(database_url, crm("      a: integer\n      b: date")) as now:
        many(now, FEW, a=lambda n: n)
        plan = now.become(crm("      a: {type: integer, index: true}\n      b: date"))
        (step,) = plan.steps
        assert (step.kind, step.weight) == (StepKind.ADD_INDEX, Weight.ADDITIVE)
        plan = now.become(crm("      a: {type: integer, unique: true}\n      b: date"))
        assert "ordinary entities.client.fields.a.unique: unique from now on; all records are" in (
            words(plan)
        )
        plan = now.become(
            crm("      a: integer\n      b: date").replace(
                "    fields:", "    unique: [[a, b]]\n    order: [-a]\n    fields:", 1
            )
        )
        assert "ordinary entities.client.fields.a.unique: need not be unique any more" in words(
            plan
        )
        assert "ordinary entities.client.unique: unique from now on; all records are" in words(plan)


def test_long_texts_may_be_unique(database_url: str) -> None:
    with living(database_url, crm("      code: {type: long_text, unique: true}")) as now:
        now.fill("client", [{"name": "a", "code": "я" * 9_000}, {"name": "b", "code": "я" * 8_999}])
        with pytest.raises(IntegrityError):
            now.fill("client", [{"name": "c", "code": "я" * 9_000}])
        now.become(crm("      text: {type: long_text, unique: true, was: code}"))
        with pytest.raises(IntegrityError):
            now.fill("client", [{"name": "c", "text": "я" * 9_000}])


def test_a_link_becomes_a_text_and_a_text_a_link(database_url: str) -> None:
    city = "  city: {fields: {name: text}}"
    with living(database_url, crm("      city: text", city)) as now:
        now.fill(
            "city", [{"name": one, "title": one} for one in ("Sofia", "Варна", "Twin", "Twin")]
        )
        names = ("sofia", " Варна ", "Twin", "Paris")
        many(now, FEW, city=lambda n: names[n % 4])
        plan = now.become(crm("      city: {type: link, to: city}", city))
        assert plan.of(Weight.CONSENT)[0].sentence.startswith(
            "text becomes link; 500 of 1,000 values convert, 500 lose something"
        )
        assert now.values("client", "city")[:4] == [1, 2, None, None]
        now.become(crm("      city: {type: link, to: client}", city))  # another target
        assert set(now.values("client", "city")) == {None}


def test_views_for_reports_show_plain_values(database_url: str) -> None:
    fields = """
      sum: money
      tags: {type: choices, options: {a: A, b: B}}
      done: bool
      about: any_link
      version: text
"""
    with living(database_url, crm(fields)) as now:
        now.fill(
            "client",
            [
                {
                    "name": "n",
                    "sum": Decimal("12.50"),
                    "tags": ("a", "b"),
                    "done": True,
                    "_about_entity": "client",
                    "_about_id": 1,
                    "_version": "v1",
                }
            ],
        )
        now.fill("client", [{"name": "trash", "trashed_at": datetime(2026, 1, 1, tzinfo=UTC)}])
        query = "SELECT name, sum, tags, done, about_entity, about_id, version FROM client"
        (found,) = now.ask(query)
        assert found == ("n", 12.5, "a, b", True, "client", 1, "v1")
        now.become(crm(""))
        with pytest.raises(DBAPIError):
            now.ask(query)


def test_what_acts_is_told_step_by_step(database_url: str) -> None:
    button = "buttons: {close: {do: [{note: Closed}, {archive: true}]}}"
    rule = "automations:\n  tell: {entity: client, on: [created], do: [{note: Hello}]}"
    bare, with_button = crm(""), crm(f"    {button}")
    with living(database_url, bare) as now:
        assert words(now.become(with_button)) == ["additive entities.client.buttons.close: new"]
        (said,) = words(now.become(crm(f"    {button}", rule)))
        assert said == "ordinary automations.tell: new"  # from now on it acts by itself
        changed = button.replace("Closed", "Done").replace(", {archive: true}", "")
        plan = now.become(crm(f"    {changed}", rule.replace("[created]", "[changed]")))
        assert words(plan) == [
            'ordinary entities.client.buttons.close.do.1.note: is now "Done", was "Closed"',
            'ordinary entities.client.buttons.close.do.2.archive: removed: "true"',
            'ordinary automations.tell.on: is now "changed", was "created"',
        ]
        assert {one.kind for one in plan.steps} == {StepKind.BEHAVIOUR}
