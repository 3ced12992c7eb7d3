"""Damage to the structure of a configuration: refused at a place, or it works whole."""

import time
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from engine.metadata.authoring_schema import file_schema, rows_schema
from engine.metadata.language_keys import NOW
from engine.metadata.load import load_sources
from engine.metadata.model.application import Application
from engine.metadata.problems import Severity, render
from engine.runtime.database import Database
from engine.runtime.tables.entity import build_tables
from engine.runtime.tables.shape import is_stored
from tests.hostile import structure
from tests.hostile.memory import most_memory
from tests.hostile.served import become, go_back, look_at_all, scratch, site_of
from tests.hostile.structure import Tree, damaged, written
from tests.kit.examples import examples

SECONDS = 2.0
MEBIBYTES = 256
PARTS = 8
LOADED = examples(1_880, nightly=45_000)
APPLIED = examples(120, nightly=5_000)  # of these one in eight has no error
TYPES = {str: "string", list: "array", dict: "object"}
SCHEMAS = (file_schema(), rows_schema())
EVERYDAY = 50  # one in so many is an example, which are large


@cache
def seeds() -> Mapping[str, Tree]:
    return structure.seeds()


@cache
def everyday() -> Mapping[str, Tree]:
    return structure.examples()


@cache
def base(name: str) -> Application:
    """Returns a configuration before it is damaged."""
    found = load_sources(written(seeds()[name])).application
    assert found is not None
    return found


def sample_of(seed: int) -> Tree:
    """Returns which configuration a seed damages."""
    trees = list((everyday() if seed % EVERYDAY == 0 else seeds()).values())
    return trees[seed // EVERYDAY % len(trees) if seed % EVERYDAY == 0 else seed % len(trees)]


@pytest.mark.parametrize("part", range(PARTS))
def test_damage_is_told_or_harmless(part: int) -> None:
    with most_memory() as grown:
        for seed in range(part, LOADED, PARTS):
            loaded(sample_of(seed), seed)
    assert grown() <= MEBIBYTES


@pytest.mark.parametrize("part", range(PARTS))
def test_what_is_not_refused_works_whole(part: int, tmp_path: Path) -> None:
    for seed in range(LOADED + part, LOADED + APPLIED, PARTS):
        name = list(seeds())[seed % len(seeds())]
        if wanted := loaded(seeds()[name], seed):
            database = scratch(tmp_path, f"crm{seed}")
            try:
                works_whole(database, base(name), wanted)
            finally:
                database.dispose()


def loaded(tree: Tree, seed: int) -> Application | None:
    """Loads a damaged configuration; what is wrong has a place and a sentence."""
    files = written(damaged(tree, seed))
    began = time.process_time()
    result = load_sources(files)
    assert time.process_time() - began < SECONDS, seed
    if result.application is None:
        errors = [one for one in result.problems if one.severity is Severity.ERROR]
        assert errors, seed
        for one in errors:
            assert 1 <= one.mark.line <= files[one.mark.file].count("\n") + 1, (seed, one)
        assert all(render(one, result.sources) for one in errors[:3])
    return result.application


def works_whole(database: Database, before: Application, wanted: Application) -> None:
    """Applies it over the version before, looks at every page as each role, and goes back."""
    become(database, before)
    then = held(database, before)
    assert then
    become(database, wanted)
    assert look_at_all(site_of(database, wanted))
    if wanted.digest != before.digest:  # not every damage says something else
        assert go_back(database) == before
    assert then.items() <= held(database, before).items()


def held(database: Database, application: Application) -> dict[tuple[str, int], Any]:
    """Returns what every field of every record holds."""
    tables = build_tables(application)
    found: dict[tuple[str, int], Any] = {}
    with database.read() as connection:
        for entity in application.entities.values():
            stored = [one.id for one in entity.fields.values() if is_stored(one)]
            columns = [column for one in stored for column in tables.columns(entity.id, one)]
            rows = connection.execute(select(tables.table(entity.id).c.id, *columns))
            found |= {(entity.id, row[0]): tuple(row[1:]) for row in rows}
    return found


def test_the_seeds_say_everything_that_can_be_said() -> None:
    keys = {(kind.id, key.name) for kind in NOW for key in kind.keys if not key.later}
    words = {("word", one) for schema in SCHEMAS for one in words_in(schema)}
    said = {one for tree in seeds().values() for schema in SCHEMAS for one in said_in(tree, schema)}
    assert keys | words <= said


def words_in(schema: Any) -> Iterator[str]:
    """Yields the words that a schema lists: types of fields, kinds of views, days."""
    if isinstance(schema, dict):
        if schema.get("x-mode") == "word":
            yield from set(schema["enum"]) - set(schema.get("x-later-words", ()))
        for one in schema.values():
            yield from words_in(one)


def said_in(tree: Tree, schema: Any) -> Iterator[tuple[str, str]]:
    """Yields the keys by their kind of node, and the words, that a tree says under a schema."""
    if "$ref" in schema:
        schema = file_schema()["$defs"]["step"]
    if "if" in schema:
        yield from said_in(
            tree, schema["then" if TYPES[type(tree)] == schema["if"]["type"] else "else"]
        )
    elif isinstance(tree, str):
        yield from [("word", tree)] if schema.get("x-mode") == "word" else ()
    elif isinstance(tree, list):
        for one in tree:
            yield from said_in(one, schema.get("items", {}))
    else:
        known, others = schema.get("properties", {}), schema.get("additionalProperties") or {}
        for key, one in tree.items():
            yield schema.get("x-node", ""), key
            yield from said_in(one, known.get(key, others))
