"""What a plan says: weights, counts, what needs an answer, what somebody changed by hand."""

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from engine.errors import Refused
from engine.runtime.plan.agreement import Agreement, missing_words, require_agreement
from engine.runtime.plan.apply import apply
from engine.runtime.plan.steps import Plan, StepKind, Weight
from engine.runtime.plan.text import plan_text
from tests.kit.applications import application
from tests.kit.plans import Living, living, words
from tests.kit.snapshots import Snapshot

CRM = """
currency: EUR
timezone: Europe/Sofia
teams: {sales: {label: Sales}}
entities:
  client:
    title: "{{ name }} ({{ kind }})"
    fields:
      name: {type: text}
      city: {type: text, default: Sofia}
      kind: {type: choice, options: {a: A, b: B}}
      tags: {type: choices, options: {x: X, y: Y}}
      stage: {type: stage}
      price: {type: money}
      twice: {type: money, formula: price * 2}
      age: {type: integer, formula: age_of}
      age_of: integer
pipelines:
  way: {stages: {new: {label: New}, won: {label: Won}}}
roles:
  seller: {can: {client: {see: own}}}
  head: {can: {client: {every: all}}}
"""


@pytest.fixture
def now(database_url: str) -> Iterator[Living]:
    with living(database_url, CRM) as found:
        found.fill(
            "client",
            [
                {"name": f"N{n}", "kind": "ab"[n % 2], "tags": ("x", "y"), "stage": "new"}
                for n in range(10)
            ],
        )
        found.fill("user", [{"login": "ivan", "name": "Ivan", "roles": ("seller", "boss")}])
        yield found


def test_an_empty_database_gets_everything_without_a_question(now: Living) -> None:
    plan = now.history[0]
    assert plan.weights == {Weight.ADDITIVE}
    assert plan.base is None
    assert not plan.needs_yes
    assert "additive entities.client: new, 9 fields" in words(plan)


# What is written otherwise, how, and what the plan says to it.
SAID = (
    (
        "label: New",
        "label: Fresh",
        'display pipelines.way.stages.new.label: is now "Fresh", was "New"',
    ),
    (
        "default: Sofia",
        "default: Varna",
        (
            'ordinary entities.client.fields.city.default: is now "Varna", was "Sofia"; for new '
            "records only"
        ),
    ),
    (
        "name: {type: text}",
        "name: {type: text, required: true}",
        (
            'ordinary entities.client.fields.name.required: is now "true", was "false"; '
            "all records have a value"
        ),
    ),
    (
        "city: {type: text, ",
        "city: {type: text, required: true, ",
        (
            'ordinary entities.client.fields.city.required: is now "true", was "false"; '
            "10 records have no value and ask for one when they are next saved"
        ),
    ),
    (
        "{a: A, b: B}",
        "{a: A}",
        "ordinary entities.client.fields.kind.options.b: removed; 5 records still hold it",
    ),
    (
        "{x: X, y: Y}",
        "{x: X}",
        "ordinary entities.client.fields.tags.options.y: removed; 10 records still hold it",
    ),
    (
        "{new: {label: New}, won: {label: Won}}",
        "{won: {label: Won}}",
        "ordinary pipelines.way.stages.new: removed; 10 records still hold it",
    ),
    (
        "{new: {label: New}, won: {label: Won}}",
        "{new: {label: New}}",
        "ordinary pipelines.way.stages.won: removed; no record holds it",
    ),
    (
        "see: own",
        "see: all",
        "consent roles.seller.can.client.see: grows from own to all",
    ),
    (
        "every: all",
        "see: all",
        (
            "ordinary roles.head.can.client: create, edit, delete, press, assign, share "
            "shrink from all to none"
        ),
    ),
    (
        "roles:\n",
        "roles:\n  boss: {can: {client: {see: all}}}\n",
        "consent roles.boss: new; 1 user has it",
    ),
    (
        "roles:\n",
        "roles:\n  clerk: {can: {client: {see: all}}}\n",
        "additive roles.clerk: new",
    ),
    (
        "  seller: {can: {client: {see: own}}}\n",
        "",
        "ordinary roles.seller: removed; 1 user has it",
    ),
    (
        "label: Sales",
        "label: Sellers",
        "additive teams: to be written: sales",
    ),
    (
        "formula: price * 2",
        "formula: price * 3",
        "display entities.client: formulas and titles of 10 records are computed anew",
    ),
    (
        "kind: {type: choice, options: {a: A,",
        "kind: {type: choice, options: {a: Anna,",
        "display entities.client: titles of 10 records are computed anew",
    ),
    (
        "currency: EUR",
        "currency: JPY",
        "additive entities.client.fields.price: 2 decimals become 0; no record has a value",
    ),
    (
        "formula: age_of}",
        "formula: age_of + age(today())}",
        "ordinary entities.client.fields.age: computed on reading from now on",
    ),
    (
        "      age_of: integer\n",
        '      age_of: integer\n      no: {type: sequence, format: "{n}"}\n',
        (
            "ordinary entities.client.fields.no: new, sequence; 10 records have no number; only "
            "new ones get one"
        ),
    ),
    (
        "formula: age_of}",
        "min: 0}",
        (
            "ordinary entities.client.fields.age: no formula any more; "
            "0 values stay and can be written"
        ),
    ),
)


def test_every_change_is_said_with_its_weight(now: Living) -> None:
    for old, new, expected in SAID:
        assert old in CRM
        assert expected in words(now.plan(CRM.replace(old, new)))


