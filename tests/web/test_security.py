"""The lock before every page: attacks 14 to 18, 27 and 28 as far as they have a door today."""

from collections.abc import Iterator
from ipaddress import ip_network
from typing import Any

import pytest
from flask import Flask

from engine.runtime.accounts.door import Visit
from engine.settings import Settings
from engine.web.security import token_for
from engine.web.urls import local_path
from tests.kit.accounts import PASSWORD
from tests.kit.web import Browser, Site, open_site

CRM = """
    label: Kitchens
    roles:
      seller: {can: {client: {every: all}}}
    entities:
      client: {fields: {name: text}}
"""
PUBLIC = "https://crm.example.com"


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with open_site(CRM) as made:
        made.user("boss", "admin")
        made.user("ivan", "seller")
        yield made


@pytest.fixture
def far_site() -> Iterator[Site]:
    """The same behind https and one proxy."""
    settings = Settings(public_url=PUBLIC, proxies=(ip_network("10.0.0.0/24"),))
    with open_site(CRM, settings=settings) as made:
        made.user("ivan", "seller")
        yield made


def changing_routes(app: Flask) -> list[str]:
    """Every address that takes a POST, with plausible values in its places."""
    values = {"entity": "client", "token": "x", "view": "x"}
    addresses = app.url_map.bind("localhost")
    return [
        addresses.build(
            rule.endpoint, {one: values.get(one, 1) for one in rule.arguments}, method="POST"
        )
        for rule in app.url_map.iter_rules()
        if "POST" in (rule.methods or ())
    ]


def test_every_view_asks_who_is_there(site: Site) -> None:
    open_to_all = {
        one for one, view in site.app.view_functions.items() if getattr(view, "is_public", False)
    }
    assert open_to_all == {
        "assets.static",
        "assets.theme",
        "health.alive",
        "health.at_work",
        "served.served",
        "sign_in.ask",
        "sign_in.sign_in",
        "welcome.ask",
        "welcome.accept",
    }


@pytest.mark.parametrize("htmx", [False, True])
def test_a_page_of_another_site_changes_nothing(site: Site, htmx: bool) -> None:
    browser = site.browser("boss")
    before = site.digest()
    routes = changing_routes(site.app)
    assert {"/sign-out", "/account", "/admin/users/1/disable"} <= set(routes)
    for path in routes:
        for headers in (
            {"Origin": "https://evil.example"},
            {"Origin": "null"},
            {"Referer": "https://evil.example/page"},
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
        ):
            answer = browser.post(path, {"name": "x"}, htmx=htmx, **headers)
            assert answer.status_code == 403, (path, headers)
    assert site.digest() == before


def test_without_the_token_of_the_session_nothing_changes(site: Site) -> None:
    browser = site.browser("boss")
    other = site.browser("ivan").csrf
    before = site.digest()
    for path in changing_routes(site.app):
        for token in ("", "wrong", other, token_for("")):
            answer = browser.client.post(path, data={"_csrf": token, "name": "x"})
            assert answer.status_code == 403, (path, token)
    assert site.digest() == before


def test_a_change_is_no_get(site: Site) -> None:
    browser = site.browser("boss")
    for path in ("/sign-out", "/admin/users/2/disable", "/admin/users/2/link", "/admin/users/lift"):
        assert browser.get(path).status_code in {404, 405}
        answer = browser.get(path, X_HTTP_Method_Override="POST")
        assert answer.status_code in {404, 405}
    assert browser.get("/account").status_code == 200


def test_json_dressed_as_text_is_no_form(site: Site) -> None:
    browser = site.browser("boss")
    body = '{"_csrf": "x", "kind": "login", "subject": "ivan"}'
    answer = browser.client.post("/admin/users/lift", data=body, content_type="text/plain")
    assert answer.status_code == 403


def test_the_token_may_come_as_a_header(site: Site) -> None:
    browser = site.browser("boss")
    answer = browser.client.post(
        "/admin/users/lift",
        data={"kind": "login", "subject": "nobody"},
        headers={"X-CSRF-Token": browser.csrf},
    )
    assert answer.status_code == 303


