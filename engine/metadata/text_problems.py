"""The sentences for files that can't be taken as they are. Each docstring is a page of help."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from engine.metadata.explain import Explained
from engine.metadata.problems import Mark, Problem, Severity


def too_large(mark: Mark) -> Problem:
    """A file that can't be taken as text: too large, not UTF-8, or with invisible characters.

    Files of a configuration are UTF-8, at most 1 MiB each and 8 MiB together.

    Bad:
        name: sh␇op
    Good:
        name: shop
    """
    return Problem("E101", mark, "this file is larger than 1 MiB", "split it into several files")


def unprintable(mark: Mark, character: str) -> Problem:
    """Name a character that no text should hold."""
    return Problem(
        "E101",
        mark,
        f"an invisible character (U+{ord(character):04X}) stands here",
        "delete it and type this place anew",
    )


def escaped(mark: Mark, character: str) -> Problem:
    """Name a character that no text should hold, hidden in an escape of YAML."""
    return Problem(
        "E101",
        mark,
        f"the escapes in this text stand for an invisible character (U+{ord(character):04X})",
        "leave the escape out",
    )


def byte_order_mark(mark: Mark) -> Problem:
    """A byte order mark: three invisible bytes that some editors put before the first letter.

    It does no harm here, other tools stumble over it.

    Bad:
        ⍰name: shop
    Good:
        name: shop
    """
    return Problem(
        "W132",
        mark,
        "this file begins with a byte order mark; it is skipped",
        "save it as 'UTF-8', not 'UTF-8 with BOM'",
        severity=Severity.WARNING,
    )


def windows_line_ends(mark: Mark) -> Problem:
    """Line ends of Windows: they do no harm here, yet every line differs for other tools.

    Bad:
        name: shop␍
        label: Shop␍
    Good:
        name: shop
        label: Shop
    """
    return Problem(
        "W133",
        mark,
        "this file has the line ends of Windows (CRLF); they are read as ordinary ones",
        "let the editor save with LF",
        severity=Severity.WARNING,
    )


CODES: Mapping[str, Explained] = MappingProxyType(
    {
        "E101": too_large,
        "W132": byte_order_mark,
        "W133": windows_line_ends,
    }
)
