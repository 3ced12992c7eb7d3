"""User administration: for administrators alone, and complete without a script."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.kit.accounts import PASSWORD
from tests.kit.web import Site, open_site, words

CRM = """
    label: Kitchens
    roles:
      seller: {label: Seller, can: {client: {every: all}}}
      head: {label: Head of sales, can: {client: {every: all}, user: {every: all}}}
    teams: {sales: {label: Sales}, sellers: {label: Sellers, parent: sales}}
    entities:
      client: {fields: {name: text}}
"""


@pytest.fixture
def site() -> Iterator[Site]:
    with open_site(CRM) as made:
        made.user("boss", "admin")
        made.user("ivan", "seller", name="Ivan Petrov")
        yield made


@pytest.fixture(scope="module")
def hard_site() -> Iterator[Site]:
    with open_site(CRM) as made:
        made.user("boss", "admin")
        made.user("ivan", "seller")
        yield made


def admin_routes(app: Flask) -> list[tuple[str, str]]:
    addresses = app.url_map.bind("localhost")
    return [
        (method, addresses.build(rule.endpoint, dict.fromkeys(rule.arguments, 1), method=method))
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/admin")
        for method in ("GET", "POST")
        if method in (rule.methods or ())
    ]


@pytest.mark.parametrize("login", ["ivan", "chief"])
def test_others_find_nothing(site: Site, login: str) -> None:
    site.user("chief", "head")
    browser = site.browser(login)
    before = site.digest()
    routes = admin_routes(site.app)
    assert len(routes) > 8
    for method, path in routes:
        answer = browser.get(path) if method == "GET" else browser.post(path, {"name": "x"})
        assert answer.status_code == 404, (method, path)
        assert "Boss" not in answer.text
    assert site.digest() == before
    assert site.log("denied") == [login] * len(routes)


def test_the_list_shows_who_may_come_in(site: Site) -> None:
    team = next(one.id for one in site.services.accounts.people.teams() if one.key == "sellers")
    site.user("anna", "seller", "head", team=team, name="Анна Смирнова")
    page = words(site.browser("boss").get("/admin/users"))
    assert "Анна Смирнова anna Seller, Head of sales Sellers never" in page


def test_the_list_is_searched_and_its_part_is_the_same(site: Site) -> None:
    browser = site.browser("boss")
    page, part = browser.get("/admin/users?q=petr"), browser.get("/admin/users?q=petr", htmx=True)
    assert "Ivan Petrov" in page.text
    assert part.text.strip().startswith('<div id="users"')
    assert "Ivan Petrov" in part.text
    assert "Boss" not in part.text
    assert "Nobody is called like that." in words(browser.get("/admin/users?q=zzz"))


def test_a_user_is_added_and_given_a_link(site: Site) -> None:
    browser = site.browser("boss")
    assert browser.get("/admin/users/new").status_code == 200
    form = {"login": "Anna", "name": " Anna ", "roles": ["seller", "head"], "team": ""}
    answer = browser.post("/admin/users/new", form)
    user = site.services.accounts.people.by_login("anna")
    assert (answer.status_code, answer.location) == (303, f"/admin/users/{user.id}")
    assert (user.name, user.roles, user.has_password) == ("Anna", ("seller", "head"), False)
    assert "no password yet" in words(browser.get(answer.location))
    page = browser.post(f"/admin/users/{user.id}/link")
    assert page.status_code == 200
    assert "/welcome/" in page.text


def test_a_refused_form_says_everything_beside_its_field(site: Site) -> None:
    browser = site.browser("boss")
    before = site.digest()
    form = {"login": "ivan", "name": "", "roles": ["boss"], "team": "99"}
    answer = browser.post("/admin/users/new", form)
    assert answer.status_code == 422
    said = words(answer)
    for sentence in (
        "This login is taken.",
        "Write a name.",
        "There is no role 'boss'.",
        "Choose one of the list.",
    ):
        assert sentence in said
    assert site.digest() == before


def test_roles_and_team_are_changed(site: Site) -> None:
    browser = site.browser("boss")
    people = site.services.accounts.people
    user = people.by_login("ivan")
    team = next(one.id for one in people.teams() if one.key == "sales")
    form = {"name": "Иван", "roles": "head", "team": team, "_version": user.version}
    answer = browser.post(f"/admin/users/{user.id}", form)
    assert (answer.status_code, answer.location) == (303, f"/admin/users/{user.id}")
    changed = people.by_login("ivan")
    assert (changed.name, changed.roles, changed.team_id) == ("Иван", ("head",), team)


def test_two_who_change_one_user_are_told(site: Site) -> None:
    user = site.services.accounts.people.by_login("ivan")
    form = {"name": "One", "roles": "seller", "team": "", "_version": user.version}
    assert site.browser("boss").post(f"/admin/users/{user.id}", form).status_code == 303
    answer = site.browser("boss").post(f"/admin/users/{user.id}", form | {"name": "Two"})
    assert answer.status_code == 409
    assert site.services.accounts.people.by_login("ivan").name == "One"


@pytest.mark.parametrize("field", ["id", "login", "created_at", "password", "is_admin"])
def test_other_fields_are_refused_by_name(site: Site, field: str) -> None:
    browser = site.browser("boss")
    user = site.services.accounts.people.by_login("ivan")
    before = site.digest()
    form = {"name": "Ivan", "roles": "seller", "team": "", field: "x"}
    answer = browser.post(f"/admin/users/{user.id}", form)
    assert answer.status_code == 400
    assert field in answer.text
    assert site.digest() == before


def test_a_user_is_disabled_with_a_way_back(site: Site) -> None:
    boss, ivan = site.browser("boss"), site.browser("ivan")
    user = site.services.accounts.people.by_login("ivan")
    answer = boss.post(f"/admin/users/{user.id}/disable")
    assert answer.location == f"/admin/users/{user.id}"
    assert ivan.get("/account").status_code == 303
    page = boss.get(answer.location)
    assert "Ivan Petrov can no longer sign in." in words(page)
    assert f'action="/admin/users/{user.id}/enable"' in page.text
    assert "Disabled" in words(boss.get("/admin/users"))
    boss.post(f"/admin/users/{user.id}/enable")
    form = {"login": "ivan", "password": PASSWORD}
    assert site.browser().post("/sign-in", form).status_code == 303


def test_somebody_stays_in_charge(site: Site) -> None:
    browser = site.browser("boss")
    me = site.services.accounts.people.by_login("boss")
    answers = [
        browser.post(f"/admin/users/{me.id}/disable"),
        browser.post(f"/admin/users/{me.id}", {"name": "B", "roles": "seller", "team": ""}),
    ]
    assert [one.status_code for one in answers] == [422, 422]
    assert "Nobody can disable their own account." in words(answers[0])
    assert "This is the last administrator." in words(answers[1])


def test_a_ban_is_seen_and_lifted(site: Site) -> None:
    stranger, boss = site.browser(), site.browser("boss")
    for _ in range(11):
        stranger.post("/sign-in", {"login": "ivan", "password": "wrong password"})
    page = boss.get("/admin/users")
    assert "Too many failed attempts" in words(page)
    assert "Must wait" in words(page)
    answer = boss.post("/admin/users/lift", {"kind": "login", "subject": "ivan"})
    assert answer.location == "/admin/users"
    assert "Too many failed attempts" not in words(boss.get("/admin/users"))
    form = {"login": "ivan", "password": PASSWORD}
    assert stranger.post("/sign-in", form).status_code == 303


@pytest.mark.parametrize(
    "form", [{"kind": "role", "subject": "x"}, {"kind": "login", "subject": "x", "until": "1"}]
)
def test_only_bans_are_lifted(site: Site, form: dict[str, str]) -> None:
    assert site.browser("boss").post("/admin/users/lift", form).status_code == 400


@pytest.mark.parametrize(
    "path",
    ["/admin/users/999", "/admin/users/0", f"/admin/users/{10**12}", f"/admin/users/{10**30}"],
)
def test_whoever_is_not_there_is_not_found(site: Site, path: str) -> None:
    assert site.browser("boss").get(path).status_code == 404
    assert site.browser("boss").post(f"{path}/disable").status_code == 404


@pytest.mark.parametrize("path", ["/admin/users/x", "/admin/users/1.5", "/admin/users/-1"])
def test_an_address_that_is_none_is_not_found(site: Site, path: str) -> None:
    assert site.browser("boss").get(path).status_code == 404


HOSTILE = (
    "a\0b",
    "x" * 100_000,
    "\u202eevil",
    "\N{PILE OF POO}" * 50,
    "{{7*7}}",
    "=1+1",
    "9" * 30,
    "-1",
    "1e400",
    "²",
    "<script>alert(1)</script>",
)


@pytest.mark.parametrize("field", ["login", "name", "roles", "team", "_version"])
@pytest.mark.parametrize("value", HOSTILE, ids=range(len(HOSTILE)))
def test_nothing_that_is_typed_breaks_the_page(hard_site: Site, field: str, value: str) -> None:
    browser = hard_site.browser("boss")
    user = hard_site.services.accounts.people.by_login("ivan")
    form = {"name": "Ivan", "roles": "seller", "team": "", "_version": user.version}
    answers = [
        browser.post("/admin/users/new", {"login": "new.one", **form, field: value}),
        browser.post(f"/admin/users/{user.id}", form | {field: value}),
        browser.get("/admin/users", query={"q": value}),
    ]
    for answer in answers:
        assert answer.status_code in {200, 303, 400, 409, 422}
        assert "<script>alert" not in answer.text
        assert "49" not in words(answer) or "{{7*7}}" not in value


def test_names_are_shown_as_text(site: Site) -> None:
    site.user("evil", "seller", name="<script>alert(1)</script>")
    page = site.browser("boss").get("/admin/users")
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert" in page.text
