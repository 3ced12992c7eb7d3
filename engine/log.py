"""Structured log lines: an event's name and its values, under the key of the action at hand.

Nothing is set up at import; a process calls `start_logging` once.
"""

from __future__ import annotations

import logging
import sys
from contextlib import AbstractContextManager
from typing import TextIO

import structlog
from structlog.contextvars import bound_contextvars, merge_contextvars
from structlog.stdlib import BoundLogger, ProcessorFormatter
from structlog.typing import EventDict, Processor

__all__ = ["action", "logger", "start_logging"]

SHARED: tuple[Processor, ...] = (
    merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
)


def logger(name: str) -> BoundLogger:
    """Return the logger of a room; values are given by name, never formatted into the event."""
    log: BoundLogger = structlog.get_logger(name)
    return log


def action(key: str) -> AbstractContextManager[None]:
    """Put every line inside the `with` under the key of one action (a request, a job)."""
    return bound_contextvars(action=key)


def start_logging(form: str, level: str, stream: TextIO | None = None) -> None:
    """Send all lines, also those of libraries, to one stream, as text or json."""
    structlog.configure(
        processors=[*SHARED, ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        ProcessorFormatter(
            foreign_pre_chain=SHARED,
            processors=[
                ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                _renderer(form),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())


def _renderer(form: str) -> Processor:
    if form == "json":
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    return write_text


def write_text(_logger: object, _method: str, event: EventDict) -> str:
    """Write a line for people: values by repr, so that none can begin a line of its own."""
    trace = str(event.pop("exception", ""))
    words = [event.pop("timestamp"), f"{event.pop('level'):<7}", str(event.pop("event"))]
    words += [f"{name}={value!r}" for name, value in event.items()]
    return "\n    | ".join([" ".join(words), *trace.splitlines()])
