"""Which names each step of a button or rule knows."""

import pytest

from engine.metadata.expressions.compile import Scope, check
from engine.metadata.expressions.steps import Placed, placed_steps, scope_of_when, scope_of_where
from engine.metadata.fieldtypes.base import Kind
from engine.metadata.model.button import Button
from engine.metadata.model.rule import Rule
from engine.metadata.model.text import Expression
from engine.metadata.problems import Mark
from tests.kit.applications import REQUESTS, application

SHOP = application(REQUESTS)
REQUEST = SHOP.entity("request")
BUTTON = SHOP.buttons("request")["new_client"]
LADDER = SHOP.buttons("request")["busy"]
RULE = SHOP.automations["watch"]
ACTIONS: dict[str, Button | Rule] = {"button": BUTTON, "ladder": LADDER, "rule": RULE}


def placed(action: str, step: str) -> Placed:
    """Returns a step of a button or a rule by the end of its address."""
    of = ACTIONS[action]
    steps = placed_steps(SHOP, REQUEST, of)
    return next(one for one in steps if one.step.address.removeprefix(of.address + ".") == step)


def kind(text: str, scope: Scope | None) -> Kind | None:
    """Returns the kind of an expression, which has to mean something."""
    assert scope is not None
    found, problems = check(Expression(text, Mark("crm.yaml", 1, 1), ""), scope)
    assert not problems
    return found.kind if found else None


def problem(text: str, scope: Scope) -> tuple[str, str]:
    """Returns what is wrong with an expression, and the way out."""
    _, (only,) = check(Expression(text, Mark("crm.yaml", 1, 1), ""), scope)
    return only.message, only.hint


def test_every_step_is_there_once_in_the_order_of_the_file() -> None:
    words = [
        one.step.address.removeprefix(f"{BUTTON.address}.do.")
        for one in placed_steps(SHOP, REQUEST, BUTTON)
    ]
    assert words == [
        *("1.find", "1.find.else.1.create", "2.update", "3.set", "4.done", "5.if"),
        *("5.if.do.1.notify", "5.if.else.1.note", "6.move", "7.task"),
    ]


@pytest.mark.parametrize(
    "action, step, text, expected",
    [
        ("button", "do.3.set", "ask.comment", Kind.TEXT),
        ("button", "do.3.set", "ask.next_contact", Kind.INSTANT),
        ("button", "do.3.set", "old.amount", Kind.MONEY),
        ("button", "do.3.set", "record.amount + amount", Kind.MONEY),
        ("button", "do.3.set", "record", Kind.LINK),
        ("button", "do.3.set", "known.owner.name", Kind.TEXT),
        ("button", "do.5.if.do.1.notify", "known.city", Kind.TEXT),
        ("ladder", "ladder.each.1.task", "try + tries", Kind.INTEGER),
        ("ladder", "ladder.then.1.set", "next_try", Kind.INSTANT),
        ("rule", "do.3.note", "neighbour.name", Kind.TEXT),
    ],
)
def test_names_of_a_step(action: str, step: str, text: str, expected: Kind) -> None:
    assert kind(text, placed(action, step).scope) is expected


@pytest.mark.parametrize(
    "action, step, text, cure",
    [
        ("button", "do.1.find", "known.name", "a step further down gives this name"),
        ("button", "do.1.find.else.1.create", "known.name", "a step further down"),
        ("button", "do.3.set", "try", "it is known in the steps of a ladder"),
        ("ladder", "ladder.each.1.task", "ask.comment", "in the steps of a button that asks"),
        ("rule", "do.1.if", "neighbour.name", "a step further down gives this name"),
    ],
)
def test_names_that_are_not_known_yet(action: str, step: str, text: str, cure: str) -> None:
    message, hint = problem(text, placed(action, step).scope)
    assert message == f"'{text.partition('.')[0]}' is not known here"
    assert cure in hint


def test_a_name_of_a_branch_is_known_in_the_branch_alone() -> None:
    shop = application(
        """
        entities: {deal: {fields: {name: text}}, client: {fields: {name: text}}}
        automations:
          make:
            entity: deal
            on: [created]
            do:
              - if:
                  when: name is not none
                  do:
                    - create: {entity: client, set: {name: "= name"}, as: made}
                    - note: "{{ made.name }}"
              - note: Done
        """
    )
    *_, inside, behind = placed_steps(shop, shop.entity("deal"), shop.automations["make"])
    assert kind("made.name", inside.scope) is Kind.TEXT
    assert "only there" in problem("made.name", behind.scope)[1]


def test_what_is_looked_for_has_the_bare_names() -> None:
    found = placed("rule", "do.2.find").looked_for
    assert kind("city", found) is Kind.TEXT
    assert kind("record.amount", found) is Kind.MONEY
    assert placed("rule", "do.3.note").looked_for is None


def test_conditions_know_the_record_alone() -> None:
    assert kind("old.amount", scope_of_when(SHOP, REQUEST, RULE)) is Kind.MONEY
    for scope in (scope_of_when(SHOP, REQUEST, BUTTON), scope_of_where(SHOP, REQUEST)):
        assert kind("amount", scope) is Kind.MONEY
        assert problem("record.amount", scope)[1] == "it is known in the steps of buttons and rules"
        assert "'old' is not a field" in problem("old.amount", scope)[0]
