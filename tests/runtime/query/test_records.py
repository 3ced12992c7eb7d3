"""One record, the picker and the search: what is seen, peeked at, archived, trashed."""

from collections.abc import Iterator
from datetime import date

import pytest

from engine.errors import NotFound
from engine.metadata.model.text import Expression, RecordRef
from engine.metadata.problems import Mark
from engine.runtime.actor import ENGINE, Actor
from engine.runtime.query.records import Record
from tests.kit.applications import application
from tests.kit.stock import stocked
from tests.runtime.query.clinic import Clinic, clinic


@pytest.fixture(scope="module")
def house(module_database: str) -> Iterator[Clinic]:
    with clinic(module_database) as made:
        yield made


def title(record: Record, link: str) -> str:
    found = record.links[link]
    return found.title if found is not None else ""


def test_record_has_every_readable_field_and_its_links(house: Clinic) -> None:
    found = house.stock.reader.get(house.reception, "owner", house.ids["owner1"])
    assert found.values["city"] == "София"
    assert found.values["groups"] == ("regular",)
    assert "margin" not in found.values
    visit = house.stock.reader.get(house.head, "visit", house.ids["v1"])
    assert title(visit, "animal") == "Rex"
    assert title(visit, "vet") == "Vera"
    assert visit.links["created_by"] is None


@pytest.mark.parametrize(
    "who, visit, shown",
    [
        ("vet", "v1", {"see", "peek", "edit", "press"}),
        ("vet", "v2", {"peek"}),
        ("vet", "trashed", None),
        ("booking", "v4", {"see", "peek"}),
        ("booking", "v1", None),
        ("stranger", "v1", None),
        ("admin", "v1", None),
        ("reception", "v1", {"see", "peek", "edit", "press", "assign", "share"}),
        ("head", "archived", {"see", "peek", "edit", "press", "assign", "share", "delete"}),
    ],
)
def test_record_is_found_as_far_as_rights_go(
    house: Clinic, who: str, visit: str, shown: set[str] | None
) -> None:
    reader, actor = house.stock.reader, getattr(house, who)
    if shown is None:
        with pytest.raises(NotFound):
            reader.get(actor, "visit", house.ids[visit])
    else:
        assert reader.get(actor, "visit", house.ids[visit]).may == shown


def test_peek_shows_title_stage_and_owner_only(house: Clinic) -> None:
    found = house.stock.reader.get(house.vet, "visit", house.ids["v2"])
    assert found.title == "V-2 Tom"
    assert set(found.values) == {"stage", "vet"}
    assert title(found, "vet") == "Nina"
    assert (found.created_at, found.updated_at, found.last_activity_at) == (None, None, None)


@pytest.mark.parametrize("number", [0, -1, 4711, 2**63 - 1, 2**63, 2**200])
def test_number_of_no_record_is_not_found(house: Clinic, number: int) -> None:
    for entity in ("visit", "nothing"):
        with pytest.raises(NotFound):
            house.stock.reader.get(house.head, entity, number)


def test_trashed_record_is_found_by_those_who_may_delete(house: Clinic) -> None:
    reader, trashed = house.stock.reader, house.ids["trashed"]
    assert reader.get(house.head, "visit", trashed, trashed=True).trashed
    for who in (house.reception, house.vet):
        with pytest.raises(NotFound):
            reader.get(who, "visit", trashed, trashed=True)
    with pytest.raises(NotFound):
        reader.get(house.head, "visit", house.ids["v1"], trashed=True)


def test_engine_reads_everything(house: Clinic) -> None:
    found = house.stock.reader.get(ENGINE, "owner", house.ids["owner1"])
    assert str(found.values["margin"]) == "12.5"
    assert len(house.stock.records(ENGINE, "visit")) == 5


def test_picker_offers_what_is_seen_or_peeked_at(house: Clinic) -> None:
    reader = house.stock.reader
    assert [one.title for one in reader.pick(house.head, "owner", "петр", 5)] == ["Пётр Иванов"]
    assert reader.pick(house.vet, "owner", "", 5) == ()
    assert [one.title for one in reader.pick(house.vet, "visit", "v-2", 5)] == ["V-2 Tom"]
    assert [one.title for one in reader.pick(house.stranger, "user", "VER", 5)] == ["Vera"]
    assert reader.pick(house.stranger, "user", "0700", 5) == ()  # the phone is not for strangers
    assert [one.title for one in reader.pick(house.admin, "user", "0700111", 5)] == ["Vera"]


def test_picker_leaves_out_the_archive_and_puts_beginnings_first(house: Clinic) -> None:
    stock = house.stock
    assert stock.reader.pick(house.head, "owner", "nick", 5) == ()
    titles = [one.title for one in stock.reader.pick(house.head, "user", "a", 9)]
    assert titles == ["Ada", "Boyan", "Head", "Nina", "Rita", "Sam", "Vera"]
    assert len(stock.reader.pick(house.head, "user", "a", 3)) == 3


def test_picker_keeps_to_the_condition_of_its_link(house: Clinic) -> None:
    where = Expression("species == 'dog'", Mark("crm.yaml", 1, 1), "here")
    found = house.stock.reader.pick(house.head, "animal", "", 9, where)
    assert [one.title for one in found] == ["Rex"]


