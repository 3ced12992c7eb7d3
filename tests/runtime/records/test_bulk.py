"""Many records at once follow the same rules as one."""

import pytest

from engine.errors import NotFound
from engine.runtime.actor import ENGINE, Actor
from engine.runtime.records.bulk import RowsRefused
from engine.runtime.tables.system import ROW_KEYS
from tests.kit.writer import Desk

OWNERS = [
    {"name": "Anna", "phone": "0888 123 456"},
    {"name": "", "phone": "0888 123 457"},
    {"name": "Bea", "phone": "0888 123 456"},
    {"name": "Cleo"},
]


def test_a_strict_batch_is_all_or_nothing(desk: Desk) -> None:
    before = desk.digest()
    with pytest.raises(RowsRefused) as refused:
        desk.service.create_many(ENGINE, "owner", OWNERS)
    assert {row: list(said) for row, said in refused.value.rows.items()} == {
        1: ["name"],
        2: ["phone"],
    }
    row, field, said = refused.value.first()
    assert (row, field, str(said)) == (1, "name", "Fill in Name.")
    assert desk.digest() == before


def test_a_lenient_batch_answers_for_each_record(desk: Desk, head: Actor) -> None:
    made = desk.service.create_many(head, "owner", OWNERS, is_strict=False)
    assert [one.saved is not None for one in made] == [True, False, False, True]
    saved = [one.saved for one in made if one.saved is not None]
    assert [desk.values(one)["name"] for one in saved] == ["Anna", "Cleo"]
    assert desk.broken() == []


def test_rows_are_numbered_through_all_chunks(desk: Desk) -> None:
    rows = [{"name": f"Owner {number}"} for number in range(25)] + [{"name": ""}]
    with pytest.raises(RowsRefused) as refused:
        desk.service.create_many(ENGINE, "owner", rows, chunk=10)
    assert list(refused.value.rows) == [25]


def test_keys_are_kept_with_their_records(desk: Desk) -> None:
    made = desk.service.create_many(
        ENGINE, "owner", [{"name": "Anna"}, {"name": "Bea"}], keys=["anna", "bea"]
    )
    ids = [one.saved.id for one in made if one.saved is not None]
    kept = desk.rows(ROW_KEYS, entity="owner")
    assert [(row["key"], row["record_id"]) for row in kept] == [("anna", ids[0]), ("bea", ids[1])]


def test_sequences_titles_and_links_work_in_bulk(desk: Desk, head: Actor) -> None:
    anna = desk.service.create(head, "owner", {"name": "Anna"})
    animals = desk.service.create_many(
        head, "animal", [{"name": f"Rex {number}", "owner": anna.id} for number in range(3)]
    )
    ids = [one.saved.id for one in animals if one.saved is not None]
    visits = desk.service.create_many(head, "visit", [{"animal": one} for one in ids])
    titles = [desk.values(one.saved)["title"] for one in visits if one.saved is not None]
    assert titles == [f"V-2026-000{number + 1} Rex {number}" for number in range(3)]
    refused = desk.service.create_many(
        head, "visit", [{"animal": ids[0]}, {"animal": 999}], is_strict=False
    )
    assert [list(one.messages) for one in refused] == [[], ["animal"]]


def test_the_rights_are_those_of_the_actor(desk: Desk, vet: Actor) -> None:
    with pytest.raises(NotFound):
        desk.service.create_many(vet, "owner", OWNERS)


def test_nothing_is_quickly_done(desk: Desk) -> None:
    assert desk.service.create_many(ENGINE, "owner", []) == ()
