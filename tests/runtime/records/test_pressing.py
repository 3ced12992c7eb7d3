"""Pressing a button: who may, when, with which answers, and which presses are one."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from engine.errors import Conflict, NotAllowed, NotFound, ValidationFailed
from engine.runtime.actor import Actor
from engine.runtime.plan.create import create_everything
from engine.runtime.records.buttons import ButtonState
from engine.runtime.records.changes import Change, Saved, Seen
from engine.runtime.records.reactions import Inside, Write
from engine.runtime.tables.system import LADDERS
from tests.kit.applications import application
from tests.kit.prepared import Prepared
from tests.kit.pressing import Presses, archive, make_task, move_to
from tests.kit.writer import Desk, person, writing

SALES = """
timezone: Europe/Sofia
entities:
  deal:
    title: "{{ name }}"
    fields:
      name: {type: text, required: true}
      owner: {type: user, default: "= user"}
      stage: {type: stage, pipeline: way}
      amount: money
      next: {type: datetime, label: Next contact}
      why: {type: text, visible_when: stage == 'lost'}
      margin: {type: integer, max: 90}
      partner: {type: link, to: partner}
  partner: {fields: {name: text}}
pipelines:
  way:
    stages:
      fresh: {label: Fresh}
      offer: {label: Offer}
      lost: {label: Lost, closes: lost, require: [why]}
    moves: {fresh: [offer]}
    buttons:
      busy:
        show_in: [fresh]
        ladder: {tries: [5 min, 10 min, 30 min], each: [{note: Busy}]}
      later: {ladder: {tries: [2 h], each: [{note: Later}], in_workhours: true}}
      quote:
        show_in: [fresh]
        ask:
          next: {required: true}
          comment: {type: text, required: true, max_length: 10}
          partner: {}
          friend: {type: link, to: partner}
          margin: {required: true}
          sure: bool
      lose: {ask: {why: {required: true}}}
      junk: {roles: [head]}
      win: {when: amount > 100, help: A deal has a price before it is won.}
      ping: {}
      remind: {when: "since(stage) > hours(2) and partner.name != 'x'"}
roles:
  seller:
    can: {deal: {see: all, create: all, press: own}, partner: {see: own}}
    hide: [deal.margin]
  head: {can: {deal: {every: all}}}
  clerk: {can: {deal: {see: all}}}
  blind: {can: {deal: {see: all, press: all}}, hide: [deal.stage]}
