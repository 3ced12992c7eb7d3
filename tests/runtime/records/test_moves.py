"""Stages change by moves: along the ways there are, by those who may, when the record is ready."""

from collections.abc import Callable

import pytest

from engine.errors import Conflict, NotAllowed, NotFound, ValidationFailed
from engine.metadata.model.text import RecordRef
from engine.runtime.actor import ENGINE, Actor
from engine.runtime.records.changes import Saved
from engine.runtime.records.timeline import EntryKind
from tests.kit.applications import application
from tests.kit.writer import Desk, person, rule_actor, writing


@pytest.fixture
def visit(desk: Desk, head: Actor) -> Saved:
    anna = desk.service.create(head, "owner", {"name": "Anna"})
    rex = desk.service.create(head, "animal", {"name": "Rex", "owner": anna.id})
    return desk.service.create(head, "visit", {"animal": rex.id})


def said(error: pytest.ExceptionInfo[ValidationFailed]) -> dict[str, str]:
    return {name: str(found[0]) for name, found in error.value.messages.items()}


def test_a_new_record_starts_in_the_first_stage(desk: Desk, visit: Saved) -> None:
    assert desk.values(visit)["stage"] == "booked"


def test_the_stage_is_no_input_of_a_form(desk: Desk, head: Actor, visit: Saved) -> None:
    writes: list[Callable[[], Saved]] = [
        lambda: desk.service.create(head, "visit", {"stage": "done"}),
        lambda: desk.service.update(head, "visit", visit.id, {"stage": "done"}, 1),
    ]
    for write in writes:
        with pytest.raises(ValidationFailed) as error:
            write()
        assert said(error)["stage"] == "The stage changes by a move."


def test_moves_follow_the_ways(desk: Desk, head: Actor, visit: Saved) -> None:
    with pytest.raises(ValidationFailed) as error:
        desk.service.move(head, "visit", visit.id, "done")
    assert said(error)["stage"] == "There is no way from Booked to Done now."
    with pytest.raises(ValidationFailed):
        desk.service.move(head, "visit", visit.id, "nowhere")
    with pytest.raises(ValidationFailed):
        desk.service.move(head, "visit", visit.id, "treatment", field="nothing")
    assert desk.service.move(head, "visit", visit.id, "treatment").version == 2
    row = desk.history(visit)[-1]
    assert (row["action"], row["fields"]) == ("move", ["stage"])
    assert (row["before"]["stage"], row["after"]["stage"]) == ("booked", "treatment")


def test_what_a_stage_requires_may_come_along(desk: Desk, head: Actor, visit: Saved) -> None:
    desk.service.move(head, "visit", visit.id, "treatment")
    before = desk.digest()
    with pytest.raises(ValidationFailed) as error:
        desk.service.move(head, "visit", visit.id, "to_pay")
    assert said(error) == {"diagnosis": "Fill in Diagnosis: the stage To pay needs it."}
    assert desk.digest() == before
    desk.service.move(head, "visit", visit.id, "to_pay", {"diagnosis": "flu"})
    assert desk.values(visit)["diagnosis"] == "flu"


def test_a_stage_is_entered_when_its_condition_holds(desk: Desk, head: Actor, visit: Saved) -> None:
    desk.service.move(head, "visit", visit.id, "treatment")
    desk.service.move(head, "visit", visit.id, "to_pay", {"diagnosis": "flu"})
    with pytest.raises(ValidationFailed) as error:
        desk.service.move(head, "visit", visit.id, "done")
    assert said(error) == {"stage": "30.00\N{NO-BREAK SPACE}€ is still to pay"}
    desk.service.move(head, "visit", visit.id, "done", {"paid": "30"})
    with pytest.raises(ValidationFailed) as error:  # locked by the stage that is stored
        desk.service.update(head, "visit", visit.id, {"diagnosis": "cold"}, 4)
    assert said(error) == {"diagnosis": "This field is closed now."}


def test_a_way_may_belong_to_roles_and_conditions(desk: Desk, head: Actor, visit: Saved) -> None:
    vet = person(desk, "victor", "vet")
    desk.service.update(head, "visit", visit.id, {"vet": vet.user_id}, 1)
    desk.service.move(vet, "visit", visit.id, "treatment")
    desk.service.move(vet, "visit", visit.id, "to_pay", {"diagnosis": "flu"})
    before = desk.digest()
    with pytest.raises(NotAllowed):
        desk.service.move(vet, "visit", visit.id, "treatment")
    assert desk.digest() == before
    desk.service.update(head, "visit", visit.id, {"fee": "0"}, 4)
    with pytest.raises(ValidationFailed):  # nothing is owed: the way back is closed
        desk.service.move(head, "visit", visit.id, "treatment")
    desk.service.move(rule_actor(vet, "a button"), "visit", visit.id, "treatment")


