"""My day and notifications: what waits for one person."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.kit.applications import VET
from tests.kit.web import Site, open_site, words


@pytest.fixture
def site() -> Iterator[Site]:
    with open_site(VET) as opened:
        opened.user("hana", "head", name="Hana Head")
        opened.user("rada", "reception", name="Rada Reception")
        yield opened


def task(site: Site, login: str, subject: str, due: str | None, **values: object) -> int:
    return site.create("task", subject=subject, due=due, to=site.actor(login).user_id, **values)


def test_promises_stand_in_order_around_now(site: Site) -> None:
    task(site, "hana", "Later today", "in 2 h")
    task(site, "hana", "Long ago", "yesterday 9:00")
    task(site, "hana", "The day after", "in 2 d")
    task(site, "hana", "Some time", None)
    page = site.browser("hana").get("/my-day").text
    places = [
        page.index(one) for one in ("Long ago", 'class="now"', "Later today", "The day after")
    ]

    assert places == sorted(places)
    assert "Some time" in page
    assert "1 late" in words(site.browser("hana").get("/owner"))


def test_another_persons_tasks_are_not_mine(site: Site) -> None:
    task(site, "rada", "Water the plants", "in 1 h")

    assert "Water the plants" not in words(site.browser("hana").get("/my-day"))


def test_a_task_is_finished_in_its_place_and_counts_as_done(site: Site) -> None:
    number = task(site, "hana", "Call Anna", "in 1 h")
    hana = site.browser("hana")
    answer = hana.post(f"/task/{number}/done", {"result": "she agrees", "_next": "/my-day"})

    assert (answer.status_code, answer.headers["Location"]) == (303, "/my-day")
    assert "she agrees" in words(hana.get("/my-day"))
    assert "1 of 1 are done" in words(hana.get("/my-day"))


def test_an_empty_day_says_so(site: Site) -> None:
    assert "Nothing is promised" in words(site.browser("hana").get("/my-day"))


def test_a_task_from_somebody_else_is_said_until_it_is_read(site: Site) -> None:
    hana, rada = site.actor("hana"), site.browser("rada")
    site.services.records.create(
        hana, "task", {"subject": "Count the till", "to": str(site.actor("rada").user_id)}
    )
    page = rada.get("/notifications")

    assert "Count the till" in words(page)
    assert "Notifications, 1 new" in page.text
    assert rada.post("/notifications/read").status_code == 303
    assert "1 new" not in rada.get("/notifications").text


def test_opening_a_notification_leads_to_what_it_is_about(site: Site) -> None:
    hana, rada = site.actor("hana"), site.browser("rada")
    made = site.services.records.create(
        hana, "task", {"subject": "Count the till", "to": str(site.actor("rada").user_id)}
    )
    page = rada.get("/notifications").text
    action = page[page.index('action="/notifications/') :].split('"')[1]
    address = next(
        one.split('"')[0] for one in page.split('action="') if one.split('"')[0].endswith("/open")
    )

    assert action
    assert rada.post(address).headers["Location"] == f"/task/{made.id}"
    assert "1 new" not in rada.get("/notifications").text


def test_another_persons_notification_is_not_there(site: Site) -> None:
    hana, rada = site.actor("hana"), site.actor("rada")
    site.services.records.create(hana, "task", {"subject": "Count", "to": str(rada.user_id)})
    address = site.browser("rada").get("/notifications").text
    one = next(
        part.split('"')[0]
        for part in address.split('action="')
        if part.split('"')[0].endswith("/open")
    )

    assert site.browser("hana").post(one).status_code == 404


def test_the_look_is_kept(site: Site) -> None:
    hana = site.browser("hana")

    assert hana.post("/account/look", {"theme": "dark", "_next": "/my-day"}).status_code == 303
    assert 'data-theme="dark"' in hana.get("/my-day").text
    hana.post("/account/look", {"density": "compact"})
    assert 'data-theme="dark" data-density="compact"' in hana.get("/my-day").text
    assert hana.post("/account/look", {"theme": "pink"}).status_code == 422