"""


def advance(desk: Desk, **length: float) -> None:
    desk.stock.clock.pass_(timedelta(**length))


def bury(change: Change, inside: Inside, actor: Actor) -> None:
    """The ladder of `busy`: a task for each try, the archive after the last one."""
    assert change.press is not None
    do = archive if change.press.number > change.press.tries else make_task
    do(change, inside, actor)


@pytest.fixture
def rules() -> Presses:
    return Presses({"busy": bury, "quote": move_to("offer"), "lose": move_to("lost")})


@pytest.fixture
def desk(prepared: Prepared, rules: Presses) -> Iterator[Desk]:
    sales = application(SALES)
    with writing(sales, prepared(sales, create_everything), rules) as found:
        yield found


@pytest.fixture
def sam(desk: Desk) -> Actor:
    return person(desk, "sam", "seller")


@pytest.fixture
def deal(desk: Desk, sam: Actor) -> Saved:
    return desk.service.create(sam, "deal", {"name": "Anna"})


def press(desk: Desk, actor: Actor, deal: Saved, name: str, **answers: object) -> Saved:
    return desk.service.press(actor, "deal", deal.id, name, answers)


def state(desk: Desk, actor: Actor, deal: Saved, name: str) -> ButtonState:
    found = desk.service.buttons(actor, "deal", [deal.id])[deal.id]
    return next(one for one in found if one.button.id == name)


def test_a_press_is_a_change_of_its_own_even_where_no_field_changes(
    desk: Desk, sam: Actor, deal: Saved, rules: Presses
) -> None:
    pressed = press(desk, sam, deal, "ping")
    assert (pressed.version, pressed.repeated) == (2, False)
    row = desk.history(deal)[-1]
    assert (row["action"], row["fields"], row["user_id"]) == ("press", [], sam.user_id)
    assert row["press"]["button"] == "ping"
    (change,) = rules.seen
    assert change.press is not None
    assert change.press.address == "pipelines.way.buttons.ping"
    assert desk.broken() == []


def test_answers_are_stored_without_the_right_to_edit_and_handed_on(
    desk: Desk, sam: Actor, deal: Saved, rules: Presses
) -> None:
    press(desk, sam, deal, "quote", next="tomorrow 10:00", comment="wants oak", sure=True)
    values = desk.values(deal)
    assert str(values["next"]) == "2026-03-03 08:00:00+00:00"
    assert values["stage"] == "offer"
    (change,) = rules.seen
    assert change.press is not None
    assert dict(change.press.answers) == {"comment": "wants oak", "friend": None, "sure": True}
    assert change.fields == {"next"}
    assert desk.history(deal)[-2]["press"]["answers"] == {"comment": "wants oak", "sure": True}
    assert desk.history(deal)[-1]["run_id"] is not None


def test_wrong_answers_are_said_at_their_names(desk: Desk, sam: Actor, deal: Saved) -> None:
    before = desk.digest()
    with pytest.raises(ValidationFailed) as refused:
        press(desk, sam, deal, "quote", comment="much too long", friend=77, partner="x")
    found = {name: str(one[0]) for name, one in refused.value.messages.items()}
    assert found == {
        "next": "Fill in Next contact.",
        "comment": "At most 10 characters.",
        "friend": "Choose one of the records that you can see.",
        "partner": "Choose one of the records that you can see.",
    }
    assert desk.digest() == before


@pytest.mark.parametrize("name", ["margin", "amount", "stage", "nothing"])
def test_what_a_dialog_does_not_ask_of_a_person_is_refused(
    desk: Desk, sam: Actor, deal: Saved, name: str
) -> None:
    with pytest.raises(ValidationFailed) as refused:
        press(desk, sam, deal, "quote", next="in 1 h", comment="x", **{name: "1"})
    assert list(refused.value.messages) == [name]
    asked = [one.id for one in state(desk, sam, deal, "quote").asks]
    assert asked == ["next", "comment", "partner", "friend", "sure"]


def test_a_field_that_the_next_stage_shows_may_be_asked_on_the_way(
    desk: Desk, sam: Actor, deal: Saved
) -> None:
    press(desk, sam, deal, "lose", why="too dear")
    assert (desk.values(deal)["stage"], desk.values(deal)["why"]) == ("lost", "too dear")


def test_a_button_is_refused_to_whom_it_is_not_for(desk: Desk, sam: Actor, deal: Saved) -> None:
    ann, blind = person(desk, "ann", "seller"), person(desk, "bo", "blind")
    for who, name in ((ann, "ping"), (person(desk, "clara", "clerk"), "ping"), (sam, "junk")):
        with pytest.raises(NotAllowed):
            press(desk, who, deal, name)
    with pytest.raises(NotAllowed):
        press(desk, blind, deal, "busy")  # it would tell the stage
    with pytest.raises(NotFound):
        press(desk, sam, deal, "nothing")
    with pytest.raises(NotFound):
        press(desk, person(desk, "nobody"), deal, "ping")
    assert {one.button.id for one in desk.service.buttons(blind, "deal", [deal.id])[deal.id]} == {
        "later",
        "lose",
        "win",
        "ping",
        "remind",
    }
    assert desk.service.buttons(ann, "deal", [deal.id]) == {deal.id: ()}


def test_a_condition_refuses_with_a_sentence(desk: Desk, sam: Actor, deal: Saved) -> None:
    said = "Not possible as the record is now. A deal has a price before it is won."
    assert str(state(desk, sam, deal, "win").reason) == said
    with pytest.raises(Conflict, match="A deal has a price"):
        press(desk, sam, deal, "win")
    desk.service.update(Actor("engine"), "deal", deal.id, {"amount": "200"}, None)
    assert state(desk, sam, deal, "win").reason is None
    assert not press(desk, sam, deal, "win").repeated


def test_a_condition_may_ask_how_long_a_record_has_been_in_its_stage(
    desk: Desk, sam: Actor, deal: Saved
) -> None:
    assert state(desk, sam, deal, "remind").reason is not None
    advance(desk, hours=2, minutes=1)
    assert state(desk, sam, deal, "remind").reason is None
    assert not press(desk, sam, deal, "remind").repeated


def test_a_button_of_another_stage_is_a_conflict(desk: Desk, sam: Actor, deal: Saved) -> None:
    desk.service.move(Actor("engine"), "deal", deal.id, "offer")
    shown = [one.button.id for one in desk.service.buttons(sam, "deal", [deal.id])[deal.id]]
    assert shown == ["later", "lose", "win", "ping", "remind"]
    with pytest.raises(Conflict, match="in the stage Offer"):
        desk.service.press(sam, "deal", deal.id, "busy", seen=Seen("fresh", 1))


def test_a_ladder_counts_its_tries_and_ends(
    desk: Desk, sam: Actor, deal: Saved, rules: Presses
) -> None:
    found = []
    for minutes in (5, 10, 30, 0):
        shown = state(desk, sam, deal, "busy")
        desk.service.press(sam, "deal", deal.id, "busy", seen=shown.seen)
        pressed = rules.seen[-1].press
        assert pressed is not None
        waits = pressed.next_try and (pressed.next_try - desk.stock.clock.now())
        found.append((shown.count, shown.tries, pressed.number, waits))
        advance(desk, minutes=minutes)
    assert found == [
        (0, 3, 1, timedelta(minutes=5)),
        (1, 3, 2, timedelta(minutes=10)),
        (2, 3, 3, timedelta(minutes=30)),
        (3, 3, 4, None),
    ]
    assert desk.values(deal)["archived"] is True
    assert [row["subject"] for row in desk.rows(desk.stock.tables.table("task"))] == ["Busy"] * 3
    with pytest.raises(Conflict, match="archived"):
        press(desk, sam, deal, "busy")
    desk.service.restore(Actor("engine"), "deal", deal.id)
    assert state(desk, sam, deal, "busy").count == 0
    assert desk.broken() == []


def test_another_button_lets_a_ladder_begin_anew_another_ladder_does_not(
    desk: Desk, sam: Actor, deal: Saved
) -> None:
    press(desk, sam, deal, "busy")
    press(desk, sam, deal, "later")
    assert state(desk, sam, deal, "busy").count == 1
    shown = state(desk, sam, deal, "busy").seen
    press(desk, sam, deal, "ping")
    assert state(desk, sam, deal, "busy").count == 0
    with pytest.raises(Conflict, match="counted anew"):
        desk.service.press(sam, "deal", deal.id, "busy", seen=shown)
    press(desk, sam, deal, "busy")
    desk.service.move(Actor("engine"), "deal", deal.id, "offer")
    assert desk.rows(LADDERS) == []


def test_the_next_try_moves_into_working_time(
    desk: Desk, sam: Actor, deal: Saved, rules: Presses
) -> None:
    advance(desk, hours=6, minutes=30)  # 17:30 in Sofia
    press(desk, sam, deal, "later")
    pressed = rules.seen[-1].press
    assert pressed is not None
    assert str(pressed.next_try) == "2026-03-03 07:00:00+00:00"
    assert state(desk, sam, deal, "later").next_try == pressed.next_try


def test_what_the_same_button_has_done_meanwhile_is_not_done_again(
    desk: Desk, sam: Actor, deal: Saved, rules: Presses
) -> None:
    shown = {one: state(desk, sam, deal, one).seen for one in ("busy", "lose")}
    press(desk, sam, deal, "busy")
    again = desk.service.press(sam, "deal", deal.id, "busy", seen=shown["busy"])
    assert again.repeated
    press(desk, sam, deal, "lose", why="dear")
    again = desk.service.press(sam, "deal", deal.id, "lose", {"why": "x"}, seen=shown["lose"])
    assert again.repeated
    assert [one.press and one.press.button for one in rules.seen] == ["busy", "lose"]
    assert desk.values(deal)["why"] == "dear"


def test_a_token_stands_for_one_button_and_its_answers(desk: Desk, sam: Actor, deal: Saved) -> None:
    first = desk.service.press(sam, "deal", deal.id, "ping", token="t1")
    again = desk.service.press(sam, "deal", deal.id, "ping", token="t1")
    assert (again.version, again.repeated) == (first.version, True)
    for name, answers in (("busy", {}), ("ping", {"x": "y"})):
        with pytest.raises(Conflict):
            desk.service.press(sam, "deal", deal.id, name, answers, token="t1")
    assert desk.values(deal)["version"] == 2


def test_a_press_leads_to_what_it_made(desk: Desk, sam: Actor, deal: Saved, rules: Presses) -> None:
    def make(change: Change, inside: Inside, actor: Actor) -> None:
        inside.perform(Write("create", actor, "partner", payload={"name": "Bea"}))
        make_task(change, inside, actor)

    rules.does = {"ping": make}
    first = desk.service.press(sam, "deal", deal.id, "ping", token="t1")
    assert [one.entity for one in first.made] == ["partner"]
    again = desk.service.press(sam, "deal", deal.id, "ping", token="t1")
    assert again.made == first.made


def test_the_buttons_of_many_records_cost_the_queries_of_one(desk: Desk, sam: Actor) -> None:
    made = []
    for number in range(20):
        partner = desk.service.create(Actor("engine"), "partner", {"name": str(number)})
        deal = {"name": str(number), "partner": partner.id}
        made.append(desk.service.create(Actor("engine"), "deal", {**deal, "owner": sam.user_id}).id)
    with desk.stock.counting() as one:
        desk.service.buttons(sam, "deal", made[:1])
    with desk.stock.counting() as many:
        found = desk.service.buttons(sam, "deal", made)
    assert len(many) == len(one)
    assert {len(one) for one in found.values()} == {7}
