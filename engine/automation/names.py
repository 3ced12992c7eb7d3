"""The words that steps know beside fields and what they name themselves."""

from __future__ import annotations

RECORD, ASK, TRY, TRIES, NEXT_TRY = "record", "ask", "try", "tries", "next_try"
