"""Rules run inside the change that starts them, leave a row each, and never run in circles."""

from datetime import timedelta

import pytest

from engine.errors import ValidationFailed
from engine.runtime.actor import ENGINE
from engine.runtime.records.rule_failure import RuleFailed
from engine.runtime.tables.system import HISTORY, RUNS
from tests.kit.office import Opened, counting, said, seen

REQUESTS = """
    timezone: Europe/Sofia
    entities:
      request:
        label: Request
        fields:
          name: {type: text, required: true}
          city: text
          note: text
          calls: {type: integer, default: 0, max: 3}
          owner: user
          stage: {type: stage, pipeline: calls}
    pipelines:
      calls: {stages: {new: {label: New}, reached: {label: Reached}, junk: {label: Junk}}}
    roles:
      seller: {can: {request: {every: all}}}
    automations:
"""


def rules(text: str) -> str:
    """Returns the CRM with these rules, written with the indent of this file."""
    return REQUESTS + text


def test_a_rule_runs_in_the_change_and_stands_in_the_log_with_what_it_read(opened: Opened) -> None:
    crm = opened(
        rules("""
      welcome:
        label: Welcome everybody from Sofia
        entity: request
        on: [created]
        when: city == 'Sofia' and owner is none
        do:
          - set: {note: "{{ name }} from {{ city }}"}
    """)
    )
    sam = crm.person("sam", "seller")
    made = crm.create(sam, "request", name="Anna", city="Sofia")
    assert crm.record("request", made.id)["note"] == "Anna from Sofia"
    (run,) = crm.rows(RUNS)
    assert (run["rule_id"], run["state"]) == ("automations.welcome", "done")
    assert (run["entity"], run["record_id"]) == ("request", made.id)
    trace = run["trace"]
    assert trace["label"] == "Welcome everybody from Sofia"
    assert trace["trigger"] == {"kind": "created", "names": []}
    assert trace["on"] == ["request", made.id]
    (check,) = trace["checks"]
    assert (check["key"], check["result"]) == ("when", True)
    assert check["text"] == "city == 'Sofia' and owner is none"
    assert seen(check["values"]) == {"city": "Sofia", "owner": ""}
    (step,) = trace["steps"]
    assert (step["at"], step["step"]) == ("automations.welcome.do.1.set", "set")
    assert (said(step["words"]), step["result"]) == ("Set Note", "done")
    first, second = (row for row in crm.rows(HISTORY) if row["entity"] == "request")
    assert (first["run_id"], first["actor_kind"]) == (None, "user")
    assert (second["run_id"], second["actor_kind"]) == (run["id"], "rule")
    assert second["actor_name"] == "Welcome everybody from Sofia"
    assert second["user_id"] == sam.user_id


def test_a_rule_whose_condition_does_not_hold_says_so_with_the_values(opened: Opened) -> None:
    crm = opened(
        rules("""
      welcome:
        entity: request
        on: [created]
        where: city == 'Sofia'
        when: name == 'Anna'
        do: [{set: {note: hello}}]
    """)
    )
    sam = crm.person("sam", "seller")
    crm.create(sam, "request", name="Anna", city="Varna")
    crm.create(sam, "request", name="Boris", city="Sofia")
    assert crm.runs() == [("welcome", "not_run"), ("welcome", "not_run")]
    checks = crm.trace("welcome", 0)["checks"]
    assert [(one["key"], one["result"], seen(one["values"])) for one in checks] == [
        ("where", False, {"city": "Varna"})
    ]
    checks = crm.trace("welcome", 1)["checks"]
    assert [(one["key"], one["result"]) for one in checks] == [("where", True), ("when", False)]
    assert [one["note"] for one in crm.records("request")] == [None, None]


def test_a_change_that_nobody_listens_to_costs_no_statement(opened: Opened) -> None:
    others = """
      of_a_task:
        entity: task
        on: [created]
        do: [{note: hello}]
    """
    other_fields = """
      by_city:
        entity: request
        on: [{changed: [city]}, {entered: junk}]
        do: [{set: {note: hello}}]
    """
    counts = []
    for crm in (opened(rules(others)), opened(rules(other_fields))):
        sam = crm.person("sam", "seller")
        made = crm.create(sam, "request", name="Anna")
        with counting(crm) as sent:
            crm.change(sam, made, name="Annie")
        counts.append(len(sent))
        assert crm.runs() == []
    assert counts[0] == counts[1]


