"""The two doors through which the writers of the crash tests come: pages over HTTP, the service.

Both say the same: an answer with its status, or that there was none. Whoever got no answer does not
know whether it was done, and asks again with the same token.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import Protocol
from urllib.parse import urlencode

from engine.errors import EngineError, Unavailable
from engine.runtime.actor import Actor
from engine.runtime.records.changes import Saved, Seen
from engine.runtime.records.store import fetch
from engine.runtime.services import Services
from tests.kit.accounts import PASSWORD

DONE, GONE, DEFECTS = 303, (502, 503, 504), (400, 401, 403, 500)
NO_HEADERS: Mapping[str, str] = {}
FORM = "application/x-www-form-urlencoded"


class NoAnswer(Exception):
    """Nobody answered, or somebody who can't: nobody knows whether it was done."""


class Defect(Exception):
    """An answer that no fault excuses."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: its status and, of what was done, the record."""

    status: int
    record_id: int | None = None

    @property
    def is_done(self) -> bool:
        """Says whether it was acknowledged."""
        return 200 <= self.status < 400


@dataclass(frozen=True, slots=True)
class Page:
    """What came over HTTP."""

    status: int
    location: str
    text: str


class Door(Protocol):
    """What a writer can do."""

    def create(self, entity: str, values: Mapping[str, object], token: str) -> Answer:
        """Makes a record."""
        ...

    def press(self, record: tuple[str, int], button: str, seen: Seen, token: str) -> Answer:
        """Presses a button."""
        ...

    def move(self, record: tuple[str, int], stage: str, token: str) -> Answer:
        """Moves a record to a stage."""
        ...

    def update(
        self, record: tuple[str, int], values: Mapping[str, object], version: int, token: str
    ) -> Answer:
        """Changes a record from a version of it."""
        ...

    def read(self, record: tuple[str, int], name: str) -> tuple[int, int]:
        """Returns the version of a record, and a number in it."""
        ...

    def close(self) -> None:
        """Goes away."""
        ...


