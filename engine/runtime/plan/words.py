"""Numbers and nouns of the sentences in a plan."""

from __future__ import annotations

LONGEST = 60


def records(count: int) -> str:
    """Return "1 record", "1,806 records"."""
    return "1 record" if count == 1 else f"{count:,} records"


def values(count: int) -> str:
    """Return "1 value", "812 values"."""
    return "1 value" if count == 1 else f"{count:,} values"


def joined(*parts: str) -> str:
    """Join the parts of a sentence that are there."""
    return "; ".join(one for one in parts if one)


def quoted(text: str) -> str:
    """Return a value as a sentence shows it, on one line and shortened."""
    line = " ".join(text.split())
    if not line:
        return "nothing"
    return f'"{line}"' if len(line) <= LONGEST else f'"{line[: LONGEST - 1]}…"'
