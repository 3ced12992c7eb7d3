"""Buttons, ladders, rules and steps: each word of the language becomes its noun."""

from engine.metadata.model.button import Ladder
from engine.metadata.model.rule import Trigger
from engine.metadata.model.step import (
    ArchiveRecord,
    AssignOwner,
    CreateRecord,
    FindRecord,
    FinishTasks,
    If,
    MakeTask,
    MoveTo,
    Notify,
    SetFields,
    Step,
    Stop,
    UpdateRecord,
    WriteNote,
)
from engine.metadata.model.text import Expression, Literal, Template
from tests.kit.applications import application

SHOP = """
entities:
  client: {fields: {name: text, phone: phone}}
  sale:
    fields: {no: text, name: text, phone: phone, amount: money, owner: user, client: {type: link, to: client}, stage: stage}
    buttons:
      close:
        do:
          - set: {no: "== {{ name }}", amount: "= 2 * 5"}
          - move: {sales: won}
          - find:
              entity: client
              match: [phone]
              as: known
              else:
                - create: {entity: client, set: {name: "{{ name }}"}, as: known}
          - update: {record: "= known", set: {name: New}}
          - archive: true
          - task: {subject: Call, due: in 5 min, to: ["= owner", {role: head, of: "= owner"}], about: "= client"}
          - done: {tasks: all}
          - done: {tasks: {type: call}}
          - note: Closed by {{ user.name }}
          - assign: {to: {team: sellers}, by: least_busy, only_if_empty: true}
          - notify: {to: {user: ivan}, text: Look}
          - if: {when: amount > 0, do: [{stop: true}], else: [{stop: Not yet}]}
pipelines:
  sales:
    stages: {new: {sla: 15 workmin}, won: {closes: won}}
    buttons:
      busy:
        show_in: [new]
        ask: {no: {required: true}, comment: long_text}
        ladder: {tries: [5 min, 1 h], each: [{note: Again}], reset_on: [left], in_workhours: true}
roles: {head: {can: {sale: {every: all}, client: {every: all}}}}
teams: {sellers: {}}
automations:
  greet:
    entity: sale
    on: [created, changed, {changed: [no, amount]}, {pressed: busy}, {overdue: stage}]
    when: amount > 0
    once_per: 7 d
    do: [{note: Hello}]
views:
  board: {entity: sale, type: board, sum: amount}
  days: {entity: task, type: calendar}
"""  # noqa: E501 - a step is a line


def steps() -> dict[str, Step]:
    """Returns the steps of the button by their words; of two alike the last one."""
    button = application(SHOP).buttons("sale")["close"]
    return {one.address.removeprefix(f"{button.address}.do."): one for one in button.do}


def test_every_step_has_the_address_of_its_word() -> None:
    addresses = [*steps()]
    assert addresses[:4] == ["1.set", "2.move", "3.find", "4.update"]
    assert [type(one) for one in steps().values()] == [
        *(SetFields, MoveTo, FindRecord, UpdateRecord, ArchiveRecord, MakeTask, FinishTasks),
        *(FinishTasks, WriteNote, AssignOwner, Notify, If),
    ]


def test_a_value_is_a_literal_an_expression_or_a_text() -> None:
    step = steps()["1.set"]
    assert isinstance(step, SetFields)
    no, amount = step.values["no"], step.values["amount"]
    assert isinstance(no, Literal)
    assert no.text == "= {{ name }}"
    assert isinstance(amount, Expression)
    assert (amount.text, amount.address) == (
        "2 * 5",
        "entities.sale.buttons.close.do.1.set.amount",
    )


def test_steps_hold_steps() -> None:
    find, branch = steps()["3.find"], steps()["12.if"]
    assert isinstance(find, FindRecord)
    assert isinstance(branch, If)
    (create,) = find.otherwise
    assert isinstance(create, CreateRecord)
    assert create.address.endswith("do.3.find.else.1.create")
    assert isinstance(create.values["name"], Template)
    assert (find.match, find.name, create.name) == (("phone",), "known", "known")
    (ended,), (refused,) = branch.do, branch.otherwise
    assert isinstance(ended, Stop)
    assert isinstance(refused, Stop)
    assert ended.message is None
    assert refused.message is not None


def test_targets_and_plain_values_of_a_task_are_apart() -> None:
    task, assign = steps()["6.task"], steps()["10.assign"]
    assert isinstance(task, MakeTask)
    assert list(task.values) == ["subject", "due"]
    person, heads = task.to
    assert (person.person and person.person.text, heads.role) == ("owner", "head")
    assert heads.of is not None
    assert task.about is not None
    assert isinstance(assign, AssignOwner)
    assert (assign.to[0].team, assign.by, assign.only_if_empty) == ("sellers", "least_busy", True)


def test_a_ladder_asks_and_counts() -> None:
    busy = application(SHOP).pipelines["sales"].buttons["busy"]
    assert busy.pipeline == "sales"
    assert [(one.id, one.is_stored, one.required) for one in busy.ask] == [
        ("no", True, True),
        ("comment", False, False),
    ]
    ladder = busy.ladder
    assert isinstance(ladder, Ladder)
    assert (ladder.tries, ladder.reset_on, ladder.in_workhours) == (
        ("5 min", "1 h"),
        ("left",),
        True,
    )
    assert application(SHOP).pipelines["sales"].stages["new"].sla == "15 workmin"


def test_a_rule_listens_to_words_and_names() -> None:
    rule = application(SHOP).automations["greet"]
    assert [(one.kind, one.names) for one in rule.on] == [
        ("created", ()),
        ("changed", ()),
        ("changed", ("no", "amount")),
        ("pressed", ("busy",)),
        ("overdue", ("stage",)),
    ]
    assert isinstance(rule.on[0], Trigger)
    assert (rule.entity, rule.once_per, len(rule.do)) == ("sale", "7 d", 1)


def test_a_board_and_a_calendar_find_their_field() -> None:
    views = application(SHOP).views
    assert (views["board"].group_by, views["board"].sum) == ("stage", ("amount",))
    assert views["days"].date == "due"
