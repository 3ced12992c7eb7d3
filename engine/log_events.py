"""Every event that the engine writes into its log: what it means, and the values beside it.

No value is a client's: records are named by entity and number, people by number, sentences without
what was filled in. `docs/logs.md` is made of this table, and a guard compares it with the code.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

PAGE = """# Log lines

What a process writes to standard error, made by `make docs` from `engine/log_events.py`.

`KARTOTEKA_LOG=json` writes an object in each line, `text` a line for people; `KARTOTEKA_LOG_LEVEL`
is the least weight that is written: `debug`, `info`, `warning` (where nothing is said) or `error`.

Each line has `event`, `level`, `timestamp` (UTC), the `logger`, and an `action`: the key of one
request, command, timer or backup, under which all its lines stand. An answer carries the key in its
header `X-Request-Id`, and an error page shows it, so that what a person reports can be found.
A line holds no data of clients, no password, no secret of a link and no query of an address.
"""


@dataclass(frozen=True, slots=True)
class Event:
    """An event: its weight, what has happened, and the names of the values beside it."""

    level: str
    meaning: str
    values: tuple[str, ...] = ()


EVENTS: Final[Mapping[str, Event]] = MappingProxyType(
    {
        "answered": Event(
            "info",
            "A request was answered; one that pages send by themselves weighs `debug`.",
            ("method", "path", "status", "ms", "user"),
        ),
        "refused": Event(
            "info",
            "A request was refused on purpose; `message` is the sentence without its values.",
            ("code", "path", "message"),
        ),
        "form_refused": Event(
            "warning", "A form came from elsewhere or without its token.", ("reason", "path")
        ),
        "denied": Event(
            "info",
            "Somebody tried what they may not do.",
            ("verb", "entity", "record", "user"),
        ),
        "denial_not_logged": Event(
            "error", "A denial could not be written into the log of the database.", ("path",)
        ),
        "defect": Event("error", "A mistake of ours; the trace follows.", ("path", "method")),
        "error_page_broke": Event("error", "Not even the error page could be drawn."),
        "error_frame_broke": Event("error", "The error page was drawn without its frame."),
        "signed_in": Event("info", "Somebody signed in.", ("user", "address")),
        "sign_in_failed": Event(
            "warning", "A login or a password was not right.", ("address", "user")
        ),
        "sign_in_banned": Event(
            "warning", "Too many wrong sign-ins: a login or an address waits.", ("address",)
        ),
        "signed_out": Event("info", "Somebody signed out.", ("user",)),
        "applied": Event("info", "A plan was applied.", ("steps", "digest")),
        "apply_broke": Event("error", "A change of a watched folder failed.", ("folder",)),
        "version_changed": Event("info", "A process went over to another version.", ("version",)),
        "went_over": Event(
            "info", "A request met a newer version and was sent on to it.", ("method", "path")
        ),
        "version_unreadable": Event(
            "error", "The version applied last can't be read by this engine; the one before serves."
        ),
        "watching_broke": Event("error", "A folder can't be watched right now.", ("folder",)),
        "look_broke": Event("error", "A look at a watched folder failed.", ("folder",)),
        "look_refused": Event("warning", "A look at a watched folder was refused.", ("message",)),
        "worker_started": Event("info", "A worker began."),
        "worker_stopped": Event("info", "A worker ended."),
        "worker_waits": Event(
            "warning", "A worker can't work right now and tries again.", ("reason",)
        ),
        "worker_outdated": Event(
            "warning", "A worker serves a version that is not the newest and tries again."
        ),
        "worker_failed": Event("error", "A worker met a mistake of ours and tries again."),
        "timer_fired": Event("info", "A timer was fired.", ("timer", "kind")),
        "timer_failed": Event(
            "warning", "A timer failed and is tried again.", ("timer", "kind", "reason")
        ),
        "outbox_failed": Event(
            "warning", "An outbox row failed and is tried again.", ("row", "kind", "reason")
        ),
        "not_computed": Event("error", "A value of a rule could not be computed."),
        "backed_up": Event("info", "A backup was made.", ("file", "size", "rows", "is_verified")),
        "backup_failed": Event(
            "error", "The nightly backup failed and is tried again.", ("reason",)
        ),
        "backup_not_noted": Event(
            "warning", "A backup is good, and the database could not note it.", ("reason",)
        ),
        "restored": Event(
            "info",
            "A backup was restored; so many timers and outbox rows are on hold.",
            ("rows", "timers", "held"),
        ),
        "hold_ended": Event(
            "info",
            "What was on hold after a restore goes on or is given up.",
            ("how", "timers", "rows"),
        ),
    }
)


def logs_page() -> str:
    """Return the page about log lines."""
    return "\n".join([PAGE, *_rows()]) + "\n"


def _rows() -> Iterator[str]:
    yield "| event | level | what has happened | values |"
    yield "|---|---|---|---|"
    for name, one in sorted(EVENTS.items()):
        values = ", ".join(f"`{value}`" for value in one.values)
        yield f"| `{name}` | {one.level} | {one.meaning} | {values} |"