@dataclass
class ByPages:
    """The pages of a served CRM, as a browser without script uses them."""

    host: str
    port: int
    login: str
    _connection: HTTPConnection | None = None
    _cookies: dict[str, str] = field(default_factory=dict)
    _csrf: str = ""

    def sign_in(self) -> None:
        """Signs in with the usual password."""
        self._csrf = self._found(r'name="_csrf" value="([^"]+)"', self._get("/sign-in"))
        form = {"login": self.login, "password": PASSWORD}
        answer = self._post("/sign-in", form)
        if answer.status != DONE:
            raise Defect(f"{self.login} can't sign in: {answer}")
        self._csrf = self._found(r'name="_csrf" value="([^"]+)"', self._get("/counter/new"))

    def create(self, entity: str, values: Mapping[str, object], token: str) -> Answer:
        """Makes a record."""
        return self._post(f"/{entity}/new", {**values, "_token": token})

    def press(self, record: tuple[str, int], button: str, seen: Seen, token: str) -> Answer:
        """Presses a button."""
        form = {"_token": token, "_stage": seen.stage, "_try": seen.number}
        return self._post(f"{_address(record)}/press/{button}", form)

    def move(self, record: tuple[str, int], stage: str, token: str) -> Answer:
        """Moves a record to a stage."""
        return self._post(f"{_address(record)}/move", {"_token": token, "stage": stage})

    def update(
        self, record: tuple[str, int], values: Mapping[str, object], version: int, token: str
    ) -> Answer:
        """Changes a record from a version of it."""
        form = {**values, "_token": token, "_version": version}
        return self._post(f"{_address(record)}/edit", form)

    def read(self, record: tuple[str, int], name: str) -> tuple[int, int]:
        """Returns the version of a record, and a number in it."""
        page = self._get(f"{_address(record)}/edit?field={name}", part=True)
        version = self._found(r'name="_version" value="(\d+)"', page)
        (control,) = re.findall(rf'<input[^>]*name="{name}"[^>]*>', page)
        shown = self._found(r'value="([^"]*)"', control)
        return int(version), int(re.sub(r"\D", "", shown) or 0)

    def close(self) -> None:
        """Hangs up."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _get(self, path: str, *, part: bool = False) -> str:
        response = self._ask("GET", path, headers={"HX-Request": "true"} if part else {})
        return response.text

    def _post(self, path: str, form: Mapping[str, object]) -> Answer:
        response = self._ask("POST", path, {"_csrf": self._csrf, **form})
        found = re.search(r"/(\d+)$", response.location)
        return Answer(response.status, int(found[1]) if found else None)

    def _ask(
        self,
        method: str,
        path: str,
        form: Mapping[str, object] | None = None,
        headers: Mapping[str, str] = NO_HEADERS,
    ) -> Page:
        cookie = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        sent = {"Cookie": cookie, **headers, **({"Content-Type": FORM} if form else {})}
        try:
            connection = self._connected()
            connection.request(method, path, urlencode(form) if form else None, sent)
            response = connection.getresponse()
            text = response.read().decode()
        except (OSError, HTTPException) as error:
            self.close()
            raise NoAnswer(str(error)) from error
        if response.will_close:
            self.close()
        self._keep_cookies(response)
        page = Page(response.status, response.headers.get("Location", ""), text)
        return judged(page, f"{method} {path}")

    def _connected(self) -> HTTPConnection:
        if self._connection is None:
            self._connection = HTTPConnection(self.host, self.port, timeout=20)
        return self._connection

    def _keep_cookies(self, response: HTTPResponse) -> None:
        for line in response.headers.get_all("Set-Cookie") or ():
            name, _, value = line.partition(";")[0].partition("=")
            self._cookies[name.strip()] = value.strip()

    @staticmethod
    def _found(pattern: str, page: str) -> str:
        found = re.search(pattern, page)
        if found is None:
            raise Defect(f"no {pattern} in the page: {page[-1000:]}")
        return found[1]


@dataclass
class ByService:
    """The record service itself, in this process: what pages call."""

    services: Services
    actor: Actor

    def create(self, entity: str, values: Mapping[str, object], token: str) -> Answer:
        """Makes a record."""
        records = self.services.records
        return self._done(lambda: records.create(self.actor, entity, values, token))

    def press(self, record: tuple[str, int], button: str, seen: Seen, token: str) -> Answer:
        """Presses a button."""
        records = self.services.records
        return self._done(
            lambda: records.press(self.actor, *record, button, seen=seen, token=token)
        )

    def move(self, record: tuple[str, int], stage: str, token: str) -> Answer:
        """Moves a record to a stage."""
        records = self.services.records
        return self._done(lambda: records.move(self.actor, *record, stage, token=token))

    def update(
        self, record: tuple[str, int], values: Mapping[str, object], version: int, token: str
    ) -> Answer:
        """Changes a record from a version of it."""
        records = self.services.records
        return self._done(lambda: records.update(self.actor, *record, values, version, token=token))

    def read(self, record: tuple[str, int], name: str) -> tuple[int, int]:
        """Returns the version of a record, and a number in it."""
        entity, record_id = record
        compiled = self.services.records.tools.entities[entity]
        try:
            with self.services.database.read() as connection:
                found = fetch(connection, compiled, record_id)
        except Unavailable as error:
            raise NoAnswer(str(error)) from error
        assert found is not None
        return found.version, int(str(found.values[name]))

    def close(self) -> None:
        """Goes away: there is nothing to close."""

    def _done(self, deed: "Deed") -> Answer:
        try:
            saved = deed()
        except Unavailable as error:
            raise NoAnswer(str(error)) from error
        except EngineError as refused:
            return Answer(refused.status)
        return Answer(DONE, saved.id)


class Deed(Protocol):
    """Something that is done or refused."""

    def __call__(self) -> Saved:
        """Does it."""
        ...


def _address(record: tuple[str, int]) -> str:
    return f"/{record[0]}/{record[1]}"


def judged(page: Page, what: str) -> Page:
    """Returns an answer that may be; raises for none, and for one that no fault excuses."""
    if page.status in GONE:
        raise NoAnswer(f"{page.status} of {what}")
    if page.status in DEFECTS:
        raise Defect(f"{page.status} of {what}: {page.text[-2000:]}")
    return page
