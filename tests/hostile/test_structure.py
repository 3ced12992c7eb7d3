"""Damage to the structure of a configuration: refused at a place, or it works whole."""

import time
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

from engine.metadata.load import load_sources
from engine.metadata.model.application import Application
from engine.metadata.problems import Severity, render
from engine.runtime.database import Database
from tests.hostile.served import become, look_at_all, scratch, site_of
from tests.hostile.structure import Tree, damaged, samples, written
from tests.kit.examples import examples

SECONDS = 2.0
PARTS = 8
LOADED = examples(240, nightly=50_000)
APPLIED = examples(48, nightly=10_000)  # of these one in six or seven has no error
SMALL = ("deals", "overlay", "ours", "every type")


@cache
def trees() -> Mapping[str, Tree]:
    return samples()


@cache
def base(name: str) -> Application:
    """Returns a configuration before it is damaged."""
    found = load_sources({"crm.yaml": written(trees()[name])}).application
    assert found is not None
    return found


def sample_of(seed: int) -> str:
    """Returns which configuration a seed damages; the large one now and then."""
    names = [one for one in trees() if one != "kitchen"]
    return "kitchen" if seed % 40 == 7 else names[seed % len(names)]


@pytest.mark.parametrize("part", range(PARTS))
def test_damage_is_told_or_harmless(part: int) -> None:
    for seed in range(part, LOADED, PARTS):
        loaded(sample_of(seed), seed)


@pytest.mark.parametrize("part", range(PARTS))
def test_what_is_not_refused_works_whole(part: int, tmp_path: Path) -> None:
    for seed in range(part, APPLIED, PARTS):
        name = SMALL[seed // PARTS % len(SMALL)]
        if wanted := loaded(name, seed):
            database = scratch(tmp_path, f"crm{seed}")
            try:
                works_whole(database, base(name), wanted)
            finally:
                database.dispose()


def loaded(name: str, seed: int) -> Application | None:
    """Loads a damaged configuration; what is wrong has a place and a sentence."""
    text = written(damaged(trees()[name], seed))
    began = time.process_time()
    result = load_sources({"crm.yaml": text})
    assert time.process_time() - began < SECONDS, seed
    if result.application is None:
        errors = [one for one in result.problems if one.severity is Severity.ERROR]
        assert errors, seed
        lines = text.count("\n") + 1
        assert all(one.mark.file and 1 <= one.mark.line <= lines for one in errors), seed
        assert all(render(one, result.sources) for one in errors[:3])
    return result.application


def works_whole(database: Database, before: Application, wanted: Application) -> None:
    """Applies it over the version before, looks at every page as each role, and goes back."""
    become(database, before)
    become(database, wanted)
    assert look_at_all(site_of(database, wanted))
    become(database, before)
    assert look_at_all(site_of(database, before), all_roles=False)
