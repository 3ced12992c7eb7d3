"""The versions of a configuration that were applied: who, when, what each changed, in words.

What a version changed is the plan by which it was applied, and the texts of its files beside those
of the version before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from difflib import unified_diff
from typing import Any

from sqlalchemy import Connection, Row, select

from engine.errors import NotFound, say
from engine.runtime.database import Database
from engine.runtime.plan.steps import Plan
from engine.runtime.plan.versions import StoredVersion, of_row, read_version
from engine.runtime.tables.layout import ensure_system_tables
from engine.runtime.tables.system import VERSIONS

NOWHERE = "/dev/null"  # where a file is that is not there, as patches say it


@dataclass(frozen=True, slots=True)
class VersionEntry:
    """A line in the list of versions; `takes_back`: a way back to this version.

    `first` is the first of its changes in words; `renames` (address -> old id) were said when it
    was applied, and stand in no file.
    """

    id: int
    digest: str
    engine: str
    author: str
    applied_at: datetime
    changes: int
    takes_back: int | None = None
    first: str = ""
    renames: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        """Return it for a program."""
        return {
            "id": self.id,
            "applied_at": self.applied_at.isoformat(),
            "author": self.author,
            "engine": self.engine,
            "digest": self.digest,
            "changes": self.changes,
            "takes_back": self.takes_back,
        }


@dataclass(frozen=True, slots=True)
class FileDifference:
    """The lines of a file that came and went, as a unified difference."""

    path: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class VersionDifference:
    """A version beside the one before it: the steps as they were applied, and the texts."""

    entry: VersionEntry
    before: int | None
    steps: tuple[Mapping[str, object], ...]
    files: tuple[FileDifference, ...]

    def as_json(self) -> dict[str, object]:
        """Return it for a program."""
        return {
            **self.entry.as_json(),
            "before": self.before,
            "steps": list(self.steps),
            "files": {one.path: "\n".join(one.lines) for one in self.files},
        }


def list_versions(database: Database, most: int | None = None) -> tuple[VersionEntry, ...]:
    """Return all versions, or the newest so many, the newest first."""
    ensure_system_tables(database)
    columns = (one for one in VERSIONS.c if one.name not in ("sources", "holds"))
    with database.read() as connection:
        rows = connection.execute(select(*columns).order_by(VERSIONS.c.id.desc()).limit(most))
        return tuple(_entry(row) for row in rows)


def read_difference(database: Database, version_id: int) -> VersionDifference:
    """Return what a version changed."""
    ensure_system_tables(database)
    with database.read() as connection:
        version = read_version(connection, version_id)
        before = _version_before(connection, version_id)
    if version is None:
        raise NotFound(say("There is no version {number}.", number=version_id))
    return VersionDifference(
        _entry(version),
        before.id if before else None,
        _steps(version.plan),
        tuple(_differences(before.sources if before else {}, version.sources)),
    )


def brings_back(database: Database, plan: Plan) -> bool:
    """Say whether a plan brings back anything from which the newest version has gone back.

    Such a folder is not applied by itself again: somebody has just said that it was wrong. One that
    is edited further is judged by what it changes: what was not taken back needs no more than ever.
    """
    ensure_system_tables(database)
    with database.read() as connection:
        newest = read_version(connection)
        if newest is None or newest.takes_back is None:
            return False
        undone = {str(one["address"]) for one in _steps(newest.plan)}
        if any(one.address in undone for one in plan.steps):
            return True
        if plan.wanted == newest.digest:
            return False
        between = VERSIONS.c.id.between(newest.takes_back + 1, newest.id - 1)
        left = select(VERSIONS.c.id).where(between, VERSIONS.c.digest == plan.wanted)
        return connection.execute(left.limit(1)).first() is not None


def _version_before(connection: Connection, version_id: int) -> StoredVersion | None:
    query = select(VERSIONS).where(VERSIONS.c.id < version_id)
    row = connection.execute(query.order_by(VERSIONS.c.id.desc()).limit(1)).one_or_none()
    return of_row(row) if row else None


def _entry(row: Row[Any] | StoredVersion) -> VersionEntry:
    return VersionEntry(
        row.id,
        row.digest,
        row.engine,
        row.author,
        row.applied_at,
        len(_steps(row.plan)),
        row.plan.get("takes_back") if isinstance(row, Row) else row.takes_back,
        first=_first_words(_steps(row.plan)),
        renames=_renames(row.plan),
    )


def _first_words(steps: tuple[Mapping[str, object], ...]) -> str:
    if not steps:
        return ""
    address, sentence = steps[0]["address"], steps[0]["sentence"]
    return f"{address}: {sentence}" if address else str(sentence)


def _steps(plan: Mapping[str, Any]) -> tuple[Mapping[str, object], ...]:
    return tuple(plan.get("changes", ()))


def _renames(plan: Mapping[str, Any]) -> Mapping[str, str]:
    return dict(plan.get("renames", {}))


def _differences(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[FileDifference]:
    for path in sorted({*before, *after}):
        old, new = before.get(path, ""), after.get(path, "")
        if old != new or (path in before) != (path in after):
            names = path if path in before else NOWHERE, path if path in after else NOWHERE
            lines = unified_diff(old.splitlines(), new.splitlines(), *names, lineterm="")
            yield FileDifference(path, tuple(lines))
