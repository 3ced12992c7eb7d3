"""What an actor may not write is refused, changes nothing and leaves one line in the log."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from engine.errors import EngineError, NotAllowed, NotFound, ValidationFailed
from engine.runtime.actor import ENGINE, Actor
from engine.runtime.records.changes import Saved
from engine.runtime.tables.system import LOG
from tests.kit.applications import application
from tests.kit.writer import Desk, person, writing


@pytest.fixture
def anna(desk: Desk, head: Actor) -> Saved:
    return desk.service.create(head, "owner", {"name": "Anna", "margin": "5"})


@pytest.fixture
def rex(desk: Desk, head: Actor, anna: Saved) -> Saved:
    return desk.service.create(head, "animal", {"name": "Rex", "owner": anna.id})


@pytest.fixture
def visit(desk: Desk, head: Actor, rex: Saved) -> Saved:
    return desk.service.create(head, "visit", {"animal": rex.id})


def denied(desk: Desk, deed: Callable[[], object], error: type[EngineError]) -> Any:
    """Checks that a deed is refused, changes nothing and is logged once; returns the error."""
    before, logged = desk.digest(), len(desk.rows(LOG))
    with pytest.raises(error) as caught:
        deed()
    assert desk.digest() == before
    assert len(desk.rows(LOG)) == logged + 1
    return caught.value


def test_what_no_role_grants_is_refused(
    desk: Desk, vet: Actor, reception: Actor, anna: Saved, rex: Saved, visit: Saved
) -> None:
    write = desk.service
    denied(desk, lambda: write.create(vet, "owner", {"name": "Bea"}), NotFound)
    denied(desk, lambda: write.create(vet, "animal", {"name": "Max"}), NotAllowed)
    denied(desk, lambda: write.update(vet, "owner", anna.id, {"name": "Bea"}, 1), NotFound)
    denied(desk, lambda: write.delete(vet, "animal", rex.id), NotAllowed)
    denied(desk, lambda: write.delete(reception, "visit", visit.id), NotFound)
    denied(desk, lambda: write.archive(vet, "visit", visit.id), NotAllowed)
    denied(desk, lambda: write.note(vet, "owner", anna.id, "hello"), NotFound)
    denied(desk, lambda: write.create(vet, "nothing", {}), NotFound)
    denied(desk, lambda: write.update(vet, "animal", 999, {}, 1), NotFound)
    denied(desk, lambda: write.update(vet, "animal", 2**70, {}, 1), NotFound)
    denied(desk, lambda: write.create(vet, "user", {"login": "x", "name": "X"}), NotAllowed)
    row = desk.rows(LOG)[-1]
    assert (row["kind"], row["user_id"], row["what"]["verb"]) == ("denied", vet.user_id, "create")


def test_hidden_and_unknown_fields_are_refused_with_the_same_words(
    desk: Desk, reception: Actor, anna: Saved
) -> None:
    hidden = denied(
        desk,
        lambda: desk.service.update(reception, "owner", anna.id, {"name": "B", "margin": "5"}, 1),
        ValidationFailed,
    )
    unknown = denied(
        desk,
        lambda: desk.service.update(reception, "owner", anna.id, {"name": "B", "nix": "5"}, 1),
        ValidationFailed,
    )
    assert hidden.messages["margin"] == unknown.messages["nix"]
    assert desk.rows(LOG)[-1]["what"]["fields"] == ["nix"]


def test_readonly_fields_of_a_role_say_so(desk: Desk, reception: Actor, visit: Saved) -> None:
    team = desk.service.create(ENGINE, "team", {"key": "x", "name": "X"})
    rita = reception.user_id or 0
    desk.service.update(ENGINE, "user", rita, {"team": team.id}, None)
    desk.service.update(ENGINE, "visit", visit.id, {"vet": rita}, None)
    actor = desk.stock.actor(rita)
    with pytest.raises(ValidationFailed) as error:
        desk.service.update(actor, "visit", visit.id, {"diagnosis": "flu"}, 2)
    assert str(error.value.messages["diagnosis"][0]) == "This field can't be changed here."


def test_links_lead_to_records_that_one_sees(
    desk: Desk, head: Actor, vet: Actor, reception: Actor, anna: Saved, rex: Saved
) -> None:
    """A vet sees animals and not owners; nobody links to the trash."""
    desk.service.delete(head, "owner", anna.id)
    for actor, payload in (
        (head, {"name": "Max", "owner": anna.id}),
        (head, {"name": "Max", "owner": 999}),
    ):
        before = desk.digest()
        with pytest.raises(ValidationFailed) as error:
            desk.service.create(actor, "animal", payload)
        assert str(error.value.messages["owner"][0]) == (
            "Choose one of the records that you can see."
        )
        assert desk.digest() == before
    bea = desk.service.create(head, "owner", {"name": "Bea"})
    with pytest.raises(ValidationFailed) as error:
        desk.service.update(vet, "animal", rex.id, {"owner": bea.id}, 1)
    assert set(error.value.messages) == {"owner"}
    desk.service.update(vet, "animal", rex.id, {"owner": anna.id, "legs": 3}, 1)  # as it was


def test_the_owner_is_readonly_without_the_right_to_assign(
    desk: Desk, head: Actor, vet: Actor, rex: Saved
) -> None:
    """A vet may create and edit own visits; the default owner is the vet."""
    form = {"animal": rex.id, "vet": vet.user_id}
    saved = desk.service.create(vet, "visit", form)
    desk.service.update(vet, "visit", saved.id, {"vet": vet.user_id, "reason": "illness"}, 1)
    deeds: list[Callable[[], Saved]] = [
        lambda: desk.service.create(vet, "visit", form | {"vet": head.user_id}),
        lambda: desk.service.create(vet, "visit", form | {"vet": ""}),
        lambda: desk.service.update(vet, "visit", saved.id, {"vet": head.user_id}, 2),
    ]
    for deed in deeds:
        before = desk.digest()
        with pytest.raises(ValidationFailed) as error:
            deed()
        assert str(error.value.messages["vet"][0]).startswith("Only somebody who may assign")
        assert desk.digest() == before
    assert desk.service.preview(vet, "visit", saved.id, {}).fields["vet"].readonly
    assert not desk.service.preview(head, "visit", saved.id, {}).fields["vet"].readonly


DEALERS = """
entities:
  company: {fields: {name: text}}
  order:
    fields:
      what: {type: text, required: true}
      dealer: {type: link, to: company}
      source: {type: choice, options: [site, dealer]}
      rush: bool
  lead: {fields: {name: text, owner: user}}
