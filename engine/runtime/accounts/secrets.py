"""Secrets that a browser or a link carries: random, and only their digests are stored."""

from __future__ import annotations

import secrets
from hashlib import sha256

BYTES = 32
LONGEST = 100  # of what comes back; ours have 43 letters


def new_secret() -> str:
    """Return 256 random bits as text for a cookie or an address."""
    return secrets.token_urlsafe(BYTES)


def digest_of(secret: str) -> str:
    """Return what is stored of a secret."""
    return sha256(secret.encode()).hexdigest()


def could_be_secret(text: str) -> bool:
    """Say whether it is worth asking the database."""
    return 0 < len(text) <= LONGEST and text.isascii()
