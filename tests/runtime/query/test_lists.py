"""Lists: who sees which records, and what an address picks out of them."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.runtime.query.clinic import Clinic, clinic


@pytest.fixture(scope="module")
def house(module_database: str) -> Iterator[Clinic]:
    with clinic(module_database) as made:
        yield made


def numbers(house: Clinic, who: str, query: str, entity_id: str = "visit") -> str:
    """Returns the numbers of the visits on a page: "1 3" for V-1 and V-3."""
    titles = house.stock.titles(getattr(house, who), entity_id, f"{query}&sort=id")
    return " ".join(one.split()[0].removeprefix("V-") for one in titles)


def names(house: Clinic, who: str, query: str) -> list[str]:
    return house.stock.titles(getattr(house, who), "owner", query)


@pytest.mark.parametrize(
    "who, seen",
    [
        ("head", "1 2 3 4 5"),  # all
        ("reception", "1 2 3 5"),  # of the team and those below, and what nobody owns
        ("vet", "1"),  # own
        ("night", "2 3"),  # two roles: own, or of the night shift, or nobody's
        ("booking", "4"),  # a scope
        ("admin", ""),
        ("stranger", ""),
    ],
)
def test_each_reach_shows_its_records(house: Clinic, who: str, seen: str) -> None:
    if not house.stock.access.may(getattr(house, who), "visit", "see"):
        assert house.stock.reader.parse(getattr(house, who), "visit", ()).filters == ()
        assert house.stock.records(getattr(house, who), "visit") == ()
    else:
        assert numbers(house, who, "") == seen


@pytest.mark.parametrize(
    "query, found",
    [
        ("stage=booked", "1 4"),
        ("stage=booked,done", "1 2 4"),
        ("stage.ne=booked,done", "3 5"),
        ("vet=-", "3"),
        ("vet=*", "1 2 4 5"),
        ("vet.ne=-", "1 2 4 5"),
        ("vet.ne=*", "3"),
        ("vet=me", "5"),
        ("vet.ne=me", "1 2 3 4"),
        ("vet=my_team", "1 2 5"),
        ("vet=-,me", "3 5"),
        ("debt=0", "2"),
        ("debt=-", "3 4 5"),
        ("debt.gt=0", "1"),
        ("debt.gt=10,5", ""),
        ("debt.ge=10,50", "1"),
        ("debt.ge=10,499", "1"),  # finer than money: exact all the same
        ("debt.gt=10,501", ""),
        ("debt.lt=10.501", "1 2"),
        ("debt.le=10.499", "2"),
        ("debt=10.501", ""),
        ("debt.ne=10.501", "1 2 3 4 5"),
        ("debt.between=0..10,5", "1 2"),
        ("at=today", "1"),
        ("at=yesterday", "2"),
        ("at=today,yesterday", "1 2"),
        ("at.ne=today", "2 3 4 5"),
        ("at.lt=today", "2"),
        ("at.le=today", "1 2"),
        ("at.gt=today", "4 5"),
        ("at.ge=today", "1 4 5"),
        ("at=2026-03-02", "1"),
        ("at=02.03.2026", "1"),
        ("at=2026-03-02 11:00", "1"),  # in Sofia
        ("at=2026-03-02 09:00", ""),
        ("at=this_week", "1 4 5"),
        ("at=last_week", "2"),
        ("at=this_month", "1 2 4 5"),
        ("at=in_7_days", "1 4 5"),
        ("at=last_30_days", "1 2"),
        ("at.between=yesterday..today", "1 2"),
        ("at.lt=now", "2"),
        ("at.gt=tomorrow 12:00", "5"),
        ("animal=1", "1 3"),
        ("animal.name=Rex", "1 3"),
        ("animal.name.has=O", "2 4 5"),
        ("animal.owner.city=София", "1 3"),
        ("animal.owner=-", ""),
        ("number.starts=v-", "1 2 3 4 5"),
        ("id=1", "1"),
        ("id.gt=3", "4 5"),
        ("created_at=today", "1 2 3 4 5"),
        ("created_by=-", "1 2 3 4 5"),
        ("q=rex", "1 3"),
        ("q=V-5 tom", "5"),
        ("stage=booked&vet=me", ""),
        ("stage=booked&at=today", "1"),
        ("archived=only", "6"),
        ("trashed=only", "7"),
        ("view=unpaid", "1"),
        ("view=today", "1"),
        ("view=today&at=yesterday", "2"),
        ("view=today&at=", "1 2 3 4 5"),
        ("stage=", "1 2 3 4 5"),
    ],
)
def test_filter_picks_its_records(house: Clinic, query: str, found: str) -> None:
    assert numbers(house, "head", query) == found


@pytest.mark.parametrize(
    "query, found",
    [
        ("city=София", ["Пётр Иванов"]),
        ("city=Sofia", []),  # a value is a value
        ("city.has=СОФ", ["Пётр Иванов"]),  # words know no case
        ("city.starts=so", ["Boris 100%"]),
        ("name.has=петр", ["Пётр Иванов"]),
        ("name.has=%", ["Boris 100%"]),
        ("name.has=_", ["Anna_Maria"]),
        ("name.has=\\", []),
        ("name=Zoë O'Neill", ["Zoë O'Neill"]),
        ("city=-", ["Zoë O'Neill"]),
        ("city.ne=Varna", ["Boris 100%", "Zoë O'Neill", "Пётр Иванов"]),
        ("phone=0888 123 456", ["Пётр Иванов"]),
        ("phone=+359 (888) 123-456", ["Пётр Иванов"]),
        ("phone.has=0888 12", ["Пётр Иванов"]),
        ("phone.has=888", ["Zoë O'Neill", "Пётр Иванов"]),
        ("phone.starts=0888", ["Zoë O'Neill", "Пётр Иванов"]),
        ("phone.starts=+35988", ["Anna_Maria", "Zoë O'Neill", "Пётр Иванов"]),
        ("phone.starts=00359888", ["Zoë O'Neill", "Пётр Иванов"]),
        ("groups=regular", ["Anna_Maria", "Пётр Иванов"]),
        ("groups=shelter,breeder", ["Anna_Maria", "Zoë O'Neill"]),
        ("groups.has=regular,breeder", ["Anna_Maria"]),
        ("groups.ne=regular", ["Boris 100%", "Zoë O'Neill"]),
        ("groups=-", ["Boris 100%"]),
        ("margin=12,5", []),  # commas are alternatives here
        ("margin=12.5", ["Пётр Иванов"]),
        ("margin.lt=0", ["Boris 100%"]),
        ("margin.gt=12.45", ["Пётр Иванов"]),
        ("margin.between=12..12.5", ["Zoë O'Neill", "Пётр Иванов"]),
        ("q=ПЕТР", ["Пётр Иванов"]),
        ("q=иванов пётр", ["Пётр Иванов"]),
        ("q=0888 123 456", ["Пётр Иванов"]),
        ("q=888-123", ["Пётр Иванов"]),
        ("q=zoe", []),
        ("q=100%", ["Boris 100%"]),
        ("q=_", ["Anna_Maria"]),
        ("q=%", ["Boris 100%"]),
        ("q=old nick", []),
        ("archived=only", ["Old Nick"]),
        ("trashed=only", ["Gone Girl"]),
        ("sort=-name", ["Пётр Иванов", "Zoë O'Neill", "Boris 100%", "Anna_Maria"]),
        ("sort=city", ["Boris 100%", "Anna_Maria", "Пётр Иванов", "Zoë O'Neill"]),
        ("sort=-city", ["Пётр Иванов", "Anna_Maria", "Boris 100%", "Zoë O'Neill"]),
        ("sort=margin", ["Boris 100%", "Zoë O'Neill", "Пётр Иванов", "Anna_Maria"]),
    ],
)
def test_owners_are_found(house: Clinic, query: str, found: list[str]) -> None:
    if "sort" in query:
        assert names(house, "head", query) == found
    else:
        assert sorted(names(house, "head", query)) == sorted(found)


@pytest.mark.parametrize(
    "sort, order",
    [
        ("stage", "1 4 3 2 5"),  # as declared, then by number
        ("-stage", "5 2 3 4 1"),
        ("vet", "4 5 2 1 3"),  # by name: Boyan, Head, Nina, Vera, nobody
        ("animal,-id", "4 3 1 5 2"),
        ("animal.owner.name,id", "2 5 1 3 4"),  # the owner of Ghost is in the trash: empty
        ("debt", "2 1 3 4 5"),
        ("-debt", "1 2 5 4 3"),  # empty ones last, both ways
        ("title", "1 2 3 4 5"),
        ("-at", "5 4 1 2 3"),
    ],
)
def test_lists_are_sorted(house: Clinic, sort: str, order: str) -> None:
    titles = house.stock.titles(house.head, "visit", f"sort={sort}")
    assert " ".join(one[2] for one in titles) == order


def test_link_to_a_record_outside_ones_rights_is_empty_for_filters_and_order(house: Clinic) -> None:
    stock = house.stock
    (visit,) = stock.records(house.vet, "visit", "columns=animal,animal.name,animal.owner")
    assert visit.values == {"animal": 1, "animal.name": "Rex", "animal.owner": 1}
    assert visit.links["animal"] is not None
    assert visit.links["animal.owner"] is None  # its title is nobody's business


def test_trashed_records_lead_nowhere(house: Clinic) -> None:
    (ghost,) = house.stock.records(house.head, "animal", "name=Ghost&columns=owner,owner.name")
    assert ghost.values["owner.name"] is None
    assert ghost.links["owner"] is None


def test_page_costs_one_query_and_one_for_each_kind_behind_a_free_link(house: Clinic) -> None:
    stock = house.stock
    with stock.counting() as sent:
        stock.page(house.head, "visit", "columns=title,animal,animal.owner,vet,stage,debt")
    assert len([one for one in sent if one.startswith("SELECT")]) == 1
    with stock.counting() as sent:
        tasks = stock.records(house.head, "task", "columns=subject,about&sort=id")
    assert len([one for one in sent if one.startswith("SELECT")]) == 3
    titles = [one.links["about"].title for one in tasks if one.links["about"]]
    assert titles == ["V-5 Tom", "Пётр Иванов"]


def test_list_tells_what_may_be_done_with_each_record(house: Clinic) -> None:
    stock = house.stock
    (mine,) = stock.records(house.vet, "visit")
    assert mine.may == {"see", "peek", "edit", "press"}
    by_number = {one.id: one.may for one in stock.records(house.night, "visit")}
    assert "edit" in by_number[house.ids["v2"]]
    assert "delete" not in by_number[house.ids["v2"]]


def test_count_is_capped(house: Clinic) -> None:
    reader = house.stock.reader
    request = reader.parse(house.head, "visit", ())
    assert reader.count(house.head, request) == (5, False)
    assert reader.count(house.head, request, cap=3) == (3, True)


def test_chips_say_each_filter(house: Clinic) -> None:
    stock = house.stock
    query = [
        ("stage", "booked,done"),
        ("debt.gt", "0"),
        ("vet", "me,-"),
        ("at.lt", "today"),
        ("animal", "1"),
        ("animal.owner.city", "*"),
    ]
    request = stock.reader.parse(house.head, "visit", query)
    chips = stock.reader.chips(house.head, request)
    assert [f"{one.label} {one.words}" for one in chips] == [
        "Stage is Booked, Done",
        "Debt more than 0",
        "Vet is me, empty",
        "At before today",
        "Animal is Rex",
        "Animal: Owner: City is filled in",
    ]
    assert chips[1].remove_query.startswith("stage=booked%2Cdone&vet=me%2C-&at.lt=today")


def test_chip_does_not_name_a_record_outside_ones_rights(house: Clinic) -> None:
    reader = house.stock.reader
    for number in ("1", "4711"):
        request = reader.parse(house.vet, "animal", [("owner", number)])
        (chip,) = reader.chips(house.vet, request)
        assert str(chip.words) == f"is number {number}"


def test_filter_of_a_view_is_removed_by_an_empty_value(house: Clinic) -> None:
    reader = house.stock.reader
    request = reader.parse(house.head, "visit", [("view", "today")])
    (chip,) = reader.chips(house.head, request)
    assert (str(chip.label), str(chip.words)) == ("At", "is today")
    assert chip.remove_query == "view=today&at="


def test_columns_have_names(house: Clinic) -> None:
    reader = house.stock.reader
    request = reader.parse(house.head, "visit", [("columns", "title,animal.owner.city,at,vet")])
    columns = reader.columns(house.head, request)
    assert [str(one.label) for one in columns] == ["Name", "Animal: Owner: City", "At", "Vet"]
    assert all(one.sortable for one in columns)


def test_export_gives_all_records_that_may_be_exported(house: Clinic) -> None:
    reader, stock = house.stock.reader, house.stock
    request = reader.parse(house.head, "owner", [("columns", "city"), ("sort", "id")])
    assert [one.values["city"] for one in reader.export(house.head, request)] == [
        one.values["city"] for one in stock.records(house.head, "owner", "sort=id&columns=city")
    ]
    request = reader.parse(house.head, "visit", ())
    assert list(reader.export(house.head, request)) == []  # `every` is no export


@pytest.mark.parametrize(
    "who, query, subjects",
    [
        ("head", "", ["Call", "Pay"]),
        ("head", "visit.stage=missed", ["Call"]),
        ("head", "visit.animal.name=Tom", ["Call"]),
        ("head", "owner.city=София", ["Pay"]),
        ("head", "about=visit", ["Call"]),
        ("head", "about=owner/1,visit/4711", ["Pay"]),
        ("head", "about=-", []),
        ("vet", "", ["Call"]),  # for Vera; its visit is not hers
        ("vet", "visit.stage=missed", ["Call"]),  # known by a peek
        ("vet", "visit.number=*", []),
        ("reception", "", ["Call", "Pay"]),  # of records that she sees
        ("stranger", "", []),
    ],
)
def test_link_to_any_record_is_followed_by_the_kind_of_record(
    house: Clinic, who: str, query: str, subjects: list[str]
) -> None:
    actor = getattr(house, who)
    found = house.stock.records(actor, "task", f"{query}&columns=subject&sort=id")
    assert [one.values["subject"] for one in found] == subjects


@pytest.mark.parametrize(
    "zone, found", [("Europe/Sofia", "1"), ("Pacific/Pago_Pago", "4"), ("No/Where", "1")]
)
def test_day_is_the_one_where_the_reader_is(house: Clinic, zone: str, found: str) -> None:
    actor = replace(house.head, timezone=zone)
    assert [one[2] for one in house.stock.titles(actor, "visit", "at=2026-03-02")] == [found]


def test_whoever_has_no_team_has_nobody_in_it(house: Clinic) -> None:
    assert house.stock.titles(house.admin, "user", "team=my_team") == []
    assert house.stock.titles(house.head, "visit", "vet=my_team,-&sort=id") != []
