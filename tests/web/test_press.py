"""Buttons on a record: what stands there, what a dialog says first, and what one press does."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from werkzeug.test import TestResponse

from engine.runtime.actor import ENGINE
from tests.kit.applications import CALLS
from tests.kit.pages import counting, form, forms, submit
from tests.kit.web import Browser, Site, open_site, words

STRIP = re.compile(r'<div class="next.*?\n</div>', re.DOTALL)
GROUP = re.compile(r'class="acts-group" role="group" aria-label="([^"]*)"')
OPEN_FACES = re.compile(r'<(?:a|button)[^>]* class="btn[^"]*"[^>]*>(.*?)</(?:a|button)>', re.DOTALL)
TOASTS = re.compile(r'<div id="toasts" hx-swap-oob="beforeend">.*', re.DOTALL)


@pytest.fixture
def site() -> Iterator[Site]:
    with open_site(CALLS) as made:
        made.user("hana", "head", name="Hana Head")
        made.user("ivan", "seller", name="Ivan Seller")
        made.user("petya", "seller", name="Petya Seller")
        made.user("rita", "reader", name="Rita Reader")
        yield made


@pytest.fixture
def ivan(site: Site) -> Browser:
    return site.browser("ivan")


def request_of(site: Site, login: str = "ivan", **values: object) -> str:
    """A new request of a person; returns its address."""
    fields = {"name": "Anna Petrova", "phone": "+359888112233", **values}
    number = site.create("request", owner=site.actor(login).user_id, **fields)
    return f"/request/{number}"


def deal_of(site: Site, login: str = "ivan", **values: object) -> str:
    """A new deal of a person; returns its address."""
    client = site.create("client", name="Boris Iliev", owner=site.actor(login).user_id)
    number = site.create("deal", client=client, owner=site.actor(login).user_id, **values)
    return f"/deal/{number}"


def strip(page: TestResponse) -> str:
    """The markup of the strip with the promise and the buttons."""
    found = STRIP.search(page.text)
    assert found, "there is no strip"
    return found.group()


def said(html: str) -> str:
    """What a person reads in a piece of a page."""
    text = re.sub(r"<[^>]+>", " ", html).replace("&#34;", '"').replace("\xa0", " ")
    return " ".join(text.split())


def tasks_of(site: Site) -> list[tuple[str, bool]]:
    """All tasks, with whether they are done."""
    actor = site.actor("hana")
    request = site.services.reader.parse(actor, "task", [("sort", "id"), ("columns", "done")])
    found = site.services.reader.page(actor, request).records
    return [(one.title, bool(one.values["done"])) for one in found]


def stage_of(site: Site, address: str) -> object:
    """The stage that is stored."""
    _, entity, number = address.split("/")
    return site.services.reader.get(site.actor("hana"), entity, int(number)).values["stage"]


def test_buttons_stand_in_their_groups_the_call_and_the_tries_first(
    site: Site, ivan: Browser
) -> None:
    page = strip(ivan.get(request_of(site)))

    assert GROUP.findall(page) == ["Contact", "Result", "What happened"]
    faces = [said(one) for one in OPEN_FACES.findall(page)]
    contact = ["Call", "Busy 0 of 3", "No answer 0 of 2", "Reached"]
    assert faces == [*contact, "New client", "Junk", "Same as", "Brag"]
    assert 'aria-label="More: Wrong number"' in page
    assert "Nothing is planned here." in said(page)


def test_a_ladder_says_first_when_the_next_try_would_be(site: Site, ivan: Browser) -> None:
    page = strip(ivan.get(request_of(site)))

    assert "Next call at 11:05 (in 5 min)" in said(page)
    assert "Next try at 13:00 (in 2 h)" in said(page)


def test_busy_counts_and_replaces_the_promise(site: Site, ivan: Browser) -> None:
    address = request_of(site)
    for number, due, wait in ((1, "11:05", "10 min"), (2, "11:10", "30 min")):
        answer = submit(ivan, ivan.get(address), f"{address}/press/busy", htmx=True)
        assert answer.status_code == 200
        assert answer.headers["HX-Retarget"] == "#record"
        page = said(strip(answer))
        assert page.startswith(f"{due} Today, in")
        assert f"Call Anna Petrova again, try {number} of 3" in page
        assert f"Busy {number} of 3 Next call at 11:{10 if number == 1 else 30}" in page
        assert f"(in {wait})" in page
        toast = TOASTS.search(answer.text)
        assert toast
        assert f"Busy, try {number} of 3. Next: Call Anna Petrova again" in said(toast.group())
    assert tasks_of(site) == [
        ("Call Anna Petrova again, try 1 of 3", True),
        ("Call Anna Petrova again, try 2 of 3", False),
    ]


def test_a_task_that_is_due_already_is_replaced_by_the_next_try(site: Site, ivan: Browser) -> None:
    address = request_of(site)
    submit(ivan, ivan.get(address), f"{address}/press/busy")
    site.clock.pass_(timedelta(minutes=20))
    late = ivan.get(address)
    assert "late 15 min" in said(strip(late))

    submit(ivan, late, f"{address}/press/busy")
    assert said(strip(ivan.get(address))).startswith("11:30 Today, in 10 min")


def test_at_its_end_a_ladder_says_what_comes_and_does_it(site: Site, ivan: Browser) -> None:
    address = request_of(site)
    for _ in range(3):
        submit(ivan, ivan.get(address), f"{address}/press/busy")
    assert "Busy 3 of 3, next archives" in said(strip(ivan.get(address)))
    answer = submit(ivan, ivan.get(address), f"{address}/press/busy")

    assert (answer.status_code, answer.location) == (303, address)
    page = ivan.get(address)
    assert "Busy. Archived." in words(page)
    assert "Archived. It is out of the lists" in words(page)
    assert "/press/" not in page.text
    assert all(done for _, done in tasks_of(site))


def test_a_button_that_is_not_possible_says_why_to_everybody(site: Site, ivan: Browser) -> None:
    page = strip(ivan.get(request_of(site, phone="")))
    told = re.search(r'aria-disabled="true"[^>]*aria-describedby="([^"]+)"', page)

    assert told
    assert "Take down the phone first" in said(page.split(f'id="{told[1]}"')[1].split("</span>")[0])
    assert f"{request_of(site)}/press/new_client" not in page


def test_a_dialog_says_what_will_follow(site: Site, ivan: Browser) -> None:
    address = deal_of(site, amount=1200)
    page = ivan.get(f"{address}/press/quote_sent")

    assert page.status_code == 200
    text = words(page).replace("\xa0", " ")
    for line in (
        "Note “Quote for 1,200.00 € sent. …”",
        "Moves to Client is thinking",
        "Task “Ask Boris Iliev about the quote”, at “Next contact”, for you",
        "Tells Head: “A large quote: D-2026-0001 Boris Iliev”",
        "Perhaps: Prepaid: 0.00 €",
    ):
        assert line in text
    assert "What was agreed" in text
    assert {"next_contact", "comment"} <= form(page, f"{address}/press/quote_sent").controls


def test_what_is_not_known_yet_is_said_to_be_so(site: Site, ivan: Browser) -> None:
    then = ivan.get(f"{request_of(site)}/press/same").text.split('<ul class="then">')[1]

    assert [said(one) for one in then.split("</ul>")[0].split("</li>")] == [
        "Client: empty",
        "Looks for: Client with the same phone",
        "Perhaps: Note “Nobody”",
        "Perhaps: Note “… and Anna Petrova, …, …”",
        "Perhaps: Moves to Junk",
        "Perhaps: Its open tasks are completed",
        "Perhaps: Archived, out of the lists",
        "",
    ]
    nobodys = site.create("request", name="Anna", owner="")
    page = site.browser("hana").get(f"/request/{nobodys}/press/same").text
    assert "Then Owner: you Client: empty" in said(page)


def test_a_dialog_tells_nobody_what_is_hidden_from_them(site: Site, ivan: Browser) -> None:
    address = request_of(site, cost=77)

    assert "Anna Petrova came for …" in words(ivan.get(f"{address}/press/brag"))
    assert "came for 77.00" in words(site.browser("hana").get(f"{address}/press/brag"))


def test_a_dialog_is_a_page_or_a_part_of_one(site: Site, ivan: Browser) -> None:
    address = deal_of(site)
    part = ivan.get(f"{address}/press/quote_sent", htmx=True)

    assert "<html" in ivan.get(f"{address}/press/quote_sent").text
    assert "<html" not in part.text
    assert part.headers["HX-Retarget"] == "#dialog"
    assert ivan.get(f"{address}/press/quote_sent?x=1").status_code == 400


def test_a_moment_is_asked_with_the_hour_of_the_client(site: Site, ivan: Browser) -> None:
    address = deal_of(site)
    here = ivan.get(f"{address}/press/quote_sent")
    site.services.records.update(ENGINE, "client", 1, {"timezone": "Europe/London"}, None)
    there = ivan.get(f"{address}/press/quote_sent")

    assert "data-there" not in here.text
    assert "is-late-there" not in here.text
    assert 'data-there="Europe/London"' in there.text
    poor = re.findall(r'aria-label="([\d:]+), a poor hour there"', there.text)
    assert poor == ["9:00", "10:00"]
    query = "text=tomorrow+10:00&kind=datetime&there=Europe/London"
    assert "10:00 Tomorrow 8:00 in London, a poor hour" in words(
        ivan.get(f"/search/moment?{query}")
    )
    good = query.replace("10:00", "13:00")
    assert "11:00 in London, a good hour" in words(ivan.get(f"/search/moment?{good}"))
    assert ivan.get("/search/moment?text=today&kind=datetime&there=Nowhere/At").status_code == 400


def test_answers_are_stored_and_the_steps_follow(site: Site, ivan: Browser) -> None:
    address = deal_of(site)
    answer = submit(
        ivan, ivan.get(f"{address}/press/quote_sent"), f"{address}/press/quote_sent",
        {"_day.next_contact": "2026-03-03", "_time.next_contact": "10:00"}, comment="Wants oak",
    )  # fmt: skip

    assert (answer.status_code, answer.location) == (303, address)
    page = words(ivan.get(address))
    assert stage_of(site, address) == "waiting"
    assert "Quote for 0.00 € sent. Wants oak" in page.replace("\xa0", " ")
    assert "10:00 Tomorrow Ask Boris Iliev about the quote" in page
    assert "Moved to Client is thinking. Next: Ask Boris Iliev about the quote, Tomorrow" in page


@pytest.mark.parametrize("htmx", [True, False])
def test_a_missing_answer_comes_back_with_what_was_typed(
    site: Site, ivan: Browser, *, htmx: bool
) -> None:
    address = deal_of(site)
    page, before = ivan.get(f"{address}/press/quote_sent"), site.digest()
    answer = submit(ivan, page, f"{address}/press/quote_sent", htmx=htmx, comment="Wants oak")

    assert answer.status_code == 422
    assert site.digest() == before
    assert "Fill in Next contact." in words(answer)
    assert "Wants oak" in answer.text
    assert ("HX-Retarget" in answer.headers) == htmx
    again = submit(ivan, answer, f"{address}/press/quote_sent", next_contact="in 3 days")
    assert again.status_code == 303


def test_what_keeps_a_step_from_being_done_refuses_the_whole_press(
    site: Site, ivan: Browser
) -> None:
    address = deal_of(site)
    site.services.records.move(ENGINE, "deal", 1, "waiting")
    page, before = ivan.get(address), site.digest()
    gate = submit(ivan, page, f"{address}/press/order", htmx=True)
    no = submit(ivan, page, f"{address}/press/refuse")

    assert (gate.status_code, no.status_code) == (422, 422)
    assert "Take a prepayment first" in words(gate)
    assert "Nothing can be refused here" in words(no)
    after = site.digest()
    assert {name for name in before if before[name] != after[name]} <= {"kt_runs"}


def test_a_double_click_is_one_press(site: Site, ivan: Browser) -> None:
    address = request_of(site)
    page = ivan.get(address)
    first = submit(ivan, page, f"{address}/press/busy", htmx=True)
    second = submit(ivan, page, f"{address}/press/busy", htmx=True)

    assert first.status_code == second.status_code == 200
    assert "Busy 1 of 3" in said(strip(second))
    assert "done already, nothing was done twice" in words(second)
    assert len(tasks_of(site)) == 1


HAND_OVER = """
entities:
  case:
    fields: {name: text, owner: user}
    buttons:
      hand_over: {label: Hand over, do: [{set: {owner: "= none"}}]}
      close_all: {label: Close all, roles: [head], do: [{note: Closed}]}
