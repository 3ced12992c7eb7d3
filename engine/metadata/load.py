"""The front door: a folder of YAML -> one `Application`, or all problems that keep it from being.

1 find_sources (folder)  2 read_nodes (source)  3 check_shape (shape)  4 build_application (build)
5 run_checks (checks). All problems of all files come back in one run, sorted by place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path as FilePath

from engine.metadata import meaning, nodes
from engine.metadata.build.application import build_application
from engine.metadata.build.rows import rows_of_table, rows_of_tree, without_roles
from engine.metadata.build.stories import build_story, read_tale
from engine.metadata.checks.left_out import is_definition_path, is_role, left_out, loose_ends
from engine.metadata.checks.run import run_checks
from engine.metadata.checks.subject import Subject
from engine.metadata.closeness import few_comparisons
from engine.metadata.core_package import core_package, core_texts, over_core
from engine.metadata.csv_source import CsvTable, read_csv
from engine.metadata.folder import find_sources, is_definition, is_rows, merge, worst_first
from engine.metadata.model.application import Application
from engine.metadata.model.rows import Row
from engine.metadata.nodes import Path
from engine.metadata.problems import Mark, Problem, Severity, has_errors, in_order
from engine.metadata.rows_files import RowsFile
from engine.metadata.shape import Shape, check_shape, of_overlay
from engine.metadata.source import MOST_ITEMS, MOST_NODES, Document, read_nodes
from engine.metadata.syntax import too_many_together

MOST_VALUES = 200_000  # of all files together
MOST_PROBLEMS = 1_000  # nobody reads more at once
KEY_OF_FIELD = 5  # entities, id, fields, id, key: what is wrong below makes the key unclear


@dataclass(frozen=True, slots=True)
class LoadResult:
    """The application, where there is no error, and everything there is to say."""

    application: Application | None
    problems: tuple[Problem, ...]
    sources: Mapping[str, str]


def load(folder: FilePath, files: ReadFiles | None = None) -> LoadResult:
    """Load the configuration of a folder; `files` remembers what has not changed since."""
    found = find_sources(folder)
    with few_comparisons():
        return _load(found.texts, list(found.problems), files)


def load_sources(sources: Mapping[str, str]) -> LoadResult:
    """Load a configuration from its texts, by relative path."""
    with few_comparisons():
        return _load(sources, [])


@dataclass(frozen=True, slots=True)
class _File:
    """A file of YAML: as it was read, what is wrong with its shape, and a mark of what it says."""

    document: Document
    shape: Shape
    said: str

    @property
    def root(self) -> nodes.Mapping:
        """Return what the author wrote."""
        return self.document.root or nodes.Mapping((), nodes.NOWHERE)

    @property
    def sound(self) -> nodes.Mapping:
        """Return what of it has the right shape."""
        return nodes.without_some(self.root, self.shape.dropped)

    def as_rows(self, name: str) -> RowsFile:
        """Return it as a file of rows."""
        wrong = self.shape.unclear | self.shape.dropped
        return RowsFile(name, tree=self.sound, raw=self.root, unclear=wrong)


class ReadFiles:
    """The files of the last load: one that has not changed is not read again by the next."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str, int, bool], _File] = {}
        self._read: dict[tuple[str, str, int, bool], _File] = {}

    def again(self) -> ReadFiles:
        """Begin another load."""
        self._known, self._read = self._read, {}
        return self

    def read(self, name: str, text: str, most: int, *, rows: bool = False) -> _File:
        """Return a file as it is read."""
        key = name, text, most, rows
        found = self._known.get(key) or _file(name, text, most, rows=rows)
        self._read[key] = found
        return found


@dataclass(frozen=True, slots=True)
class _Folder:
    """All files of a folder, read."""

    definitions: tuple[_File, ...]
    trees: Mapping[str, _File]
    tables: Mapping[str, CsvTable]
    left: tuple[Problem, ...]
    said: Mapping[str, str]

    @property
    def problems(self) -> list[Problem]:
        """Return what was wrong with the files one by one."""
        files = (*self.definitions, *self.trees.values())
        found = [one for file in files for one in (*file.document.problems, *file.shape.problems)]
        found += [one for table in self.tables.values() for one in table.problems]
        return [*found, *self.left]

    @property
    def unclear(self) -> frozenset[Path]:
        """Return the paths that have an error already."""
        found = frozenset().union(*(one.shape.unclear for one in self.definitions))
        return found | {path[:KEY_OF_FIELD] for path in found if path[2:3] == ("fields",)}

    @property
    def later(self) -> frozenset[Path]:
        """Return the paths that run in a later version."""
        return frozenset().union(*(one.shape.later for one in self.definitions))

    @property
    def rows(self) -> tuple[RowsFile, ...]:
        """Return the files of rows."""
        trees = [one.as_rows(name) for name, one in self.trees.items()]
        return (*trees, *(RowsFile(name, table=one) for name, one in self.tables.items()))


