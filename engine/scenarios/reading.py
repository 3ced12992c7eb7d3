"""People read what they are told: at the end of a story only what came of late is still unread."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from engine.runtime.accounts.users import Users
from engine.runtime.records.following import NOTIFICATION
from engine.runtime.services import Services

UNREAD_FOR = timedelta(days=1)


def read_what_is_old(connection: Connection, services: Services, now: datetime) -> None:
    """Let everybody who was told something more than a day ago have read it."""
    users = Users(services.application, services.tables)
    for person, notices in _unread(connection, services, now - UNREAD_FOR).items():
        actor = users.acting(connection, person)
        if actor is None:
            continue
        with services.records.within(connection, actor) as deeds:
            for one in notices:
                deeds.update(actor, NOTIFICATION, one, {"read": True})


def _unread(
    connection: Connection, services: Services, until: datetime
) -> Mapping[int, Sequence[int]]:
    """Return what was told until a moment and is still unread, by person."""
    table = services.tables.table(NOTIFICATION)
    to, read = (table.c[services.tables.column(NOTIFICATION, one).key] for one in ("to", "read"))
    old = table.c.created_at < until
    query = select(to, table.c.id).where(read.is_(False), old, table.c.trashed_at.is_(None))
    found: dict[int, list[int]] = defaultdict(list)
    for person, notice in connection.execute(query.order_by(to, table.c.id)):
        found[person].append(notice)
    return found