def test_second_line_is_made_of_what_its_reader_may_read(house: Clinic) -> None:
    reader = house.stock.reader
    (mine,) = reader.pick(house.head, "owner", "петр", 5)
    assert mine.subtitle == "+359888123456"
    (colleague,) = reader.pick(house.stranger, "user", "vera", 5)
    assert colleague.subtitle == ""


def test_search_finds_in_every_entity_within_rights(house: Clinic) -> None:
    def found(who: str, text: str) -> list[tuple[str, str]]:
        hits = house.stock.reader.search(getattr(house, who), text, 20)
        return [(one.entity, one.title) for one in hits]

    assert found("head", "tom") == [
        ("animal", "Tom"),
        ("visit", "V-2 Tom"),
        ("visit", "V-5 Tom"),
        ("visit", "V-6 Tom"),  # archived: found, last
    ]
    assert found("vet", "tom") == found("head", "tom")  # by their titles alone
    assert found("booking", "tom") == []
    assert found("vet", "иванов") == []
    assert found("reception", "иванов") == [("owner", "Пётр Иванов")]
    assert found("head", "") == []
    assert found("head", "barks") == []  # notes are found through their records


def test_search_costs_one_query_and_one_for_each_kind_that_was_found(house: Clinic) -> None:
    with house.stock.counting() as sent:
        house.stock.reader.search(house.head, "иванов", 20)
    assert len([one for one in sent if one.startswith("SELECT")]) == 2


def test_titles_are_told_of_what_is_seen_or_peeked_at(house: Clinic) -> None:
    wanted = [
        RecordRef("visit", house.ids["v2"]),
        RecordRef("visit", house.ids["trashed"]),
        RecordRef("owner", house.ids["owner1"]),
        RecordRef("nothing", 1),
    ]
    titles = house.stock.reader.titles(house.vet, wanted)
    assert titles == {RecordRef("visit", house.ids["v2"]): "V-2 Tom"}


HIDING = """
    entities:
      person:
        title: "{{ first }} {{ firm.name }}"
        subtitle: "{{ firm }} {{ firm.secret }}, {{ kind }} {{ born }}"
        search: [first, note]
        fields:
          first: {type: text, required: true}
          note: text
          firm: {type: link, to: firm}
          kind: {type: choice, options: {buyer: Buyer, maker: Maker}}
          born: date
          age: {type: integer, formula: age(born)}
      firm: {fields: {name: {type: text, required: true}, secret: text}}
    roles:
      open: {can: {person: {every: all}, firm: {see: all}}}
      closed: {can: {person: {every: all}}, hide: [person.note]}
      nameless: {can: {person: {every: all}, firm: {see: all}}, hide: [firm.name, firm.secret]}
"""


def test_hidden_fields_hide_titles_search_and_second_lines(database_url: str) -> None:
    with stocked(application(HIDING), database_url) as stock:
        firm = stock.add("firm", name="Acme", secret="Debts")
        stock.add(
            "person",
            first="Ann",
            note="mole",
            firm=firm,
            kind="buyer",
            born=date(2000, 1, 31),
            title="Ann Acme",
        )
        wide, closed, nameless = (stock.user(one, one) for one in ("open", "closed", "nameless"))

        def picked(who: Actor, text: str) -> list[tuple[str, str]]:
            return [(one.title, one.subtitle) for one in stock.reader.pick(who, "person", text, 5)]

        assert picked(wide, "mole acme") == [("Ann Acme", "Acme Debts, Buyer 31 Jan 2000")]
        assert picked(closed, "acme") == [("Ann Acme", "Buyer 31 Jan 2000")]
        assert picked(closed, "mole") == []
        assert picked(nameless, "ann") == [("Person 1", "Buyer 31 Jan 2000")]
        assert picked(nameless, "acme") == []
        assert stock.titles(nameless, "person", "q=acme") == []
        assert stock.titles(nameless, "person", "q=mole") == ["Person 1"]
        assert stock.titles(closed, "person", "q=ann acme") == ["Ann Acme"]
        (found,) = stock.records(nameless, "person", "columns=title,firm,age&age.gt=20")
        assert found.values == {"firm": firm, "age": 26}
        assert title(found, "firm") == "Firm 1"


def test_some_records_are_had_at_once_as_far_as_they_are_seen(house: Clinic) -> None:
    reader, ids = house.stock.reader, house.ids
    wanted = [ids["v1"], ids["v2"], ids["archived"], ids["trashed"], 10**30]
    with house.stock.counting() as asked:
        found = reader.those(house.vet, "visit", wanted, ("animal", "debt", "paid", "no"))

    assert [one.id for one in found] == [ids["v1"], ids["archived"]]  # V-2 is peeked at alone
    assert title(found[0], "animal") == "Rex"
    assert set(found[0].values) == {"animal", "debt"}  # what is paid is hidden from vets
    assert len([one for one in asked if one.startswith("SELECT")]) == 1
    assert reader.those(house.stranger, "visit", wanted, ("debt",)) == ()


def test_second_lines_are_had_at_once_as_far_as_they_are_seen(house: Clinic) -> None:
    owners = [RecordRef("owner", house.ids[one]) for one in ("owner1", "owner2", "trashed_owner")]
    found = house.stock.reader.subtitles(house.reception, owners)

    assert found == {owners[0]: "+359888123456", owners[1]: "+359887000111"}
    assert house.stock.reader.subtitles(house.booking, owners) == {}
