"""A whole CRM for page tests: services on a fresh database, the web application, its browsers.

    with open_site(VET) as site:
        site.user("rada", "reception")
        page = site.browser("rada").get("/owner")

The clock stands at a Monday; `site.clock` moves it. Browsers send the form token by themselves.
"""

import logging
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import structlog
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from engine.app import open_services
from engine.clock import FrozenClock
from engine.metadata.model.application import Application
from engine.runtime.accounts.door import Visit
from engine.runtime.accounts.people import Profile
from engine.runtime.actor import ENGINE, Actor
from engine.runtime.database import Database
from engine.runtime.services import Services
from engine.runtime.tables.system import LOG, SYSTEM
from engine.settings import Settings
from engine.start import bring_up_to_date
from engine.web.factory import create_app
from engine.web.security import token_for
from tests.kit.accounts import MONDAY, PASSWORD, quick_passwords
from tests.kit.applications import application as read
from tests.kit.prepared import begin

structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))

Form = Mapping[str, object] | Sequence[tuple[str, str]]
FRAGMENT = {"HX-Request": "true"}


class Browser:
    """One browser: its cookies, and the form token that its pages would hold."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    @property
    def csrf(self) -> str:
        """The token that stands in every form of this browser's pages."""
        return token_for(self.cookie("kartoteka") or self.cookie("kartoteka_visit"))

    def cookie(self, name: str) -> str:
        """Returns a cookie's value, '' where there is none."""
        found = self.client.get_cookie(name)
        return found.value if found else ""

    def get(
        self,
        path: str,
        *,
        htmx: bool = False,
        query: Mapping[str, str] | None = None,
        **headers: Any,
    ) -> TestResponse:
        """Asks for a page, or for its part."""
        sent = _headers(headers, htmx=htmx)
        return self.client.get(path, headers=sent, query_string=query, buffered=True)

    def post(
        self, path: str, form: Form = (), *, htmx: bool = False, **headers: Any
    ) -> TestResponse:
        """Sends a form as one of our own pages would."""
        if not self.cookie("kartoteka") and not self.cookie("kartoteka_visit"):
            self.get("/sign-in")
        pairs = [("_csrf", self.csrf), *_pairs(form)]
        return self.client.post(path, data=_form(pairs), headers=_headers(headers, htmx=htmx))


@dataclass(frozen=True, slots=True)
class Site:
    """A CRM that is served to browsers of the test."""

    services: Services
    app: Flask
    clock: FrozenClock

    def user(self, login: str, *roles: str, team: int | None = None, name: str = "") -> int:
        """Adds a user with the usual password, once; returns the record's id."""
        people = self.services.accounts.people
        known = {one.login: one.id for one in people.listed()}
        profile = Profile(name or login.title(), roles, team)
        return known.get(login) or people.add(ENGINE, login, profile, PASSWORD)

    def actor(self, login: str) -> Actor:
        """Returns a user as an actor."""
        session = self.services.accounts.door.session(self._start_session(login))
        assert session is not None
        return session.actor

    def browser(self, login: str | None = None) -> Browser:
        """Opens a browser, signed in where a login is given."""
        browser = Browser(self.app.test_client())
        if login is not None:
            browser.client.set_cookie("kartoteka", self._start_session(login))
        return browser

    def _start_session(self, login: str) -> str:
        accounts = self.services.accounts
        user = accounts.people.by_login(login)
        with self.services.database.write() as connection:
            return accounts.door.start(connection, user.id, Visit("127.0.0.1", "test")).cookie

    def create(self, entity: str, **values: object) -> int:
        """Creates a record with the configuration's authority; returns its id."""
        return self.services.records.create(ENGINE, entity, values).id

    def log(self, kind: str) -> list[str]:
        """Returns the logins of those who stand in the log under a kind of entry."""
        user = self.services.tables.table("user")
        wanted = select(user.c.login).join(LOG, LOG.c.user_id == user.c.id)
        with self.services.database.read() as connection:
            found = connection.scalars(wanted.where(LOG.c.kind == kind).order_by(LOG.c.id))
            return list(found)

    def digest(self) -> dict[str, Any]:
        """Returns how many rows each table has and what records hold: equal = nothing happened."""
        tables = (*self.services.tables.tables.values(), *SYSTEM.tables.values())
        skipped = {"kt_sessions", "kt_attempts", "kt_log"}
        with self.services.database.read() as connection:
            return {
                one.name: (
                    connection.scalar(select(func.count()).select_from(one)),
                    [tuple(row) for row in connection.execute(select(one))],
                )
                for one in tables
                if one.name not in skipped
            }


def _bring_up(database: Database, application: Application) -> None:
    bring_up_to_date(application, database)


@contextmanager
def open_site(
    yaml_text: str,
    *,
    url: str | None = None,
    settings: Settings | None = None,
    demo: bool = False,
    **files: str,
) -> Iterator[Site]:
    """Serves a CRM from its text, on SQLite or on the database of `url`."""
    with tempfile.TemporaryDirectory() as folder:
        clock = FrozenClock(MONDAY)
        database = Database(url or f"sqlite:///{Path(folder) / 'kartoteka.db'}", clock)
        try:
            application = read(yaml_text, **files)
            begin(database, application, _bring_up)
            services = open_services(
                application,
                database,
                settings=settings or Settings(),
                clock=clock,
                passwords=quick_passwords(),
            )
            app = create_app(lambda: services)
            yield Site(services, app, clock)
        finally:
            database.dispose()


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


def words(response: TestResponse) -> str:
    """Returns what a person reads on a page, with single spaces."""
    parser = _Text()
    parser.feed(response.text)
    return " ".join(" ".join(parser.parts).split())


def _pairs(form: Form) -> list[tuple[str, str]]:
    if not isinstance(form, Mapping):
        return list(form)
    return [
        (name, str(one))
        for name, value in form.items()
        for one in (value if isinstance(value, list | tuple) else [value])
    ]


def _form(pairs: list[tuple[str, str]]) -> dict[str, list[str]]:
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    return values


def _headers(headers: Mapping[str, str], *, htmx: bool) -> dict[str, str]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return {**(FRAGMENT if htmx else {}), **named}
