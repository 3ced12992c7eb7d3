"""What runs later takes the whole button or rule along, said once, and what hangs on it."""

from engine.metadata.problems import Severity
from tests.kit.applications import loaded

OFFICE = """
entities:
  client: {fields: {name: text, photo: image}}
  deal:
    fields: {name: text, photo: image, stage: stage, client: {type: link, to: client}}
    buttons:
      plain: {do: [{note: Hello}]}
      mail: {do: [{note: Hello}, {if: {when: name == 'x', do: [{send: {template: a}}]}}, {wait: 1 h}]}
      seen: {when: photo is not none, do: [{note: Hello}]}
      shown: {do: [{set: {photo: x}}]}
      told: {do: [{update: {record: "= client", set: {photo: x}}}]}
      asked: {ask: {photo: {}}}
      signed: {ask: {paper: signature}}
pipelines:
  sales:
    stages: {new: {}, odd: {only_if: inputs.odd}, won: {closes: won}}
    buttons:
      move_on: {show_in: [new, odd], do: [{move: won}]}
      oddly: {show_in: [odd], do: [{move: won}]}
      to_odd: {do: [{move: odd}]}
automations:
  plain: {entity: deal, on: [created, {pressed: mail}], do: [{note: Hello}]}
  echo: {entity: deal, on: [{pressed: mail}, {changed: photo}, {entered: odd}], do: [{note: Hello}]}
  daily: {entity: deal, on: [{every: day, at: "09:00"}], do: [{send: {template: a}}]}
  made: {entity: deal, on: [created], do: [{create: {entity: client, set: {name: "= name", photo: x}}}]}
views:
  days: {entity: deal, type: calendar, date: photo}
"""  # noqa: E501 - a button is a line


def test_what_is_left_is_what_names_nothing_of_later() -> None:
    built = loaded(OFFICE).application
    assert built is not None
    assert list(built.buttons("deal")) == ["move_on", "plain"]
    assert built.pipelines["sales"].buttons["move_on"].show_in == ("new",)
    assert list(built.automations) == ["plain"]
    assert [one.kind for one in built.automations["plain"].on] == ["created"]
    assert list(built.views) == []


def test_each_is_said_once_where_it_stands() -> None:
    result = loaded(OFFICE)
    assert {one.severity for one in result.problems} == {Severity.LATER}
    said = [(one.code, one.address, one.hint) for one in result.problems]
    assert [(code, address) for code, address, _ in said if "buttons" in address] == [
        ("L001", "entities.deal.buttons.mail.do.2.if.do.1.send"),
        ("L302", "entities.deal.buttons.seen.when"),
        ("L002", "entities.deal.buttons.signed"),
    ]
    assert ("L001", "automations.daily.on.1.every", "'daily' is left out as a whole") in said


def test_nothing_else_is_said_of_what_is_left_out() -> None:
    text = """
    entities: {deal: {fields: {name: text}}}
    automations:
      later: {entity: deal, on: [imported], do: [{set: {nmae: x}}, {nte: Hello}, {move: nowhere}]}
    """
    assert [one.code for one in loaded(text).problems] == ["L001", "E102"]


def test_a_step_that_is_wrong_leaves_the_numbers_of_the_others() -> None:
    text = """
    entities: {deal: {fields: {name: text}}}
    automations:
      tell: {entity: deal, on: [created], do: [{nte: Hello}, {note: Hello}, {set: {nmae: x}}]}
    """
    assert [one.address for one in loaded(text).problems] == [
        "automations.tell.do",
        "automations.tell.do.3.set.nmae",
    ]
