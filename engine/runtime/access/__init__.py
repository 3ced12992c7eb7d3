"""Rights: roles, scopes and the core grants come in, conditions in SQL and sets of fields go out.

Start with `access.py`. What is not granted is not allowed; no question here has an answer without
an actor, and nothing here fetches records to filter them afterwards.
"""

from engine.runtime.access.access import Access

__all__ = ["Access"]
