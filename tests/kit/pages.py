"""Forms of a page as a plain browser would send them: what stands in them, with a few changes.

answer = submit(browser, browser.get("/owner/new"), "/owner/new", name="Anna")
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from html.parser import HTMLParser

from werkzeug.test import TestResponse

from tests.kit.sent import BEGINNINGS, statements
from tests.kit.web import Browser, Site

Pairs = list[tuple[str, str]]
TICKED = ("checkbox", "radio")
NOTHING: Mapping[str, object] = {}
PRESSED = ("submit", "button", "reset", "image")


@dataclass
class PageForm:
    """One form of a page: where it goes, what it would send, what its buttons say."""

    action: str
    pairs: Pairs = field(default_factory=list)
    buttons: Pairs = field(default_factory=list)
    controls: set[str] = field(default_factory=set)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[PageForm] = []
        self._form: PageForm | None = None
        self._text: str | None = None
        self._name = ""
        self._options: list[tuple[str, bool]] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = PageForm(given.get("action", ""))
            self.forms.append(self._form)
        if self._form is None:
            return
        if tag == "input":
            self._input(self._form, given)
        elif tag == "button" and given.get("type", "submit") == "submit":
            self._form.buttons.append((given.get("name", ""), given.get("value", "")))
        elif tag == "textarea":
            self._name, self._text = given["name"], ""
        elif tag == "select":
            self._name, self._options = given["name"], []
        elif tag == "option" and self._options is not None:
            self._options.append((given.get("value", ""), "selected" in given))

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text += data

    def handle_endtag(self, tag: str) -> None:
        if self._form is None:
            return
        if tag == "form":
            self._form = None
        elif tag == "textarea" and self._text is not None:
            self._add(self._form, self._name, self._text.removeprefix("\n"))
            self._text = None
        elif tag == "select" and self._options is not None:
            chosen = [value for value, is_chosen in self._options if is_chosen]
            self._add(self._form, self._name, (chosen or [self._options[0][0]])[0])
            self._options = None

    def _input(self, form: PageForm, given: dict[str, str]) -> None:
        kind, name = given.get("type", "text"), given.get("name", "")
        if not name or kind in PRESSED:
            return
        form.controls.add(name)
        if kind not in TICKED or "checked" in given:
            self._add(form, name, given.get("value", "on" if kind in TICKED else ""))

    def _add(self, form: PageForm, name: str, value: str) -> None:
        form.controls.add(name)
        form.pairs.append((name, value))


def forms(page: TestResponse) -> list[PageForm]:
    """Returns the forms of a page."""
    reader = _Forms()
    reader.feed(page.text)
    return reader.forms


def form(page: TestResponse, action: str) -> PageForm:
    """Returns the first form of a page that posts to an address."""
    return next(one for one in forms(page) if one.action == action)


def submit(
    browser: Browser,
    page: TestResponse,
    action: str,
    presses: Mapping[str, object] = NOTHING,
    *,
    htmx: bool = False,
    **values: object,
) -> TestResponse:
    """Sends a form of the page with some controls changed; a list ticks several, None none."""
    changes = {**values, **presses}
    kept = [pair for pair in form(page, action).pairs if pair[0] not in {*changes, "_csrf"}]
    return browser.post(action, [*kept, *_changed(changes)], htmx=htmx)


def _changed(changes: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    for name, value in changes.items():
        for one in value if isinstance(value, list) else [] if value is None else [value]:
            yield name, str(one)


def counting(site: Site) -> AbstractContextManager[list[str]]:
    """Collects the statements that ask or change the database meanwhile."""
    return statements(site.services.database.engine, without=BEGINNINGS)
