"""Lines of requests: what was asked and by whom, under the key of the answer; nothing private."""

import json
import logging
from collections.abc import Iterator
from io import StringIO

import pytest
import structlog

from engine.log import start_logging
from tests.kit.accounts import PASSWORD
from tests.kit.applications import VET
from tests.kit.web import Site, open_site

SECRET = "a+very+private+word"


@pytest.fixture
def site() -> Iterator[Site]:
    with open_site(VET) as found:
        found.user("rada", "reception")
        yield found


@pytest.fixture
def lines() -> Iterator[StringIO]:
    root = logging.getLogger()
    handlers, level, configured = root.handlers[:], root.level, structlog.get_config()
    stream = StringIO()
    start_logging("json", "info", stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.configure(**configured)


def events(lines: StringIO) -> list[dict[str, object]]:
    return [json.loads(one) for one in lines.getvalue().splitlines()]


def test_an_answer_carries_the_key_of_its_lines(site: Site, lines: StringIO) -> None:
    page = site.browser("rada").get("/owner/999")
    key = page.headers["X-Request-Id"]
    found = [one for one in events(lines) if one.get("action") == key]
    assert [one["event"] for one in found] == ["refused", "answered"]
    assert (found[1]["path"], found[1]["status"]) == ("/owner/999", 404)
    assert isinstance(found[1]["user"], int)


def test_a_defect_is_found_by_what_the_person_saw(
    site: Site, lines: StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.runtime.query.select.Reader.page", lambda *_: 1 / 0)
    page = site.browser("rada").get("/owner")
    assert page.status_code == 500
    (defect,) = (one for one in events(lines) if one["event"] == "defect")
    assert defect["action"] == page.headers["X-Request-Id"]
    assert str(defect["action"]) in page.text
    assert "ZeroDivisionError" in str(defect["exception"])


def test_signing_in_and_out_and_denials_leave_a_line_each(site: Site, lines: StringIO) -> None:
    browser = site.browser()
    browser.post("/sign-in", {"login": "rada", "password": "wrong " + PASSWORD})
    browser.post("/sign-in", {"login": "rada", "password": PASSWORD})
    browser.client.post("/animal/new", data={"name": "x", "_csrf": "forged"})
    site.browser("rada").post("/sign-out")
    said = [one["event"] for one in events(lines) if one["event"] != "answered"]
    assert [one for one in said if "sign" in str(one)] == [
        "sign_in_failed",
        "signed_in",
        "signed_in",
        "signed_out",
    ]
    assert "denied" in said


def test_no_line_holds_what_people_typed(site: Site, lines: StringIO) -> None:
    browser = site.browser("rada")
    browser.get(f"/owner?q={SECRET}&name={SECRET}")
    browser.get(f"/search?q={SECRET}")
    browser.post("/owner/new", {"name": SECRET, "phone": SECRET})
    browser.post("/owner/new", {"name": SECRET * 99})
    browser.post("/sign-in", {"login": SECRET, "password": SECRET})
    browser.get(f"/welcome/{SECRET}")
    browser.get("/owner/new", x_anything=SECRET, referer=f"http://localhost/?{SECRET}")
    assert len(events(lines)) > 7
    assert "private" not in lines.getvalue()
