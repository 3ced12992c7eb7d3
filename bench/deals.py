"""What deals are loaded: plain values, the same for every database, of a realistic spread.

Each record is made of its number alone, so that two loads of one size hold the same.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

CLIENTS = 5_000
USERS = 30
TEAMS = ("north", "south", "east", "west", "centre")
STAGES = ("new", "quote", "measuring", "production", "won", "lost")
SHARES = (8, 10, 6, 8, 45, 23)
OPEN_STAGES = 4
SOURCES = ("site", "fair", "phone", "friend", "partner")
PRIORITIES = ("low", "normal", "normal", "normal", "high")
REASONS = ("price", "terms", "competitor", "silent")
CITIES = ("Sofia", "Plovdiv", "Varna", "Burgas", "Ruse", "Pleven", "Sliven", "Dobrich")
FIRST = ("Anna", "Boris", "Vera", "Georgi", "Daria", "Emil", "Zoya", "Ivan", "Kalina", "Lora")
LAST = ("Petrova", "Ivanov", "Dimitrova", "Kolev", "Stoyanova", "Iliev", "Markova", "Todorov")
GOODS = ("Kitchen", "Wardrobe", "Office", "Bathroom", "Stairs", "Shop", "Library", "Terrace")
WISH = "The client wants it light, without handles, and before the holidays; call in the evening."
OPEN_TASKS = 40  # of each person: a day's list does not grow with the years
YEARS = 3
EVERY_NOTED = 5  # each fifth deal has notes
NOTES = 3
URGENT = 0.05

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Deal:
    """One deal as its columns hold it; money in cents, moments as texts in UTC."""

    id: int
    name: str
    search: str
    created_at: str
    updated_at: str
    owner: int
    client: int
    stage: str
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class People:
    """Who owns what: the ids of sellers and clients."""

    sellers: tuple[int, ...]
    clients: tuple[int, ...]


def moment(value: datetime) -> str:
    """Write an instant as SQLite holds it; PostgreSQL reads the same text."""
    text = value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")
    return f"{text}Z"


def client_payload(number: int, owner: int) -> dict[str, object]:
    """Return what is said of a client."""
    first, last = FIRST[number % len(FIRST)], LAST[number // len(FIRST) % len(LAST)]
    return {
        "name": f"{first} {last} {number}",
        "phone": f"+359 88 {number:07}",
        "email": f"client{number}@example.com",
        "city": CITIES[number % len(CITIES)],
        "owner": owner,
    }


def deals(count: int, people: People, now: datetime, first: int = 1) -> Iterator[Deal]:
    """Yield so many deals, the oldest first."""
    step = timedelta(days=365 * YEARS) / count
    for number in range(first, first + count):
        chance = random.Random(number)  # noqa: S311 - data of a measurement
        yield _deal(number, people, now - step * (count + first - number), now, chance)


def _deal(
    number: int, people: People, created: datetime, now: datetime, chance: random.Random
) -> Deal:
    stage = chance.choices(STAGES, SHARES)[0]
    name = f"{chance.choice(GOODS)} {number}"
    phone, address = f"+35988{number % 10_000_000:07}", f"Vitosha {number % 300}, floor 2"
    length, price, extras = (
        chance.randrange(50, 1200),
        chance.randrange(15, 120) * 1000,
        chance.randrange(0, 300) * 1000,
    )
    discount = chance.choice((0, 0, 0, 50, 100))
    amount = (length * price // 100 + extras) * (1000 - discount) // 1000
    is_open, coming = stage in STAGES[:OPEN_STAGES], timedelta(hours=chance.randrange(-48, 336))
    values: dict[str, Any] = {
        "source": chance.choice(SOURCES),
        "priority": chance.choice(PRIORITIES),
        "next_contact": moment(now + coming) if is_open else None,
        "phone": phone,
        "email": f"deal{number}@example.com",
        "city": chance.choice(CITIES),
        "address": address,
        "length_m": length,
        "price": price,
        "extras": extras,
        "discount": discount,
        "amount": amount,
        "prepaid": amount * 3 // 10 if stage in ("production", "won") else 0,
        "cost": amount * 6 // 10,
        "promised_for": (now + timedelta(days=20) + coming).date().isoformat(),
        "urgent": chance.random() < URGENT,
        "wishes": WISH if number % 3 == 0 else None,
        "lost_reason": chance.choice(REASONS) if stage == "lost" else None,
    }
    changed = created + timedelta(days=chance.randrange(0, 30))
    return Deal(
        id=number,
        name=name,
        search=f"{name} {phone} 0{phone[4:]} {address}".casefold(),
        created_at=moment(created),
        updated_at=moment(min(changed, now)),
        owner=people.sellers[number % len(people.sellers)],
        client=people.clients[chance.randrange(len(people.clients))],
        stage=stage,
        values=values,
    )


def image(deal: Deal) -> str:
    """Return the history's picture of a new deal."""
    money = {"length_m", "price", "extras", "amount", "prepaid", "cost"}
    told = {
        name: f"{value / 100:.2f}" if name in money else value
        for name, value in deal.values.items()
        if value is not None and name != "discount"
    }
    linked = {"name": deal.name, "client": deal.client, "owner": deal.owner, "stage": deal.stage}
    facts = {"title": deal.name, "archived": False, "created_at": deal.created_at}
    return json.dumps(
        {
            **facts,
            "created_by": deal.owner,
            **linked,
            **told,
            "discount": f"{deal.values['discount'] / 10:.1f}",
        }
    )
