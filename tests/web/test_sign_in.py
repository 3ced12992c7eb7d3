"""The way in and out through the pages, without a script."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from werkzeug.test import TestResponse

from engine.runtime.accounts.throttle import BAN
from tests.kit.accounts import PASSWORD
from tests.kit.web import Browser, Site, open_site, words

CRM = """
    label: Kitchens
    language: bg
    roles:
      seller: {can: {client: {every: all}}}
      cook: {can: {client: {see: all}}}
    start: {cook: client}
    entities:
      client: {fields: {name: text}}
"""


@pytest.fixture
def site() -> Iterator[Site]:
    with open_site(CRM) as made:
        made.user("boss", "admin")
        made.user("ivan", "seller")
        yield made


def sign_in(browser: Browser, login: str, password: str = PASSWORD, **more: str) -> TestResponse:
    return browser.post("/sign-in", {"login": login, "password": password, **more})


def test_the_page_asks_in_the_language_of_the_browser(site: Site) -> None:
    page = site.browser().get("/sign-in", Accept_Language="en")
    assert (page.status_code, page.mimetype) == (200, "text/html")
    assert "Kitchens" in page.text
    assert "Sign in" in words(page)
    assert '<html lang="en"' in page.text


def test_the_language_may_be_chosen_before_signing_in(site: Site) -> None:
    browser = site.browser()
    answer = browser.get("/sign-in?_language=ru&_next=/client", Accept_Language="en")
    assert answer.location == "/sign-in?_next=%2Fclient"
    assert '<html lang="ru"' in browser.get("/sign-in", Accept_Language="en").text
    browser.get("/sign-in?_language=xx")
    assert '<html lang="ru"' in browser.get("/sign-in").text


def test_without_a_wish_the_language_is_the_company_s(site: Site) -> None:
    assert '<html lang="bg"' in site.browser().get("/sign-in").text


def test_signing_in_leads_to_the_page_that_was_wanted(site: Site) -> None:
    browser = site.browser()
    wanted = browser.get("/account")
    page = browser.get(wanted.location)
    assert 'name="_next" value="/account"' in page.text
    answer = sign_in(browser, "ivan", _next="/account")
    assert (answer.status_code, answer.location) == (303, "/account")
    assert browser.get("/account").status_code == 200


@pytest.mark.parametrize(
    "login, password", [("ivan", "wrong password"), ("nobody", PASSWORD), ("", "")]
)
def test_a_wrong_answer_shows_the_form_again(site: Site, login: str, password: str) -> None:
    answer = site.browser().post(
        "/sign-in", {"login": login, "password": password}, Accept_Language="en"
    )
    assert answer.status_code == 422
    assert "The login or the password is not right." in words(answer)
    assert f'value="{login}"' in answer.text
    assert PASSWORD not in answer.text


def test_known_and_unknown_logins_get_the_same_page(site: Site) -> None:
    browser = site.browser()
    known, unknown = (sign_in(browser, one, "wrong password") for one in ("ivan", "iwan"))
    assert known.text.replace("ivan", "iwan") == unknown.text
    assert known.status_code == unknown.status_code


def test_what_was_typed_is_shown_as_text(site: Site) -> None:
    answer = sign_in(site.browser(), '"><script>alert(1)</script>', "x")
    assert "<script>" not in answer.text


def test_too_many_attempts_are_told_how_long_to_wait(site: Site) -> None:
    browser = site.browser()
    for _ in range(10):
        assert sign_in(browser, "ivan", "wrong password").status_code == 422
    answer = browser.post("/sign-in", {"login": "ivan", "password": PASSWORD}, Accept_Language="en")
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) == BAN.total_seconds()
    assert "Try again in 30 minutes" in words(answer)
    site.clock.pass_(BAN + timedelta(seconds=1))
    assert sign_in(browser, "ivan").status_code == 303


def test_a_ban_does_not_touch_whoever_is_in(site: Site) -> None:
    inside, outside = site.browser("ivan"), site.browser()
    for _ in range(12):
        sign_in(outside, "ivan", "wrong password")
    assert inside.get("/account").status_code == 200


def test_staying_signed_in_is_a_wish(site: Site) -> None:
    answers = [sign_in(site.browser(), "ivan"), sign_in(site.browser(), "ivan", stay="1")]
    ages = ["Max-Age" in str(one.headers.getlist("Set-Cookie")[0]) for one in answers]
    assert ages == [False, True]


def test_whoever_is_signed_in_need_not_do_it_again(site: Site) -> None:
    answer = site.browser("ivan").get("/sign-in?_next=/account")
    assert (answer.status_code, answer.location) == (303, "/account")


def test_signing_in_anew_ends_what_the_browser_had(site: Site) -> None:
    browser = site.browser("ivan")
    old = browser.cookie("kartoteka")
    sign_in(browser, "boss")
    browser.client.set_cookie("kartoteka", old)
    assert browser.get("/account").status_code == 303


def test_a_form_from_before_signing_in_elsewhere_still_works(site: Site) -> None:
    browser = site.browser()
    browser.get("/sign-in")
    token = browser.csrf
    sign_in(browser, "ivan")
    browser.client.set_cookie("kartoteka_visit", "of-the-other-tab")
    form = {"login": "boss", "password": PASSWORD, "_csrf": browser.csrf}
    assert token != browser.csrf
    assert browser.client.post("/sign-in", data=form).status_code == 303


def test_signing_out_leaves_nothing_in_the_browser(site: Site) -> None:
    browser = site.browser("ivan")
    answer = browser.post("/sign-out")
    assert (answer.status_code, answer.location) == (303, "/sign-in")
    assert answer.headers["Clear-Site-Data"] == '"storage"'
    assert browser.cookie("kartoteka") == ""
    assert browser.get("/account").status_code == 303


def test_signing_out_by_htmx_loads_the_page_anew(site: Site) -> None:
    answer = site.browser("ivan").post("/sign-out", htmx=True)
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (200, "/sign-in")


@pytest.mark.parametrize(
    "roles, start",
    [
        (("seller",), "/my-day"),
        (("cook",), "/client"),
        (("seller", "cook"), "/client"),
        (("admin",), "/admin/users"),
        (("admin", "seller"), "/my-day"),
    ],
)
def test_the_day_begins_where_the_role_says(site: Site, roles: tuple[str, ...], start: str) -> None:
    site.user("somebody", *roles)
    assert site.browser("somebody").get("/").location == start


def test_the_first_administrator_comes_by_a_link() -> None:
    with open_site(CRM) as site:
        link = site.services.accounts.invitations.for_first_admin()
        browser = site.browser()
        page = browser.get(f"/welcome/{link}", Accept_Language="en")
        assert page.status_code == 200
        assert "become the administrator" in words(page)
        form = {"login": "Boss", "name": " The Boss ", "password": "x", "repeated": "y"}
        answer = browser.post(f"/welcome/{link}", form, Accept_Language="en")
        assert answer.status_code == 422
        assert "Take at least 10 characters." in words(answer)
        assert "The two passwords differ." in words(answer)
        form |= {"password": PASSWORD, "repeated": PASSWORD}
        answer = browser.post(f"/welcome/{link}", form)
        assert (answer.status_code, answer.location) == (303, "/")
        assert browser.get("/").location == "/admin/users"
        assert site.services.accounts.people.by_login("boss").name == "The Boss"
        assert browser.get(f"/welcome/{link}").status_code == 404


def test_a_user_sets_a_password_by_a_link(site: Site) -> None:
    boss = site.browser("boss")
    ivan = site.user("ivan")
    page = boss.post(f"/admin/users/{ivan}/link")
    link = page.text.split('value="http', 1)[1].split('"', 1)[0].partition("/welcome/")[2]
    browser = site.browser()
    assert "Ivan" in browser.get(f"/welcome/{link}").text
    new = "quite another one"
    answer = browser.post(f"/welcome/{link}", {"password": new, "repeated": new})
    assert (answer.status_code, answer.location) == (303, "/")
    assert sign_in(site.browser(), "ivan", new).status_code == 303
    assert sign_in(site.browser(), "ivan").status_code == 422


def test_a_link_gives_away_nothing_more_than_it_must(site: Site) -> None:
    form = {"login": "mallory", "name": "M", "password": PASSWORD, "repeated": PASSWORD}
    ivan = site.services.accounts.invitations.for_user(site.actor("boss"), site.user("ivan"))
    answers = [site.browser().get(f"/welcome/{one}") for one in ("x", "x" * 43, "%00", "я")]
    assert {one.status_code for one in answers} == {404}
    assert site.browser().post(f"/welcome/{ivan}", form).status_code == 400