def test_our_own_pages_may_send_forms(site: Site) -> None:
    ours: list[dict[str, Any]] = [
        {"Origin": "http://localhost"},
        {"Referer": "http://localhost/account"},
        {},
    ]
    for headers in ours:
        answer = site.browser("boss").post("/account", {"_part": "sessions"}, **headers)
        assert answer.status_code == 303


@pytest.mark.parametrize("path", ["/account", "/admin/users", "/", "/client", "/nowhere/at/all"])
def test_nobody_is_led_to_the_sign_in_page_and_back(site: Site, path: str) -> None:
    browser = site.browser()
    answer = browser.get(path + "?q=1")
    assert answer.status_code == 303
    assert answer.location == f"/sign-in?_next={path.replace('/', '%2F')}%3Fq%3D1"


def test_a_part_of_a_page_is_never_given_to_nobody(site: Site) -> None:
    answer = site.browser().get("/admin/users?q=a", htmx=True)
    assert (answer.status_code, answer.text) == (401, "")
    assert answer.headers["HX-Redirect"] == "/sign-in?_next=%2Fadmin%2Fusers%3Fq%3Da"


def test_forged_htmx_headers_lead_nowhere(site: Site) -> None:
    forged: dict[str, Any] = {
        "HX_Current_URL": "https://evil.example/",
        "HX_Target": "<script>",
        "HX_Trigger": "//evil.example",
        "HX_Prompt": "//evil.example",
    }
    for browser in (site.browser(), site.browser("boss")):
        for path in ("/admin/users", "/account", "/nowhere"):
            answer = browser.get(path, htmx=True, **forged)
            assert "evil.example" not in str(answer.headers)
            assert "evil.example" not in answer.text


@pytest.mark.parametrize(
    "back",
    [
        "//evil.example",
        "////evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "\\\\\\evil.example",
        "https:evil.example",
        "https://evil.example",
        "http:///evil.example",
        "/\t/evil.example",
        "/%09/evil.example",
        "/%2f/evil.example",
        "/%5cevil.example",
        "/\n/evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        " //evil.example",
        "evil.example",
        "/" + "x" * 5000,
        "/sign-in",
        "/sign-out?x=1",
        "",
    ],
)
def test_signing_in_leads_to_our_own_pages_only(site: Site, back: str) -> None:
    assert local_path(back) == "/"
    browser = site.browser()
    page = browser.client.get("/sign-in", query_string={"_next": back})
    assert "evil" not in page.text
    form = {"login": "boss", "password": PASSWORD, "_next": back}
    answer = browser.post("/sign-in", form)
    assert (answer.status_code, answer.location) == (303, "/")


@pytest.mark.parametrize(
    "back", ["/client?sort=-name&q=a%20b", "/client/1#notes", "/клиент?q=Иван"]
)
def test_the_way_back_is_kept(site: Site, back: str) -> None:
    form = {"login": "boss", "password": PASSWORD, "_next": back}
    answer = site.browser().post("/sign-in", form)
    assert answer.location.startswith("/%D0" if "клиент" in back else "/client")


def test_a_session_set_before_signing_in_is_not_the_one_after(site: Site) -> None:
    browser = site.browser()
    browser.client.set_cookie("kartoteka", "fixed-by-somebody-else")
    browser.get("/sign-in")
    visit = browser.cookie("kartoteka_visit")
    token = token_for(visit)
    form = {"login": "ivan", "password": PASSWORD, "_csrf": token}
    assert browser.client.post("/sign-in", data=form).status_code == 303
    assert browser.cookie("kartoteka") not in {"", visit, "fixed-by-somebody-else"}
    assert browser.cookie("kartoteka_visit") == ""
    assert browser.get("/account").status_code == 200


def test_a_cookie_is_worth_nothing_after_signing_out(site: Site) -> None:
    browser = site.browser("ivan")
    old = browser.cookie("kartoteka")
    assert browser.post("/sign-out").location == "/sign-in"
    assert browser.cookie("kartoteka") == ""
    browser.client.set_cookie("kartoteka", old)
    assert browser.get("/account").status_code == 303
    assert browser.get("/account", htmx=True).status_code == 401


