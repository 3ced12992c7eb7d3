"""Calendars: records by day, the way to other days, and a record that is given another one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import pytest
from playwright.sync_api import Page, expect
from werkzeug.test import TestResponse

from engine.runtime.actor import ENGINE
from tests.kit.applications import VET
from tests.kit.browser import axe
from tests.kit.live import serving, sign_in
from tests.kit.pages import counting, form, forms, submit
from tests.kit.web import Browser, Site, open_site, words

VIEWS = """views:
  visits: {entity: visit, type: calendar, label: Visits, date: at, columns: [title, animal.owner]}
  calls: {entity: visit, type: calendar, label: Calls, date: next_visit, filters: {stage: booked}}
"""


@pytest.fixture
def site() -> Iterator[Site]:
    with open_site(VET.replace("views:\n", VIEWS)) as made:
        made.user("hana", "head", name="Hana Head")
        made.user("vera", "vet", name="Vera Vet")
        made.create("animal", name="Rex", owner=made.create("owner", name="Anna"))
        yield made


@pytest.fixture
def hana(site: Site) -> Browser:
    return site.browser("hana")


def visit(site: Site, at: str | None, **values: object) -> int:
    return site.create("visit", animal=1, at=at, **values)


def day(page: TestResponse, iso: str) -> str:
    """Returns the part of a page that draws a day."""
    return page.text.split(f'data-day="{iso}"')[1].split('data-day="')[0]


def told(page: TestResponse, iso: str) -> str:
    """Returns what a day says in words."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", f"<li {day(page, iso)}")).split())


def link(text: str, css_class: str) -> str:
    """Returns where the first link of a class leads."""
    found = re.search(rf'class="{css_class}" href="([^"]*)"', text)
    assert found is not None
    return unescape(found[1])


def test_a_month_shows_whole_weeks_from_monday_with_what_stands_on_each_day(
    site: Site, hana: Browser
) -> None:
    visit(site, "2026-03-09 08:30")
    visit(site, "2026-03-09 07:00")
    visit(site, "2026-04-05 07:00")  # the Sunday that ends the last week of March
    visit(site, "2026-04-06 07:00")
    page = hana.get("/views/visits")
    days = re.findall(r'data-day="([^"]*)"', page.text)

    assert (days[0], days[-1], len(days)) == ("2026-02-23", "2026-04-05", 42)
    assert re.search("7:00 V-2026-0002 .* 8:30 V-2026-0001", told(page, "2026-03-09"))
    assert "7:00 V-2026-0003" in told(page, "2026-04-05")
    assert "V-2026-0004" not in page.text
    assert "March 2026" in words(page)


def test_days_are_those_of_the_reader(site: Site, hana: Browser) -> None:
    visit(site, "2026-03-09 21:30")
    zone = {"timezone": "Asia/Almaty"}
    site.services.records.update(ENGINE, "user", site.actor("hana").user_id or 0, zone, None)

    assert "0:30 V-2026-0001" in told(hana.get("/views/visits"), "2026-03-10")


def test_a_week_is_shown_with_the_columns_of_the_view(site: Site, hana: Browser) -> None:
    visit(site, "2026-03-12 09:00")
    page = hana.get("/views/visits?show=week&on=2026-03-15")
    days = re.findall(r'data-day="([^"]*)"', page.text)

    assert (days[0], days[-1]) == ("2026-03-09", "2026-03-15")
    assert "9:00 V-2026-0001" in told(page, "2026-03-12")
    assert "Anna" in told(page, "2026-03-12")
    assert "9–15 Mar 2026" in words(page)


@pytest.mark.parametrize(
    "address, before, after",
    [
        ("", "on=2026-02-01", "on=2026-04-01"),
        ("?on=2026-01-31", "on=2025-12-01", "on=2026-02-01"),
        ("?show=week&on=2026-03-01", "show=week&on=2026-02-16", "show=week&on=2026-03-02"),
        (
            "?stage=booked&q=rex",
            "stage=booked&q=rex&on=2026-02-01",
            "stage=booked&q=rex&on=2026-04-01",
        ),
    ],
)
def test_other_days_keep_all_else_of_the_address(
    hana: Browser, address: str, before: str, after: str
) -> None:
    page = hana.get(f"/views/visits{address}").text
    found = {rel: unescape(url) for url, rel in re.findall(r'href="([^"]*)"[^>]*rel="(\w+)"', page)}

    assert found["prev"] == f"/views/visits?{before}"
    assert found["next"] == f"/views/visits?{after}"
    assert hana.get(found["prev"]).status_code == 200


@pytest.mark.parametrize(
    "address", ["on=2026-3-9", "on=0001-01-01", "on=9999-12-31", "on=soon", "show=year", "x=1"]
)
def test_an_address_that_names_no_days_is_refused(hana: Browser, address: str) -> None:
    assert hana.get(f"/views/visits?{address}").status_code == 400


