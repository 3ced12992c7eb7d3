"""The story of a record, as far as its reader may know it."""

from datetime import timedelta

import pytest

from engine.errors import BadQuery, NotFound
from engine.metadata.model.text import RecordRef
from engine.runtime.actor import ENGINE, Actor
from engine.runtime.records.changes import Saved
from engine.runtime.records.timeline import Entry, EntryKind, Timeline
from tests.kit.writer import Desk, person


@pytest.fixture
def visit(desk: Desk, head: Actor) -> Saved:
    anna = desk.service.create(head, "owner", {"name": "Anna"})
    rex = desk.service.create(head, "animal", {"name": "Rex", "owner": anna.id})
    return desk.service.create(head, "visit", {"animal": rex.id})


def story(desk: Desk, actor: Actor, saved: Saved) -> tuple[Entry, ...]:
    return desk.service.timeline(actor, saved.entity, saved.id).entries


def test_everything_that_happened_is_told(desk: Desk, head: Actor, visit: Saved) -> None:
    write = desk.service
    about = RecordRef("visit", visit.id)
    write.update(head, "visit", visit.id, {"fee": "35", "reason": "illness"}, 1)
    write.move(head, "visit", visit.id, "treatment", {"diagnosis": "flu"})
    write.note(head, "visit", visit.id, "He bites")
    task = write.create(head, "task", {"subject": "Call", "about": about})
    write.finish_task(head, task.id, "fine")
    write.archive(head, "visit", visit.id)
    write.restore(head, "visit", visit.id)
    write.delete(head, "visit", visit.id)
    write.restore(head, "visit", visit.id)
    found = story(desk, head, visit)
    assert [one.kind.value for one in reversed(found)] == [
        "created", "changed", "moved", "activity", "task_made", "task_done",
        "archived", "unarchived", "deleted", "restored",
    ]  # fmt: skip
    changed, moved, noted, made, done = reversed(found[4:-1])
    assert [(one.field.id, str(one.before), str(one.after)) for one in changed.changes] == [
        ("reason", "None", "illness"),
        ("fee", "30.00", "35.00"),
    ]
    assert moved.stage is not None
    assert (moved.stage.before, moved.stage.after) == ("booked", "treatment")
    assert [one.field.id for one in moved.changes] == ["diagnosis"]
    assert (noted.text, noted.subject) == ("He bites", RecordRef("activity", 1))
    assert (made.title, done.title) == ("Call", "Call")
    assert done.values is not None
    assert done.values["result"] == "fine"
    assert {one.who.name for one in found} == {"Helen"}


def test_links_are_named_by_whoever_shows_them(desk: Desk, head: Actor, visit: Saved) -> None:
    vet = person(desk, "victor", "vet")
    desk.service.update(head, "visit", visit.id, {"vet": vet.user_id}, 1)
    page = desk.service.timeline(head, "visit", visit.id)
    named = set(page.references())
    assert named == {RecordRef("user", head.user_id or 0), RecordRef("user", vet.user_id or 0)}
    assert desk.stock.reader.titles(head, named)[RecordRef("user", vet.user_id or 0)] == "Victor"


def test_hidden_fields_are_left_out(desk: Desk, head: Actor, reception: Actor) -> None:
    anna = desk.service.create(head, "owner", {"name": "Anna", "margin": "5"})
    desk.service.update(head, "owner", anna.id, {"margin": "6"}, 1)
    desk.service.update(head, "owner", anna.id, {"margin": "7", "city": "Varna"}, 2)
    told = [[one.field.id for one in entry.changes] for entry in story(desk, head, anna)]
    assert told == [["city", "margin"], ["margin"], []]
    told = [[one.field.id for one in entry.changes] for entry in story(desk, reception, anna)]
    assert told == [["city"], []]


