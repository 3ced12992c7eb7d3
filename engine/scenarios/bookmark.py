"""How far a story has been played in a database: written in the transaction of each line."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from engine.runtime.tables.system import META
from engine.runtime.upsert import upsert

KEY = "story"


@dataclass(frozen=True, slots=True)
class Bookmark:
    """The beginning of the play, the number of lines played, and what stands for these lines."""

    began: str
    played: int = 0
    digest: str = ""
    is_over: bool = False

    @property
    def began_at(self) -> datetime:
        """Return the instant from which the moments of the story are counted."""
        return datetime.fromisoformat(self.began)


def read_bookmark(connection: Connection) -> Bookmark | None:
    """Return where the play is, None where it has not begun."""
    found = connection.scalar(select(META.c.value).where(META.c.key == KEY))
    return None if found is None else Bookmark(**json.loads(found))


def put_bookmark(connection: Connection, bookmark: Bookmark) -> None:
    """Note where the play is."""
    value = {"value": json.dumps(asdict(bookmark))}
    connection.execute(upsert(connection, META, {"key": KEY, **value}, value, ("key",)))
