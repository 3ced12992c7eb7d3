"""The thread that makes a backup each night, beside the worker: it takes as long as it takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from zoneinfo import ZoneInfo

from engine.errors import EngineError
from engine.log import logger, reason_of
from engine.runtime.backup.nights import Nights, back_up_nightly
from engine.runtime.services import Services

LOOK_EVERY = 60.0
PATIENCE = 10.0  # seconds until a thread that was asked to stop is left behind

log = logger("backup")


def nights_of(services: Services) -> Nights | None:
    """Return when and where backups are made, None where nobody has asked for them."""
    settings = services.settings
    if not settings.backups:
        return None
    return Nights(
        Path(settings.backups),
        settings.backup_hour,
        settings.backups_kept,
        ZoneInfo(services.application.timezone),
    )


@contextmanager
def backing_up(current: Callable[[], Services]) -> Iterator[None]:
    """Make a backup each night beside whatever is done in the block, where one is asked for."""
    if nights_of(current()) is None:
        yield
        return
    is_over = Event()
    thread = Thread(target=_run, args=(current, is_over), name="backups", daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join(PATIENCE)


def _back_up_safely(services: Services, nights: Nights) -> None:
    try:
        back_up_nightly(services.database, nights)
    except EngineError:
        return  # the database is away: the next look is in a minute
    except Exception as error:
        log.exception("backup_failed", reason=reason_of(error))


def _run(current: Callable[[], Services], is_over: Event) -> None:
    while not is_over.is_set():
        services = current()
        nights = nights_of(services)
        if nights is not None:
            _back_up_safely(services, nights)
        is_over.wait(LOOK_EVERY)
