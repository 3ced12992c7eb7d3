"""What a page costs does not grow with what is stored, and nothing is made twice.

The same number of statements for a few records as for many, no statement compiled anew and no
template compiled again when a page is asked for the second time.
"""

from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import pytest
from sqlalchemy.engine.interfaces import CacheStats
from sqlalchemy.sql.elements import ClauseElement

from engine.metadata.model.text import RecordRef
from engine.web.template_code import PageEnvironment
from tests.kit.applications import VET
from tests.kit.pages import counting
from tests.kit.web import Browser, Site, open_site

BOARD = """
views:
  visits_board: {entity: visit, type: board, columns: [at, animal, vet]}
"""
PAGES = (
    "/owner",
    "/owner?city=Sofia",
    "/owner?q=anna",
    "/owner?sort=-name&columns=name,city",
    "/animal?columns=name,owner,owner.city",
    "/visit?at.ge=today",
    "/owner/1",
    "/animal/1",
    "/visit/1",
    "/visit/1/edit",
    "/owner/new",
    "/views/visits_board",
    "/views/today",
    "/calendar",
    "/my-day",
    "/notifications",
    "/search?q=anna",
)


def stock(site: Site, first: int, last: int) -> None:
    """Adds so many of each kind of record, all of them hana's."""
    hana = site.actor("hana").user_id
    for number in range(first, last):
        owner = site.create(
            "owner", name=f"Anna {number}", city="Sofia", phone=f"+3598881234{number:02}"
        )
        animal = site.create("animal", name=f"Rex {number}", owner=owner, species="dog")
        visit = site.create("visit", animal=animal, vet=hana, at=f"today {8 + number % 12}:30")
        for due in ("yesterday 9:00", f"today {8 + number % 12}:45", "tomorrow 10:00"):
            about = RecordRef("visit", visit)
            site.create("task", subject="Call Anna", due=due, to=hana, about=about, type="call")
        site.services.records.note(site.actor("hana"), "visit", visit, "Anna called")


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with open_site(VET.replace("\nviews:\n", BOARD)) as opened:
        opened.user("hana", "head", name="Hana Head")
        stock(opened, 0, 3)
        yield opened


def costs(browser: Browser, site: Site) -> dict[str, int]:
    found = {}
    for path in PAGES:
        assert browser.get(path).status_code == 200, path
        with counting(site) as sent:
            browser.get(path)
        found[path] = len(sent)
    return found


def test_the_second_time_nothing_is_compiled(site: Site) -> None:
    browser, missed, compiled = site.browser("hana"), [], []
    costs(browser, site)
    plain, templates = ClauseElement._compile_w_cache, PageEnvironment._generate

    def compile_statement(statement: Any, *given: Any, **more: Any) -> Any:
        answer = plain(statement, *given, **more)
        if answer[-1] is not CacheStats.CACHE_HIT:
            missed.append(str(statement))
        return answer

    def compile_template(self: Any, *given: Any, **more: Any) -> Any:
        compiled.append(given[1])
        return templates(self, *given, **more)

    with (
        patch.object(ClauseElement, "_compile_w_cache", compile_statement),
        patch.object(PageEnvironment, "_generate", compile_template),
    ):
        costs(browser, site)
    assert (missed, compiled) == ([], [])


def test_a_page_costs_as_many_statements_for_many_records_as_for_few(site: Site) -> None:
    browser = site.browser("hana")
    few = costs(browser, site)
    stock(site, 3, 25)
    many = costs(browser, site)
    assert many == few
    assert max(many.values()) <= 40
