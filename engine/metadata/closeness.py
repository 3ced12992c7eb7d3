"""Which known word somebody may have meant: a hint, and never at the price of waiting.

Comparing takes long where words are many. Within `few_comparisons` a load has as many as a person
can make mistakes; after that problems are told without a guess.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from difflib import get_close_matches

MOST_COMPARISONS = 50_000
LONGEST_WORD = 100

_left: ContextVar[list[int] | None] = ContextVar("comparisons_left", default=None)


@contextmanager
def few_comparisons(most: int = MOST_COMPARISONS) -> Iterator[None]:
    """Let everything inside share a number of comparisons."""
    token = _left.set([most])
    try:
        yield
    finally:
        _left.reset(token)


def closest(word: str, known: Collection[str], cutoff: float = 0.6) -> str | None:
    """Return the known word that is most like `word`, None where none is."""
    left = _left.get() or [MOST_COMPARISONS]
    if len(word) > LONGEST_WORD or len(known) > left[0]:
        return None
    left[0] -= len(known)
    return next(iter(get_close_matches(word, known, n=1, cutoff=cutoff)), None)
