"""Which files make a configuration, and how their trees become one.

Definitions are all `*.yaml` outside the named folders and dot-folders; rows are the CSV and YAML
files of `data/` and `demo/`. The same address twice is a problem that names both places.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from types import MappingProxyType

from engine.errors import Refused, say
from engine.metadata import nodes
from engine.metadata.explain import Explained
from engine.metadata.language import Mode
from engine.metadata.language_keys import NODE_KINDS
from engine.metadata.nodes import Entry
from engine.metadata.problems import Mark, Problem, Severity, printable

LARGEST = 8 * 1024 * 1024
LARGEST_FILE = 1024 * 1024
MOST_FILES = 1_000
ROWS = ("data", "demo")
LATER_FOLDERS: Mapping[str, str] = MappingProxyType(
    {
        "documents": "layouts of documents",
        "messages": "texts of messages",
        "translations": "translations",
        "tests": "scenarios",
        "packages": "installed templates",
    }
)


def worst_first(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Sort what keeps a folder from running first, and definitions before the rows that they read.

    One mistake in a definition may make a hundred lines of rows wrong.
    """
    return tuple(
        sorted(
            problems,
            key=lambda one: (
                one.severity is not Severity.ERROR,
                one.mark.file.partition("/")[0] in ROWS,
            ),
        )
    )


@dataclass(frozen=True, slots=True)
class Sources:
    """The texts of a folder by relative path, and what could not be read."""

    texts: Mapping[str, str]
    problems: tuple[Problem, ...]


def find_sources(folder: Path) -> Sources:
    """Read the files of a folder that make its configuration, `crm.yaml` first."""
    _must_be_folder(folder)
    texts: dict[str, str] = {}
    problems: list[Problem] = []
    left = LARGEST
    for path in sorted(_files(folder), key=_load_order):
        name = path.as_posix()
        if not name.isprintable():
            problems.append(odd_name(Mark(printable(name), 1, 1)))
            continue
        if not is_definition(name) and not is_rows(name):
            problems += _not_read(name, problems)
            continue
        if len(texts) == MOST_FILES:
            problems.append(too_many_files(Mark(name, 1, 1)))
            break
        try:
            content = _content(folder, path)
            left -= len(content)
            if left < 0:
                problems.append(too_much(Mark(name, 1, 1)))
                break
            texts[name] = content.decode("utf-8")
        except (OSError, RuntimeError, UnicodeDecodeError) as error:  # Runtime: a loop of links
            problems.append(not_a_text(Mark(name, 1, 1), error))
    problems += (not_followed(Mark(one, 1, 1)) for one in sorted(_odd_folders(folder)))
    return Sources(texts, tuple(problems))


def _must_be_folder(folder: Path) -> None:
    if not folder.exists():
        raise Refused(say("There is no folder {folder}.", folder=folder))
    if not folder.is_dir():
        hint = say("Name the folder in which it lies: {folder}", folder=folder.parent)
        raise Refused(say("{folder} is a file, not a folder.", folder=folder), hint)
    try:
        os.listdir(folder)  # noqa: PTH208 - only whether it may be read
    except OSError as error:
        reason = error.strerror or error
        raise Refused(
            say("{folder} can't be read: {reason}", folder=folder, reason=reason)
        ) from None


def _files(folder: Path) -> Iterable[PurePosixPath]:
    for top, folders, files in os.walk(folder):
        folders[:] = [one for one in folders if not one.startswith(".")]
        for name in files:
            if not name.startswith("."):
                yield PurePosixPath((Path(top) / name).relative_to(folder).as_posix())


def _odd_folders(folder: Path) -> Iterable[str]:
    """Yield the folders that look like a file, and those that lie elsewhere."""
    for top, folders, _ in os.walk(folder):
        folders[:] = [one for one in folders if not one.startswith(".")]
        for name in folders:
            path = Path(top) / name
            if name.endswith((".yaml", ".csv")) or path.is_symlink():
                yield printable(path.relative_to(folder).as_posix())


def _load_order(path: PurePosixPath) -> tuple[bool, tuple[str, ...]]:
    return (path.as_posix() != "crm.yaml", path.parts)


def _content(folder: Path, path: PurePosixPath) -> bytes:
    found = folder / path
    if found.is_symlink() and not found.resolve().is_relative_to(folder.resolve()):
        raise OSError("it is a link to a place outside the folder")
    if not found.is_file():
        raise OSError("it is no ordinary file")
    with found.open("rb") as opened:
        content = opened.read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        raise OSError("it is larger than 1 MiB")
    return content


def is_definition(name: str) -> bool:
    """Say whether a file holds definitions."""
    path = PurePosixPath(name)
    home = path.parts[0] if len(path.parts) > 1 else ""
    return path.suffix == ".yaml" and home not in LATER_FOLDERS and home not in ROWS


def is_rows(name: str) -> bool:
    """Say whether a file holds rows."""
    path = PurePosixPath(name)
    return len(path.parts) == 2 and path.parts[0] in ROWS and path.suffix in (".yaml", ".csv")  # noqa: PLR2004 - folder and file


def too_many_files(mark: Mark) -> Problem:
    """Say that the folder holds too many files."""
    message = f"this folder has more than {MOST_FILES:,} files, and this one is not read"
    return Problem("E101", mark, message, "put several entities into one file")


def odd_name(mark: Mark) -> Problem:
    """Say that a file has a name that can't be shown."""
    message = "the name of this file has letters that can't be shown"
    return Problem("E101", mark, message, "rename it")


