"""The sample clinic with people, owners, animals and visits that the tests of the reader share."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from engine.metadata.model.text import RecordRef
from engine.runtime.actor import Actor
from tests.kit.applications import VET, application
from tests.kit.stock import MONDAY, Stock, stocked

OWNERS = (
    ("Пётр Иванов", "София", "+359888123456", "12.5", ("regular",)),
    ("Anna_Maria", "Varna", "+359887000111", None, ("breeder", "regular")),
    ("Boris 100%", "sofia", None, "-3.0", ()),
    ("Zoë O'Neill", None, "+359888999222", "12.4", ("shelter",)),
)


@dataclass(frozen=True, slots=True)
class Clinic:
    """The stock, the people, and the numbers of the records by a short name."""

    stock: Stock
    head: Actor
    reception: Actor
    vet: Actor
    night: Actor
    booking: Actor
    admin: Actor
    stranger: Actor
    ids: dict[str, int]


@contextmanager
def clinic(url: str) -> Iterator[Clinic]:
    """Stocks a clinic."""
    with stocked(application(VET), url) as stock:
        day_team = stock.team("clinic")
        night_team = stock.team("night", parent=day_team)
        people = {
            "head": stock.user("head", "head", team=day_team),
            "reception": stock.user("rita", "reception", team=day_team),
            "vet": stock.user("vera", "vet", team=day_team, phone="+359700111222"),
            "night": stock.user("nina", "vet", "reception", team=night_team),
            "booking": stock.user("boyan", "booking"),
            "admin": stock.user("ada", "admin"),
            "stranger": stock.user("sam"),
        }
        ids = dict(_owners(stock)) | dict(_animals(stock))
        ids |= _visits(stock, ids, people) | {"day_team": day_team, "night_team": night_team}
        yield Clinic(stock=stock, ids=ids, **people)


def _owners(stock: Stock) -> Iterator[tuple[str, int]]:
    for number, (name, city, phone, margin, groups) in enumerate(OWNERS, start=1):
        yield (
            f"owner{number}",
            stock.add(
                "owner",
                name=name,
                city=city,
                phone=phone,
                margin=None if margin is None else Decimal(margin),
                groups=groups,
            ),
        )
    yield "archived_owner", stock.add("owner", name="Old Nick", city="Varna", archived=True)
    yield "trashed_owner", stock.add("owner", name="Gone Girl", city="Varna", trashed_at=MONDAY)


def _animals(stock: Stock) -> Iterator[tuple[str, int]]:
    yield "rex", stock.add("animal", name="Rex", owner=1, species="dog", aggressive=True, legs=4)
    yield "tom", stock.add("animal", name="Tom", owner=2, species="cat", legs=3)
    yield "ghost", stock.add("animal", name="Ghost", owner=6, born=date(2020, 2, 29))


def _visits(stock: Stock, ids: dict[str, int], people: dict[str, Actor]) -> dict[str, int]:
    def visit(
        number: str, animal: str, vet: str | None, at: datetime | None, **more: object
    ) -> int:
        title = f"{number} {animal.title()}"
        who = people[vet].user_id if vet else None
        return stock.add(
            "visit", number=number, animal=ids[animal], vet=who, at=at, title=title, **more
        )

    made = {
        "v1": visit("V-1", "rex", "vet", MONDAY, stage="booked", debt=Decimal("10.50")),
        "v2": visit(
            "V-2", "tom", "night", MONDAY - timedelta(days=1), stage="done", debt=Decimal(0)
        ),
        "v3": visit("V-3", "rex", None, None, stage="to_pay", debt=None),
        "v4": visit("V-4", "ghost", "booking", MONDAY + timedelta(hours=20), stage="booked"),
        "v5": visit("V-5", "tom", "head", MONDAY + timedelta(days=3), stage="missed"),
    }
    made["archived"] = visit("V-6", "tom", "vet", MONDAY, stage="done", archived=True)
    made["trashed"] = visit("V-7", "tom", "vet", MONDAY, stage="done", trashed_at=MONDAY)
    made["task"] = stock.add(
        "task", subject="Call", to=people["vet"].user_id, about=RecordRef("visit", made["v5"])
    )
    made["other_task"] = stock.add(
        "task", subject="Pay", to=people["head"].user_id, about=RecordRef("owner", ids["owner1"])
    )
    made["note"] = stock.add(
        "activity", type="note", text="Barks", about=RecordRef("animal", ids["rex"])
    )
    return made
