"""Passwords: what is asked of one, and Argon2 that a crowd can't turn against the machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from threading import BoundedSemaphore
from unicodedata import normalize

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from engine.errors import Message, Unavailable, say

SHORTEST = 10
LONGEST = 200
AT_ONCE = 2  # each hash takes 64 MiB
PATIENCE = 3.0  # a flood must not hold every thread of the server


class Passwords:
    """Hashes and compares, two at a time in this process."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._turns = BoundedSemaphore(AT_ONCE)

    @cached_property
    def _nobody(self) -> str:
        """The hash that stands in for those who have none; made with the first comparison."""
        return self._hasher.hash("nobody has this password")

    def hash(self, password: str) -> str:
        """Return what is stored of a password."""
        with self._turn():
            return self._hasher.hash(_typed(password))

    def matches(self, stored: str | None, password: str) -> bool:
        """Compare; where there is no account, a comparison that fails takes the same time."""
        too_long = len(password) > LONGEST
        with self._turn():
            nobody = self._nobody
            try:
                self._hasher.verify(stored or nobody, "" if too_long else _typed(password))
            except (VerificationError, InvalidHashError):
                return False
        return stored is not None and not too_long

    def is_outdated(self, stored: str) -> bool:
        """Say whether a hash was made with other costs than today's."""
        return self._hasher.check_needs_rehash(stored)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._turns.acquire(timeout=PATIENCE):
            raise Unavailable(say("Too many people sign in at once. Try again in a moment."))
        try:
            yield
        finally:
            self._turns.release()


def password_faults(password: str, login: str) -> tuple[Message, ...]:
    """Return what a new password lacks."""
    typed = _typed(password)
    if len(typed) < SHORTEST:
        return (say("Take at least {number} characters.", number=SHORTEST),)
    if len(typed) > LONGEST:
        return (say("Take at most {number} characters.", number=LONGEST),)
    if login and typed.casefold() == login.casefold():
        return (say("The password must differ from the login."),)
    if len(set(typed)) == 1:
        return (say("One character repeated is no password."),)
    if "\0" in typed:
        return (say("Use letters, digits and signs only."),)
    return ()


def _typed(password: str) -> str:
    """Return the same letters however a keyboard has put them together."""
    return normalize("NFC", password)