def test_who_does_not_see_the_record_gets_no_story(desk: Desk, head: Actor, visit: Saved) -> None:
    peeking = person(desk, "victor", "vet")
    stranger = person(desk, "sam")
    for actor, saved in ((peeking, visit), (stranger, visit), (head, Saved("visit", 999, 1))):
        with pytest.raises(NotFound):
            story(desk, actor, saved)
    with pytest.raises(NotFound):
        desk.service.timeline(head, "nothing", 1)


def test_trashed_notes_are_not_told(desk: Desk, head: Actor, visit: Saved) -> None:
    note = desk.service.note(head, "visit", visit.id, "wrong")
    desk.service.delete(head, "activity", note.id)
    assert [one.kind for one in story(desk, head, visit)] == [EntryKind.CREATED]


def test_the_story_comes_in_pages(desk: Desk, head: Actor, visit: Saved) -> None:
    for number in range(7):
        desk.stock.clock.pass_(timedelta(minutes=number % 3))  # some at the same instant
        desk.service.note(head, "visit", visit.id, f"note {number}")
        desk.service.update(head, "visit", visit.id, {"fee": str(number)}, number + 1)
    whole = [one.id for one in story(desk, head, visit)]
    assert len(whole) == 15
    for size in (1, 2, 4, 15):
        pages: list[int] = []
        cursor: str | None = None
        while True:
            page = desk.service.timeline(head, "visit", visit.id, cursor, size)
            pages += [one.id for one in page.entries]
            cursor = page.older
            if cursor is None:
                break
        assert pages == whole
    talks = desk.service.timeline(head, "visit", visit.id, kinds=[EntryKind.ACTIVITY])
    assert [one.text for one in talks.entries] == [f"note {number}" for number in range(6, -1, -1)]


def test_a_cursor_that_is_none_is_a_bad_address(desk: Desk, head: Actor, visit: Saved) -> None:
    for cursor in ("x", "2026-03-02~1", "~", "2026-03-02T09:00:00Z~-1", "x" * 10_000):
        with pytest.raises(BadQuery):
            desk.service.timeline(head, "visit", visit.id, cursor)


def test_pages_pass_over_what_their_reader_may_not_know(
    desk: Desk, head: Actor, reception: Actor
) -> None:
    anna = desk.service.create(head, "owner", {"name": "Anna"})
    for number in range(1, 30):
        desk.service.update(ENGINE, "owner", anna.id, {"margin": number}, None)
    page = desk.service.timeline(reception, "owner", anna.id, limit=5)
    assert [one.kind for one in page.entries] == [EntryKind.CREATED]
    assert page.older is None


def test_news_are_what_others_did_last_to_records_of_mine(
    desk: Desk, head: Actor, visit: Saved
) -> None:
    vet, other = person(desk, "victor", "vet"), person(desk, "hugo", "head")
    since = desk.stock.clock.now()
    mine = desk.service.update(head, "visit", visit.id, {"vet": vet.user_id}, 1)
    desk.stock.clock.pass_(timedelta(minutes=1))
    desk.service.move(head, "visit", visit.id, "treatment")
    theirs = desk.service.create(other, "visit", {"animal": 1, "vet": other.user_id})
    desk.service.update(head, "visit", theirs.id, {"fee": "35"}, 1)

    timeline = Timeline(desk.stock.database, desk.stock.access, desk.service.tools.entities)

    def news(actor: Actor, limit: int = 5) -> list[tuple[int, str]]:
        told = timeline.news(actor, {"visit": "vet"}, since, limit)
        return [(ref.id, entry.kind.value) for ref, entry in told]

    assert news(vet) == [(mine.id, "moved")]
    assert news(other) == [(theirs.id, "changed")]
    assert news(head) == []
    desk.stock.clock.pass_(timedelta(minutes=1))
    desk.service.update(head, "visit", visit.id, {"paid": "1"}, 3)  # hidden from vets
    assert news(vet) == [(mine.id, "moved")]
    desk.service.update(vet, "visit", visit.id, {"reason": "illness"}, 4)
    assert news(vet) == [(mine.id, "moved")]
    desk.service.delete(head, "visit", visit.id)
    assert news(vet) == []