def not_followed(mark: Mark) -> Problem:
    """Say that a folder is named like a file, or is a link to somewhere else."""
    message = f"{mark.file} is a folder named like a file, or a link to a folder: it is not read"
    hint = "put the files themselves here"
    return Problem("W136", mark, message, hint, severity=Severity.WARNING)


def _not_read(name: str, said: list[Problem]) -> list[Problem]:
    path = PurePosixPath(name)
    home = path.parts[0] if len(path.parts) > 1 else ""
    if home in LATER_FOLDERS:
        is_said = any(one.code == "L003" and one.address == home for one in said)
        return [] if is_said else [later_folder(Mark(name, 1, 1), home)]
    if path.suffix in (".yml", ".yaml", ".csv"):
        return [not_read(Mark(name, 1, 1), path)]
    return []


def merge(roots: Iterable[nodes.Mapping], problems: list[Problem] | None = None) -> nodes.Mapping:
    """Join the trees of several files by section and id."""
    merged: dict[str, Entry] = {}
    for root in roots:
        for entry in root.entries:
            first = merged.get(entry.key.text)
            if first is None:
                merged[entry.key.text] = entry
            elif _is_section(entry) and _is_section(first):
                joined = _join(first, entry, problems)
                merged[entry.key.text] = Entry(first.key, joined)
            elif problems is not None:
                problems.append(same_address(entry.key.mark, entry.key.text, first.key.mark))
    return nodes.Mapping(tuple(merged.values()), Mark("crm.yaml", 1, 1))


def _is_section(entry: Entry) -> bool:
    key = NODE_KINDS["crm"].key(entry.key.text)
    is_map = isinstance(entry.value, nodes.Mapping)
    return is_map and key is not None and key.mode is Mode.MAP


def _join(first: Entry, second: Entry, problems: list[Problem] | None) -> nodes.Mapping:
    assert isinstance(first.value, nodes.Mapping)  # noqa: S101 - said by _is_section
    assert isinstance(second.value, nodes.Mapping)  # noqa: S101 - said by _is_section
    entries = {one.key.text: one for one in first.value.entries}
    for entry in second.value.entries:
        known = entries.setdefault(entry.key.text, entry)
        if known is not entry and problems is not None:
            address = f"{first.key.text}.{entry.key.text}"
            problems.append(same_address(entry.key.mark, address, known.key.mark))
    return nodes.Mapping(tuple(entries.values()), first.value.mark)


def same_address(mark: Mark, address: str, first: Mark) -> Problem:
    """The same address in two files.

    Files merge by section and id; one definition stands in one place.

    Bad:
        # a.yaml
        name: shop
        entities: {client: {fields: {name: text}}}
        # b.yaml
        entities: {client: {fields: {phone: phone}}}
    Good:
        # a.yaml
        name: shop
        entities: {client: {fields: {name: text, phone: phone}}}
        # b.yaml
        entities: {product: {fields: {name: text}}}
    """
    return Problem(
        "E112",
        mark,
        f"'{address}' is already defined in {first.file}, line {first.line}",
        "keep one of the two, with all that belongs to it",
        address,
    )


def not_a_text(mark: Mark, error: OSError | RuntimeError | UnicodeDecodeError) -> Problem:
    """Say why a file can't be read as text."""
    if isinstance(error, UnicodeDecodeError):
        hint = "save it as UTF-8; programs for tables call it 'CSV UTF-8'"
        line = error.object.count(b"\n", 0, error.start) + 1
        return Problem("E101", Mark(mark.file, line, 1), "this file is not UTF-8 text", hint)
    said = getattr(error, "strerror", None)
    reason = str(said).lower() if said else str(error)
    if isinstance(error, RuntimeError):
        reason = "it is a link that leads to itself"
    hint = "split it into several files" if "larger" in reason else "check where it comes from"
    return Problem("E101", mark, f"this file can't be read: {reason}", hint)


def too_much(mark: Mark) -> Problem:
    """Say that the folder holds too much."""
    return Problem(
        "E101",
        mark,
        "the files of this folder are larger than 8 MiB together",
        "load large tables with an import, not as rows",
    )


def later_folder(mark: Mark, folder: str) -> Problem:
    """A folder whose files this version of Kartoteka does not read yet.

    Bad:
        # crm.yaml
        name: shop
        # translations/bg.yaml
        label: Магазин
    Good:
        name: shop
    """
    return Problem(
        "L003",
        mark,
        f"the files of {folder}/ ({LATER_FOLDERS[folder]}) are not read in this version yet",
        "they are left out",
        folder,
        Severity.LATER,
    )


def not_read(mark: Mark, path: PurePosixPath) -> Problem:
    """A file that looks like a part of the configuration and is not read.

    Bad:
        # crm.yaml
        name: shop
        # clients.yml
        entities: {client: {fields: {name: text}}}
    Good:
        # crm.yaml
        name: shop
        # clients.yaml
        entities: {client: {fields: {name: text}}}
    """
    hint = f"rename it to {path.stem}.yaml"
    if path.suffix == ".csv":
        hint = "rows stand directly in data/ or demo/"
    elif path.suffix == ".yaml":
        hint = f"rows stand directly in {path.parts[0]}/, without folders inside"
    return Problem("W136", mark, f"{path.name} is not read", hint, severity=Severity.WARNING)


CODES: Mapping[str, Explained] = MappingProxyType(
    {"E112": same_address, "L003": later_folder, "W136": not_read}
)
