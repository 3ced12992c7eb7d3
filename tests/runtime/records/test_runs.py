"""The run log as people read it: why something happened, and nothing that they may not know."""

from collections.abc import Iterator

import pytest

from engine.errors import NotFound, ValidationFailed
from engine.runtime.actor import ENGINE, Actor
from engine.runtime.records.changes import Saved
from engine.runtime.records.rule_failure import RuleFailed
from engine.runtime.records.runs import HIDDEN, RunCheck, RunStep, RunStory
from engine.runtime.records.timeline import Entry, EntryKind
from tests.kit.applications import application
from tests.kit.office import Office, make_office, office
from tests.kit.prepared import Prepared

SALES = """
timezone: Europe/Sofia
entities:
  client:
    fields:
      name: {type: text, required: true}
      city: text
      debt: {type: integer, default: 7}
      owner: user
  deal:
    fields:
      name: {type: text, required: true}
      client: {type: link, to: client}
      margin: {type: integer, default: 30, max: 90}
      note: text
      owner: {type: user, default: "= user"}
      stage: {type: stage, pipeline: way}
pipelines:
  way:
    stages: {fresh: {label: Fresh}, offer: {label: Offer}}
    buttons:
      take:
        label: Take it
        ask: {margin: {}, word: text}
        do:
          - create: {entity: client, set: {name: "{{ name }}", owner: "= user"}, as: made}
          - update: {record: "= made", set: {city: "{{ ask.word }}"}}
          - set: {note: "{{ made.debt }} and {{ ask.margin }}"}
          - move: offer
          - task: {subject: "Call {{ name }}"}
      break: {do: [{set: {margin: "= 99"}}]}
automations:
  rich:
    label: Rich ones
    entity: deal
    on: [changed]
    when: margin > 20 and client.city == 'Sofia' and user.name != 'x'
    do: [{notify: {to: {role: head}, text: "Margin {{ margin }}"}}]
roles:
  head: {can: {deal: {every: all}, client: {every: all}}}
  seller: {can: {deal: {every: all}, client: {see: own, peek: all}}, hide: [deal.margin]}
  clerk: {can: {client: {see: all}}}
"""


@pytest.fixture
def crm(prepared: Prepared) -> Iterator[Office]:
    sales = application(SALES)
    with office(sales, prepared(sales, make_office)) as found:
        yield found


@pytest.fixture
def head(crm: Office) -> Actor:
    return crm.person("helen", "head")


@pytest.fixture
def deal(crm: Office, head: Actor) -> Saved:
    client = crm.create(ENGINE, "client", name="Bea", city="Sofia", owner=head.user_id)
    return crm.create(head, "deal", name="Anna", client=client.id)


def newest(crm: Office, actor: Actor, deal: Saved) -> RunStory:
    return crm.services.records.runs(actor, "deal", deal.id)[0]


def values(story: RunStory) -> dict[str, str | None]:
    parts: list[RunCheck | RunStep] = [*story.checks, *story.steps]
    read = [one for part in parts for one in part.values]
    return {one.path: None if one.is_hidden else one.shown for one in read}


def test_a_run_tells_what_it_read_did_and_made(crm: Office, head: Actor, deal: Saved) -> None:
    crm.press(head, deal, "take", margin=40, word="Ruse")
    rich, taken = crm.services.records.runs(head, "deal", deal.id)[-2:]
    assert (taken.label, taken.state, taken.trigger, taken.names) == (
        ("Take it", "done", "pressed", ("take",))
    )
    assert taken.who is not None
    assert (taken.who.user_id, taken.at) == (head.user_id, crm.clock.now())
    assert [(str(one.words), one.result) for one in taken.steps] == [
        ("Make: Client", "done"),
        ("Client: set City", "done"),
        ("Set Note", "done"),
        ("Move to Offer", "done"),
        ("Make a task", "done"),
    ]
    made = taken.steps[0].made
    assert made is not None
    assert (made.record.entity, made.title, made.is_seen) == ("client", "Anna", True)
    assert values(taken)["ask.word"] == "Ruse"
    (check,) = rich.checks
    assert (check.key, check.result) == ("when", True)
    assert values(rich) == {
        "margin": "40",
        "client.city": "Sofia",
        "user.name": "Helen",
    }


def test_what_one_may_not_read_is_hidden_with_all_that_tells_it(
    crm: Office, head: Actor, deal: Saved
) -> None:
    crm.press(head, deal, "take", margin=40, word="Ruse")
    sam = crm.person("sam", "seller")
    rich, taken = crm.services.records.runs(sam, "deal", deal.id)[-2:]
    hidden = {name for name, shown in values(taken).items() if shown is None}
    assert hidden == {"ask.margin", "made.debt"}
    assert taken.steps[0].made is not None
    assert (taken.steps[0].made.title, taken.steps[0].made.is_seen) == ("", False)
    assert set(values(rich).values()) == {None}
    assert rich.checks[0].text == ""
    assert rich.steps[0].said == HIDDEN
    everything = repr(crm.services.records.runs(sam, "deal", deal.id))
    assert "40" not in everything
    assert "Sofia" not in everything


def test_a_run_about_a_record_that_is_not_seen_is_none(
    crm: Office, head: Actor, deal: Saved
) -> None:
    crm.press(head, deal, "take")
    run = newest(crm, head, deal).id
    nobody = crm.person("nobody")
    assert crm.services.records.run(head, run).id == run
    for ask in (
        lambda: crm.services.records.run(nobody, run),
        lambda: crm.services.records.run(head, run + 100),
        lambda: crm.services.records.run(head, 2**80),
        lambda: crm.services.records.runs(nobody, "deal", deal.id),
        lambda: crm.services.records.runs(head, "nothing", 1),
    ):
        with pytest.raises(NotFound):
            ask()


def test_a_run_that_failed_is_told_though_nothing_happened(
    crm: Office, head: Actor, deal: Saved
) -> None:
    with pytest.raises((RuleFailed, ValidationFailed)):
        crm.press(head, deal, "break")
    told = newest(crm, head, deal)
    assert told.state == "failed"
    assert told.who is None
    assert "Margin: Not more than 90" in str(told.reason)


def test_the_lines_of_the_timeline_lead_to_their_runs(
    crm: Office, head: Actor, deal: Saved
) -> None:
    crm.press(head, deal, "take", margin=40)

    def story(actor: Actor, entity: str, record_id: int) -> dict[EntryKind, Entry]:
        page = crm.services.records.timeline(actor, entity, record_id)
        return {one.kind: one for one in page.entries}

    told = story(head, "deal", deal.id)
    pressed, moved, planned = (
        told[one] for one in (EntryKind.PRESSED, EntryKind.MOVED, EntryKind.TASK_MADE)
    )
    assert pressed.pressed is not None
    assert (pressed.pressed.label, pressed.who.name) == ("Take it", "Helen")
    assert [(one.field.id, one.before, one.after) for one in pressed.changes] == [
        ("margin", 30, 40)
    ]
    assert (moved.who.kind, moved.who.name) == ("rule", "Take it")
    assert pressed.run == moved.run == planned.run
    assert pressed.run is not None
    assert crm.services.records.run(head, pressed.run).label == "Take it"

    made = crm.services.records.run(head, pressed.run).steps[0].made
    assert made is not None
    assert story(head, "client", made.record.id)[EntryKind.CREATED].run == pressed.run
    clerk = crm.person("carl", "clerk")
    assert story(clerk, "client", made.record.id)[EntryKind.CREATED].run is None
    blind = crm.person("ann", "seller")
    assert crm.services.records.timeline(blind, "deal", deal.id).entries[-2].changes == ()
