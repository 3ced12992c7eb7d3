"""Whatever an address, a header or a cookie holds: an answer in words, and nothing changes."""

import re
import time
from collections.abc import Iterator
from random import Random
from urllib.parse import quote

import pytest
from markupsafe import escape
from werkzeug.test import TestResponse

from tests.hostile.evil import SQL, TEXTS
from tests.hostile.world import World, is_sound, open_world
from tests.kit.examples import examples
from tests.kit.sent import statements

SECONDS = 2.0
PAGES = {
    "list": "/thing?",
    "board": "/views/by_stage?",
    "calendar": "/views/by_day?",
    "my calendar": "/calendar?",
    "file": "/thing.csv?",
    "search": "/search?",
    "picker": "/search/pick/thing/link?",
    "answer": "/search/pick/thing/answer.where?",
    "filter": "/search/filter/thing/link?",
    "moment": "/search/moment?kind=datetime&",
    "new": "/thing/new?",
    "edit": "/thing/1/edit?",
    "press": "/thing/1/press/answer?",
    "record": "/thing/1?",
    "move": "/thing/1/move?",
    "day": "/thing/1/day?",
    "my day": "/my-day?",
    "notifications": "/notifications?",
    "users": "/admin/users?",
    "sign in": "/sign-in?",
}
CONTROLS = (
    *("sort", "columns", "group", "q", "view", "archived", "trashed", "size", "after", "page"),
    *("_part", "_filter", "_was", "_column", "_record", "_next", "_in", "_title", "field", "text"),
    *("show", "on", "kind", "there", "record", "to", "stage", "date", "filter[x]", "__proto__"),
)
OPERATORS = ("", ".gt", ".le", ".ne", ".has", ".starts", ".between", ".nosuch", ".has.has", ".")
FIELDS = (
    *("text", "number", "money", "bool", "choice", "choices", "date", "datetime", "link", "phone"),
    *("any_link", "colleague", "team", "stage", "sequence", "twice", "margin", "id", "title"),
    *("created_at", "created_by", "link.name", "colleague.login", "link.name.x", "nosuch"),
)
NAMES = (*CONTROLS, *(field + one for field in FIELDS for one in OPERATORS))
LONGEST = 6_000  # of what a server takes as one line
PATHS = (
    *("/%00", "//", "//evil.example/x", "/..", "/../etc/passwd", "/thing/..%2f..", "/thing;x=1"),
    *(
        "/thing/1;jsessionid=1",
        "/.",
        "/%2e%2e/%2e%2e",
        "/%ff",
        "/%ed%a0%80",
        "/thing%0d%0aX:1",
        "/\\",
    ),
    *("/имя", "/thing/%D9%A3", "/thing/" + "9" * 5_000, "/thing/0", "/thing/-1", "/thing/1e3"),
    *("/" + "a" * 8_000, "/static/" + "a" * 3_000, "/static/%00", "/static/../../engine/app.py"),
    *("/static/..%5c..%5c", "/theme-" + "x" * 3_000 + ".css", "/welcome/" + "x" * 5_000),
    *("/welcome/%00", "/views/%00", "/views/by_stage%20", "/search/pick/thing/__class__"),
    *("/search/filter/thing/a.b.c.d.e", "/thing/1/press/__init__", "/thing/1/runs/9" + "9" * 30),
    *("/thing.csv/", "/thing.CSV", "/THING", "/user.csv", "/kt_log", "/kt_sessions.csv"),
)
HEADERS: dict[str, dict[str, str]] = {
    "htmx address": {"HX-Request": "true", "HX-Current-URL": "http://[::1/\u00ff"},
    "htmx target": {"HX-Request": "true", "HX-Target": "<script>", "HX-Trigger": "a\u00e9"},
    "htmx prompt": {"HX-Request": "true", "HX-Prompt": "\u00ff" * 4_000},
    "htmx false": {"HX-Request": "false", "HX-Boosted": "maybe"},
    "encoded": {
        "HX-Request": "true",
        "HX-Current-URL-URI-AutoEncoded": "yes",
        "HX-Current-URL": "%",
    },
    "a part": {"HX-Request": "true", "X-Part": "../../x", "HX-Current-URL": "/thing"},
    "language": {"Accept-Language": "xx;q=9,,;;;q=-1," + "a-" * 2_000},
    "accept": {"Accept": "application/json", "Accept-Encoding": "x;q=zz"},
    "range": {"Range": "bytes=9-1,a-b,-0", "If-Range": "\u00ff"},
    "if": {"If-None-Match": '"' + "x" * 3_000, "If-Modified-Since": "31 Feb 99999 25:61:61 GMT"},
    "length": {"Content-Length": "-1"},
    "type": {"Content-Type": "multipart/form-data; boundary=\u00ff"},
    "user": {"X-User-Id": "1", "X-Remote-User": "boss", "Authorization": "Bearer \u00ff"},
    "method": {"X-HTTP-Method-Override": "DELETE", "X-Method-Override": "PATCH"},
    "forwarded": {"X-Forwarded-For": "a, , \u00ff" * 500, "X-Forwarded-Host": "evil.example"},
    "forwarded proto": {"X-Forwarded-Proto": "javascript", "Forwarded": "for=;host=evil.example"},
    "cookies": {"Cookie": "kartoteka=" + "x" * 6_000 + "; =; ;;; kartoteka_language=<x>"},
    "cookie of letters": {"Cookie": "kartoteka=\u00ff\u00fe; kartoteka_visit=%00"},
    "referer": {"Referer": "http://["},
    "origin": {"Origin": "http://[", "Referer": "http://["},
}


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with open_world() as made:
        yield made


