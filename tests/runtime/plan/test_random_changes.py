"""Random lives of a configuration: whatever is added, renamed, retyped, retired and restored.

After every step the second plan is empty and nothing drifts (`become` sees to both); what people
wrote in the beginning is there again when everything is as in the beginning.
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import URL

from tests.kit.examples import examples
from tests.kit.lives import WRITTEN, Config, lives
from tests.kit.plans import living
from tests.kit.postgres import fresh_database


def live(url: str, life: list[Config]) -> None:
    first = Config()
    with living(url, first.text()) as now:
        rows = [{"name": f"N{n}", "note": WRITTEN[n % len(WRITTEN)]} for n in range(40)]
        now.fill("client", rows)
        now.fill("other", [{"name": "red", "title": "red", "title_key": "red"}])
        for config in life:
            now.become(config.text())
            assert now.values(config.entity, "name") == [one["name"] for one in rows]
        last = life[-1].entity
        home = replace(first, was="" if last == "client" else last)
        now.become(home.text())
        assert now.values("client", "name") == [one["name"] for one in rows]
        if all(leaves_the_note(config) for config in life):
            assert now.values("client", "note") == [one["note"] for one in rows]


def leaves_the_note(config: Config) -> bool:
    """Says whether the note is as it was, or retired."""
    notes = [(kind, was) for name, kind, was, _ in config.fields if name == "note"]
    return notes in ([], [("text", "")]) and not any("note" in one[2:3] for one in config.fields)


@settings(max_examples=examples(15, nightly=500), suppress_health_check=list(HealthCheck))
@given(lives())
def test_any_life_on_sqlite(life: list[Config]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        live(f"sqlite:///{Path(folder) / 'kartoteka.db'}", life)


@pytest.mark.postgres
@settings(max_examples=examples(4, nightly=60), suppress_health_check=list(HealthCheck))
@given(life=lives())
def test_any_life_on_postgresql(postgres_server: URL, life: list[Config]) -> None:
    with fresh_database(postgres_server) as url:
        live(url, life)