def test_rights_over_a_new_entity_are_no_growth(now: Living) -> None:
    visit = CRM.replace("pipelines:", "  visit: {fields: {name: text}}\npipelines:")
    found = now.become(visit.replace("{see: own}}", "{see: own}, visit: {every: all}}"))
    assert found.weights == {Weight.ADDITIVE}
    assert any(one.address == "roles.seller.can.visit" for one in found.steps)


def test_a_formula_over_what_people_wrote_needs_a_consent(now: Living) -> None:
    with now.database.write() as connection:
        connection.execute(text("UPDATE e_client SET age_of = 5 WHERE id < 4"))
    wanted = CRM.replace("age_of: integer", "age_of: {type: integer, formula: '1'}")
    found = words(now.plan(wanted.replace("{type: integer, formula: age_of}", "integer")))
    assert (
        "consent entities.client.fields.age_of: computed by a formula from now on; 3 values "
        "written by people stay in a retired column"
    ) in found


def test_a_formula_may_move_between_saving_and_reading(now: Living) -> None:
    now.become(CRM.replace("formula: age_of}", "formula: age_of + age(today())}"))
    plan = now.become(CRM)
    assert "additive entities.client.fields.age: computed when a record is saved from now on" in (
        words(plan)
    )


def test_only_losses_and_growing_rights_need_the_hash(now: Living) -> None:
    looks = now.plan(CRM.replace("label: New", "label: Fresh"))
    ordinary = now.plan(CRM.replace("{a: A, b: B}", "{a: A}"))
    grows = now.plan(CRM.replace("see: own", "see: all"))
    assert [missing_words(one) for one in (looks, ordinary, grows)] == [
        "",
        "--yes",
        f"--yes --consent {grows.consent}",
    ]
    require_agreement(looks, Agreement())
    require_agreement(grows, Agreement(yes=True, consent=grows.consent))
    for plan, said in (
        (ordinary, Agreement()),
        (grows, Agreement(yes=True)),
        (grows, Agreement(yes=True, consent=looks.digest[:12])),
    ):
        with pytest.raises(Refused):
            require_agreement(plan, said)


def test_the_hash_is_that_of_this_plan_alone(now: Living) -> None:
    one = now.plan(CRM.replace("see: own", "see: all"))
    other = now.plan(CRM.replace("see: own", "see: team"))
    assert one.consent != other.consent
    assert one.consent == now.plan(CRM.replace("see: own", "see: all")).consent


def test_what_was_changed_by_hand_is_said(now: Living) -> None:
    assert now.plan(CRM).drift == ()
    with now.database.write() as connection:
        connection.execute(text("ALTER TABLE e_client ADD COLUMN extra TEXT"))
        connection.execute(text("ALTER TABLE e_client RENAME COLUMN city TO town"))
        connection.execute(text('DROP INDEX "ix$client$stage"'))
    plan = now.plan(CRM)
    assert sorted(one.sentence for one in plan.drift) == [
        "the column city of the table e_client is missing",
        "the index ix$client$stage of the table e_client is missing",
        "the table e_client has a column extra that Kartoteka did not make",
        "the table e_client has a column town that Kartoteka did not make",
    ]
    assert "Somebody changed the tables by hand" in plan_text(plan)
    (step,) = plan.steps
    assert step.weight is Weight.REFUSED
    with pytest.raises(Refused, match="the column city of the table e_client is missing"):
        now.become(CRM.replace("age_of: integer", "age_of: integer\n      more: text"))


def test_what_somebody_added_by_hand_is_left_alone(now: Living) -> None:
    with now.database.write() as connection:
        connection.execute(text("ALTER TABLE e_client ADD COLUMN extra TEXT"))
    plan = now.plan(CRM.replace("age_of: integer", "age_of: integer\n      more: text"))
    assert words(plan) == ["additive entities.client.fields.more: new, text"]


def test_a_missing_table_is_said(now: Living) -> None:
    with now.database.write() as connection:
        connection.execute(text("DROP VIEW activity"))
        connection.execute(text("DROP TABLE e_activity"))
    (step,) = now.plan(CRM).steps
    assert step.weight is Weight.REFUSED
    assert step.sentence.startswith("the table e_activity of activity is missing")


def test_an_unreadable_version_asks_for_a_consent(now: Living) -> None:
    with now.database.write() as connection:
        connection.execute(
            text("UPDATE kt_versions SET sources = :broken, digest = 'x'"),
            {"broken": '{"crm.yaml": "unknown: 1"}'},
        )
    plan = now.plan(CRM)
    assert [one.weight for one in plan.steps if one.kind is StepKind.ACCESS] == [Weight.CONSENT]
    apply(now.database, plan, application(CRM), "tester")
    assert now.plan(CRM).is_empty


def test_a_plan_reads_from_heavy_to_light() -> None:
    assert plan_text(Plan(None, "x", ())) == ""


def test_a_plan_reads_well(now: Living, snapshot: Snapshot) -> None:
    wanted = (
        CRM.replace("see: own", "see: all")
        .replace("      city: {type: text, default: Sofia}\n", "")
        .replace("{a: A, b: B}", "{a: Anna}")
        .replace("name: {type: text}", "name: {type: integer, label: Number}\n      zip: text")
    )
    snapshot("plan/changes.txt", plan_text(now.plan(wanted)) + "\n")