def test_a_cookie_is_worth_nothing_after_the_user_is_disabled(site: Site) -> None:
    user_id = site.user("leaver", "seller")
    browser = site.browser("leaver")
    assert browser.get("/account").status_code == 200
    site.browser("boss").post(f"/admin/users/{user_id}/disable")
    assert browser.get("/account").status_code == 303


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(site: Site) -> None:
    browser = site.browser()
    answer = browser.post("/sign-in", {"login": "ivan", "password": PASSWORD})
    cookie = next(
        one for one in answer.headers.getlist("Set-Cookie") if one.startswith("kartoteka=")
    )
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie
    assert "Max-Age" not in cookie
    assert "Secure" not in cookie


def test_under_https_cookies_are_bound_to_the_host(far_site: Site) -> None:
    client = far_site.app.test_client()
    page = client.get("/sign-in", base_url=PUBLIC)
    visit = client.get_cookie("__Host-kartoteka_visit", domain="crm.example.com")
    assert visit is not None
    assert visit.secure
    form = {"login": "ivan", "password": PASSWORD, "_csrf": token_for(visit.value)}
    answer = client.post("/sign-in", data=form, base_url=PUBLIC)
    (cookie,) = [one for one in answer.headers.getlist("Set-Cookie") if "visit" not in one]
    assert cookie.startswith("__Host-kartoteka=")
    assert "Secure" in cookie
    assert "Domain" not in cookie
    assert page.headers["Strict-Transport-Security"].startswith("max-age=")


@pytest.mark.parametrize("path", ["/sign-in", "/account", "/nowhere", "/admin/users", "/healthz"])
def test_every_answer_carries_the_lock(site: Site, path: str) -> None:
    headers = site.browser("boss").get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "base-uri 'none'" in policy
    assert "form-action 'self'" in policy
    assert "unsafe" not in policy
    assert "*" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Cache-Control"] == "no-store"
    assert "HX-Request" in headers["Vary"]


def test_files_are_kept_for_ever_under_the_address_of_their_content(site: Site) -> None:
    browser = site.browser()
    page = browser.get("/sign-in").text
    address = page.split('href="', 1)[1].split('"', 1)[0]
    found = browser.get(address)
    assert (found.status_code, found.mimetype) == (200, "text/css")
    assert "immutable" in found.headers["Cache-Control"]
    stale = browser.get(address.partition("?")[0] + "?v=000000000000")
    assert stale.headers["Cache-Control"] == "public, no-cache"


@pytest.mark.parametrize(
    "path",
    [
        "/static/../door.html",
        "/static/%2e%2e/door.html",
        "/static//etc/passwd",
        "/static/.hidden",
        "/static/nothing.css",
        "/static/",
        "/static/build",
    ],
)
def test_only_files_of_the_folder_are_served(site: Site, path: str) -> None:
    answer = site.browser().client.get(path)
    assert answer.status_code in {303, 404}
    assert "drawer" not in answer.text or "Not found" in answer.text


def test_the_host_header_decides_nothing(far_site: Site, site: Site) -> None:
    client = far_site.app.test_client()
    assert client.get("/sign-in", base_url="https://evil.example").status_code == 400
    assert client.get("/sign-in", base_url="http://127.0.0.1").status_code == 400
    assert client.get("/healthz", base_url="http://10.1.2.3").status_code == 200
    assert site.browser().client.get("/sign-in", base_url="http://evil.example").status_code == 400
    for host in ("localhost", "127.0.0.1:8000", "[::1]:8000", "LOCALHOST:1"):
        answer = site.browser().client.get("/sign-in", headers={"Host": host})
        assert answer.status_code == 200, host


def test_links_for_others_name_the_public_address(far_site: Site) -> None:
    boss = far_site.user("boss", "admin")
    ivan = far_site.user("ivan", "seller")
    assert boss != ivan
    client = far_site.app.test_client()
    with far_site.services.database.write() as connection:
        cookie = far_site.services.accounts.door.start(connection, boss, Visit()).cookie
    client.set_cookie("__Host-kartoteka", cookie, domain="crm.example.com", secure=True)
    headers = {"X-Forwarded-Host": "evil.example", "Origin": PUBLIC}
    answer = client.post(
        f"/admin/users/{ivan}/link",
        data={"_csrf": token_for(cookie)},
        base_url=PUBLIC,
        headers=headers,
    )
    assert f"{PUBLIC}/welcome/" in answer.text
    assert "evil.example" not in answer.text


