"""My day and notifications: what waits for one person."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from engine.metadata.model.text import RecordRef
from tests.kit.applications import VET
from tests.kit.pages import counting, submit
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


def line(site: Site, subject: str, login: str = "hana") -> str:
    """Returns the words of a promise's line."""
    page = site.browser(login).get("/my-day")
    found = next(one for one in page.text.split("<li")[1:] if subject in one)
    return " ".join(re.sub(r"<[^>]*>", " ", f"<li{found}").split())


def test_each_call_tells_the_hour_where_the_client_is(site: Site) -> None:
    aida = site.create("owner", name="Aida", timezone="Asia/Almaty", phone="+77011234567")
    about = {"about": RecordRef("owner", aida), "type": "call"}
    task(site, "hana", "At once", "in 5 min")
    task(site, "hana", "Call by day", "today 12:30", **about)
    task(site, "hana", "Call by night", "today 19:00", **about)
    task(site, "hana", "Late call", "today 9:00", **about)
    task(site, "hana", "Write to her", "today 19:30", **(about | {"type": "mail"}))

    assert "12:30 in 1 h 30 15:30 in Almaty Call by day" in line(site, "Call by day")
    assert "22:00 in Almaty a poor hour there" in line(site, "Call by night")
    assert "late 2 h 14:00 in Almaty" in line(site, "Late call")  # the hour that it is there now
    assert "Almaty" not in line(site, "Write to her")


def test_the_hour_is_told_only_where_it_is_another_one(site: Site) -> None:
    ana = site.create("owner", name="Ana", timezone="Europe/Athens", phone="+306912345678")
    task(site, "hana", "Call Ana", "in 3 h", about=RecordRef("owner", ana), type="call")

    assert "Athens" not in line(site, "Call Ana")


def test_the_person_behind_a_record_is_called_from_the_line(site: Site) -> None:
    owner = site.create("owner", name="Boris", phone="+359888112233")
    animal = site.create("animal", name="Rex", owner=owner)
    visit = site.create("visit", animal=animal)
    task(site, "hana", "Ask about Rex", "in 3 h", about=RecordRef("visit", visit), type="call")
    page = site.browser("hana").get("/my-day").text

    assert 'href="tel:+359888112233"' in page
    assert "Boris" in line(site, "Ask about Rex")


def test_who_may_not_be_seen_is_not_called(site: Site) -> None:
    site.user("vera", "vet")
    owner = site.create("owner", name="Boris", phone="+359888112233")
    task(site, "vera", "Ask Boris", "in 3 h", about=RecordRef("owner", owner), type="call")

    assert "+359888112233" not in site.browser("vera").get("/my-day").text


def test_many_promises_ask_the_database_as_often_as_few(site: Site) -> None:
    def promise(number: int) -> None:
        phone = f"+3598881122{number:02}"
        owner = site.create("owner", name=f"Owner {number}", phone=phone, timezone="Asia/Almaty")
        animal = site.create("animal", name=f"Animal {number}", owner=owner)
        visit = site.create("visit", animal=animal, vet=site.actor("hana").user_id)
        for about in (RecordRef("owner", owner), RecordRef("visit", visit)):
            task(site, "hana", f"Call {number}", f"in {number} min", about=about, type="call")

    asked = []
    for some in (range(1, 4), range(4, 30)):
        for number in some:
            promise(number)
        hana = site.browser("hana")
        with counting(site) as statements:
            hana.get("/my-day")
        asked.append(len(statements))

    assert asked[0] == asked[1]


def test_what_others_change_in_my_records_is_told(site: Site) -> None:
    site.user("ina", "head", name="Ina Head")
    hana, ina = site.actor("hana"), site.actor("ina")
    animal = site.create("animal", name="Rex", owner=site.create("owner", name="Anna"))
    visit = site.create("visit", animal=animal, vet=hana.user_id)
    site.services.records.move(ina, "visit", visit, "treatment")
    mine = site.create("visit", animal=animal, vet=hana.user_id)
    site.services.records.move(hana, "visit", mine, "missed")
    said = words(site.browser("hana").get("/my-day"))

    assert "Ina Head moved In treatment" in said
    assert "Did not come" not in said


def test_a_change_that_may_not_be_read_is_not_told(site: Site) -> None:
    site.user("vera", "vet")
    animal = site.create("animal", name="Rex", owner=site.create("owner", name="Anna"))
    visit = site.create("visit", animal=animal, vet=site.actor("vera").user_id)
    site.services.records.update(site.actor("hana"), "visit", visit, {"paid": "7"}, 1)
    page = words(site.browser("vera").get("/my-day"))

    assert "Hana Head changed" not in page


def test_a_notification_is_read_where_it_stands(site: Site) -> None:
    hana, rada = site.actor("hana"), site.browser("rada")
    count = {"subject": "Count the till", "to": str(site.actor("rada").user_id)}
    site.services.records.create(hana, "task", count)
    page = rada.get("/my-day")
    address = re.search(r'action="(/notifications/\d+/read)"', page.text)
    assert address is not None
    answer = submit(rada, page, address[1])

    assert answer.location == "/my-day"
    assert "gave you: Count the till" not in words(rada.get("/my-day"))
    assert site.browser("hana").post(address[1]).status_code == 404


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
