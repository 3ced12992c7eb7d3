"""One line of a checkup: how it stands with one thing, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Standing(StrEnum):
    """How it stands with a thing."""

    WELL = "well"
    LOOK = "look"  # nothing is broken, and somebody should know
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found about a subject: a sentence and, where it is not well, the cure."""

    subject: str
    standing: Standing
    sentence: str
    cure: str = ""


def well(subject: str, sentence: str) -> Finding:
    """Return that a thing is well."""
    return Finding(subject, Standing.WELL, sentence)


def look(subject: str, sentence: str, cure: str) -> Finding:
    """Return that somebody should look at a thing."""
    return Finding(subject, Standing.LOOK, sentence, cure)


def wrong(subject: str, sentence: str, cure: str) -> Finding:
    """Return that a thing is wrong."""
    return Finding(subject, Standing.WRONG, sentence, cure)
