"""Tasks from anywhere: done with a result and the next step, put off by a press or in words."""

import json
import re
from collections.abc import Iterator
from html import unescape

import pytest
from werkzeug.test import TestResponse

from tests.kit.applications import VET
from tests.kit.pages import form, submit
from tests.kit.web import Browser, Site, open_site, words


@pytest.fixture
def site() -> Iterator[Site]:
    with open_site(VET) as made:
        made.user("hana", "head", name="Hana Head")
        made.user("rada", "reception", name="Rada Reception")
        made.user("vera", "vet")
        made.create("owner", name="Anna", phone="+359888112233")
        task = {"subject": "Call Anna", "about": "owner/1", "due": "today 16:00", "type": "call"}
        made.services.records.create(made.actor("hana"), "task", task)
        yield made


@pytest.fixture
def hana(site: Site) -> Browser:
    return site.browser("hana")


def test_the_next_task_stands_on_top_with_the_press_that_keeps_it(hana: Browser) -> None:
    page = hana.get("/owner/1")
    strip = page.text.split('id="next"')[1].split('class="record"')[0]

    assert "Call Anna" in strip
    assert "16:00" in strip
    assert 'href="tel:+359888112233"' in strip


def test_a_task_that_is_late_says_how_late(site: Site, hana: Browser) -> None:
    due = {"subject": "Write", "about": "owner/1", "due": "2026-03-02 08:43"}
    site.services.records.create(site.actor("hana"), "task", due)

    assert "late 2 h 17" in words(hana.get("/owner/1"))


def asked(hana: Browser, deed: str) -> TestResponse:
    """Asks for a form of the task as its link on the card does."""
    link = re.search(rf'href="(/task/1/{deed}\?[^"]*)"', hana.get("/owner/1").text)
    assert link is not None
    return hana.get(unescape(link[1]))


def test_a_task_is_done_with_its_result(hana: Browser) -> None:
    page = asked(hana, "done")
    answer = submit(hana, page, "/task/1/done", result="She will come on Friday")

    assert (answer.status_code, answer.location) == (303, "/owner/1")
    said = words(hana.get("/owner/1"))
    assert "Done: Call Anna" in said
    assert "Hana Head did Call Anna She will come on Friday" in said
    assert "Nothing is planned here." in said


def test_a_task_that_is_done_brings_the_next_one(hana: Browser) -> None:
    submit(hana, asked(hana, "done"), "/task/1/done", subject="Send the price", due="in 1 h")

    assert "12:00 Today, in 1 h Send the price" in words(hana.get("/owner/1"))


def test_a_time_alone_means_the_same_once_more(site: Site, hana: Browser) -> None:
    presses = {"_day.due": "2026-03-03", "_time.due": "10:00"}
    submit(hana, asked(hana, "done"), "/task/1/done", presses, result="Busy")
    again = site.services.reader.get(site.actor("hana"), "task", 2)

    assert (again.title, again.values["type"]) == ("Call Anna", "call")
    assert str(again.values["due"]) == "2026-03-03 08:00:00+00:00"
    assert "Nothing is planned here." not in words(hana.get("/owner/1"))


def test_the_next_call_is_asked_for_with_the_hour_there(site: Site, hana: Browser) -> None:
    site.create("owner", name="Mike", timezone="America/New_York", phone="+12125550123")
    task = {"subject": "Call Mike", "about": "owner/2", "due": "today 16:00"}
    number = site.services.records.create(site.actor("hana"), "task", task).id

    assert 'data-there="America/New_York"' in hana.get(f"/task/{number}/done").text
    assert "data-there" not in hana.get("/task/1/postpone").text


def test_a_next_step_that_is_not_understood_is_asked_for_again(site: Site, hana: Browser) -> None:
    page = asked(hana, "done")
    before = site.digest()
    refused = submit(hana, page, "/task/1/done", result="Busy", subject="Call", due="soon")

    assert refused.status_code == 422
    assert site.digest() == before
    assert dict(form(refused, "/task/1/done").pairs)["result"] == "Busy"
    again = submit(hana, refused, "/task/1/done", due="in 1 h")
    assert again.location == "/owner/1"


