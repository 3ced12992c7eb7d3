"""Numbers and nouns of the sentences in a plan, with the verbs that agree with them."""

from __future__ import annotations

LONGEST = 60


def records(count: int, one: str = "", many: str = "") -> str:
    """Return "1 record", "1,806 records"; with words for one and for many: "1 record stays"."""
    return counted(count, "record", one, many)


def values(count: int, one: str = "", many: str = "") -> str:
    """Return "1 value", "812 values"; with words for one and for many: "1 value stays"."""
    return counted(count, "value", one, many)


def counted(count: int, noun: str, one: str = "", many: str = "") -> str:
    """Return so many things, and what one of them or many do."""
    said, does = (f"1 {noun}", one) if count == 1 else (f"{count:,} {noun}s", many)
    return f"{said} {does}".rstrip()


def asked_for_value(count: int) -> str:
    """Say of records that lack a value what becomes of them."""
    return records(
        count,
        "has no value and asks for one when it is next saved",
        "have no value and ask for one when they are next saved",
    )


def joined(*parts: str) -> str:
    """Join the parts of a sentence that are there."""
    return "; ".join(one for one in parts if one)


def quoted(text: str) -> str:
    """Return a value as a sentence shows it, on one line and shortened."""
    line = " ".join(text.split())
    if not line:
        return "nothing"
    return f'"{line}"' if len(line) <= LONGEST else f'"{line[: LONGEST - 1]}…"'
