"""How many statements each request sends, counted in this process on both applications."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flask import Flask
from sqlalchemy import Engine

from bench.cases import CASES, DEEP, token_of
from bench.handwritten.app import create_app as create_hand_app
from bench.handwritten.app import open_engine
from bench.log import quiet
from bench.sides import known_world
from engine.app import applied_services
from engine.runtime.database import Database
from engine.web.factory import create_app
from tests.kit.sent import BEGINNINGS, statements

FORM = "application/x-www-form-urlencoded"


def count_queries(
    urls: dict[str, str], cookie: str, cases: Sequence[str]
) -> dict[str, dict[str, int]]:
    """Return for each side and case how many statements a request sends, once it is warm."""
    quiet()
    database = Database(urls["engine"])
    services = applied_services(database)
    hand = open_engine(urls["hand"])
    apps = {
        "engine": (create_app(lambda: services), database.engine),
        "hand": (create_hand_app(hand), hand),
    }
    found = {
        side: dict(_count(app, engine, urls[side], cookie, cases))
        for side, (app, engine) in apps.items()
    }
    database.dispose()
    hand.dispose()
    return found


def _count(
    app: Flask, engine: Engine, url: str, cookie: str, cases: Sequence[str]
) -> Iterator[tuple[str, int]]:
    browser = app.test_client()
    browser.set_cookie("kartoteka", cookie)
    world = known_world(url, token_of(browser.get("/deal").text))
    for case in cases:
        if case == DEEP:
            continue
        for turn in range(2):
            request = CASES[case](world, turn)
            with statements(engine, without=BEGINNINGS) as sent:
                answer = browser.open(
                    request.path,
                    method=request.method,
                    data=request.body or None,
                    content_type=FORM if request.body else None,
                )
            if answer.status_code != request.status:
                raise ValueError(f"{case}: {answer.status_code} {answer.text[-300:]}")
        yield case, len(sent)
