"""Markup in labels, helps, options and values is text wherever it is shown."""

from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from playwright.sync_api import Dialog, Page, Request

from tests.hostile.evil import EVENT, LOADS, SCRIPT
from tests.kit.live import serving, sign_in
from tests.kit.web import Site, open_site

IMAGE = "<img src=x onerror=alert(1)>"
MARKS = (SCRIPT, EVENT, LOADS, IMAGE)


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


CRM = f"""
label: {quoted(SCRIPT)}
entities:
  thing:
    label: {quoted(EVENT)}
    plural: {quoted(LOADS)}
    help: {quoted(IMAGE)}
    title: "{{{{ name }}}}"
    fields:
      name: {{type: text, label: {quoted(SCRIPT)}, help: {quoted(IMAGE)}}}
      note: {{type: long_text, label: {quoted(LOADS)}, help: {quoted(EVENT)}}}
      site: url
      kind:
        type: choice
        label: {quoted(EVENT)}
        options: {{a: {quoted(SCRIPT)}, b: {quoted(LOADS)}}}
      stage: {{type: stage, pipeline: way, label: {quoted(IMAGE)}}}
      at: {{type: datetime, label: {quoted(SCRIPT)}}}
    buttons:
      push:
        label: {quoted(SCRIPT)}
        help: {quoted(LOADS)}
        ask: {{said: {{type: text, label: {quoted(IMAGE)}}}}}
        do:
          - note: {quoted(IMAGE + "{{ ask.said }}")}
          - task: {{subject: {quoted(SCRIPT)}, due: in 1 d}}
pipelines:
  way:
    stages:
      first: {{label: {quoted(SCRIPT)}}}
      won: {{label: {quoted(LOADS)}, closes: won}}
views:
  board: {{entity: thing, label: {quoted(LOADS)}, type: board}}
  days: {{entity: thing, label: {quoted(EVENT)}, type: calendar, date: at}}
  list: {{entity: thing, label: {quoted(SCRIPT)}, columns: [name, note, kind, stage]}}
roles: {{clerk: {{label: {quoted(SCRIPT)}, can: {{thing: {{every: all, export: all}}}}}}}}
"""
PAGES = (
    *(
        "/thing",
        "/thing/1",
        "/thing/2",
        "/thing/new",
        "/thing/1/edit",
        "/views/board",
        "/views/list",
    ),
    *("/views/days", "/thing/1/press/push", "/my-day", "/calendar", "/search?q=script", "/account"),
    *(
        "/thing/1/runs",
        "/admin/users",
        "/notifications",
        "/thing?q=%22%3E%3Cscript%3E",
        "/thing/1/move",
    ),
    *(
        "/search/pick/thing/any?q=script",
        "/thing?name=%27%20onmouseover%3Dx",
        "/admin/configuration",
    ),
)


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with open_site(CRM) as made:
        made.user("boss", "admin", "clerk", name=SCRIPT)
        for text in MARKS:
            made.create("thing", name=text, note=text, kind="a", at="2026-03-03 10:00")
        boss = made.browser("boss")
        assert boss.post("/thing/1/press/push", {"said": SCRIPT}).status_code == 303
        assert boss.post("/thing/1/notes", {"text": LOADS}).status_code < 400
        boss.post("/thing/2/edit", {"name": EVENT + IMAGE, "_version": "1"})
        yield made


class Elements(HTMLParser):
    """Collects what no page of ours has: foreign elements and attributes made of data."""

    def __init__(self) -> None:
        super().__init__()
        self.strange: list[str] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "img" or (
            tag == "script" and not (given.get("src") or "").startswith("/static/")
        ):
            self.strange.append(f"<{tag} {given}>")
        for name, value in attrs:
            if name.startswith("on") or (name == "hx-get" and value == "/evil"):
                self.strange.append(f"{name}={value}")
            if name in ("href", "src", "action") and (value or "").lower().startswith("javascript"):
                self.strange.append(f"{name}={value}")

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("htmx", [False, True])
def test_no_element_and_no_attribute_comes_from_data(site: Site, path: str, htmx: bool) -> None:
    answer = site.browser("boss").get(path, htmx=htmx)
    assert answer.status_code < 500
    parser = Elements()
    parser.feed(answer.text)
    assert parser.strange == []


def test_attack_5_the_marks_are_shown_as_they_are(site: Site) -> None:
    parser = Elements()
    parser.feed(site.browser("boss").get("/thing/1").text)
    assert SCRIPT in " ".join(parser.texts)


def test_attack_13_a_file_holds_no_formulas(site: Site) -> None:
    for text in ("=cmd|'/C calc'!A0", "+1", "-1", "@x"):
        site.create("thing", name=text)
    text = site.browser("boss").get("/thing.csv").text
    cells = [one for line in text.splitlines() for one in line.split(",")]
    assert not [one for one in cells if one.strip('"').startswith(("=", "@", "+", "-"))]


@pytest.mark.parametrize("url", ["javascript:alert(1)", " JaVaScRiPt:alert(1)", "data:text/html,x"])
def test_an_address_of_script_is_no_address(site: Site, url: str) -> None:
    before = site.digest()
    answer = site.browser("boss").post("/thing/new", {"name": "x", "site": url})
    assert answer.status_code == 422
    assert site.digest() == before


@pytest.mark.journey
def test_attack_6_a_real_browser_runs_nothing(page: Page, site: Site) -> None:
    dialogs: list[str] = []
    asked: list[str] = []

    def on_dialog(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    def on_request(request: Request) -> None:
        if request.url.endswith(("/evil", "/x")):
            asked.append(request.url)

    page.on("dialog", on_dialog)
    with serving(site) as address:
        sign_in(page, site, address, "boss")
        page.on("request", on_request)
        for path in ("/thing", "/thing/1", "/views/board", "/views/days", "/thing/new", "/my-day"):
            page.goto(address + path)
            page.wait_for_load_state("networkidle")
            page.mouse.move(400, 300)
            for opener in page.locator("summary, [data-why]").all()[:6]:
                opener.dispatch_event("click")
    assert (dialogs, asked) == ([], [])
