"""What is wrong with a configuration: located values, never exceptions.

One code has one meaning; `kartoteka help CODE` explains it with a bad and a good example.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """A place in a file: line and column from 1, `length` characters wide."""

    file: str
    line: int
    column: int
    length: int = 1


class Severity(StrEnum):
    """How much a problem weighs: only `error` keeps a configuration from running."""

    ERROR = "error"
    WARNING = "warning"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake of the author: place, what is wrong, what to do, the address it is about."""

    code: str
    mark: Mark
    message: str
    hint: str = ""
    address: str = ""
    severity: Severity = Severity.ERROR


def in_order(problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
    """Sort by place and drop exact repetitions."""
    unique = dict.fromkeys(problems)
    return tuple(sorted(unique, key=lambda one: (one.mark, one.code, one.message)))


def has_errors(problems: tuple[Problem, ...]) -> bool:
    """Say whether the configuration can't run."""
    return any(one.severity is Severity.ERROR for one in problems)


def render(problem: Problem, sources: Mapping[str, str]) -> str:
    """Write a problem for a terminal: place, sentence, source line with carets, address."""
    mark = problem.mark
    head = f"{mark.file}:{mark.line}:{mark.column}: {problem.severity} {problem.code}: "
    lines = [head + problem.message + (f" -> {problem.hint}" if problem.hint else "")]
    if mark.file in sources:
        lines += _excerpt(mark, _lines(sources[mark.file]))
    if problem.address:
        lines.append(f"    at {problem.address}")
    return "\n".join(printable(one) for one in lines)


def printable(text: str) -> str:
    """Return a line as a terminal may show it: a text of others must not command it."""
    return "".join(one if one.isprintable() or one == "\u00a0" else "\ufffd" for one in text)


@lru_cache(maxsize=8)  # a file with many mistakes is split once
def _lines(text: str) -> tuple[str, ...]:
    return tuple(text.removeprefix("\ufeff").split("\n"))


def _excerpt(mark: Mark, lines: tuple[str, ...]) -> list[str]:
    if not 1 <= mark.line <= len(lines):
        return []
    source = lines[mark.line - 1].rstrip("\r").replace("\t", " ")
    start = max(0, mark.column - 60)  # a long line is shown around its mistake
    shown = source[start : start + 110]
    carets = "^" * max(1, min(mark.length, len(shown) - (mark.column - 1 - start)))
    return [f"  {mark.line:>4} | {shown}", f"       | {' ' * (mark.column - 1 - start)}{carets}"]
