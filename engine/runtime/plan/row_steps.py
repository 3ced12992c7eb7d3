"""Rows of `data/` and `demo/` that are not loaded yet, and teams that are not as declared."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import Connection, column, select, table

from engine.metadata.model.application import Application
from engine.metadata.model.role import Team
from engine.metadata.model.rows import Row
from engine.runtime.plan.match import How, Match
from engine.runtime.plan.steps import Step, StepKind, Weight
from engine.runtime.plan.words import records
from engine.runtime.tables.system import ROW_KEYS

TEAM = "team"


def row_steps(
    connection: Connection, wanted: Application, match: Match, *, demo: bool
) -> Iterator[Step]:
    """Yield a step for each file with rows to load, and one for the teams."""
    names = {one.live.entity: one.entity.id for one in match.tables if one.how is not How.NEW}
    yield from _steps(
        stale_teams(connection, wanted, match),
        pending_rows(connection, wanted, names, demo=demo),
    )


def new_row_steps(wanted: Application, *, demo: bool) -> Iterator[Step]:
    """Yield the same for a database that is empty."""
    rows = [one for one in wanted.rows if demo or not one.demo]
    yield from _steps(tuple(wanted.teams.values()), rows)


def _steps(teams: Sequence[Team], rows: Sequence[Row]) -> Iterator[Step]:
    if teams:
        said = ", ".join(one.id for one in teams)
        sentence = f"to be written: {said}"
        yield Step(StepKind.ROWS, "teams", sentence, Weight.ADDITIVE, len(teams))
    for file, count in Tally(one.mark.file for one in rows).items():
        sentence = f"{records(count)} to load"
        yield Step(StepKind.ROWS, file, sentence, Weight.ADDITIVE, count)


def pending_rows(
    connection: Connection,
    wanted: Application,
    names: Mapping[str, str] | None = None,
    *,
    demo: bool,
) -> tuple[Row, ...]:
    """Return the rows whose keys were never loaded; `names` maps old ids of entities to new."""
    names = names or {}
    known = {
        (names.get(row.entity, row.entity), row.key)
        for row in connection.execute(select(ROW_KEYS.c.entity, ROW_KEYS.c.key))
    }
    return tuple(
        one for one in wanted.rows if (one.entity, one.key) not in known and (demo or not one.demo)
    )


def stale_teams(connection: Connection, wanted: Application, match: Match) -> tuple[Team, ...]:
    """Return the declared teams that are no record yet, or another one than declared."""
    found = next((one for one in match.tables if one.entity.id == TEAM), None)
    if found is None or found.how is How.NEW:
        return tuple(wanted.teams.values())
    written = written_teams(connection, found.live.name)
    return tuple(
        one for one in wanted.teams.values() if written.get(one.id) != (one.label, one.parent)
    )


def written_teams(connection: Connection, name: str) -> dict[str, tuple[str, str | None]]:
    """Return label and parent of each team record that came from a declaration."""
    source = table(name, column("id"), column("name"), column("parent"))
    of_teams = select(ROW_KEYS.c.record_id, ROW_KEYS.c.key).where(ROW_KEYS.c.entity == TEAM)
    keys = {row.record_id: row.key for row in connection.execute(of_teams)}
    query = select(source.c.id, source.c.name, source.c.parent).where(source.c.id.in_(keys))
    return {keys[row.id]: (row.name, keys.get(row.parent)) for row in connection.execute(query)}
