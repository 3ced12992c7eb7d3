"""The worker: wakes timers, works through the outbox, tidies up once a day.

It runs as a thread of `kartoteka run` or as a process of its own, in any number: what one of them
has claimed the others leave alone, and what a killed one leaves behind another one takes up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from threading import Event, Thread

from engine.automation.claims import next_due
from engine.automation.dispatcher import Dispatcher
from engine.automation.housekeeping import tidy
from engine.automation.timers import KINDS, Timers
from engine.crash_points import crash_point
from engine.errors import EngineError, Outdated
from engine.log import logger, reason_of
from engine.runtime.services import Services

LONGEST_PAUSE = timedelta(seconds=1)
AFTER_AN_ERROR = timedelta(seconds=5)
PATIENCE = 10.0  # seconds until a thread that was asked to stop is left behind

log = logger("worker")


class Worker:
    """Works for the version that is served at the moment."""

    def __init__(self, current: Callable[[], Services]) -> None:
        self._current = current
        self._timers: Timers | None = None
        self._tidied_on: date | None = None
        self._is_over = False
        self._woken = Event()

    def run_due(self) -> int:
        """Do all that is due now and return how many timers and outbox rows that were."""
        services = self._current()
        dispatcher = Dispatcher(services.database, services.clock)
        now = services.clock.now()
        with services.database.read() as connection:  # whoever only looks keeps nobody waiting
            due = next_due(connection, KINDS, now)
            has_rows = dispatcher.has_work(connection, now)
        crash_point("worker.looked")
        done = 0
        if due is not None and due <= now:
            done += self._timers_of(services).fire_due(lambda: self._is_over)
        if has_rows:
            done += dispatcher.dispatch()
        self._tidy(services)
        return done

    def run_forever(self) -> None:
        """Do what is due whenever it is, until somebody stops the worker."""
        log.info("worker_started")
        while not self._is_over:
            self._woken.clear()
            pause = self.turn()
            if not self._is_over:
                self._woken.wait(pause.total_seconds())
        log.info("worker_stopped")

    def wake(self) -> None:
        """Look at once whether something is due."""
        self._woken.set()

    def stop(self) -> None:
        """Let the worker end after what it is at."""
        self._is_over = True
        self.wake()

    def turn(self) -> timedelta:
        """Do what is due and return how long there is nothing to do."""
        try:
            self.run_due()
            return self._pause()
        except Outdated:
            if self._goes_over():
                return timedelta()
            log.warning("worker_outdated")
        except EngineError as error:
            log.warning("worker_waits", reason=reason_of(error))
        except Exception:
            log.exception("worker_failed")
        return AFTER_AN_ERROR

    def _goes_over(self) -> bool:
        """Say whether the version of now can be worked for: another than the one so far."""
        so_far = self._timers.services if self._timers else None
        return self._current() is not so_far

    def _pause(self) -> timedelta:
        services = self._current()
        now = services.clock.now()
        with services.database.read() as connection:
            due = next_due(connection, KINDS, now)
        left = LONGEST_PAUSE if due is None else due - now
        return min(max(left, timedelta()), LONGEST_PAUSE)

    def _timers_of(self, services: Services) -> Timers:
        """Return the timers of a version, made once for it."""
        if self._timers is None or self._timers.services is not services:
            self._timers = Timers(services)
        return self._timers

    def _tidy(self, services: Services) -> None:
        now = services.clock.now()
        if self._tidied_on != now.date():
            tidy(services.database, now)
            self._tidied_on = now.date()


@contextmanager
def working(current: Callable[[], Services]) -> Iterator[Worker]:
    """Let a worker run beside whatever is done in the block."""
    worker = Worker(current)
    thread = Thread(target=worker.run_forever, name="worker", daemon=True)
    thread.start()
    try:
        yield worker
    finally:
        worker.stop()
        thread.join(PATIENCE)
