"""A list spread over days: what each day shows, how many more there are, in one query."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from engine.errors import BadQuery
from engine.runtime.query import spread
from engine.runtime.query.parts import Span
from engine.runtime.query.spread import Stretch
from tests.kit.stock import pairs
from tests.runtime.query.clinic import Clinic, clinic

FIRST = datetime(2026, 2, 28, 22, 0, tzinfo=UTC)  # midnight in Sofia
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def house(module_database: str) -> Iterator[Clinic]:
    with clinic(module_database) as made:
        rex = made.ids["rex"]
        for number in range(20, 26):
            at = FIRST + DAY + timedelta(minutes=number)
            made.stock.add("visit", number=f"V-{number}", animal=rex, at=at, title=f"V-{number}")
        for number, born in enumerate((date(2026, 3, 1), date(2026, 3, 2), date(2026, 3, 2))):
            made.stock.add("animal", name=f"Pup {number}", owner=1, born=born)
        yield made


def days(house: Clinic, who: str, query: str = "", most: int = 3) -> tuple[Stretch, ...]:
    """Returns the visits of a week from Sunday, 1 March."""
    request = house.stock.reader.parse(getattr(house, who), "visit", pairs(query))
    spans = [Span(FIRST + DAY * number, FIRST + DAY * (number + 1)) for number in range(7)]
    return house.stock.reader.spread(getattr(house, who), request, "at", spans, most)


def told(stretch: Stretch) -> str:
    titles = " ".join(one.title.split()[0].removeprefix("V-") for one in stretch.records)
    return f"{titles} of {stretch.count}"


def test_each_day_shows_its_first_few_and_says_how_many_there_are(house: Clinic) -> None:
    found = days(house, "head")

    assert list(map(told, found[:4])) == ["2 of 1", "20 21 22 of 7", "4 of 1", " of 0"]
    assert [one.count for one in found] == [1, 7, 1, 0, 1, 0, 0]


def test_filters_and_rights_hold_for_what_is_counted_as_well(house: Clinic) -> None:
    assert told(days(house, "head", "stage=booked")[1]) == "1 of 1"
    assert [one.count for one in days(house, "vet")] == [0, 1, 0, 0, 0, 0, 0]


def test_a_record_brings_its_columns_and_the_moment_that_places_it(house: Clinic) -> None:
    (found,) = days(house, "head", "columns=title,animal,debt&stage=booked")[1].records

    assert found.values["at"] == datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    assert str(found.values["debt"]) == "10.50"
    linked = found.links["animal"]
    assert linked is not None
    assert linked.title == "Rex"


def test_dates_are_spread_as_moments_are(house: Clinic) -> None:
    request = house.stock.reader.parse(house.head, "animal", pairs(""))
    spans = [Span(date(2026, 3, 1), date(2026, 3, 2)), Span(date(2026, 3, 2), date(2026, 3, 9))]
    found = house.stock.reader.spread(house.head, request, "born", spans, 9)

    assert [[each.title for each in one.records] for one in found] == [
        ["Pup 0"],
        ["Pup 1", "Pup 2"],
    ]


def test_what_may_not_be_read_places_nothing(house: Clinic) -> None:
    request = house.stock.reader.parse(house.reception, "owner", pairs(""))
    with pytest.raises(BadQuery):
        house.stock.reader.spread(house.reception, request, "margin", [Span(FIRST, FIRST)], 3)


def test_a_day_is_looked_into_no_further_than_a_cap(
    house: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spread, "CAP", 5)
    full, light = days(house, "head")[1:3]

    assert (told(full), full.is_capped) == ("20 21 22 of 5", True)
    assert (light.count, light.is_capped) == (1, False)


def test_however_many_days_it_is_one_query(house: Clinic) -> None:
    with house.stock.counting() as asked:
        days(house, "reception", "columns=title,animal")

    assert len([one for one in asked if one.startswith("SELECT")]) == 1
