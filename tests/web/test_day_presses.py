"""My day with buttons: what is pressed on a promise, what may be taken, what may still wait."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from engine.metadata.model.text import RecordRef
from tests.kit.browser import axe
from tests.kit.live import serving, sign_in
from tests.kit.pages import counting, submit
from tests.kit.web import Browser, Site, open_site, words

SALES = """
name: sales
label: Sales
timezone: Europe/Sofia
workdays: {days: [mon, tue, wed, thu, fri], from: "09:00", to: "18:00"}
entities:
  request:
    label: Request
    owner: seller
    title: "{{ name }}"
    subtitle: "{{ city }}"
    fields:
      name: {type: text, required: true}
      city: text
      phone: phone
      seller: user
      stage: {type: stage, pipeline: requests}
pipelines:
  requests:
    stages:
      new: {label: New, sla: 15 workmin}
      work: {label: In work}
      junk: {label: Junk, closes: lost}
    buttons:
      junk: {label: Junk, show_in: [new, work], do: [{move: junk}]}
      take:
        label: Take
        show_in: [new]
        when: seller == none
        do: [{set: {seller: = user}}, {move: work}]
      busy:
        label: Busy
        show_in: [new, work]
        ladder:
          tries: [5 min, 10 min, 30 min]
          each:
            - done: {tasks: ladder}
            - task: {subject: Call again, type: call, due: = next_try}
          then: [{archive: true}]
      later:
        label: Asked for later
        show_in: [work]
        ask: {again: {type: datetime, required: true, label: When again}}
        do: [{task: {subject: Call as agreed, type: call, due: = ask.again}}]
roles:
  seller: {can: {request: {see: all, create: all, edit: own, press: all}}}
  reader: {can: {request: {see: all, edit: all, press: own}}}