def _load(
    sources: Mapping[str, str], problems: list[Problem], files: ReadFiles | None = None
) -> LoadResult:
    folder = _read(sources, (files or ReadFiles()).again())
    problems += folder.problems
    own = merge([one.sound for one in folder.definitions], problems)
    raw = nodes.overlay(core_package(own), merge([one.root for one in folder.definitions]))
    later = folder.later
    build = partial(_built, folder, sources, raw)
    subject, found = build(own, later)
    while (more := left_out(found) - later) | (loose := loose_ends(replace(subject, later=later))):
        problems += [one for one in found if one.severity is Severity.LATER]
        later |= more | {one for one in loose if is_definition_path(one)}
        own = nodes.without_some(own, more | loose)
        subject, found = build(own, later)
    application = subject.application
    ordered = in_order((*problems, *found))
    is_wrong = has_errors(ordered)
    return LoadResult(None if is_wrong else application, _first(ordered), sources)


def _first(problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
    """Return as many as somebody reads at once, the worst of them where there are more."""
    if len(problems) <= MOST_PROBLEMS:
        return problems
    return in_order(worst_first(problems)[:MOST_PROBLEMS])


def _built(
    folder: _Folder,
    sources: Mapping[str, str],
    raw: nodes.Mapping,
    own: nodes.Mapping,
    later: frozenset[Path],
) -> tuple[Subject, tuple[Problem, ...]]:
    core = core_package(own)
    tree = over_core(core, own)
    core_said = {name: meaning.of_text(text) for name, text in core_texts(own).items()}
    digest = meaning.of_all(core_said, folder.said)
    application = build_application(tree, (), sources, digest)
    rows = without_roles(_rows(application, folder), {one[1] for one in later if is_role(one)})
    application = replace(application, rows=rows)
    tale = read_tale(folder.rows, application)
    application = replace(application, story=build_story(tale, application))
    subject = Subject(application, tree, raw, core, folder.unclear, later, folder.rows, tale)
    return subject, run_checks(subject)


def _read(sources: Mapping[str, str], files: ReadFiles) -> _Folder:
    definitions: dict[str, _File] = {}
    trees: dict[str, _File] = {}
    tables: dict[str, CsvTable] = {}
    count, left = 0, []
    for name in sorted(sources, key=is_rows):
        if is_rows(name) and any(one.root.get("uses") is not None for one in definitions.values()):
            continue
        if count > MOST_VALUES:
            left.append(too_many_together(Mark(name, 1, 1), MOST_VALUES))
        elif is_definition(name):
            definitions[name] = files.read(name, sources[name], MOST_ITEMS)
            count += definitions[name].document.count
        elif is_rows(name) and name.endswith(".yaml"):
            trees[name] = files.read(name, sources[name], MOST_NODES, rows=True)
            count += trees[name].document.count
        elif is_rows(name):
            tables[name] = read_csv(name, sources[name])
            count += tables[name].count
    said = {name: meaning.of_text(text) for name, text in sources.items()}
    said |= {name: one.said for name, one in (definitions | trees).items()}
    said |= {name: meaning.of_table(one) for name, one in tables.items()}
    return _Folder(_overlaid(tuple(definitions.values())), trees, tables, tuple(left), said)


def _overlaid(definitions: tuple[_File, ...]) -> tuple[_File, ...]:
    if not any(one.root.get("uses") is not None for one in definitions):
        return definitions
    return tuple(replace(one, shape=of_overlay(one.root, one.shape)) for one in definitions)


def _file(name: str, text: str, most: int, *, rows: bool = False) -> _File:
    document = read_nodes(name, text, most)
    if document.root is None:
        shape = Shape((), document.broken, document.broken, frozenset())
        return _File(document, shape, meaning.of_text(text))
    shape = check_shape(document, document.root, rows=rows)
    return _File(document, shape, meaning.of_tree(document.root))


def _rows(application: Application, folder: _Folder) -> Iterator[Row]:
    for file in folder.rows:
        if file.tree:
            yield from rows_of_tree(file.tree, application.entities)
        if file.table:
            yield from rows_of_table(file.name, file.table, application.entities)
