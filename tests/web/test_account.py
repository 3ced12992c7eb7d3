"""My account: what I may set for myself, and nothing else."""

from collections.abc import Iterator

import pytest

from tests.kit.accounts import PASSWORD
from tests.kit.web import Site, open_site, words

CRM = """
    label: Kitchens
    timezone: Europe/Sofia
    roles:
      seller: {label: Seller, can: {client: {every: all}}}
    entities:
      client: {fields: {name: text}}
"""
NEW = "quite another one"


@pytest.fixture
def site() -> Iterator[Site]:
    with open_site(CRM) as made:
        made.user("ivan", "seller", name="Ivan Petrov")
        yield made


def settings(**values: str) -> dict[str, str]:
    plain = {"_part": "settings", "language": "", "timezone": "", "theme": "", "density": ""}
    return plain | values


def test_the_page_says_who_i_am(site: Site) -> None:
    page = site.browser("ivan").get("/account")
    assert page.status_code == 200
    assert "Ivan Petrov" in words(page)
    assert "ivan · Seller" in words(page)


def test_i_choose_language_zone_and_look(site: Site) -> None:
    browser = site.browser("ivan")
    form = settings(language="bg", timezone="Asia/Tokyo", theme="dark", density="compact")
    answer = browser.post("/account", form)
    assert (answer.status_code, answer.location) == (303, "/account")
    page = browser.get("/account")
    assert '<html lang="bg" data-theme="dark" data-density="compact"' in page.text
    assert 'value="Asia/Tokyo"' in page.text
    assert (site.actor("ivan").language, site.actor("ivan").timezone) == ("bg", "Asia/Tokyo")
    browser.post("/account", settings())
    assert (site.actor("ivan").language, site.actor("ivan").timezone) == ("", "")


@pytest.mark.parametrize(
    "field, value",
    [
        ("language", "xx"),
        ("timezone", "Europe/Atlantis"),
        ("timezone", "../../etc/passwd"),
        ("theme", '"><script>'),
        ("density", "airy"),
    ],
)
def test_what_is_not_to_choose_is_refused_at_its_field(site: Site, field: str, value: str) -> None:
    browser = site.browser("ivan")
    before = site.digest()
    answer = browser.post("/account", settings(**{field: value}))
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert "<script>" not in answer.text
    assert site.digest() == before


@pytest.mark.parametrize("field", ["roles", "login", "team", "name", "id", "version", "is_admin"])
def test_nobody_gives_themselves_more(site: Site, field: str) -> None:
    browser = site.browser("ivan")
    before = site.digest()
    answer = browser.post("/account", settings(theme="dark", **{field: "admin"}))
    assert answer.status_code == 400
    assert field in answer.text
    assert site.digest() == before


def test_i_change_my_password_and_other_browsers_are_out(site: Site) -> None:
    here, there = site.browser("ivan"), site.browser("ivan")
    old = here.cookie("kartoteka")
    form = {"_part": "password", "old": PASSWORD, "new": NEW, "repeated": NEW}
    answer = here.post("/account", form)
    assert (answer.status_code, answer.location) == (303, "/account")
    assert here.cookie("kartoteka") != old
    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 303
    here.client.set_cookie("kartoteka", old)
    assert here.get("/account").status_code == 303


@pytest.mark.parametrize(
    "old, new, repeated, said",
    [
        ("wrong", NEW, NEW, "This is not your present password."),
        (PASSWORD, "short", "short", "Take at least 10 characters."),
        (PASSWORD, NEW, "other", "The two passwords differ."),
    ],
)
def test_a_password_is_refused_at_its_field(
    site: Site, old: str, new: str, repeated: str, said: str
) -> None:
    browser = site.browser("ivan")
    form = {"_part": "password", "old": old, "new": new, "repeated": repeated}
    answer = browser.post("/account", form)
    assert answer.status_code == 422
    assert said in words(answer)
    assert NEW not in answer.text


def test_the_present_password_can_t_be_guessed_from_inside(site: Site) -> None:
    browser = site.browser("ivan")
    form = {"_part": "password", "old": "wrong", "new": NEW, "repeated": NEW}
    answers = [browser.post("/account", form).status_code for _ in range(12)]
    assert answers == [422] * 10 + [429] * 2


def test_i_see_where_i_am_signed_in_and_leave_there(site: Site) -> None:
    here, there = site.browser("ivan"), site.browser("ivan")
    assert "This browser" in words(here.get("/account"))
    assert "Sign out elsewhere" in words(here.get("/account"))
    assert here.post("/account", {"_part": "sessions"}).location == "/account"
    assert there.get("/account").status_code == 303
    page = words(here.get("/account"))
    assert "Signed out everywhere else." in page
    assert "Sign out elsewhere" not in page


def test_what_was_done_is_said_once(site: Site) -> None:
    browser = site.browser("ivan")
    browser.post("/account", settings(theme="dark"))
    assert "Saved." in words(browser.get("/account"))
    assert "Saved." not in words(browser.get("/account"))


def test_nobody_puts_words_into_my_page(site: Site) -> None:
    browser, other = site.browser("ivan"), site.browser("ivan")
    other.post("/account", settings(theme="dark"))
    browser.client.set_cookie("kartoteka_said", other.cookie("kartoteka_said"))
    assert "Saved." not in words(browser.get("/account"))
    browser.client.set_cookie("kartoteka_said", "W1siUGF5IG1lIl1d.x.y")
    assert browser.get("/account").status_code == 200


def test_an_unknown_part_is_refused_by_name(site: Site) -> None:
    for form in ({"_part": "roles"}, {}, {"_part": ""}):
        assert site.browser("ivan").post("/account", form).status_code == 400
