"""Plays the demo story of a configuration: what it tells happens again, at its own moments.

The clock goes from line to line; what falls due in between fires as it would have. A line and the
note that it was played are one transaction, so that a play that was cut off goes on where it was.
At the end the clock is back in the present.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from enum import Enum
from typing import TypeAlias

from sqlalchemy import Connection, select

from engine.app import open_services
from engine.automation.worker import Worker
from engine.clock import FrozenClock
from engine.crash_points import crash_point
from engine.errors import EngineError, Refused, Unavailable, ValidationFailed, say
from engine.metadata.model.application import Application
from engine.metadata.model.story import StoryLine
from engine.runtime.database import Database
from engine.runtime.services import Services
from engine.runtime.tables.system import ROW_KEYS
from engine.scenarios.bookmark import Bookmark, put_bookmark, read_bookmark
from engine.scenarios.lines import Known, Lines
from engine.scenarios.reading import read_what_is_old
from engine.scenarios.timetable import Timed, timetable
from engine.scenarios.waiting import Waiting

AT_ONCE = 100  # lines in one transaction

Tell: TypeAlias = Callable[[int, int], None]


class Played(Enum):
    """What became of a story."""

    PLAYED = "played"
    NOTHING_NEW = "nothing new"
    IS_ANOTHER = "another one was played here before"


def play_story(application: Application, database: Database, tell: Tell) -> Played:
    """Play what has not been played yet; `tell` hears how many lines of how many are done."""
    if not application.story:
        return Played.NOTHING_NEW
    with database.read() as connection:
        bookmark = read_bookmark(connection) or Bookmark(database.clock.now().isoformat())
    lines = timetable(application, bookmark.began_at)
    if not _has_begun_with(lines, bookmark):
        return Played.IS_ANOTHER
    if bookmark.is_over and bookmark.played == len(lines):
        return Played.NOTHING_NEW
    with _in_its_time(database, lines[max(bookmark.played - 1, 0)].at) as (past, clock):
        services = open_services(application, past, clock=clock)
        _Play(services, clock, lines, bookmark, tell).play(database.clock.now())
    return Played.PLAYED


def unheard(played: int, lines: int) -> None:
    """Tell nobody."""


def _has_begun_with(lines: tuple[Timed, ...], bookmark: Bookmark) -> bool:
    """Say whether what was played is the beginning of this story."""
    played = lines[: bookmark.played]
    return len(played) == bookmark.played and (not played or played[-1].digest == bookmark.digest)


@contextmanager
def _in_its_time(database: Database, at: datetime) -> Iterator[tuple[Database, FrozenClock]]:
    """Open the same database at another time."""
    clock = FrozenClock(at)
    past = Database(database.url, clock, is_hurried=True)
    try:
        yield past, clock
    finally:
        past.dispose()


class _Play:
    """One play of a story, from a bookmark on."""

    def __init__(
        self,
        services: Services,
        clock: FrozenClock,
        lines: tuple[Timed, ...],
        bookmark: Bookmark,
        tell: Tell,
    ) -> None:
        self._services = services
        self._clock = clock
        self._lines = lines
        self._bookmark = bookmark
        self._tell = tell
        self._player = Lines(services)
        self._waiting = Waiting(services, clock)
        with services.database.read() as connection:
            self._known = _known(connection)

    def play(self, now: datetime) -> None:
        """Play all lines that are left, and let the time from the last one to now pass."""
        self._tell(self._bookmark.played, len(self._lines))
        while self._bookmark.played < len(self._lines):
            self._play_some()
            self._tell(self._bookmark.played, len(self._lines))
        self._services.database.run_write(lambda connection: self._end(connection, now))
        Worker(lambda: self._services).run_due()

    def _play_some(self) -> None:
        """Play some lines in one transaction; what was played before a refused one stays."""
        refusals: list[EngineError] = []
        began_at = self._clock.now()

        def work(connection: Connection) -> tuple[Bookmark, Known]:
            self._services.records.hold(connection)
            refusals.clear()
            self._clock.move_to(began_at)
            self._player.forget_people()
            bookmark, known = self._bookmark, dict(self._known)
            for timed in self._lines[bookmark.played : bookmark.played + AT_ONCE]:
                try:
                    self._play_line(connection, timed, known)
                except EngineError as error:
                    refusals.append(refused(timed.line, error))
                    break
                bookmark = replace(bookmark, played=bookmark.played + 1, digest=timed.digest)
                crash_point("story.line")
            put_bookmark(connection, bookmark)
            return bookmark, known

        self._bookmark, self._known = self._services.database.run_write(work)
        crash_point("story.committed")
        if refusals:
            raise refusals[0]

    def _play_line(self, connection: Connection, timed: Timed, known: Known) -> None:
        if self._waiting.until(connection, timed.at):
            self._player.forget_people()  # rules may have given them other rights
        with connection.begin_nested():
            self._player.play(connection, timed.line, known)

    def _end(self, connection: Connection, now: datetime) -> None:
        self._services.records.hold(connection)
        self._waiting.until(connection, now)
        read_what_is_old(connection, self._services, now)
        put_bookmark(connection, replace(self._bookmark, is_over=True))
        crash_point("story.ending")


def _known(connection: Connection) -> Known:
    query = select(ROW_KEYS.c.entity, ROW_KEYS.c.key, ROW_KEYS.c.record_id)
    return {(row.entity, row.key): row.record_id for row in connection.execute(query)}


def refused(line: StoryLine, error: EngineError) -> EngineError:
    """Say which line can't be played, and why; a database that is away is no fault of the line."""
    if isinstance(error, Unavailable):
        return error
    field, message = "", error.message
    if isinstance(error, ValidationFailed) and error.messages:
        field, messages = next(iter(error.messages.items()))
        message = messages[0]
    return Refused(
        say(
            "{file}:{line}:{column}: this line of the story is refused: {field}{message}",
            file=line.mark.file,
            line=line.mark.line,
            column=line.mark.column,
            field=f"{field}: " if field else "",
            message=message,
        ),
        say("Mend the line; what was played before it stays."),
    )