roles:
  dealer:
    can:
      order: {see: ours, create: ours, edit: ours}
      company: {peek: all}
      lead: {every: own}
scopes:
  ours: {entity: order, where: created_by == user and source == 'dealer' and rush}
"""


@pytest.fixture
def dealers(database_url: str) -> Iterator[Desk]:
    with writing(application(DEALERS), database_url) as desk:
        yield desk


def test_a_scope_fills_in_what_it_asks_for(dealers: Desk) -> None:
    dora = person(dealers, "dora", "dealer")
    saved = dealers.service.create(dora, "order", {"what": "doors"})
    stored = dealers.values(saved)
    assert (stored["source"], stored["rush"], stored["created_by"]) == (
        "dealer",
        True,
        dora.user_id,
    )
    assert dealers.service.preview(dora, "order", None, {}).values["source"] == "dealer"


def test_a_new_record_lies_in_the_scope(dealers: Desk) -> None:
    dora = person(dealers, "dora", "dealer")
    denied(
        dealers,
        lambda: dealers.service.create(dora, "order", {"what": "doors", "source": "site"}),
        NotAllowed,
    )


def test_who_creates_own_records_owns_them(dealers: Desk) -> None:
    dora = person(dealers, "dora", "dealer")
    other = person(dealers, "otto", "dealer")
    saved = dealers.service.create(dora, "lead", {"name": "Anna"})
    assert dealers.values(saved)["owner"] == dora.user_id
    denied(
        dealers,
        lambda: dealers.service.create(dora, "lead", {"name": "Bea", "owner": other.user_id}),
        NotAllowed,
    )
    given = dealers.service.update(dora, "lead", saved.id, {"owner": other.user_id}, 1)
    denied(
        dealers,
        lambda: dealers.service.update(dora, "lead", given.id, {"name": "C"}, 2),
        NotFound,
    )


def test_a_trashed_record_is_there_for_nobody_but_those_who_delete(
    desk: Desk, head: Actor, vet: Actor, rex: Saved
) -> None:
    desk.service.delete(head, "animal", rex.id)
    denied(desk, lambda: desk.service.update(head, "animal", rex.id, {"legs": 3}, 2), NotFound)
    denied(desk, lambda: desk.service.delete(head, "animal", rex.id), NotFound)
    denied(desk, lambda: desk.service.restore(vet, "animal", rex.id), NotFound)
    desk.service.restore(head, "animal", rex.id)
    assert desk.values(rex)["trashed_at"] is None
    assert [row["action"] for row in desk.history(rex)] == ["create", "delete", "restore"]