@pytest.mark.parametrize("page", PAGES)
def test_a_parameter(world: World, page: str) -> None:
    random = Random(page)  # noqa: S311 - the same sample on every run
    before = world.site.digest()
    for _ in range(examples(20, nightly=5_000)):
        pairs = [
            (random.choice(NAMES), random.choice(TEXTS)) for _ in range(random.choice((1, 1, 2, 3)))
        ]
        path = PAGES[page] + "&".join(f"{_quoted(one)}={_quoted(text)}" for one, text in pairs)
        answer = asked(world, path[:LONGEST], htmx=random.random() < 0.3)
        assert answer.status_code in (200, 303, 400, 404, 409), (path, answer.status_code)
    assert world.site.digest() == before


@pytest.mark.parametrize("text", SQL)
def test_attack_1_no_text_of_an_address_reaches_the_sql(world: World, text: str) -> None:
    before = world.site.digest()
    with statements(world.site.services.database.engine) as sent:
        for page in ("list", "board", "calendar", "file", "search", "filter"):
            for name in (
                "sort",
                "group",
                "columns",
                "q",
                "text",
                "text.has",
                "view",
                f"filter[{text}]",
            ):
                answer = asked(world, f"{PAGES[page]}{_quoted(name)}={_quoted(text)}")
                is_named = name in ("q", "text", "text.has")
                assert answer.status_code == 400 or is_named, (page, name)
                assert answer.status_code != 400 or escape(name)[:20] in answer.text
    assert sent
    assert world.site.digest() == before
    assert not any(text in one or "drop table" in one for one in sent)


@pytest.mark.parametrize("page", ["list", "file"])
@pytest.mark.parametrize("form", ["{}=7", "{}=8", "{}.gt=1", "sort={}", "sort=-{}", "columns={}"])
def test_attack_2_a_hidden_field_answers_as_one_that_is_not_there(
    world: World, page: str, form: str
) -> None:
    before = world.site.digest()
    hidden, missing = (
        world.clerk.get(PAGES[page] + form.format(name)) for name in ("margin", "nosuch")
    )
    assert hidden.status_code == missing.status_code == 400
    plain = [_without_key(one.text) for one in (hidden, missing)]
    assert plain[0].replace("margin", "nosuch") == plain[1]
    assert world.site.digest() == before


