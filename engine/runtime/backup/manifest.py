"""The manifest of an archive: what lies in it, from where, and by which figures it is judged."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from jsonschema import Draft202012Validator

from engine.errors import Refused, say
from engine.runtime.tables.layout import LAYOUT

FORMAT, FORMAT_VERSION = "kartoteka-backup", 1
NUMBER = {"type": "integer", "minimum": 0}
TEXT = {"type": "string"}
HEX = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
SHAPE: Mapping[str, Any] = {
    "type": "object",
    "required": ["engine", "layout", "dialect", "created_at", "version", "tables", "files"],
    "properties": {
        "engine": TEXT,
        "layout": NUMBER,
        "dialect": TEXT,
        "created_at": TEXT,
        "version": {
            "type": "object",
            "required": ["id", "digest"],
            "properties": {"id": NUMBER, "digest": TEXT},
        },
        "tables": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["name", "member", "columns", "rows", "digest", "size", "counter"],
                "properties": {
                    "name": TEXT,
                    "member": {"type": "string", "pattern": r"^tables/[0-9]{4}\.jsonl$"},
                    "columns": {"type": "array", "items": TEXT, "minItems": 1},
                    "rows": NUMBER,
                    "digest": HEX,
                    "size": NUMBER,
                    "counter": NUMBER,
                },
            },
        },
        "files": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["path", "size", "digest"],
                "properties": {"path": TEXT, "size": NUMBER, "digest": HEX},
            },
        },
    },
}


@dataclass(frozen=True, slots=True)
class TableEntry:
    """A table: its member, how many rows, their digest, and the last number given to a row."""

    name: str
    member: str
    columns: tuple[str, ...]
    rows: int
    digest: str
    size: int
    counter: int


@dataclass(frozen=True, slots=True)
class FileEntry:
    """An attachment, by its path below the folder of attachments."""

    path: str
    size: int
    digest: str


@dataclass(frozen=True, slots=True)
class Applied:
    """The version that was applied when the archive was made."""

    id: int
    digest: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """All that is known of an archive."""

    engine: str
    layout: int
    dialect: str
    created_at: str
    version: Applied
    tables: tuple[TableEntry, ...]
    files: tuple[FileEntry, ...]

    @property
    def rows(self) -> int:
        """Return how many rows lie in the archive."""
        return sum(one.rows for one in self.tables)

    @property
    def size(self) -> int:
        """Return how many bytes come out of the archive."""
        return sum(one.size for one in self.tables) + sum(one.size for one in self.files)


def write_manifest(manifest: Manifest) -> bytes:
    """Return the text of a manifest."""
    head = {"format": FORMAT, "format_version": FORMAT_VERSION}
    return json.dumps(head | asdict(manifest), ensure_ascii=False, indent=1).encode()


def read_manifest(text: bytes) -> Manifest:
    """Read a manifest; refuse one of something else, of a newer engine, or a damaged one."""
    try:
        found = json.loads(text)
    except ValueError as error:
        raise foreign() from error
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise foreign()
    if found.get("format_version") != FORMAT_VERSION:
        raise _newer()
    if not Draft202012Validator(SHAPE).is_valid(found):
        raise damaged("manifest.json")
    if found["layout"] > LAYOUT:
        raise _newer()
    return _manifest(found)


def foreign() -> Refused:
    """Return the refusal of a file that no backup has written."""
    return Refused(
        say("This file is no backup of Kartoteka."),
        say("Name a file that `kartoteka backup` has written."),
    )


def damaged(part: str) -> Refused:
    """Return the refusal of an archive that is not as it was written."""
    return Refused(
        say("This backup is damaged: {part} is not as it was written.", part=part),
        say("Nothing was restored. Take another copy of it, or the backup before it."),
    )


def _newer() -> Refused:
    return Refused(
        say("This backup was made by a newer Kartoteka."),
        say("Install that version, then restore."),
    )


def _manifest(found: Mapping[str, Any]) -> Manifest:
    return Manifest(
        engine=found["engine"],
        layout=found["layout"],
        dialect=found["dialect"],
        created_at=found["created_at"],
        version=Applied(found["version"]["id"], found["version"]["digest"]),
        tables=tuple(_table(one) for one in found["tables"]),
        files=tuple(FileEntry(one["path"], one["size"], one["digest"]) for one in found["files"]),
    )


def _table(one: Mapping[str, Any]) -> TableEntry:
    return TableEntry(
        one["name"],
        one["member"],
        tuple(one["columns"]),
        one["rows"],
        one["digest"],
        one["size"],
        one["counter"],
    )
