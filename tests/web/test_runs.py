"""Why: what rules and buttons did to a record, what they saw, and why others did not run."""

import re
from collections.abc import Iterator

import pytest

from tests.kit.applications import CALLS
from tests.kit.pages import counting, submit
from tests.kit.web import Browser, Site, open_site, words

WHY = re.compile(r'href="(/\w+/\d+/runs/\d+)"')


@pytest.fixture
def site(database_url: str) -> Iterator[Site]:
    with open_site(CALLS, url=database_url) as made:
        made.user("hana", "head", name="Hana Head")
        made.user("ivan", "seller", name="Ivan Seller")
        made.user("petya", "seller", name="Petya Seller")
        yield made


@pytest.fixture
def ivan(site: Site) -> Browser:
    return site.browser("ivan")


def request_of(site: Site, login: str = "ivan", **values: object) -> str:
    """A new request, made by its owner; returns its address."""
    fields = {"name": "Anna Petrova", "phone": "+359888112233", **values}
    return f"/request/{site.services.records.create(site.actor(login), 'request', fields).id}"


def pressed(browser: Browser, address: str, button: str, **answers: str) -> None:
    page = browser.get(f"{address}/press/{button}" if answers else address)
    assert submit(browser, page, f"{address}/press/{button}", answers).status_code == 303


def text_of(browser: Browser, address: str, *, htmx: bool = False) -> str:
    answer = browser.get(address, htmx=htmx)
    assert answer.status_code == 200, address
    return words(answer).replace("\xa0", " ")


def test_the_timeline_tells_presses_with_their_try(site: Site, ivan: Browser) -> None:
    address = request_of(site)
    for _ in range(4):
        pressed(ivan, address, "busy")
    story = text_of(ivan, address)

    assert "Busy , Ivan Seller What followed? Try 2 of 3, the next one at 11:10" in story
    assert "Busy , Ivan Seller What followed? After the last of 3 tries" in story
    assert "Planned Call Anna Petrova again, try 1 of 3 by “Busy” Why?" in story
    assert "Archived by “Busy” Why?" in story


def test_tasks_that_end_with_a_stage_are_told_of_the_button_that_ended_it(
    site: Site, ivan: Browser
) -> None:
    address = request_of(site)
    pressed(ivan, address, "busy")
    pressed(ivan, address, "new_client")

    told = "Done Call Anna Petrova again, try 1 of 3 by “New client” Why?"
    assert told in text_of(ivan, address)


def test_why_tells_the_rule_what_started_it_and_what_it_saw(site: Site, ivan: Browser) -> None:
    site.create("client", name="Boris", owner=site.actor("ivan").user_id)
    site.services.records.create(site.actor("ivan"), "deal", {"client": "1", "amount": "3328"})
    pressed(ivan, "/deal/1", "quote_sent", next_contact="tomorrow 10:00", comment="Oak")
    line = next(
        one
        for one in ivan.get("/deal/1").text.split('<li class="event')
        if "Thank for the order" in one
    )
    found = WHY.search(line)
    assert found
    page = text_of(ivan, found[1])

    assert "Rule Thank for the order has run" in page
    assert "It came into the stage Client is thinking" in page
    assert "amount >= 0 was true; Amount: 3,328.00 €" in page
    assert "Make a task: Ivan Seller: Prepare D-2026-0001" in page
    assert 'href="/task/' in ivan.get(found[1]).text


def test_a_run_unfolds_as_a_part_and_is_a_page_without_a_script(site: Site, ivan: Browser) -> None:
    address = request_of(site)
    pressed(ivan, address, "busy")
    why = WHY.findall(ivan.get(address).text)[0]

    assert 'hx-target="#why-' in ivan.get(address).text
    assert ivan.get(why, htmx=True).text.lstrip().startswith('<ol class="trace">')
    assert "<html" in ivan.get(why).text
    assert f'href="{address}/runs"' in ivan.get(why).text
    assert ivan.get(f"{why}?x=1").status_code == 400


def test_all_runs_stand_together_also_those_that_did_not_run(site: Site, ivan: Browser) -> None:
    address = request_of(site)
    pressed(ivan, address, "busy")
    page = text_of(ivan, f"{address}/runs")

    assert page.index("Busy has run") < page.index("Call every new request at once did not run")
    assert "did not run , because owner is none was false; Owner: Ivan Seller" in page
    assert f'href="{address}/runs"' in ivan.get(address).text
    assert "Nothing yet" in text_of(ivan, f"{deal_of(site, ivan)}/runs")


def deal_of(site: Site, ivan: Browser) -> str:
    """A deal that nothing has happened to."""
    site.create("client", name="Boris", owner=site.actor("ivan").user_id)
    site.create("deal", client=1, owner=site.actor("ivan").user_id)
    assert ivan.get("/deal/1").status_code == 200
    return "/deal/1"


def test_what_a_record_was_made_by_is_told_where_that_may_be_seen(
    site: Site, ivan: Browser
) -> None:
    address = request_of(site)
    pressed(ivan, address, "new_client")
    why = WHY.findall(ivan.get("/deal/1").text)[0]

    assert why.startswith("/deal/1/runs/")
    assert ivan.get(why).location == why.replace("/deal/1", address)
    assert "Make: Client: Anna Petrova" in words(ivan.get(why, htmx=True))
    petya = site.browser("petya")  # sees all deals, and only knows of the request
    assert "Made by “New client”" in words(petya.get("/deal/1"))
    assert not WHY.search(petya.get("/deal/1").text)
    for path in (why, why.replace("/deal/1", address), f"{address}/runs"):
        for htmx in (False, True):
            assert petya.get(path, htmx=htmx).status_code == 404, path


def test_values_that_one_may_not_read_are_hidden_in_a_run(site: Site, ivan: Browser) -> None:
    address = request_of(site)
    site.services.records.update(site.actor("hana"), "request", 1, {"cost": "77"}, 1)
    pressed(ivan, address, "brag")
    why = WHY.findall(ivan.get(address).text)[0]

    assert "77.00" not in ivan.get(why).text
    assert "77.00" in site.browser("hana").get(why).text
    assert "77.00" not in ivan.get(f"{address}/runs").text


def test_a_run_that_is_not_there_is_not_found(site: Site, ivan: Browser) -> None:
    address = request_of(site)

    for path in (f"{address}/runs/999", "/request/9/runs", f"{address}/runs/0", "/nonsense/1/runs"):
        assert ivan.get(path).status_code == 404, path


def test_a_longer_log_costs_no_more_queries(site: Site, ivan: Browser) -> None:
    address = request_of(site)

    def cost(path: str) -> int:
        with counting(site) as sent:
            assert ivan.get(path).status_code == 200
        return len(sent)

    pressed(ivan, address, "brag")
    card, log = cost(address), cost(f"{address}/runs")
    for _ in range(5):
        pressed(ivan, address, "brag")
    assert (cost(address), cost(f"{address}/runs")) == (card, log)
