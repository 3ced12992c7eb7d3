"""Two people, one record: what they did not both touch is joined, the rest is shown to them."""

import pytest

from engine.errors import Conflict, ValidationFailed
from engine.runtime.actor import ENGINE, Actor
from engine.runtime.records.changes import Saved
from engine.runtime.records.merging import merge
from tests.kit.writer import Desk


@pytest.fixture
def anna(desk: Desk, head: Actor) -> Saved:
    return desk.service.create(head, "owner", {"name": "Anna", "city": "Sofia"})


FORM = {"name": "Anna", "city": "Sofia", "note": ""}


def test_disjoint_edits_merge(desk: Desk, head: Actor, reception: Actor, anna: Saved) -> None:
    desk.service.update(head, "owner", anna.id, FORM | {"city": "Plovdiv"}, 1)
    saved = desk.service.update(reception, "owner", anna.id, FORM | {"note": "barks"}, 1)
    assert saved.version == 3
    stored = desk.values(anna)
    assert (stored["name"], stored["city"], stored["note"]) == ("Anna", "Plovdiv", "barks")
    assert desk.history(anna)[-1]["fields"] == ["note"]
    assert desk.broken() == []


def test_the_same_field_edited_twice_is_a_conflict_with_both_values(
    desk: Desk, head: Actor, reception: Actor, anna: Saved
) -> None:
    desk.service.update(head, "owner", anna.id, FORM | {"city": "Plovdiv"}, 1)
    before = desk.digest()
    with pytest.raises(Conflict) as conflict:
        desk.service.update(reception, "owner", anna.id, FORM | {"city": "Varna", "note": "x"}, 1)
    assert conflict.value.fields == {"city": ("Plovdiv", "Varna")}
    assert conflict.value.version == 2
    assert desk.digest() == before


def test_the_same_edit_made_twice_is_no_conflict(
    desk: Desk, head: Actor, reception: Actor, anna: Saved
) -> None:
    desk.service.update(head, "owner", anna.id, FORM | {"city": "Varna"}, 1)
    saved = desk.service.update(reception, "owner", anna.id, FORM | {"city": "Varna"}, 1)
    assert (saved.version, saved.repeated) == (2, True)


def test_a_change_back_and_forth_is_seen(
    desk: Desk, head: Actor, reception: Actor, anna: Saved
) -> None:
    """The city is Sofia again, as the form saw it: nothing stands against the new one."""
    desk.service.update(head, "owner", anna.id, {"city": "Plovdiv"}, 1)
    desk.service.update(head, "owner", anna.id, {"city": "Sofia"}, 2)
    saved = desk.service.update(reception, "owner", anna.id, FORM | {"city": "Varna"}, 1)
    assert saved.version == 4


def test_a_version_that_never_was_disputes_everything_that_differs(
    desk: Desk, head: Actor, anna: Saved
) -> None:
    for version in (0, -1, 7, 2**40):
        with pytest.raises(Conflict) as conflict:
            desk.service.update(head, "owner", anna.id, FORM | {"city": "Varna"}, version)
        assert conflict.value.fields == {"city": ("Sofia", "Varna")}


def test_a_person_says_what_the_form_was_made_from(desk: Desk, head: Actor, anna: Saved) -> None:
    with pytest.raises(ValidationFailed):
        desk.service.update(head, "owner", anna.id, {"city": "Varna"}, None)
    assert desk.service.update(ENGINE, "owner", anna.id, {"city": "Varna"}, None).version == 2


def test_merging_is_pure() -> None:
    assert merge({"a": 1, "b": 2}, {"a": 1, "b": 3}, {"a": 5, "b": 2}, 4) == {"a": 5}
    with pytest.raises(Conflict):
        merge({"a": 1}, {"a": 2}, {"a": 3}, 4)
