"""The search page, the palette, and moments in words."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from werkzeug.test import TestResponse

from tests.kit.applications import VET
from tests.kit.web import Site, open_site, words


def plain(response: TestResponse) -> str:
    """Returns what a person reads, marks or not."""
    return words(response).replace(" ", "")


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with open_site(VET) as opened:
        opened.user("hana", "head")
        opened.user("vera", "vet")
        anna = opened.create("owner", name="Анна Петрова", phone="0888 123 456", city="Sofia")
        opened.create("animal", name="Rex", owner=anna)
        yield opened


def test_records_are_found_by_a_part_of_a_name_or_of_a_phone(site: Site) -> None:
    hana = site.browser("hana")

    assert "АннаПетрова" in plain(hana.get("/search?q=петров"))
    assert "АннаПетрова" in plain(hana.get("/search?q=0888123"))
    assert "No record was found" in words(hana.get("/search?q=zzzz"))


def test_what_matches_is_marked(site: Site) -> None:
    assert "<mark>Петр</mark>" in site.browser("hana").get("/search?q=петр").text


def test_the_palette_gets_options_and_the_page_gets_a_page(site: Site) -> None:
    hana = site.browser("hana")
    palette = hana.get("/search?q=rex&_in=palette", htmx=True).text

    assert 'role="option"' in palette
    assert "<html" not in palette
    assert "<html" in hana.get("/search?q=rex").text
    assert "<html" not in hana.get("/search?q=rex", htmx=True).text


def test_actions_and_pages_are_found_by_the_beginnings_of_their_words(site: Site) -> None:
    page = plain(site.browser("hana").get("/search?q=own"))

    assert "New:Owner" in page
    assert "Ownerswith“own”" in page


def test_nobody_finds_what_is_outside_their_rights(site: Site) -> None:
    vera = plain(site.browser("vera").get("/search?q=анна"))

    assert "АннаПетрова" not in vera.replace("RexofАннаПетрова", "")
    assert "Ownerswith" not in vera


def test_a_name_that_search_does_not_know_is_refused(site: Site) -> None:
    hana = site.browser("hana")

    assert hana.get("/search?q=a&q=b").status_code == 400
    assert hana.get("/search?x=1").status_code == 400


@pytest.mark.parametrize(
    "text, kind, said",
    [
        ("tomorrow 10:00", "datetime", "10:00 Tomorrow"),
        ("in 3 days", "date", "in 3 days"),
        ("завтра 9:30", "datetime", "9:30 Tomorrow"),
        ("nonsense", "date", "Write a day"),
    ],
)
def test_a_moment_in_words_is_read_back(site: Site, text: str, kind: str, said: str) -> None:
    assert said in words(site.browser("hana").get(f"/search/moment?text={text}&kind={kind}"))