roles: {clerk: {can: {case: {every: own}}}, head: {can: {case: {every: all}}}}
"""


@pytest.mark.parametrize("htmx", [True, False])
def test_a_press_that_takes_the_record_away_is_answered_twice(htmx: bool) -> None:
    with open_site(HAND_OVER) as site:
        clerk = site.user("clara", "clerk")
        clara = site.browser("clara")
        address = f"/case/{site.create('case', name='A', owner=clerk)}/press/hand_over"
        sent = dict(form(clara.get(address), address).pairs)
        first, again = (clara.post(address, sent, htmx=htmx) for _ in range(2))
        assert (again.status_code, again.headers.get("Location")) == (
            first.status_code,
            first.headers.get("Location"),
        )
        assert "done already" in clara.get("/case").text
        other = clara.post(address, {**sent, "_token": "another"}, htmx=htmx)
        assert other.status_code == 404
        for another in ("nothing", "close_all"):  # what is not there, what others may press
            elsewhere = address.replace("hand_over", another)
            assert clara.post(elsewhere, sent, htmx=htmx).status_code == 404


@pytest.mark.parametrize("htmx", [True, False])
def test_a_late_press_shows_the_record_as_it_is_now(
    site: Site, ivan: Browser, *, htmx: bool
) -> None:
    address = request_of(site)
    page = ivan.get(address)
    dialog = ivan.get(f"{address}/press/junk")
    submit(ivan, page, f"{address}/press/new_client")
    before = site.digest()
    for late in (
        submit(ivan, dialog, f"{address}/press/junk", htmx=htmx, reason="spam"),
        ivan.get(f"{address}/press/junk", htmx=htmx),
    ):
        assert late.status_code == 409
        assert 'aria-current="step"><b>Client</b>' in late.text
        assert "Junk" in words(late)
        assert ("<html" in late.text) != htmx
    assert site.digest() == before


def test_another_try_that_was_pressed_meanwhile_is_not_pressed_twice(
    site: Site, ivan: Browser
) -> None:
    address = request_of(site)
    mine, yours = ivan.get(address), site.browser("hana").get(address)
    submit(ivan, mine, f"{address}/press/busy")
    late = submit(site.browser("hana"), yours, f"{address}/press/busy")

    assert late.status_code == 303
    assert len(tasks_of(site)) == 1


def test_a_second_press_of_what_is_over_is_done_already(site: Site, ivan: Browser) -> None:
    address = request_of(site)
    mine, yours = ivan.get(address), site.browser("hana").get(address)
    submit(ivan, mine, f"{address}/press/new_client")
    late = submit(site.browser("hana"), yours, f"{address}/press/new_client", htmx=True)

    assert late.status_code == 200
    assert "New client: done already, nothing was done twice." in words(late)
    assert site.browser("hana").get("/deal/2").status_code == 404


def test_records_made_on_the_way_are_told_with_links(site: Site, ivan: Browser) -> None:
    address = request_of(site)
    answer = submit(ivan, ivan.get(address), f"{address}/press/new_client", htmx=True)
    toast = TOASTS.search(answer.text)

    assert toast
    assert "Client Anna Petrova made. Deal D-2026-0001 Anna Petrova made." in said(toast.group())
    assert 'href="/client/1">Open Anna Petrova</a>' in toast.group()
    assert 'href="/deal/1">Open D-2026-0001 Anna Petrova</a>' in toast.group()
    other = request_of(site, name="Anna once more")
    submit(ivan, ivan.get(other), f"{other}/press/new_client")
    page = ivan.get(other)  # found by the phone: only the deal is new
    assert "Moved to Client. Deal D-2026-0002 Anna Petrova made." in words(page)
    assert 'href="/deal/2">Open D-2026-0002 Anna Petrova</a>' in page.text


def test_an_answer_may_be_a_record_that_is_searched(site: Site, ivan: Browser) -> None:
    address = deal_of(site)
    page = ivan.get(f"{address}/press/introduce")

    assert 'data-picker="/search/pick/deal/introduce.to"' in page.text
    assert "Boris" in ivan.get("/search/pick/deal/introduce.to?q=bor").text
    for stranger in ("rita", "hana"):
        found = site.browser(stranger).get("/search/pick/deal/introduce.to?q=bor").status_code
        assert found == (404 if stranger == "rita" else 200)
    assert ivan.get("/search/pick/deal/introduce.nothing").status_code == 404
    find = {"_search": "to", "_find.to": "bor"}
    listed = submit(ivan, page, f"{address}/press/introduce", find)
    assert listed.status_code == 200
    done = submit(ivan, listed, f"{address}/press/introduce", to="1")
    assert done.status_code == 303
    assert "Introduced to Boris Iliev" in words(ivan.get(address))


def test_who_may_not_press_has_no_buttons_and_is_refused(site: Site) -> None:
    address, seen = request_of(site), {"_stage": "new", "_try": "1"}
    site.services.records.archive(ENGINE, "request", int(request_of(site).rpartition("/")[2]))
    browsers = {login: site.browser(login) for login in ("rita", "petya", "ivan", "hana")}
    before = site.digest()
    cases = {
        ("rita", f"{address}/press/busy"): 403,  # sees
        ("petya", f"{address}/press/busy"): 403,  # peeks
        ("ivan", f"{address}/press/star"): 404,  # a button of another role
        ("ivan", f"{address}/press/nonsense"): 404,
        ("ivan", "/request/99/press/busy"): 404,
        ("ivan", "/nonsense/1/press/busy"): 404,
        ("ivan", "/request/2/press/busy"): 409,  # archived
    }
    for (login, path), status in cases.items():
        assert browsers[login].post(path, seen).status_code == status, (login, path)
        assert browsers[login].get(path).status_code == status, (login, path)
    assert site.digest() == before
    for login, path in (("rita", address), ("petya", address), ("ivan", "/request/2")):
        assert "/press/" not in browsers[login].get(path).text
    assert f"{address}/press/star" not in browsers["ivan"].get(address).text
    assert f"{address}/press/star" in browsers["hana"].get(address).text


def test_a_trashed_record_has_no_buttons(site: Site) -> None:
    address = request_of(site)
    site.services.records.delete(ENGINE, "request", int(address.rpartition("/")[2]))
    hana = site.browser("hana")

    assert "/press/" not in hana.get(address).text
    assert hana.post(f"{address}/press/busy", {"_stage": "new"}).status_code in (403, 404, 409)


@pytest.mark.parametrize("number", ["x", "-1", "²", "9999999"])
def test_what_a_page_showed_has_to_be_readable(site: Site, ivan: Browser, number: str) -> None:
    address = request_of(site)
    answer = ivan.post(f"{address}/press/busy", {"_stage": "new", "_try": number})

    assert answer.status_code == 400
    assert "_try" in words(answer)


def test_buttons_cost_few_queries_however_many_stand_there(site: Site, ivan: Browser) -> None:
    address = request_of(site)
    actor = site.actor("ivan")
    with counting(site) as sent:
        assert site.services.records.buttons(actor, "request", [1])[1]
    assert len(sent) <= 3

    def cost() -> int:
        with counting(site) as sent:
            assert ivan.get(address).status_code == 200
        return len(sent)

    one = cost()
    for _ in range(2):
        submit(ivan, ivan.get(address), f"{address}/press/busy")
    assert cost() <= one + 4  # the tasks and the notes are there now
    assert one <= 16


def test_presses_work_on_both_databases(database_url: str) -> None:
    with open_site(CALLS, url=database_url) as site:
        site.user("hana", "head", name="Hana Head")
        hana = site.browser("hana")
        address = request_of(site, "hana")
        submit(hana, hana.get(address), f"{address}/press/busy")
        submit(hana, hana.get(address), f"{address}/press/new_client")
        submit(
            hana,
            hana.get("/deal/1/press/quote_sent"),
            "/deal/1/press/quote_sent",
            next_contact="in 3 days",
        )
        page = words(hana.get("/deal/1"))

        assert "Moved to Client is thinking" in page
        assert [one.action for one in forms(hana.get(address)) if "/press/" in one.action] == [
            f"{address}/press/star",
            f"{address}/press/brag",
        ]