def test_the_same_move_twice_is_one_change(desk: Desk, head: Actor, visit: Saved) -> None:
    desk.service.move(head, "visit", visit.id, "treatment")
    before = desk.digest()
    again = desk.service.move(head, "visit", visit.id, "treatment")
    assert (again.version, again.repeated) == (2, True)
    with pytest.raises(Conflict):
        desk.service.move(head, "visit", visit.id, "treatment", {"diagnosis": "flu"})
    assert desk.digest() == before


def test_a_closing_stage_and_archiving_finish_open_tasks(
    desk: Desk, head: Actor, visit: Saved
) -> None:
    about = RecordRef("visit", visit.id)
    first = desk.service.create(head, "task", {"subject": "Call", "about": about, "due": "in 1 h"})
    other = desk.service.create(head, "task", {"subject": "Else", "about": "owner/1"})
    desk.service.move(head, "visit", visit.id, "missed")
    assert desk.values(first)["done"] is True
    assert desk.values(other)["done"] is False
    row = desk.history(first)[-1]
    assert (row["action"], row["actor_kind"], row["user_id"]) == ("finish", "engine", head.user_id)
    late = desk.service.create(head, "task", {"subject": "Late", "about": about})
    desk.service.archive(head, "visit", visit.id)
    assert desk.values(late)["done"] is True
    assert desk.broken() == []


def test_a_record_that_is_not_seen_can_not_be_moved(desk: Desk, head: Actor, visit: Saved) -> None:
    stranger = person(desk, "sam")
    peeking = person(desk, "victor", "vet")
    with pytest.raises(NotFound):
        desk.service.move(stranger, "visit", visit.id, "treatment")
    with pytest.raises(NotAllowed):
        desk.service.move(peeking, "visit", visit.id, "treatment")


def test_rows_may_begin_in_any_stage(desk: Desk, visit: Saved) -> None:
    animal = desk.values(visit)["animal"]
    row = {"animal": animal, "stage": "to_pay", "diagnosis": "flu", "vet": 1}
    assert desk.values(desk.service.create(ENGINE, "visit", row))["stage"] == "to_pay"
    with pytest.raises(ValidationFailed):
        desk.service.create(ENGINE, "visit", {"animal": animal, "stage": "to_pay"})


HIDDEN_STAGES = """
entities:
  deal:
    fields:
      name: text
      stage: {type: stage, pipeline: way}
pipelines: {way: {stages: {first: {}, second: {}}}}
roles:
  seller: {can: {deal: {every: all}}}
  trainee: {can: {deal: {every: all}}, readonly: [deal.stage]}
  outsider: {can: {deal: {every: all}}, hide: [deal.stage]}
"""


def test_a_role_may_not_move_what_it_may_not_write_or_see(database_url: str) -> None:
    with writing(application(HIDDEN_STAGES), database_url) as desk:
        people = {name: person(desk, name, name) for name in ("seller", "trainee", "outsider")}
        both = person(desk, "both", "trainee", "seller")
        deal = desk.service.create(people["trainee"], "deal", {"name": "A"})
        before = desk.digest()
        with pytest.raises(NotAllowed):
            desk.service.move(people["trainee"], "deal", deal.id, "second")
        with pytest.raises(NotFound):
            desk.service.move(people["outsider"], "deal", deal.id, "second")
        assert desk.digest() == before
        desk.service.move(both, "deal", deal.id, "second")
        kinds = [one.kind for one in desk.service.timeline(both, "deal", deal.id).entries]
        assert kinds == [EntryKind.MOVED, EntryKind.CREATED]
        told = desk.service.timeline(people["outsider"], "deal", deal.id).entries
        assert [one.kind for one in told] == [EntryKind.CREATED]


def test_a_rule_that_writes_a_stage_moves_the_record(desk: Desk, head: Actor, visit: Saved) -> None:
    rule = rule_actor(head, "a rule")
    with pytest.raises(ValidationFailed):
        desk.service.update(rule, "visit", visit.id, {"stage": "to_pay"}, None)
    desk.service.update(rule, "visit", visit.id, {"stage": "to_pay", "diagnosis": "flu"}, None)
    assert desk.history(visit)[-1]["action"] == "move"
