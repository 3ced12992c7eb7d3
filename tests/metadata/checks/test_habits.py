"""What people write from habit in buttons and rules: one error each, with the way out."""

import pytest

from engine.metadata.problems import Severity
from tests.kit.applications import loaded

SHOP = """
entities:
  deal:
    fields: {name: text, amount: money, owner: user, stage: stage}
    buttons:
      go: BUTTON
pipelines: {sales: {stages: {new: {}, won: {closes: won}}}}
roles: {head: {can: {deal: {every: all}}}}
automations:
  tell: RULE
"""
BUTTON, RULE = "{do: [{note: Go}]}", "{entity: deal, on: [created], do: [{note: Go}]}"


def said(button: str = BUTTON, rule: str = RULE) -> list[tuple[str, str]]:
    """Returns the codes and cures of all errors."""
    found = loaded(SHOP.replace("BUTTON", button).replace("RULE", rule)).problems
    return [(one.code, one.hint) for one in found if one.severity is Severity.ERROR]


def test_the_shop_has_none() -> None:
    assert said() == []


@pytest.mark.parametrize(
    "button, code, cure",
    [
        ("{do: {note: Hello}}", "E103", "write a list: [{note: ...}]"),
        ("{do: [archive]}", "E103", "write `archive: true`"),
        ("{do: [{set: amount = 5}]}", "E103", "write a map: {field: value}"),
        (
            "{do: [{set: {amount: }}]}",
            "E105",
            'write a value; to empty the field: `amount: "= none"`',
        ),
        (
            "{do: [{notify: {to: head, text: Look}}]}",
            "E822",
            'write "= head", or {role: head}',
        ),
        ("{do: [{move: {stage: won}}]}", "E802", "write `move: won`"),
        ("{do: [{set: {stage: won}}]}", "E805", "write `- move: STAGE`"),
        ("{do: [{task: {subject: Hi, due: 5 min}}]}", "E806", "write it as a moment: in 5 min"),
        ("{do: [{create: {entity: deal, fields: {name: x}}}]}", "E102", "did you mean 'set'?"),
        ("{action: [{note: x}]}", "E102", "did you mean 'do'?"),
        (
            '{ask: {word: text}, do: [{note: "{{ word }}"}]}',
            "E303",
            "write ask.word",
        ),
        ("{ask: [word], do: [{note: x}]}", "E103", "write a map by id: {word: ...}"),
        ("{show_in: new, do: [{note: x}]}", "E103", "write a list: [new]"),
    ],
)
def test_of_buttons(button: str, code: str, cure: str) -> None:
    assert said(button=button) == [(code, cure)]


@pytest.mark.parametrize(
    "rule, code, cure",
    [
        ("{entity: deal, on: created, do: [{note: x}]}", "E103", "write a list: [created]"),
        (
            "{entity: deal, on: [{created: true}], do: [{note: x}]}",
            "E102",
            "it stands alone, as a word: [created]",
        ),
        (
            "{entity: deal, on: {pressed: go}, do: [{note: x}]}",
            "E103",
            "write a list: [{pressed: ...}]",
        ),
        (
            "{entity: deal, on: [{changed: amount, when: amount > 5}], do: [{note: x}]}",
            "E102",
            "'when' stands beside `on`, not in it",
        ),
        (
            "{entity: deal, on: [overdue], do: [{note: x}]}",
            "E106",
            "write {overdue: stage}, or {overdue: task}",
        ),
        ("{entity: deal, trigger: [created], do: [{note: x}]}", "E102", "did you mean 'on'?"),
        ("{entity: deal, on: [created], steps: [{note: x}]}", "E102", "did you mean 'do'?"),
        ("{entity: deal, on: [updated], do: [{note: x}]}", "E106", "did you mean 'changed'?"),
    ],
)
def test_of_rules(rule: str, code: str, cure: str) -> None:
    assert said(rule=rule) == [(code, cure)]


def test_what_is_not_indented_is_said_once() -> None:
    text = """
    entities:
      deal:
        fields: {name: text}
        buttons:
          go:
            do:
              - task:
                subject: Call
    """
    assert [(one.code, one.hint) for one in loaded(text).problems] == [
        ("E102", "it is a key of the step 'task': look at the indentation")
    ]
