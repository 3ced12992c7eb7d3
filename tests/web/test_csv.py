"""A list as a file: the same rights, and nothing in it that a spreadsheet would run."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import StringIO

import pytest
from werkzeug.test import TestResponse

from tests.kit.applications import VET
from tests.kit.web import Browser, Site, open_site


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with open_site(VET) as opened:
        opened.user("hana", "head")
        opened.user("rada", "reception")
        opened.create(
            "owner", name="=cmd|'/C calc'!A0", city="-1", phone="+359888123456", margin="-2.5"
        )
        opened.create("owner", name="Anna", city="Sofia", note="two\nlines", groups=["regular"])
        yield opened


@pytest.fixture
def hana(site: Site) -> Browser:
    return site.browser("hana")


def rows(response: TestResponse) -> list[dict[str, str]]:
    text = response.data.decode("utf-8-sig")
    return list(csv.DictReader(StringIO(text, newline="")))


def test_the_file_has_the_columns_of_the_address(hana: Browser) -> None:
    found = rows(hana.get("/owner.csv?columns=name,city&city=Sofia"))

    assert found == [{"Name": "Anna", "City": "Sofia"}]


def test_without_columns_it_has_everything_that_one_may_read(hana: Browser) -> None:
    (anna,) = rows(hana.get("/owner.csv?city=Sofia"))

    assert anna["Note"] == "two\nlines"
    assert anna["Groups"] == "Regular"
    assert "Created" in anna


def test_the_file_begins_with_a_mark_and_is_named(hana: Browser) -> None:
    answer = hana.get("/owner.csv")

    assert answer.data.startswith(b"\xef\xbb\xbf")
    assert answer.content_type == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="owner-')


def test_no_text_is_a_formula_and_numbers_stay_numbers(hana: Browser) -> None:
    found = rows(hana.get("/owner.csv?columns=name,city,phone,margin&sort=name"))
    evil = next(one for one in found if "cmd" in one["Name"])

    assert evil == {
        "Name": "'=cmd|'/C calc'!A0",
        "City": "'-1",
        "Phone": "'+359888123456",
        "Margin": "-2.5",
    }


def test_taking_records_along_needs_the_right_to(site: Site) -> None:
    rada = site.browser("rada")

    assert rada.get("/owner").status_code == 200
    assert rada.get("/owner.csv").status_code == 403
    assert "owner.csv" not in rada.get("/owner").text
    assert rada.get("/animal.csv").status_code == 200


def test_a_bad_query_is_refused_before_the_file_begins(hana: Browser) -> None:
    assert hana.get("/owner.csv?salary=1").status_code == 400
    assert hana.get("/nothing.csv").status_code == 404
