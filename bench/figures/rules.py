"""What rules cost that do not listen: a create with none, ten and two hundred of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from statistics import median
from time import process_time

from bench.loading import SUBJECT
from engine.app import open_services
from engine.metadata.load import load
from engine.runtime.actor import ENGINE
from engine.runtime.database import Database
from engine.runtime.services import Services
from engine.start import bring_up_to_date

ROUNDS = 5
CREATES = 40
MANY = (10, 200)
NO_RULES = "no rule"
ELSEWHERE = {
    "that listen to another field": ("deal", "[changed: [wishes]]"),
    "that listen to another entity": ("client", "[created]"),
}


def silent_rules(folder: Path) -> list[tuple[str, str]]:
    """Measure creates beside rules that do not listen, the variants in turn."""
    variants = {name: opened(folder / str(at), text) for at, (name, text) in enumerate(texts())}
    took: dict[str, list[float]] = {name: [] for name in variants}
    for number in range(ROUNDS + 1):
        for name, services in variants.items():
            seconds = creates(services, number)
            if number:
                took[name].append(seconds)
    for services in variants.values():
        services.database.dispose()
    base = median(took[NO_RULES])
    return [
        (
            f"CPU of a create beside {name}",
            f"{median(one) * 1000:.2f} ms, {median(one) / base:.2f} times",
        )
        for name, one in took.items()
    ]


def texts() -> Iterator[tuple[str, str]]:
    """Yield the variants: the subject without a rule, and with many that do not listen."""
    whole = (SUBJECT / "crm.yaml").read_text()
    begin, end = whole.index("automations:"), whole.index("teams:")
    yield NO_RULES, whole[:begin] + whole[end:]
    for where, (entity, on) in ELSEWHERE.items():
        for count in MANY:
            rules = "".join(
                f"  rule_{number}:\n    entity: {entity}\n    on: {on}\n"
                f'    do:\n      - note: "Rule {number}"\n'
                for number in range(count)
            )
            text = f"{whole[:begin]}automations:\n{rules}{whole[end:]}"
            yield f"{count} rules {where}", text


def opened(place: Path, text: str) -> Services:
    """Open services of a configuration on a database of its own."""
    place.mkdir(parents=True)
    (place / "crm.yaml").write_text(text)
    application = load(place).application
    if application is None:
        raise ValueError(place)
    database = Database(f"sqlite:///{place / 'kartoteka.db'}")
    bring_up_to_date(application, database)
    services = open_services(application, database)
    services.records.create(ENGINE, "client", {"name": "Anna Petrova"})
    return services


def creates(services: Services, number: int) -> float:
    """Create some deals; return the CPU seconds of one."""
    began = process_time()
    for at in range(CREATES):
        services.records.create(
            ENGINE, "deal", {"name": f"Deal {number} {at}", "client": 1, "length_m": "2.5"}
        )
    return (process_time() - began) / CREATES
