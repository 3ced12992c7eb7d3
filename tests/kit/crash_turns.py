"""People and a worker who take turns in one thread: what a fault does is the same at each run."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Flask
from flask.testing import FlaskClient

from engine.automation.leases import LENGTH
from engine.automation.worker import Worker
from engine.web.factory import create_app
from tests.kit.crash_doors import NO_HEADERS, ByPages, Door, Page, judged
from tests.kit.crash_ground import Ground
from tests.kit.crash_writers import Writer

PEOPLE = 5  # turns of people between two of the worker


@dataclass
class ByClient(ByPages):
    """The pages of a CRM in this process."""

    client: FlaskClient | None = None

    def _ask(
        self,
        method: str,
        path: str,
        form: Mapping[str, object] | None = None,
        headers: Mapping[str, str] = NO_HEADERS,
    ) -> Page:
        assert self.client is not None
        response = self.client.open(path, method=method, data=form, headers=headers, buffered=True)
        page = Page(response.status_code, response.headers.get("Location", ""), response.text)
        return judged(page, f"{method} {path}")


def clients(crm: Ground) -> list[Door]:
    """Returns the doors of people who have signed in to the CRM in this process."""
    app: Flask = create_app(lambda: crm.services)
    doors = [ByClient("", 0, login, client=app.test_client()) for login in crm.logins]
    for one in doors:
        one.sign_in()
    return list(doors)


def take_turns(crm: Ground, writers: Sequence[Writer], acks: int, luck: random.Random) -> None:
    """Lets people and a worker take turns until so many things were answered."""
    worker = Worker(lambda: crm.services)
    while crm.acks.number < acks:
        for _ in range(PEOPLE):
            luck.choice(writers).turn(luck)
        worker.turn()
        crm.clock.move(LENGTH / 4)
