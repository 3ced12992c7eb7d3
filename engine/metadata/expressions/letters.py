"""Letters: small ones, and texts made comparable, the same as in both databases.

Each letter is changed by itself (no final sigma, no letter that becomes two), as databases do it.
"""

from __future__ import annotations

from functools import lru_cache

_DOTTED_I = "İ"  # its small form has two letters in Python, one in the databases


@lru_cache(maxsize=4096)
def _small(letter: str) -> str:
    small = letter.lower()
    return small if len(small) == 1 else letter


def lower(text: str) -> str:
    """Return the text in small letters."""
    if text.isascii():
        return text.lower()
    return "".join(map(_small, text.replace(_DOTTED_I, "i")))


def fold(text: str) -> str:
    """Return the text as it is compared, sorted and searched: small letters, е for ё."""
    return lower(text).replace("ё", "е")


def digits(text: str) -> str | None:
    """Return the digits 0 to 9 of a text; nothing where there are none."""
    return "".join(letter for letter in text if "0" <= letter <= "9") or None