@pytest.mark.parametrize(
    "name", ["id", "version", "created_at", "created_by", "is_admin", "margin"]
)
def test_attack_3_a_field_beside_the_form_takes_the_rest_with_it(world: World, name: str) -> None:
    before = world.site.digest()
    for path in ("/thing/new", "/thing/1/edit"):
        answer = world.clerk.post(path, {"text": "other", "_version": "1", name: "1"})
        assert answer.status_code in (400, 403, 422)
    assert world.site.digest() == before


@pytest.mark.parametrize("path", PATHS)
def test_a_path(world: World, path: str) -> None:
    before = world.site.digest()
    for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE", "OPTIONS", "PROPFIND"):
        answer = world.boss.client.open(path, method=method, buffered=True)
        assert is_sound(answer), (method, path)
        allowed = (200, 303, 308, 400, 403, 404, 405) if method != "POST" else (400, 403, 404, 405)
        assert answer.status_code in allowed, (method, path, answer.status_code)
        assert "evil.example" not in str(answer.headers)
    assert world.site.digest() == before


@pytest.mark.parametrize("headers", HEADERS.values(), ids=HEADERS)
def test_a_header(world: World, headers: dict[str, str]) -> None:
    before = world.site.digest()
    static = re.search(r'href="(/static/[^"]+)"', world.boss.get("/thing").text)
    assert static
    for path in (
        "/thing",
        "/thing/1",
        "/thing/1/edit",
        "/search?q=a",
        "/sign-in",
        static[1],
        "/no",
    ):
        answer = world.boss.client.get(path, headers=headers, buffered=True)
        assert is_sound(answer), path
        assert answer.status_code in (200, 206, 304, 303, 400, 401, 404, 416), answer.status_code
        assert "evil.example" not in answer.text + str(answer.headers)
    for path in ("/thing/new", "/thing/1/edit", "/thing/1/press/answer"):
        answer = world.boss.client.post(path, data={"_csrf": "wrong"}, headers=headers)
        assert answer.status_code in (303, 400, 401, 403, 413)
    assert world.site.digest() == before


@pytest.mark.parametrize(
    "cookie", ["", "x", "x" * 4_000, "%00", "'; drop table kt_sessions", "\u00ff"]
)
def test_a_cookie_that_is_none_of_ours(world: World, cookie: str) -> None:
    client = world.site.app.test_client()
    for name in ("kartoteka", "kartoteka_visit", "kartoteka_language"):
        client.set_cookie(name, cookie)
    assert client.get("/thing").status_code == 303
    assert client.get("/sign-in").status_code == 200
    assert client.post("/thing/new", data={"text": "x"}).status_code in (303, 401, 403)


@pytest.mark.parametrize("pairs", ["_version=1&_version=2", "text=a&text=b", "number=1&number=2"])
def test_attack_28_twice_is_refused(world: World, pairs: str) -> None:
    before = world.site.digest()
    for path in ("/thing/1/edit", "/thing/new")[: 1 if pairs.startswith("_") else 2]:
        body = f"_csrf={world.clerk.csrf}&{pairs}"
        form = "application/x-www-form-urlencoded"
        assert world.clerk.client.post(path, data=body, content_type=form).status_code in (400, 422)
        name, _, value = pairs.partition("&")[0].partition("=")
        both = world.clerk.post(f"{path}?{name}={value}", {name: value})
        assert both.status_code == 400
    assert world.site.digest() == before


def asked(world: World, path: str, *, htmx: bool = False) -> TestResponse:
    """Asks for a page, and checks what holds for every answer."""
    began = time.process_time()
    answer = world.clerk.get(path, htmx=htmx)
    assert time.process_time() - began < SECONDS, path
    assert is_sound(answer), path
    return answer


def _quoted(text: str) -> str:
    return quote(text.encode("utf-8", "surrogatepass"), safe="")


def _without_key(page: str) -> str:
    """Returns a page without the key of its request, which no two have in common."""
    return re.sub(r"\b[0-9a-f]{8}\b", "", page)