def test_a_rule_runs_once_for_a_record_however_many_triggers_match(opened: Opened) -> None:
    crm = opened(
        rules("""
      count:
        entity: request
        on: [created, {entered: new}, {changed: [city, name]}]
        do: [{set: {calls: "= calls + 1"}}]
    """)
    )
    sam = crm.person("sam", "seller")
    made = crm.create(sam, "request", name="Anna", city="Sofia")
    assert crm.record("request", made.id)["calls"] == 1
    crm.change(sam, made, name="Bea", city="Varna")
    assert crm.record("request", made.id)["calls"] == 2
    assert crm.runs() == [("count", "done"), ("count", "done")]


def test_a_rule_does_not_start_itself(opened: Opened) -> None:
    crm = opened(
        rules("""
      count:
        label: Count
        entity: request
        on: [created, changed]
        do: [{set: {calls: "= calls + 1"}}]
    """)
    )
    made = crm.create(crm.person("sam", "seller"), "request", name="Anna")
    assert crm.record("request", made.id)["calls"] == 1
    assert crm.runs() == [("count", "done"), ("count", "guarded")]
    assert said(crm.trace("count")["reason"]) == (
        "It runs once on a record for each change: Count → Count"
    )


def test_two_rules_that_wake_each_other_stop_at_the_guard_and_the_log_says_so(
    opened: Opened,
) -> None:
    crm = opened(
        rules("""
      ping:
        label: Ping
        entity: request
        on: [{changed: [city]}]
        do: [{set: {note: "{{ city }}!"}}]
      pong:
        label: Pong
        entity: request
        on: [{changed: [note]}]
        do: [{set: {city: "{{ note }}!"}}]
    """)
    )
    sam = crm.person("sam", "seller")
    made = crm.create(sam, "request", name="Anna")
    crm.change(sam, made, city="Sofia")
    stored = crm.record("request", made.id)
    assert (stored["city"], stored["note"]) == ("Sofia!!", "Sofia!")
    assert crm.runs() == [("ping", "done"), ("pong", "done"), ("ping", "guarded")]
    assert said(crm.trace("ping")["reason"]) == (
        "It runs once on a record for each change: Ping → Pong → Ping"
    )


def test_rules_that_make_records_without_end_stop_at_depth_ten(opened: Opened) -> None:
    crm = opened(
        rules("""
      again:
        label: Again
        entity: request
        on: [created]
        do: [{create: {entity: request, set: {name: "{{ name }}+"}}}]
    """)
    )
    crm.create(crm.person("sam", "seller"), "request", name="A")
    assert len(crm.records("request")) == 11
    assert crm.runs() == [*[("again", "done")] * 10, ("again", "guarded")]
    reason = said(crm.trace("again")["reason"])
    assert reason == f"Rules have started each other too often: {' → '.join(['Again'] * 11)}"


def test_rules_run_in_their_order_and_see_what_those_before_them_did(opened: Opened) -> None:
    crm = opened(
        rules("""
      first:
        entity: request
        on: [created]
        when: city is none
        do: [{set: {city: Sofia}}]
      second:
        entity: request
        on: [created]
        when: city is none
        do: [{set: {note: nowhere}}]
    """)
    )
    made = crm.create(crm.person("sam", "seller"), "request", name="Anna")
    assert crm.record("request", made.id)["note"] is None
    assert crm.runs() == [("first", "done"), ("second", "not_run")]


def test_a_step_that_is_refused_undoes_all_and_says_rule_step_and_reason(opened: Opened) -> None:
    crm = opened(
        rules("""
      count:
        label: Count the calls
        entity: request
        on: [{changed: [city]}]
        do:
          - note: begun
          - set: {calls: "= calls + 3"}
    """)
    )
    sam = crm.person("sam", "seller")
    made = crm.create(sam, "request", name="Anna", calls=1)
    with pytest.raises(RuleFailed) as refused:
        crm.change(sam, made, city="Varna")
    assert str(refused.value) == (
        "“Count the calls” could not be done. Set Calls: Calls: Not more than 3."
    )
    assert (crm.record("request", made.id)["city"], crm.records("activity")) == (None, [])
    (run,) = crm.rows(RUNS)
    assert (run["state"], run["record_id"], run["history_id"]) == ("failed", made.id, None)
    steps = [(one["step"], one["result"], said(one["said"])) for one in run["trace"]["steps"]]
    assert steps == [("note", "done", "begun"), ("set", "failed", "Calls: Not more than 3.")]