def test_a_form_twice_sent_makes_one_next_step(site: Site, hana: Browser) -> None:
    page = asked(hana, "done")
    for _ in range(2):
        submit(hana, page, "/task/1/done", result="Busy", due="in 1 h")

    assert site.services.reader.get(site.actor("hana"), "task", 2).title == "Call Anna"
    assert hana.get("/task/3").status_code == 404


@pytest.mark.parametrize("deed", ["done", "postpone"])
def test_what_is_asked_again_stands_in_the_dialog_of_the_page(hana: Browser, deed: str) -> None:
    page = asked(hana, deed)
    refused = submit(hana, page, f"/task/1/{deed}", htmx=True, due="soon")

    assert refused.status_code == 422
    assert refused.headers["HX-Retarget"] == "#dialog"


def test_what_is_done_on_a_page_with_a_part_draws_that_part_anew(hana: Browser) -> None:
    here = {"X-Part": "my-day", "HX-Current-URL": "http://localhost/my-day"}
    given = {"due": "in 1 h", "_next": "/my-day"}
    answer = hana.post("/task/1/postpone", given, htmx=True, **here)
    elsewhere = hana.post("/task/1/postpone", {**given, "_next": "/owner"}, htmx=True, **here)

    assert json.loads(answer.headers["HX-Location"])["target"] == "#my-day"
    assert json.loads(elsewhere.headers["HX-Location"])["target"] == "body"
    part = hana.get("/my-day", htmx=True).text
    assert part.count("hx-swap-oob") == 3  # the bell, the late ones, what was just done
    assert "<html" not in part


@pytest.mark.parametrize(
    "given, shown",
    [
        ({"_due": "tomorrow 09:00"}, "Tomorrow 9:00"),
        ({"due": "next wednesday 14:00"}, "Wed 4 14:00"),
        ({"due": "в среду 14:00"}, "Wed 4 14:00"),
        ({"due": "in 1 h", "_due": "tomorrow 09:00"}, "Today 12:00"),
    ],
)
def test_a_task_is_put_off(hana: Browser, given: dict[str, str], shown: str) -> None:
    answer = hana.post("/task/1/postpone", {**given, "_next": "/my-day"})

    assert (answer.status_code, answer.location) == (303, "/my-day")
    assert f"Put off: Call Anna, {shown}" in words(hana.get("/owner/1"))


def test_a_task_is_added_on_the_card(hana: Browser) -> None:
    page = hana.get("/owner/1")
    answer = submit(hana, page, "/task/new", subject="Send the prices", due="tomorrow 10:00")

    assert (answer.status_code, answer.location) == (303, "/owner/1")
    assert "Send the prices Tomorrow 10:00" in words(hana.get("/owner/1"))


def test_a_task_with_a_mistake_comes_back_as_a_form_about_the_same_record(hana: Browser) -> None:
    refused = submit(hana, hana.get("/owner/1"), "/task/new", subject="Send", due="some day")

    assert refused.status_code == 422
    pairs = dict(form(refused, "/task/new").pairs)
    assert (pairs["subject"], pairs["about"], pairs["_next"]) == ("Send", "owner/1", "/owner/1")
    assert submit(hana, refused, "/task/new", due="in 1 d").location == "/owner/1"


def test_the_tasks_of_others_are_theirs(site: Site) -> None:
    vera, rada = site.browser("vera"), site.browser("rada")
    before = site.digest()

    assert vera.post("/task/1/done", {"result": "x"}).status_code == 404
    assert vera.post("/task/1/postpone", {"due": "in 1 d"}).status_code == 404
    assert rada.post("/task/99/done", {"result": "x"}).status_code == 404
    assert site.digest() == before


def test_an_unknown_input_is_refused(site: Site, hana: Browser) -> None:
    before = site.digest()

    assert hana.post("/task/1/done", {"to": "2"}).status_code == 400
    assert hana.post("/owner/1/notes", {"text": "x", "about": "owner/2"}).status_code == 400
    assert site.digest() == before