def test_days_off_are_told_from_working_days(hana: Browser) -> None:
    page = hana.get("/views/visits")

    assert "a day off" in told(page, "2026-03-03")  # Liberation Day in Bulgaria
    assert "a day off" in told(page, "2026-03-07")
    assert "a day off" not in told(page, "2026-03-04")


def test_a_day_shows_a_few_and_leads_to_all_of_them(site: Site, hana: Browser) -> None:
    for hour in range(9, 16):
        visit(site, f"2026-03-09 {hour:02}:00", stage="booked" if hour < 15 else "missed")
    page = hana.get("/views/visits?stage=booked")
    list_url = link(day(page, "2026-03-09"), "cal-more")

    assert "2 more" in told(page, "2026-03-09")
    assert "6 in all" in words(hana.get(list_url))


def test_everyone_sees_and_moves_what_their_rights_say(site: Site, hana: Browser) -> None:
    vera = site.actor("vera").user_id
    visit(site, "2026-03-09 09:00", vet=vera)
    visit(site, "2026-03-09 10:00", vet=site.actor("hana").user_id)
    page = site.browser("vera").get("/views/visits")

    assert "V-2026-0001" in page.text
    assert "V-2026-0002" not in page.text
    assert site.browser("vera").post("/visit/2/day", {"_field": "at"}).status_code == 403
    site.user("boyan", "booking")
    assert "cal-move" not in site.browser("boyan").get("/views/visits").text
    assert hana.get("/views/visits").text.count('class="cal-move"') == 2


def test_a_view_by_a_date_that_may_not_be_read_is_no_view(site: Site) -> None:
    hidden = VET.replace("views:\n", VIEWS).replace("visit.paid]", "visit.paid, visit.at]")
    with open_site(hidden) as made:
        made.user("vera", "vet")
        assert made.browser("vera").get("/views/visits").status_code == 404


def test_a_new_record_on_a_day_begins_with_the_working_hours(site: Site, hana: Browser) -> None:
    address = link(day(hana.get("/views/visits"), "2026-03-11"), "cal-new")
    page = hana.get(address)
    answer = submit(hana, page, "/visit/new", animal=1)

    assert answer.location == "/views/visits"
    assert "9:00 V-2026-0001" in told(hana.get("/views/visits"), "2026-03-11")


def test_what_is_dropped_on_a_day_keeps_its_hour_and_can_be_taken_back(
    site: Site, hana: Browser
) -> None:
    number = visit(site, "2026-03-09T08:30:15.25+00:00")  # before the clocks go forward
    given = {"_field": "at", "_day": "2026-04-09", "_version": "1", "_next": "/views/visits"}
    answer = hana.post(f"/visit/{number}/day", given)
    page = hana.get(answer.location)

    assert (answer.status_code, answer.location) == (303, "/views/visits")
    assert at(site, number) == "2026-04-09 07:30:15.250000+00:00"
    assert "V-2026-0001 Rex: 9 Apr 10:30" in words(page)
    undo = next(one.action for one in forms(page) if "/day?" in one.action)
    assert hana.post(undo).location == "/views/visits"
    assert at(site, number) == "2026-03-09 08:30:15.250000+00:00"


def at(site: Site, number: int) -> str:
    return str(site.services.reader.get(site.actor("hana"), "visit", number).values["at"])


def test_a_record_is_moved_by_a_form_where_no_script_runs(site: Site, hana: Browser) -> None:
    number = visit(site, "2026-03-09 08:30")
    address = link(day(hana.get("/views/visits?on=2026-03-01"), "2026-03-09"), "cal-move")
    asked = hana.get(address)
    pressed = {"_day.at": "2026-03-16"}
    answer = submit(hana, asked, f"/visit/{number}/day", pressed)

    assert answer.location == "/views/visits?on=2026-03-01"
    assert at(site, number) == "2026-03-16 06:30:00+00:00"


def test_a_day_that_is_not_possible_is_asked_for_again(site: Site, hana: Browser) -> None:
    number = visit(site, "2026-03-09 08:30", next_visit="2026-03-20")
    before = site.digest()
    given = {"_field": "next_visit", "_day": "2026-02-24", "_version": "1", "_next": "/views/calls"}
    refused = hana.post(f"/visit/{number}/day", given, htmx=True)

    assert (refused.status_code, refused.headers["HX-Retarget"]) == (422, "#dialog")
    assert "Later than today" in words(refused)
    assert site.digest() == before
    kept = dict(form(refused, f"/visit/{number}/day").pairs)
    assert (kept["_field"], kept["_next"]) == ("next_visit", "/views/calls")


def test_what_somebody_else_moved_meanwhile_stays_there(site: Site, hana: Browser) -> None:
    number = visit(site, "2026-03-09 08:30")
    moved = {"at": "2026-03-12 08:30"}
    site.services.records.update(site.actor("hana"), "visit", number, moved, 1)
    given = {"_field": "at", "_day": "2026-03-16", "_version": "1", "_next": "/views/visits"}

    assert hana.post(f"/visit/{number}/day", given).location == "/views/visits"
    assert at(site, number) == "2026-03-12 06:30:00+00:00"


