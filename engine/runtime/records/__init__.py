"""Records are written here and nowhere else: a payload comes in, a stored record goes out.

Start with `service.py`, then `deeds.py` (what can be done), `transaction.py` (judge, store, follow)
and `compiled.py` (an entity made ready). Nothing here opens a transaction inside another one, asks
the machine for the time, or writes a record past the judge.
"""

from engine.runtime.records.service import RecordService

__all__ = ["RecordService"]
