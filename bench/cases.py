"""What is asked of both sides: the same requests, made from what was loaded.

A page is asked by its address. A form is sent as a browser would, with the token of the session
and, where there is one, the version that it was made from.
"""

from __future__ import annotations

import itertools
import re
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlencode

from bench.handwritten import words

READ, SAVED = 200, 303
DEPTH = 200
DEEP = "page in depth"


@dataclass(frozen=True, slots=True)
class Request:
    """One request, and the status that it must be answered with."""

    method: str
    path: str
    body: str = ""
    status: int = READ


@dataclass(slots=True)
class World:
    """What a client knows of one side: its form token, deals to work on, pages in depth."""

    csrf: str
    read: tuple[int, ...]
    edited: tuple[int, ...]
    pressed: tuple[int, ...]
    clients: int
    deep: tuple[str, ...] = ()
    versions: dict[int, int] = field(default_factory=dict)
    stages: dict[int, str] = field(default_factory=dict)
    counter: Iterator[int] = field(default_factory=lambda: itertools.count(1))


Make = Callable[[World, int], Request]


def page(path: str) -> Make:
    """Return a case that asks for one page."""
    return lambda _world, _turn: Request("GET", path)


def record(world: World, turn: int) -> Request:
    """Ask for a deal."""
    return Request("GET", f"/deal/{world.read[turn % len(world.read)]}")


def form(world: World, turn: int) -> Request:
    """Ask for the form of a deal."""
    return Request("GET", f"/deal/{world.read[turn % len(world.read)]}/edit")


def deep(world: World, turn: int) -> Request:
    """Ask for a page of the list in depth."""
    return Request("GET", world.deep[turn % len(world.deep)])


def search(_world: World, turn: int) -> Request:
    """Look for words."""
    return Request("GET", f"/search?q={('Kitchen+99', 'Wardrobe+12', 'Office+45')[turn % 3]}")


def create(world: World, _turn: int) -> Request:
    """Send a new deal."""
    number = next(world.counter)
    return Request("POST", "/deal/new", _sent(world, payload(number, world.clients)), SAVED)


def update(world: World, turn: int) -> Request:
    """Send a deal with another address, length and discount."""
    number, mark = world.edited[turn % len(world.edited)], next(world.counter)
    version = world.versions.get(number, 1)
    world.versions[number] = version + 1
    changed = {**payload(mark, world.clients), "_version": str(version)}
    return Request("POST", f"/deal/{number}/edit", _sent(world, changed), SAVED)


def press(world: World, turn: int) -> Request:
    """Say that one has talked with the client."""
    number = world.pressed[turn % len(world.pressed)]
    said = {"said": f"They think it over, {next(world.counter)}.", "next_contact": _in_days(3)}
    body = _sent(world, {**said, "_stage": world.stages[number], "_try": "0"})
    return Request("POST", f"/deal/{number}/press/talked", body, SAVED)


CASES: dict[str, Make] = {
    "list": page("/deal"),
    "filtered list": page("/deal?stage=quote,measuring&city=Sofia"),
    DEEP: deep,
    "count of a list": page("/deal?_part=count"),
    "record": record,
    "form": form,
    "search": search,
    "board": page("/views/board"),
    "sums of a board": page("/views/board?_part=heads"),
    "my day": page("/my-day"),
    "create": create,
    "update": update,
    "press": press,
}
WRITES = ("create", "update", "press")
PARTS = ("count of a list", "sums of a board")  # too small for a comparison of weights


def following(html: str) -> str | None:
    """Return the address of the next page of a list."""
    found = re.search(r'<a class="btn" href="([^"]+)"[^>]*rel="next"', html)
    return found[1].replace("&amp;", "&") if found else None


def token_of(html: str) -> str:
    """Return the form token that a page carries."""
    found = re.search(r'name="csrf-token" content="([^"]+)"', html)
    if found is None:
        raise ValueError("the page carries no form token")
    return found[1]


def payload(number: int, clients: int = 1) -> dict[str, str]:
    """Return the fields of a deal."""
    return {
        "name": f"Pantry {number}",
        "client": str(number % clients + 1),
        "source": "fair",
        "priority": "high",
        "next_contact": _in_days(2),
        "phone": f"+35988{number % 10_000_000:07}",
        "email": f"pantry{number}@example.com",
        "city": "Sofia",
        "address": f"Rakovski {number}",
        "length_m": f"{number % 90 + 1}.25",
        "price": "420",
        "extras": f"{number % 7}00",
        "discount": f"{number % 10}",
        "prepaid": "0",
        "promised_for": _in_days(30)[:10],
        "wishes": "Light, without handles.",
    }


def _sent(world: World, values: dict[str, str]) -> str:
    return urlencode({"_csrf": world.csrf, "_token": secrets.token_urlsafe(18), **values})


def _in_days(days: int) -> str:
    moment = words.now().astimezone(words.ZONE) + timedelta(days=days)
    return moment.strftime("%Y-%m-%d 10:00")