"""


@pytest.fixture
def site() -> Iterator[Site]:
    with open_site(SALES) as opened:
        opened.user("irina", "seller", name="Irina Marinova")
        opened.user("rosa", "reader", name="Rosa Reader")
        yield opened


@pytest.fixture
def irina(site: Site) -> Browser:
    return site.browser("irina")


def request(site: Site, name: str, login: str | None = None, **values: object) -> int:
    seller = site.actor(login).user_id if login else None
    return site.create("request", name=name, seller=seller, **values)


def call(site: Site, about: int, due: str = "in 1 h", login: str = "irina") -> int:
    to = site.actor(login).user_id
    about_it = RecordRef("request", about)
    return site.create("task", subject="Call", due=due, type="call", to=to, about=about_it)


def test_the_buttons_of_a_record_are_pressed_on_its_promise(site: Site, irina: Browser) -> None:
    number = request(site, "Lena", "irina", stage="work", phone="+359888412907")
    call(site, number)
    page = irina.get("/my-day")
    strip = page.text.split('class="promise-next"')[1].split("</section>")[0]
    said = " ".join(re.sub(r"<[^>]*>", " ", strip.split('class="acts"')[1]).split())

    assert re.match(r".*Call : Lena Busy 0 of 3 .*Junk Done : Call Asked for later Later", said)
    answer = submit(irina, page, f"/request/{number}/press/busy")
    assert (answer.status_code, answer.location) == (303, "/my-day")
    said = words(irina.get("/my-day"))
    assert "1 of 3" in said
    assert "Call again" in said


def test_a_button_that_asks_leads_back_to_the_day(site: Site, irina: Browser) -> None:
    number = request(site, "Lena", "irina", stage="work")
    call(site, number)
    link = f"/request/{number}/press/later?_next=%2Fmy-day"

    assert link in irina.get("/my-day").text
    asked = irina.get(link)
    refused = submit(irina, asked, f"/request/{number}/press/later")
    assert refused.status_code == 422
    answer = submit(irina, refused, f"/request/{number}/press/later", again="tomorrow 10:00")
    assert answer.location == "/my-day"
    assert "Tomorrow 10:00" in words(irina.get("/my-day"))


def test_a_press_that_comes_too_late_leads_back_with_a_sentence(site: Site, irina: Browser) -> None:
    number = request(site, "Lena", "irina", stage="work")
    call(site, number)
    page = irina.get("/my-day")
    site.services.records.press(site.actor("irina"), "request", number, "junk")
    answer = submit(irina, page, f"/request/{number}/press/busy")

    assert answer.location == "/my-day"
    assert "can’t be pressed" in words(irina.get("/my-day")).replace("'", "’")


def test_what_nobody_has_is_offered_with_the_press_that_takes_it(
    site: Site, irina: Browser
) -> None:
    number = request(site, "Svetlana", city="Pomorie")
    request(site, "Spam", stage="junk")
    site.clock.pass_(timedelta(minutes=13))
    page = irina.get("/my-day")
    said = words(page)

    assert "Svetlana Pomorie, 11:00 2 min left Take : Svetlana" in said
    assert "Spam" not in said
    assert submit(irina, page, f"/request/{number}/press/take").location == "/my-day"
    assert "Without an owner" not in words(irina.get("/my-day"))


def test_what_may_wait_over_night_says_until_when(site: Site, irina: Browser) -> None:
    site.clock.pass_(timedelta(hours=7, minutes=10))  # it is 18:10, and nobody works any more
    request(site, "Svetlana")

    assert "Svetlana Request, 18:10 by Tomorrow 9:15 Take" in words(irina.get("/my-day"))


def test_what_may_not_be_pressed_is_not_offered(site: Site) -> None:
    request(site, "Svetlana")

    assert "Svetlana" not in words(site.browser("rosa").get("/my-day"))


def test_what_became_mine_says_how_long_it_may_wait(site: Site, irina: Browser) -> None:
    request(site, "Kalin", "irina")
    site.clock.pass_(timedelta(minutes=20))

    assert "Kalin Request, 11:00 late 5 min" in words(irina.get("/my-day"))


def test_buttons_do_not_make_the_day_ask_more_often(site: Site, irina: Browser) -> None:
    asked = []
    for some in (range(1, 4), range(4, 20)):
        for number in some:
            call(site, request(site, f"Lena {number}", "irina", stage="work"), f"in {number} min")
            request(site, f"Free {number}")
        with counting(site) as statements:
            irina.get("/my-day")
        asked.append(len(statements))

    assert asked[0] == asked[1]


def test_a_day_is_worked_off_without_leaving_the_page(page: Page, site: Site) -> None:
    number = request(site, "Lena", "irina", stage="work", phone="+359888412907")
    first, second = call(site, number, "today 9:00"), call(site, number, "today 10:00")
    call(site, number, "today 15:00")
    request(site, "Svetlana", city="Pomorie")
    with serving(site) as address:
        page.clock.set_fixed_time(site.clock.now())
        sign_in(page, site, address, "irina")
        page.goto(f"{address}/my-day")
        expect(page.locator("#late")).to_have_text("2 late")
        page.evaluate("window.same = true")
        page.locator(f'[href^="/task/{first}/done"]').click()
        dialog = page.locator("#dialog")
        dialog.locator("[name=result]").fill("Will think")
        dialog.locator("[data-quick] label", has_text="Tue 3").first.click()
        dialog.locator(".is-main").click()

        expect(page.locator("#late")).to_have_text("1 late")
        expect(page.locator(".changes.is-done")).to_contain_text("Will think")
        expect(page.locator("#coming-h")).to_be_visible()
        expect(dialog).not_to_be_visible()
        expect(page.locator(".promise.is-late a").first).to_be_focused()  # the line that moved up
        page.locator(".promise.is-late .menu-box summary").click()
        page.locator(f'form[action="/task/{second}/postpone"] button', has_text="Tomorrow").click()
        expect(page.locator("#late")).to_have_text("")
        page.locator(".promise-next .btn", has_text="Busy").click()
        expect(page.locator("#my-day")).to_contain_text("1 of 3")
        expect(page.locator("#toasts")).to_contain_text("Busy, try 1 of 3")
        page.locator(".leads .btn", has_text="Take").click()
        expect(page.locator("#free-h")).to_have_count(0)

        assert page.evaluate("window.same")  # the page has never been left
        assert page.url == f"{address}/my-day"
        assert axe(page) == []
