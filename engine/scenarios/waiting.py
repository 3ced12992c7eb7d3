"""Lets time pass: the clock goes to each timer that falls due, and there it fires."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, func, select

from engine.automation.claims import next_due
from engine.automation.timers import KINDS, Timers
from engine.clock import FrozenClock
from engine.errors import Refused, say
from engine.runtime.services import Services
from engine.runtime.tables.system import TIMERS
from engine.runtime.timers import WAITING

MOST_STOPS = 10_000  # between two lines
FIRST = select(func.min(TIMERS.c.due_at)).where(TIMERS.c.state == WAITING)


class Waiting:
    """The time between the lines of a story."""

    def __init__(self, services: Services, clock: FrozenClock) -> None:
        self._clock = clock
        self._timers = Timers(services)

    def until(self, connection: Connection, at: datetime) -> bool:
        """Let time pass until a moment, and say whether something has fired on the way."""
        stops = 0
        while (due := self._next_due(connection, at)) is not None:
            self._clock.move_to(max(due, self._clock.now()))
            self._timers.fire_within(connection)
            stops += 1
            if stops == MOST_STOPS:
                raise Refused(say("Timers of this CRM set each other without end."))
        self._clock.move_to(at)
        return stops > 0

    def _next_due(self, connection: Connection, at: datetime) -> datetime | None:
        """Return when the next timer fires, None where that is after a moment."""
        first: datetime | None = connection.scalar(FIRST)
        if first is None or first > at:
            return None  # as a rule, and asked at once
        due = next_due(connection, KINDS, at)
        return due if due is not None and due <= at else None
