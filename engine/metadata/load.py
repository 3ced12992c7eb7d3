"""The front door: a folder of YAML -> one `Application`, or every problem that keeps it from being.

1 find_sources (folder)   2 read_nodes (source)   3 check_shape (shape)   4 build_application (build)
5 run_checks (checks); all problems of all files come back in one run, sorted by place.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from engine.metadata import nodes
from engine.metadata.build.application import build_application
from engine.metadata.build.common import CORE
from engine.metadata.build.rows import rows_of_table, rows_of_tree
from engine.metadata.csv_source import CsvTable, read_csv
from engine.metadata.folder import find_sources, is_definition, is_rows, merge
from engine.metadata.model.application import Application
from engine.metadata.model.rows import Row
from engine.metadata.problems import Problem, has_errors, in_order
from engine.metadata.shape import Shape, check_shape
from engine.metadata.source import Document, read_nodes
from engine.resources import resource_dir


@dataclass(frozen=True, slots=True)
class LoadResult:
    """The application, where there is no error, and everything there is to say."""

    application: Application | None
    problems: tuple[Problem, ...]
    sources: Mapping[str, str]


def load(folder: Path) -> LoadResult:
    """Load the configuration of a folder."""
    found = find_sources(folder)
    return _load(found.texts, list(found.problems))


def load_sources(sources: Mapping[str, str]) -> LoadResult:
    """Load a configuration from its texts, by relative path."""
    return _load(sources, [])


@dataclass(frozen=True, slots=True)
class _File:
    """A file of YAML: as it was read, and what of it has the right shape."""

    document: Document
    shape: Shape

    @property
    def problems(self) -> tuple[Problem, ...]:
        return (*self.document.problems, *self.shape.problems)

    @property
    def raw(self) -> nodes.Mapping:
        return self.document.root or nodes.Mapping((), nodes.NOWHERE)

    @property
    def sound(self) -> nodes.Mapping:
        kept = nodes.without(self.raw, self.shape.dropped)
        return kept if isinstance(kept, nodes.Mapping) else nodes.Mapping((), nodes.NOWHERE)


def _load(sources: Mapping[str, str], problems: list[Problem]) -> LoadResult:
    files = {name: _read(name, text) for name, text in sources.items() if is_definition(name)}
    row_files = {
        name: _read(name, text, rows=True) for name, text in sources.items() if _is_tree(name)
    }
    tables = {name: read_csv(name, text) for name, text in sources.items() if _is_table(name)}
    for one in (*files.values(), *row_files.values(), *tables.values()):
        problems += one.problems
    own = merge([one.sound for one in files.values()], problems)
    tree = nodes.overlay(_core(), own)
    application = build_application(tree, (), sources, _digest(sources))
    rows = tuple(_rows(application, row_files, tables))
    application = replace(application, rows=rows)
    ordered = in_order(tuple(problems))
    return LoadResult(None if has_errors(ordered) else application, ordered, sources)


def _is_tree(name: str) -> bool:
    return is_rows(name) and name.endswith(".yaml")


def _is_table(name: str) -> bool:
    return is_rows(name) and name.endswith(".csv")


def _read(name: str, text: str, *, rows: bool = False) -> _File:
    document = read_nodes(name, text)
    if document.root is None:
        return _File(document, Shape((), document.broken))
    overlay = document.root.get("uses") is not None
    return _File(document, check_shape(document.root, document.broken, rows=rows, overlay=overlay))


def _rows(
    application: Application, files: Mapping[str, _File], tables: Mapping[str, CsvTable]
) -> Iterator[Row]:
    for one in files.values():
        yield from rows_of_tree(one.sound, application.entities)
    for name, table in tables.items():
        yield from rows_of_table(name, table, application.entities)


@cache
def _core_texts() -> Mapping[str, str]:
    folder = resource_dir("core")
    return {one.name: one.read_text("utf-8") for one in sorted(folder.glob("*.yaml"))}


@cache
def _core() -> nodes.Mapping:
    roots = [read_nodes(CORE + name, text).root for name, text in _core_texts().items()]
    return merge([one for one in roots if one])


def _digest(sources: Mapping[str, str]) -> str:
    """Return the fingerprint of a configuration together with the core package it stands on."""
    found = hashlib.sha256()
    for texts in (_core_texts(), sources):
        for name in sorted(texts):
            text = texts[name].encode("utf-8", "surrogatepass")
            found.update(f"{len(name)}:{name}:{len(text)}:".encode())
            found.update(text)
    return found.hexdigest()
