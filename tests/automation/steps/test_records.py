"""create, archive, note."""

import pytest

from engine.errors import Conflict
from engine.runtime.records.rule_failure import RuleFailed
from engine.runtime.tables.system import RUNS
from tests.kit.office import Office, Opened, ref, said

CRM = """
    timezone: Europe/Sofia
    entities:
      client: {fields: {name: {type: text, required: true}, city: text, owner: user}}
      request:
        fields: {name: text, city: text, owner: user, text: long_text}
        buttons:
          convert:
            do:
              - create:
                  entity: client
                  set: {name: "= name", city: Sofia, owner: "= owner"}
                  as: c
              - create: {entity: client, set: {name: "Friend of {{ c.name }} in {{ c.city }}"}}
          drop: {do: [{note: "Dropped: {{ name }}"}, {archive: true}]}
          say: {do: [{note: "{{ text }}"}]}
    roles:
      seller: {can: {request: {see: all, press: all, create: all}}}
"""


@pytest.fixture
def crm(opened: Opened) -> Office:
    return opened(CRM)


def test_a_record_is_made_by_the_authority_of_the_configuration_and_has_a_name(
    crm: Office,
) -> None:
    sam = crm.person("sam", "seller")
    request = crm.create(crm.boss, "request", name="Anna", owner=sam.user_id)
    saved = crm.press(sam, request, "convert")
    anna, friend = crm.records("client")
    assert (anna["name"], anna["city"], anna["owner"]) == ("Anna", "Sofia", sam.user_id)
    assert friend["name"] == "Friend of Anna in Sofia"
    assert [one.id for one in saved.made] == [anna["id"], friend["id"]]
    assert [one["made"] for one in crm.trace("convert")["steps"]] == [["client", 1], ["client", 2]]


def test_a_record_that_can_not_be_made_undoes_the_press(crm: Office) -> None:
    sam = crm.person("sam", "seller")
    request = crm.create(sam, "request", city="Varna")
    with pytest.raises(RuleFailed) as refused:
        crm.press(sam, request, "convert")
    assert str(refused.value) == ("“Convert” could not be done. Make: Client: Fill in Name.")
    assert crm.record("request", request.id)["version"] == 1
    assert crm.runs() == [("convert", "failed")]


def test_a_record_is_archived_with_a_note_about_it(crm: Office) -> None:
    sam = crm.person("sam", "seller")
    request = crm.create(sam, "request", name="Anna")
    crm.press(sam, request, "drop")
    assert crm.record("request", request.id)["archived"] is True
    (note,) = crm.records("activity")
    assert (note["type"], note["text"]) == ("note", "Dropped: Anna")
    assert (note["about"], note["by"]) == (ref(request), sam.user_id)
    with pytest.raises(Conflict):
        crm.press(sam, request, "drop")


def test_an_empty_note_is_not_written(crm: Office) -> None:
    request = crm.create(crm.boss, "request", name="Anna")
    crm.press(crm.person("sam", "seller"), request, "say")
    (step,) = crm.trace("say")["steps"]
    assert (step["result"], said(step["said"])) == ("skipped", "There was nothing to write.")
    assert crm.records("activity") == []


UNFIT = """
    timezone: Europe/Sofia
    entities:
      client:
        fields: {name: text, phone: {type: phone, required_when: name is not none}}
      request:
        fields: {name: text, phone: text}
        buttons:
          convert:
            do:
              - create: {entity: client, set: {name: "= name"}, as: c}
              - if:
                  when: phone is not none
                  do: [{update: {record: "= c", set: {phone: "{{ phone }}"}}}]
    roles:
      seller: {can: {request: {every: all}}}
    automations:
      watch: {label: Watch, entity: client, on: [created], do: [{note: "{{ name }}"}]}
      mirror:
        label: Make a client of each request
        entity: request
        on: [{changed: [name]}]
        do: [{create: {entity: client, set: {name: "= name"}}}]
      at_once:
        label: At once
        entity: request
        on: [created]
        when: name == 'at once'
        do: [{create: {entity: client, set: {name: "= name"}}}]
"""


def test_a_record_is_judged_when_the_steps_behind_have_filled_it_in(opened: Opened) -> None:
    crm = opened(UNFIT)
    sam = crm.person("sam", "seller")
    good, bad = (crm.create(sam, "request", name="A", phone=one) for one in ("+359888123456", ""))
    crm.press(sam, good, "convert")
    assert [one["phone"] for one in crm.records("client")] == ["+359888123456"]
    with pytest.raises(RuleFailed) as refused:
        crm.press(sam, bad, "convert")
    assert str(refused.value) == "“Convert” could not be done. Client: Fill in Phone."
    failed = crm.rows(RUNS)[-1]
    assert (failed["rule_id"], failed["state"]) == ("entities.request.buttons.convert", "failed")
    assert (failed["record_id"], said(failed["trace"]["reason"])) == (bad.id, "Fill in Phone.")
    assert len(crm.records("client")) == 1


def test_a_person_reads_which_rule_left_a_record_unfit(opened: Opened) -> None:
    crm = opened(UNFIT)
    sam = crm.person("sam", "seller")
    request = crm.create(sam, "request", name="Anna")
    with pytest.raises(RuleFailed) as refused:
        crm.change(sam, request, name="Annie")
    assert str(refused.value).startswith("“Make a client of each request” could not be done.")
    with pytest.raises(RuleFailed):
        crm.create(sam, "request", name="at once")
    assert [
        (one["state"], one["record_id"]) for one in crm.rows(RUNS) if one["state"] == "failed"
    ] == [
        ("failed", request.id),
        ("failed", None),
    ]
