"""Structured log lines: an event's name and its values, under the key of the action at hand.

Nothing is set up at import; a process calls `start_logging` once.
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from contextlib import AbstractContextManager
from secrets import token_hex
from typing import TextIO

import structlog
from structlog.contextvars import bound_contextvars, merge_contextvars
from structlog.stdlib import BoundLogger, ProcessorFormatter
from structlog.typing import EventDict, ExcInfo, Processor

from engine.errors import EngineError

__all__ = ["action", "logger", "new_key", "reason_of", "start_logging"]

TALKATIVE = ("alembic",)  # says at each start which parts it has
WHOLLY_FILLED_IN = "{text}"
QUOTED_ROWS = re.compile(  # a value in them may have lines of its own
    r"^\s*(?:DETAIL|CONTEXT):.*?(?=^\[SQL|^\(Background on |^\nThe above |^\nDuring handling |\Z)",
    re.DOTALL | re.MULTILINE,
)

SHARED: tuple[Processor, ...] = (
    merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
)


def logger(name: str) -> BoundLogger:
    """Return the logger of a room; values are given by name, never formatted into the event."""
    log: BoundLogger = structlog.get_logger(name)
    return log


def action(key: str) -> AbstractContextManager[None]:
    """Put every line inside the `with` under the key of one action (a request, a job)."""
    return bound_contextvars(action=key)


def new_key() -> str:
    """Return a key for an action: short enough to be read over the telephone."""
    return token_hex(4)


def reason_of(error: BaseException) -> str:
    """Return what a line may say of an error: no value that somebody has typed."""
    if not isinstance(error, EngineError):
        return type(error).__name__
    text = error.message.text
    return error.code if text == WHOLLY_FILLED_IN else text


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
                structlog.processors.ExceptionRenderer(write_trace),
                _renderer(form),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(max(root.level, logging.WARNING))


def _renderer(form: str) -> Processor:
    if form == "json":
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    return write_text


def write_trace(exc_info: ExcInfo) -> str:
    """Write a trace without the rows that a database quotes."""
    return QUOTED_ROWS.sub("", "".join(traceback.format_exception(*exc_info))).rstrip("\n")


def write_text(_logger: object, _method: str, event: EventDict) -> str:
    """Write a line for people: values by repr, so that none can begin a line of its own."""
    trace = str(event.pop("exception", ""))
    name = str(event.pop("event"))
    words = [event.pop("timestamp"), f"{event.pop('level'):<7}"]
    words.append(name if name.isprintable() else repr(name))
    words += [f"{name}={value!r}" for name, value in event.items()]
    return "\n    | ".join([" ".join(words), *trace.splitlines()])
