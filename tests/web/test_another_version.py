"""Another process applies a version while people work: no error is seen, nothing is done twice."""

import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from engine.metadata.model.application import Application
from engine.runtime.database import Database
from engine.runtime.plan.apply import apply
from engine.runtime.plan.compare import make_plan
from engine.runtime.records.changes import Saved
from engine.runtime.records.service import RecordService
from engine.runtime.services import Services
from engine.serving import Current
from engine.settings import Settings
from engine.web.errors import page_before
from engine.web.factory import create_app
from tests.kit.accounts import quick_passwords
from tests.kit.applications import application
from tests.kit.web import Browser, Site, open_site

CRM = """
roles: {seller: {can: {client: {every: all}, visit: {every: all}}}}
entities:
  client: {fields: {name: text, age: text}}
  visit: {fields: {note: text, client: {type: link, to: client}}}
"""
RETYPED = CRM.replace("age: text", "age: integer")
WIDER = CRM.replace("age: text", "age: text, zip: text").replace("note: text", "note: long_text")
PEOPLE = 4
BEFORE, AFTERWARDS = 12, 6


@dataclass
class Work:
    """What people were answered."""

    answers: Counter[int] = field(default_factory=Counter)
    saved: list[str] = field(default_factory=list)
    is_over: threading.Event = field(default_factory=threading.Event)

    def note(self, answer: TestResponse) -> TestResponse:
        self.answers[answer.status_code] += 1
        return answer


@contextmanager
def served(url: str) -> Iterator[tuple[Site, Current, Database]]:
    """A CRM as a process serves it, and the same database as another process has it."""
    with open_site(CRM, url=url) as site:
        site.user("ivan", "seller")
        database = site.services.database
        current = Current(application(CRM), database, Settings(), quick_passwords())
        other = Database(url, site.clock)
        try:
            yield Site(site.services, create_app(current), site.clock), current, other
        finally:
            other.dispose()


def become(other: Database, text: str) -> Application:
    wanted = application(text)
    apply(other, make_plan(other, wanted), wanted, "another process")
    return wanted


def answered(work: Work, browser: Browser, name: str) -> None:
    """Creates a client as a browser does it: where it is sent on, it sends the same again."""
    for _ in range(3):
        answer = work.note(browser.post("/client/new", {"name": name, "age": "7"}))
        if answer.status_code != 307:
            break
        assert answer.headers["Location"] == "/client/new"
    if answer.status_code == 303:
        work.saved.append(name)


def a_person(work: Work, browser: Browser, number: int) -> None:
    turn = left = 0
    while left < AFTERWARDS:
        left += work.is_over.is_set()
        turn += 1
        answered(work, browser, f"{number}-{turn}")
        for path in ("/client", "/visit", "/client?sort=age"):
            work.note(browser.get(path))


@pytest.mark.parametrize("text", [RETYPED, WIDER])
def test_nobody_sees_an_error_and_nothing_is_done_twice(database_url: str, text: str) -> None:
    work = Work()
    with served(database_url) as (site, current, other), ThreadPoolExecutor(PEOPLE) as threads:
        people = [
            threads.submit(a_person, work, site.browser("ivan"), number) for number in range(PEOPLE)
        ]
        pause = threading.Event()
        while len(work.saved) < BEFORE and not any(one.done() for one in people):
            pause.wait(0.01)
        wanted = become(other, text)
        work.is_over.set()
        for one in people:
            one.result(timeout=60)
        assert work.answers.keys() <= {200, 303, 307}
        assert current().application == wanted
        assert sorted(names_of(current(), other)) == sorted(work.saved)


def test_the_first_request_after_an_apply_is_sent_on_once(database_url: str) -> None:
    """The clock stands: this process would not have looked by itself."""
    with served(database_url) as (site, current, other):
        ivan = site.browser("ivan")
        assert ivan.get("/client").status_code == 200
        wanted = become(other, WIDER)
        sent_on = ivan.get("/client", query={"sort": "name"})
        assert (sent_on.status_code, sent_on.headers["Location"]) == (307, "/client?sort=name")
        assert current().application == wanted
        assert ivan.get("/client", query={"sort": "zip"}).status_code == 200


def test_what_was_prepared_for_columns_of_another_type_is_forgotten(database_url: str) -> None:
    with served(database_url) as (site, _, other):
        ivan = site.browser("ivan")
        ivan.post("/client/new", {"name": "Anna", "age": "7"})
        for _ in range(9):
            assert ivan.get("/client").status_code == 200
        become(other, RETYPED)
        answers = [ivan.get("/client").status_code for _ in range(9)]
        assert answers == [307, *(8 * [200])]


def test_a_page_of_what_has_another_id_now_is_sent_on(database_url: str) -> None:
    renamed = CRM.replace("visit: {every", "call: {every").replace(
        "visit: {fields", "call: {was: visit, fields"
    )
    with served(database_url) as (site, current, other):
        ivan, stranger = site.browser("ivan"), site.browser()
        assert stranger.get("/sign-in").status_code == 200
        become(other, renamed)
        answers = [ivan.get(path).status_code for path in ("/visit", "/visit", "/call")]
        assert answers == [307, 404, 200]
        assert stranger.get("/sign-in").status_code == 200
        assert "call" in current().application.entities


def test_what_was_stored_before_it_went_wrong_is_not_sent_again(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served(database_url) as (site, current, other):
        ivan, create = site.browser("ivan"), RecordService.create
        form = {"name": "Anna", "age": "7"}

        def stored_and_broken(*arguments: Any, **more: Any) -> Saved:
            create(*arguments, **more)
            become(other, RETYPED)
            raise RuntimeError("the tables are others now")

        monkeypatch.setattr(RecordService, "create", stored_and_broken)
        first = ivan.post("/client/new", form)
        assert first.status_code == 303
        assert names_of(current(), other) == ["Anna"]
        again = ivan.post("/client/new", form)  # nothing newer is there: it is a mistake of ours
        assert again.status_code == 500


@pytest.mark.parametrize(
    "came_from, back",
    [
        ("", "/"),
        ("http://localhost/client?sort=name", "/client"),
        ("http://localhost//elsewhere.example", "/"),
        ("http://[", "/"),
    ],
)
def test_who_is_sent_back_stays_here(came_from: str, back: str) -> None:
    with Flask("site").test_request_context(headers={"Referer": came_from}):
        assert page_before() == back


def names_of(services: Services, database: Database) -> list[str]:
    table = services.tables.table("client")
    with database.read() as connection:
        return [row.name for row in connection.execute(table.select())]
