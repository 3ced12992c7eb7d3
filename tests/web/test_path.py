"""The path of a record says how long it has been in its stage, and that it is late, in words."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from engine.runtime.actor import ENGINE
from tests.kit.applications import CALLS
from tests.kit.web import Browser, Site, open_site, words


@pytest.fixture
def site(database_url: str) -> Iterator[Site]:
    with open_site(CALLS, url=database_url) as made:
        made.user("hana", "head", name="Hana Head")
        made.create("client", name="Boris")
        made.create("deal", client=1)
        yield made


@pytest.fixture
def hana(site: Site) -> Browser:
    return site.browser("hana")


def test_the_present_stage_says_how_long_of_how_much(site: Site, hana: Browser) -> None:
    assert "Quote in work 0 min of 2 working days" in words(hana.get("/deal/1"))
    site.clock.pass_(timedelta(days=1, hours=4))
    hana = site.browser("hana")

    assert "Quote in work 1 d 4 h of 2 working days" in words(hana.get("/deal/1"))


def test_time_that_does_not_count_is_told_by_the_end(site: Site) -> None:
    site.clock.pass_(timedelta(days=2, hours=1))  # 3 March is a free day

    page = words(site.browser("hana").get("/deal/1"))
    assert "Quote in work 2 d 1 h, until Tomorrow 11:00" in page


def test_a_late_stage_is_written_not_only_red(site: Site) -> None:
    site.clock.pass_(timedelta(days=3, hours=2, minutes=17))  # 3 March is a free day
    page = site.browser("hana").get("/deal/1")

    assert '<small class="late">3 d 2 h, late 2 h 17</small>' in page.text


def test_a_stage_without_a_limit_says_how_long_and_a_closed_one_nothing(site: Site) -> None:
    site.services.records.move(ENGINE, "deal", 1, "waiting")
    site.clock.pass_(timedelta(hours=3))
    hana = site.browser("hana")
    assert "Client is thinking 3 h Order" in words(hana.get("/deal/1"))
    site.services.records.move(ENGINE, "deal", 1, "lost")

    assert "<b>Lost</b><small></small>" in hana.get("/deal/1").text
