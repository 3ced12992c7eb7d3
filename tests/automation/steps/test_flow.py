"""if, stop: what is done where, and how a run ends early."""

import pytest

from engine.errors import ValidationFailed
from engine.runtime.tables.system import RUNS
from tests.kit.office import Office, Opened, said, seen

CRM = """
    timezone: Europe/Sofia
    entities:
      request:
        fields: {name: text, calls: {type: integer, default: 0}, note: text}
        buttons:
          judge:
            do:
              - if:
                  when: calls > 2
                  do:
                    - set: {note: often}
                    - if: {when: calls > 5, do: [{stop: true}]}
                    - set: {note: "{{ note }}!"}
                  else: [{set: {note: seldom}}]
              - set: {name: done}
          refuse: {do: [{set: {note: gone}}, {stop: "Not {{ name }}, called {{ calls }} times"}]}
    roles: {seller: {can: {request: {every: all}}}}
"""


@pytest.fixture
def crm(opened: Opened) -> Office:
    return opened(CRM)


@pytest.mark.parametrize(
    "calls, note, name, state",
    [(1, "seldom", "done", "done"), (3, "often!", "done", "done"), (6, "often", "A", "stopped")],
)
def test_steps_are_done_where_their_condition_holds(
    crm: Office, calls: int, note: str, name: str, state: str
) -> None:
    sam = crm.person("sam", "seller")
    request = crm.create(sam, "request", name="A", calls=calls)
    crm.press(sam, request, "judge")
    stored = crm.record("request", request.id)
    assert (stored["note"], stored["name"]) == (note, name)
    assert crm.runs() == [("judge", state)]


def test_the_trace_tells_the_way_in_the_order_in_which_it_was_gone(crm: Office) -> None:
    sam = crm.person("sam", "seller")
    crm.press(sam, crm.create(sam, "request", calls=3), "judge")
    steps = crm.trace("judge")["steps"]
    assert [(one["at"].partition("do.")[2], one["result"], said(one["said"])) for one in steps] == [
        ("1.if", "done", "It is so."),
        ("1.if.do.1.set", "done", ""),
        ("1.if.do.2.if", "skipped", "It is not so."),
        ("1.if.do.3.set", "done", ""),
        ("2.set", "done", ""),
    ]
    assert said(steps[0]["words"]) == "If calls > 2"
    assert seen(steps[0]["values"]) == {"calls": "3"}


def test_a_sentence_undoes_the_press_and_is_shown(crm: Office) -> None:
    sam = crm.person("sam", "seller")
    request = crm.create(sam, "request", name="Anna")
    with pytest.raises(ValidationFailed) as refused:
        crm.press(sam, request, "refuse")
    assert [str(one) for one in refused.value.messages[""]] == ["Not Anna, called 0 times"]
    assert crm.record("request", request.id)["version"] == 1
    (run,) = crm.rows(RUNS)
    assert (run["state"], run["record_id"]) == ("stopped", request.id)