@pytest.mark.parametrize(
    "given",
    [
        {"_field": "fee", "fee": "1"},
        {"_field": "at", "at": "2026-03-16 10:00", "fee": "1"},
        {"_field": "at", "_day": "16.3.2026"},
        {"_field": "nothing"},
    ],
)
def test_only_the_day_is_changed_here(site: Site, hana: Browser, given: dict[str, str]) -> None:
    number = visit(site, "2026-03-09 08:30")
    before = site.digest()

    assert hana.post(f"/visit/{number}/day", {**given, "_version": "1"}).status_code == 400
    assert site.digest() == before


def test_dates_without_an_hour_make_a_calendar_as_well(site: Site, hana: Browser) -> None:
    number = visit(site, None, next_visit="2026-03-20")
    given = {"_field": "next_visit", "_day": "2026-03-24", "_version": "1"}

    assert "V-2026-0001" in told(hana.get("/views/calls"), "2026-03-20")
    assert hana.post(f"/visit/{number}/day", given).location == f"/visit/{number}"
    assert "V-2026-0001" in told(hana.get("/views/calls"), "2026-03-24")


def test_my_open_tasks_make_a_calendar_and_the_others_are_shown_when_asked_for(
    site: Site, hana: Browser
) -> None:
    mine, theirs = site.actor("hana").user_id, site.actor("vera").user_id
    site.create("task", subject="Mine", due="2026-03-02 08:00", to=mine)
    site.create("task", subject="Theirs", due="2026-03-10 12:00", to=theirs)
    site.create("task", subject="Did it", due="2026-03-10 13:00", to=mine, done=True)
    page = hana.get("/calendar")
    removes = re.findall(r'<a href="([^"]*)"[^>]*aria-label="Remove filter', page.text)

    assert "8:00 Mine , late" in told(page, "2026-03-02")
    assert "Theirs" not in page.text
    assert "Did it" not in page.text
    assert removes == ["/calendar?to=", "/calendar?done="]
    assert "13:00 Did it , done" in told(hana.get("/calendar?done="), "2026-03-10")
    assert 'aria-current="page"' in page.text.split('href="/calendar"')[1].split(">")[0]


def test_many_records_ask_the_database_as_often_as_few(site: Site, hana: Browser) -> None:
    asked = []
    for some in (range(1, 4), range(4, 28)):
        for number in some:
            for hour in (9, 10, 11):
                visit(site, f"2026-03-{number:02} {hour}:00")
        with counting(site) as statements:
            hana.get("/views/visits")
        asked.append(len(statements))

    assert asked[0] == asked[1]


def test_the_part_alone_answers_a_script(site: Site, hana: Browser) -> None:
    part = hana.get("/views/visits?show=week", htmx=True).text

    assert part.lstrip().startswith('<div class="listing-part calendar-part')
    assert "<html" not in part


def test_an_entry_is_dragged_to_another_day_and_back(page: Page, site: Site) -> None:
    number = visit(site, "2026-03-09 08:30")
    with serving(site) as address:
        page.clock.set_fixed_time(site.clock.now())
        sign_in(page, site, address, "hana")
        page.goto(f"{address}/views/visits")
        entry, goal = page.locator(".cal-entry"), page.locator('[data-day="2026-03-12"]')
        entry.drag_to(goal)

        expect(goal.locator(".cal-entry")).to_contain_text("8:30 V-2026-0001")
        assert at(site, number) == "2026-03-12 06:30:00+00:00"
        page.locator("#toasts").get_by_role("button", name="Undo").click()
        expect(page.locator('[data-day="2026-03-09"] .cal-entry')).to_have_count(1)

        page.locator(".cal-move").focus()
        page.keyboard.press("Enter")
        dialog = page.locator("#dialog")
        dialog.locator("[data-quick] label", has_text="4 Mar").first.click()
        dialog.get_by_role("button", name="Move").click()
        expect(page.locator('[data-day="2026-03-04"] .cal-entry')).to_have_count(1)
        expect(dialog).not_to_be_visible()
        assert axe(page) == []
        page.keyboard.press("n")
        expect(page.locator(".cal-head h2")).to_have_text("April 2026")
        assert page.url.endswith("/views/visits?on=2026-04-01")


def test_on_a_phone_the_days_follow_each_other(page: Page, site: Site) -> None:
    visit(site, "2026-03-09 08:30")
    with serving(site) as address:
        sign_in(page, site, address, "hana")
        page.set_viewport_size({"width": 390, "height": 844})
        page.clock.set_fixed_time(site.clock.now())
        page.goto(f"{address}/views/visits")

        expect(page.locator('[data-day="2026-03-09"]')).to_be_visible()
        expect(page.locator('[data-day="2026-03-10"]')).not_to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") == 390
        assert axe(page) == []
