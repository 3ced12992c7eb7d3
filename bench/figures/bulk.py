"""How many deals a second the engine makes: many at once, and one by one."""

from __future__ import annotations

from time import perf_counter

from bench.cases import payload
from engine.app import applied_services
from engine.runtime.actor import ENGINE
from engine.runtime.database import Database

MANY = 2_000
SINGLE = 200


def bulk(kind: str, url: str) -> list[tuple[str, str]]:
    """Measure both ways on loaded data; rules and history work as ever."""
    database = Database(url)
    records = applied_services(database).records
    payloads = [payload(number) for number in range(MANY)]
    began = perf_counter()
    records.create_many(ENGINE, "deal", payloads)
    many = MANY / (perf_counter() - began)
    began = perf_counter()
    for number in range(SINGLE):
        records.create(ENGINE, "deal", payload(number))
    single = SINGLE / (perf_counter() - began)
    database.dispose()
    return [
        (f"{kind}: deals a second, {MANY:,} at once", f"{many:,.0f}"),
        (f"{kind}: deals a second, one by one", f"{single:,.0f}"),
    ]
