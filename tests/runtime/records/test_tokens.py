"""The same form twice is one record and one answer."""

from datetime import timedelta

import pytest

from engine.errors import Conflict, ValidationFailed
from engine.runtime.actor import Actor
from engine.runtime.records.tokens import TIDY, body_digest, forget_old
from engine.runtime.tables.system import FORM_TOKENS
from tests.kit.writer import Desk


def test_a_form_sent_twice_is_done_once(desk: Desk, head: Actor) -> None:
    first = desk.service.create(head, "owner", {"name": "Anna"}, "t1")
    before = desk.digest()
    second = desk.service.create(head, "owner", {"name": "Anna"}, "t1")
    assert (second.id, second.version, second.repeated) == (first.id, first.version, True)
    assert not first.repeated
    assert desk.digest() == before
    assert [row["token"] for row in desk.history(first)] == ["t1"]


def test_another_body_under_the_same_token_is_refused(
    desk: Desk, head: Actor, reception: Actor
) -> None:
    desk.service.create(head, "owner", {"name": "Anna"}, "t1")
    before = desk.digest()
    with pytest.raises(Conflict):
        desk.service.create(head, "owner", {"name": "Bea"}, "t1")
    with pytest.raises(Conflict):
        desk.service.create(reception, "owner", {"name": "Anna"}, "t1")
    with pytest.raises(Conflict):
        desk.service.note(head, "owner", 1, "hello", "t1")
    assert desk.digest() == before


def test_a_refused_form_leaves_its_token_free(desk: Desk, head: Actor) -> None:
    with pytest.raises(ValidationFailed):
        desk.service.create(head, "owner", {"name": ""}, "t1")
    assert not desk.service.create(head, "owner", {"name": "Anna"}, "t1").repeated


def test_every_form_has_tokens(desk: Desk, head: Actor) -> None:
    anna = desk.service.create(head, "owner", {"name": "Anna"})
    rex = desk.service.create(head, "animal", {"name": "Rex", "owner": anna.id})
    visit = desk.service.create(head, "visit", {"animal": rex.id})
    for repeated in (False, True):
        updated = desk.service.update(head, "owner", anna.id, {"city": "Varna"}, 1, "t1")
        moved = desk.service.move(head, "visit", visit.id, "treatment", token="t2")
        noted = desk.service.note(head, "owner", anna.id, "hello", "t3")
        assert [one.repeated for one in (updated, moved, noted)] == [repeated] * 3
        assert (updated.version, moved.version, noted.version) == (2, 2, 1)


def test_tokens_are_kept_for_a_day(desk: Desk, head: Actor) -> None:
    desk.service.create(head, "owner", {"name": "Anna"}, "t1")
    desk.stock.clock.pass_(timedelta(hours=23))
    forget(desk)
    assert desk.service.create(head, "owner", {"name": "Anna"}, "t1").repeated
    desk.stock.clock.pass_(timedelta(hours=2))
    forget(desk)
    assert desk.rows(FORM_TOKENS) == []


def test_old_tokens_go_by_and_by(desk: Desk, head: Actor) -> None:
    desk.service.create(head, "owner", {"name": "Anna"}, "t1")
    desk.stock.clock.pass_(timedelta(hours=25))
    bodies = ({"name": f"Owner {number}"} for number in range(3_000))
    tidy = next(one for one in bodies if digest_of(one).startswith(TIDY))
    desk.service.create(head, "owner", tidy, "t2")
    assert [row["token"] for row in desk.rows(FORM_TOKENS)] == ["t2"]


def forget(desk: Desk) -> None:
    with desk.stock.database.write() as connection:
        forget_old(connection, desk.stock.clock.now())


def digest_of(payload: dict[str, str]) -> str:
    return body_digest({"deed": "create", "entity": "owner", "payload": payload})


def test_a_token_that_is_none_is_refused(desk: Desk, head: Actor) -> None:
    for token in ("", "x" * 201, "a\x00b", "\ud800"):
        with pytest.raises(ValidationFailed):
            desk.service.create(head, "owner", {"name": "Anna"}, token)
