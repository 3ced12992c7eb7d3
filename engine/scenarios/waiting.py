"""Lets time pass: the clock goes to each timer that falls due, and there it fires."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, func, select

from engine.automation.claims import next_due
from engine.automation.timers import KINDS, Timers
from engine.automation.worker import Worker
from engine.clock import FrozenClock
from engine.errors import Refused, say
from engine.runtime.services import Services
from engine.runtime.tables.system import TIMERS
from engine.runtime.timers import WAITING

MOST_STOPS = 10_000  # between two lines
NEXT = select(func.min(TIMERS.c.due_at)).where(TIMERS.c.state == WAITING)


class Waiting:
    """The time between the lines of a story."""

    def __init__(self, services: Services, clock: FrozenClock) -> None:
        self._services = services
        self._clock = clock
        self._timers = Timers(services)

    def until(self, at: datetime) -> None:
        """Fire everything that falls due until a moment, each at its time, and stand there."""
        for _ in range(MOST_STOPS):
            with self._services.database.read() as connection:
                due = next_due(connection, KINDS, at)
            if due is None or due > at:
                self._clock.move_to(max(at, self._clock.now()))
                return
            self._clock.move_to(max(due, self._clock.now()))
            self._timers.fire_due()
        raise Refused(say("Timers of this CRM set each other without end."))

    def is_due(self, connection: Connection, at: datetime) -> bool:
        """Say whether something may fall due until a moment."""
        due: datetime | None = connection.scalar(NEXT)
        return due is not None and due <= at

    def end(self, now: datetime) -> None:
        """Let the time until now pass, and let the worker do what else it would have done."""
        self.until(now)
        Worker(lambda: self._services).run_due()