def test_under_https_only_the_public_origin_may_send_forms(far_site: Site) -> None:
    client = far_site.app.test_client()
    client.get("/sign-in", base_url=PUBLIC)
    visit = client.get_cookie("__Host-kartoteka_visit", domain="crm.example.com")
    assert visit is not None
    form = {"login": "ivan", "password": PASSWORD, "_csrf": token_for(visit.value)}
    for origin in (
        "http://crm.example.com",
        "https://crm.example.com:8443",
        "https://evil.example",
    ):
        answer = client.post("/sign-in", data=form, base_url=PUBLIC, headers={"Origin": origin})
        assert answer.status_code == 403, origin


def attempts(site: Site, remote: str, forwarded: str) -> list[int]:
    """Signs in wrongly as many people from one machine, which names another address each time."""
    browser = Browser(site.app.test_client())
    base = site.services.settings.public_url or "http://localhost"
    client = browser.client
    client.get("/sign-in", base_url=base)
    name = "__Host-kartoteka_visit" if base == PUBLIC else "kartoteka_visit"
    domain = base.partition("//")[2]
    visit = client.get_cookie(name, domain=domain)
    assert visit is not None
    return [
        client.post(
            "/sign-in",
            data={"login": f"user{one}", "password": "wrong", "_csrf": token_for(visit.value)},
            headers={"X-Forwarded-For": forwarded.format(one), "X-Real-IP": f"203.0.113.{one}"},
            environ_overrides={"REMOTE_ADDR": remote},
            base_url=base,
        ).status_code
        for one in range(32)
    ]


def test_a_forged_address_hides_nobody() -> None:
    with open_site(CRM) as site:
        assert attempts(site, "198.51.100.1", "203.0.113.{}") == [422] * 30 + [429] * 2


def test_a_known_proxy_is_believed_and_what_it_was_told_is_not(far_site: Site) -> None:
    assert attempts(far_site, "10.0.0.5", "203.0.113.{}") == [422] * 32
    assert attempts(far_site, "10.0.0.5", "1.2.3.{}, 198.51.100.77")[-2:] == [429, 429]
    assert attempts(far_site, "10.0.9.5", "203.0.113.{}")[-2:] == [429, 429]


@pytest.mark.parametrize(
    "query", ["user=boss", "as=boss", "role=admin", "login=boss", "_user=1", "user_id=1"]
)
def test_nobody_becomes_somebody_by_a_parameter(site: Site, query: str) -> None:
    browser = site.browser("ivan")
    headers: dict[str, Any] = {
        "X_User_Id": "1",
        "X_Remote_User": "boss",
        "Authorization": "Basic Ym9zczp4",
    }
    assert browser.get(f"/admin/users?{query}", **headers).status_code == 404
    assert "Ivan" in browser.get("/account", **headers).text


def test_a_name_given_twice_is_refused_by_name(site: Site) -> None:
    browser = site.browser("boss")
    twice = [("kind", "login"), ("kind", "address"), ("subject", "x")]
    answers = [
        browser.post("/admin/users/lift", twice),
        browser.post("/admin/users/lift?kind=login", {"kind": "login", "subject": "x"}),
        browser.get("/admin/users?q=a&q=b"),
        browser.get("/sign-in?_next=/a&_next=/b"),
        browser.post("/account", {"_part": ["sessions", "sessions"]}),
    ]
    assert [one.status_code for one in answers] == [400] * 5
    assert "kind" in answers[0].text
    assert "_part" in answers[4].text


def test_an_unknown_name_is_refused_by_name(site: Site) -> None:
    browser = site.browser("boss")
    form = {"kind": "login", "subject": "x", "is_admin": "1", "__proto__": "x"}
    answer = browser.post("/admin/users/lift", form)
    assert answer.status_code == 400
    assert "is_admin" in answer.text
    assert browser.get("/admin/users?sort=(select+password)").status_code == 400


def test_a_body_without_end_is_refused(site: Site) -> None:
    browser = site.browser("boss")
    form = {"_part": "settings", "timezone": "x" * (3 * 1024 * 1024)}
    assert browser.post("/account", form).status_code == 413
