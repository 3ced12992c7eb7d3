"""A change: a definition that came, went or got another id, or one of its keys."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Sort(StrEnum):
    """What happened to a definition."""

    ADDED = "added"
    REMOVED = "removed"
    RENAMED = "renamed"
    CHANGED = "changed"


class Touches(StrEnum):
    """What a change is about."""

    DISPLAY = "display"
    BEHAVIOUR = "behaviour"
    ACCESS = "access"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: a definition that came, went or got another id, or one key of it.

    `node` is the kind of definition (entity, field, option, stage ...), `key` the key that changed,
    `before` and `after` its values as one would write them. `grows`: somebody gains a right.
    """

    address: str
    sort: Sort
    node: str
    touches: Touches
    key: str = ""
    before: str = ""
    after: str = ""
    grows: bool = False