@pytest.mark.parametrize("broken", ["holds", "value"])
def test_what_can_not_be_computed_has_its_row_too(
    opened: Opened, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    crm = opened(
        rules("""
      odd:
        label: Odd
        entity: request
        on: [{changed: [city]}]
        when: calls < 3
        do: [{find: {entity: request, where: calls == record.calls + 1, as: other}}]
    """)
    )
    sam = crm.person("sam", "seller")
    made = crm.create(sam, "request", name="Anna")
    place = {"holds": "ready.Ready.holds", "value": "steps.finding.bind"}[broken]

    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(f"engine.automation.{place}", fail)
    with pytest.raises(RuleFailed) as refused:
        crm.change(sam, made, city="Varna")
    step = {"holds": "If calls < 3", "value": "Look for: Request"}[broken]
    assert str(refused.value) == f"“Odd” could not be done. {step}: It can't be computed."
    assert (crm.record("request", made.id)["city"], crm.runs()) == (None, [("odd", "failed")])


def test_a_failed_run_on_a_record_that_went_with_it_names_no_record(opened: Opened) -> None:
    crm = opened(
        rules("""
      count:
        entity: request
        on: [created]
        do: [{set: {calls: "= calls + 3"}}]
    """)
    )
    with pytest.raises(RuleFailed):
        crm.create(crm.person("sam", "seller"), "request", name="Anna", calls=1)
    (run,) = crm.rows(RUNS)
    assert (run["state"], run["record_id"]) == ("failed", None)
    assert crm.records("request") == []


def test_a_rule_says_no_with_a_sentence_of_its_author(opened: Opened) -> None:
    crm = opened(
        rules("""
      no_junk:
        entity: request
        on: [{entered: junk}]
        do:
          - if: {when: "calls < 3", do: [{stop: "{{ name }} was called {{ calls }} times only"}]}
    """)
    )
    sam = crm.person("sam", "seller")
    made = crm.create(sam, "request", name="Anna")
    with pytest.raises(ValidationFailed) as refused:
        crm.services.records.move(sam, "request", made.id, "junk")
    assert [str(one) for one in refused.value.messages[""]] == ["Anna was called 0 times only"]
    assert crm.record("request", made.id)["stage"] == "new"
    assert crm.runs() == [("no_junk", "stopped")]
    steps = crm.trace("no_junk")["steps"]
    assert [(one["step"], said(one["said"])) for one in steps] == [
        ("if", "It is so."),
        ("stop", "Anna was called 0 times only"),
    ]


def test_a_rule_may_run_once_in_a_while_on_each_record(opened: Opened) -> None:
    crm = opened(
        rules("""
      remind:
        entity: request
        on: [{changed: [city]}]
        once_per: 7 d
        do: [{set: {calls: "= calls + 1"}}]
    """)
    )
    sam = crm.person("sam", "seller")
    anna, boris = (crm.create(sam, "request", name=one) for one in ("Anna", "Boris"))
    for saved, city in ((anna, "A"), (anna, "B"), (boris, "C")):
        crm.change(sam, saved, city=city)
    crm.clock.pass_(timedelta(days=7))
    crm.change(sam, anna, city="D")
    assert crm.runs() == [("remind", one) for one in ("done", "not_run", "done", "done")]
    assert said(crm.trace("remind", 1)["reason"]) == "It runs once in 7 d on a record."


def test_old_values_are_those_before_the_change(opened: Opened) -> None:
    crm = opened(
        rules("""
      moved:
        entity: request
        on: [{changed: [city]}]
        when: old.city is not none
        do: [{set: {note: "{{ old.city }} -> {{ city }}"}}]
    """)
    )
    sam = crm.person("sam", "seller")
    made = crm.create(sam, "request", name="Anna", city="Sofia")
    crm.change(sam, made, city="Varna")
    assert crm.record("request", made.id)["note"] == "Sofia -> Varna"


def test_rows_of_a_configuration_start_no_rules(opened: Opened) -> None:
    crm = opened(
        rules("""
      welcome:
        entity: request
        on: [created]
        do: [{set: {note: hello}}]
    """)
    )
    crm.services.records.create_many(ENGINE, "request", [{"name": "Anna"}])
    assert crm.runs() == []


def test_the_log_keeps_the_beginning_of_a_long_value(opened: Opened) -> None:
    crm = opened(
        rules("""
      loud:
        entity: request
        on: [created]
        when: city != 'x'
        do: [{set: {note: hello}}]
    """)
    )
    crm.create(crm.person("sam", "seller"), "request", name="Anna", city="y" * 5_000)
    ((path, shown, value),) = crm.trace("loud")["checks"][0]["values"]
    assert (path, len(shown), shown[-2:], value) == ("city", 300, "y…", shown)
