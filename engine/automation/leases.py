"""Work that one worker has claimed for a while: nobody else takes it, and it can't be lost.

A claim is a token and a time until which it holds. Whoever finishes the work shows the token in
the transaction that does it, so that one whose time has run out can't write. What fails is tried
again after a growing pause, and after the last try a person has to look; so it is with what was
begun again and again by workers that never came back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Any

LENGTH = timedelta(minutes=2)
MOST_ATTEMPTS = 5
MOST_BEGUN = 20  # a worker may be killed for reasons that have nothing to do with its work
PAUSES = tuple(timedelta(minutes=one) for one in (1, 5, 15, 60))
DEAD = "dead"
LONGEST_ERROR = 500


@dataclass(frozen=True, slots=True)
class Lease:
    """A claim: its token, and until when it holds."""

    token: str
    until: datetime


def new_lease(now: datetime) -> Lease:
    """Return a claim that begins now."""
    return Lease(token_hex(16), now + LENGTH)


def claimed(lease: Lease) -> dict[str, Any]:
    """Return what is written into rows that are claimed."""
    return {"lease_token": lease.token, "lease_until": lease.until}


def released() -> dict[str, Any]:
    """Return what is written into rows that nobody holds any more."""
    return {"lease_token": None, "lease_until": None}


def next_try(attempts: int, now: datetime) -> datetime | None:
    """Return when work that failed at this attempt is tried again, None where it is given up."""
    return None if attempts >= MOST_ATTEMPTS else now + PAUSES[attempts - 1]


def words_of(error: Exception) -> str:
    """Return what is kept of an error."""
    return f"{type(error).__name__}: {error}"[:LONGEST_ERROR]
