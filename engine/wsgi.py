"""What a production server serves: `gunicorn 'engine.wsgi:application()'`.

Everything comes from the environment: KARTOTEKA_DATABASE names the database, the other settings are
those of `kartoteka run`. Nothing is applied here; timers are the matter of `kartoteka worker`. Each
process follows what is applied, and may be forked before or after this is called.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from typing import TypeAlias

from engine.app import applied_application
from engine.errors import EngineError, Refused, say
from engine.log import start_logging
from engine.runtime.database import Database
from engine.serving import Current
from engine.settings import Settings, read_settings
from engine.web.factory import create_app

Answering: TypeAlias = Callable[..., Iterable[bytes]]
NOT_STARTED = 4  # the exit code by which gunicorn knows that trying again helps nobody


def application() -> Answering:
    """Open the database of the environment and return what answers its requests."""
    try:
        settings = read_settings(os.environ)
        start_logging(settings.log, settings.log_level)
        return open_application(settings)
    except EngineError as error:
        print(error.message, error.hint or "", file=sys.stderr)  # noqa: T201 - nobody else says it
        raise SystemExit(NOT_STARTED) from error


def open_application(settings: Settings) -> Answering:
    """Return what answers the requests for the version that is applied."""
    if not settings.database:
        raise Refused(
            say("No database is named."),
            say("Set KARTOTEKA_DATABASE to postgresql://user:password@host/name"),
        )
    database = Database(settings.database)
    try:
        return create_app(Current(applied_application(database), database, settings))
    except EngineError:
        database.dispose()
        raise
