"""When the lines of a story happen: counted from the beginning of the play, in order."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from zoneinfo import ZoneInfo

from engine.metadata.model.application import Application
from engine.metadata.model.story import StoryLine
from engine.metadata.moments import parse_moment, resolve_moment


@dataclass(frozen=True, slots=True)
class Timed:
    """A line and its instant; `digest` stands for all lines up to and with this one."""

    line: StoryLine
    at: datetime
    digest: str


def timetable(application: Application, began: datetime) -> tuple[Timed, ...]:
    """Return the lines in the order in which they happen; nothing happens after the beginning.

    Of equal moments the one that stands first in the files comes first.
    """
    zone, workdays = ZoneInfo(application.timezone), application.workdays
    moments = [
        resolve_moment(parse_moment(one.at), began, zone, workdays) for one in application.story
    ]
    order = sorted(range(len(moments)), key=lambda number: (moments[number], number))
    lines = [application.story[number] for number in order]
    ends = zip(order, lines, _digests(lines), strict=True)
    return tuple(Timed(line, min(moments[number], began), digest) for number, line, digest in ends)


def _digests(lines: Sequence[StoryLine]) -> list[str]:
    found: list[str] = []
    for line in lines:
        said = [line.at, line.who, line.verb, line.entity, line.key, line.name]
        values = {name: cell.text for name, cell in line.values.items()}
        text = json.dumps([*said, values, dict(line.makes)], ensure_ascii=False, sort_keys=True)
        before = found[-1] if found else ""
        found.append(sha256(f"{before}{text}".encode()).hexdigest())
    return found
