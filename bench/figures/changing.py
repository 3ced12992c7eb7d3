"""Changing a large CRM while people write: plan, apply, and how long the writers wait."""

from __future__ import annotations

from pathlib import Path
from statistics import median
from threading import Thread
from time import perf_counter, sleep

from bench.client import Client, Job, Took
from bench.loading import SUBJECT, subject
from bench.sides import Side
from engine.app import apply_plan
from engine.metadata.load import load
from engine.runtime.database import Database
from engine.runtime.plan.compare import make_plan

AUTHOR = "bench"
WRITING = 6.0
HEAD_START = 1.0
ANCHOR = "      wishes:"
NEW = "      shade: {type: text, help: The colour of the fronts}\n"


def add_field(folder: Path, side: Side, client: Client) -> list[tuple[str, str]]:
    """Add a field while somebody creates deals, one after the other."""
    place = folder / f"changed-{side.kind}"
    place.mkdir()
    text = (SUBJECT / "crm.yaml").read_text()
    (place / "crm.yaml").write_text(text.replace(ANCHOR, NEW + ANCHOR, 1))
    wanted = load(place).application
    if wanted is None:
        raise ValueError(place)
    took: list[Took] = []
    job = Job(side.port, side.cookie, "create", 1, WRITING, side.key)
    writing = Thread(target=lambda: took.append(client.run(job)))
    database = Database(side.url)
    began = perf_counter()
    make_plan(database, subject())
    empty = perf_counter() - began
    writing.start()
    sleep(HEAD_START)
    began = perf_counter()
    plan = make_plan(database, wanted)
    planned = perf_counter() - began
    apply_plan(database, plan, wanted, AUTHOR)
    applied = perf_counter() - began - planned
    writing.join()
    database.dispose()
    if not took:
        raise ValueError("the writers ended with an error")
    return [
        (f"{side.kind}: plan without a change", f"{empty * 1000:.0f} ms"),
        (f"{side.kind}: plan of a new field", f"{planned * 1000:.0f} ms"),
        (f"{side.kind}: apply of a new field", f"{applied * 1000:.0f} ms"),
        (
            f"{side.kind}: longest create meanwhile (the median of all)",
            f"{max(took[0].latencies) * 1000:.0f} ms ({median(took[0].latencies) * 1000:.0f} ms)",
        ),
    ]
