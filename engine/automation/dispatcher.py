"""The outbox, worked through in its order: each row is handled at least once, then closed.

Rows of kind `change` tell whoever is outside of a change; in this version nobody is, so they are
closed as they come.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from types import MappingProxyType
from typing import Any, TypeAlias

from sqlalchemy import Connection, Row, Select, and_, select, update

from engine.automation.leases import DEAD, Lease, claimed, new_lease, next_try, released, words_of
from engine.clock import Clock
from engine.crash_points import crash_point
from engine.log import logger, reason_of
from engine.runtime.database import Database
from engine.runtime.outbox import CHANGE, WAITING
from engine.runtime.tables.system import OUTBOX

BATCH = 500
LEASED, DONE = "leased", "done"

log = logger("worker")


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A row that one worker has claimed; `key` is the same at every try."""

    id: int
    kind: str
    key: str
    history_id: int | None
    entity: str
    record_id: int | None
    body: Any
    attempts: int


@dataclass(frozen=True, slots=True)
class _Batch:
    lease: Lease
    rows: tuple[OutboxRow, ...]


Handle: TypeAlias = Callable[[OutboxRow], None]


def nobody_listens(_: OutboxRow) -> None:
    """Do nothing: no connection of this version waits for changes."""


KINDS: Mapping[str, Handle] = MappingProxyType({CHANGE: nobody_listens})


class Dispatcher:
    """Works through the rows of the kinds that it knows; others wait for who knows them."""

    def __init__(
        self, database: Database, clock: Clock, kinds: Mapping[str, Handle] = KINDS
    ) -> None:
        self._database = database
        self._clock = clock
        self._kinds = kinds

    def dispatch(self) -> int:
        """Handle and close what waits now, and return how many rows that were."""
        closed, batch = 0, self._database.run_write(self._claim)
        while batch is not None:
            crash_point("outbox.claimed")
            errors = self._handle(batch.rows)
            crash_point("outbox.handled")
            close = partial(self._close, batch=batch, errors=errors)
            closed += self._database.run_write(close)
            crash_point("outbox.closed")
            is_last = len(batch.rows) < BATCH
            batch = None if is_last else self._database.run_write(self._claim)
        return closed

    def has_work(self, connection: Connection, now: datetime) -> bool:
        """Say whether there is a row to handle."""
        return any(connection.execute(one.limit(1)).first() for one in self._due(now))

    def _handle(self, rows: Sequence[OutboxRow]) -> dict[int, Exception]:
        """Handle rows one by one and return what went wrong."""
        errors: dict[int, Exception] = {}
        for row in rows:
            try:
                self._kinds[row.kind](row)
                crash_point("outbox.row_handled")
            except Exception as error:  # noqa: BLE001 - whatever it is, the other rows go on
                log.warning("outbox_failed", row=row.id, kind=row.kind, reason=reason_of(error))
                errors[row.id] = error
        return errors

    def _claim(self, connection: Connection) -> _Batch | None:
        """Claim rows unless another worker is at it: they are to be handled in their order."""
        now = self._clock.now()
        if connection.execute(_leased(now).limit(1)).first() is not None:
            return None
        lease = new_lease(now)
        rows: tuple[OutboxRow, ...] = ()
        for query in self._due(now):
            left = query.limit(BATCH - len(rows)).with_for_update(skip_locked=True)
            rows += tuple(_row(one) for one in connection.execute(left))
        if not rows:
            return None
        changes = {"state": LEASED, "attempts": OUTBOX.c.attempts + 1, **claimed(lease)}
        mine = OUTBOX.c.id.in_([one.id for one in rows])
        connection.execute(update(OUTBOX).where(mine).values(**changes))
        crash_point("outbox.claiming")
        return _Batch(lease, rows)

    def _close(self, connection: Connection, batch: _Batch, errors: Mapping[int, Exception]) -> int:
        """Close what was handled, if the claim still holds; what failed waits for its next try."""
        now = self._clock.now()
        mine = and_(OUTBOX.c.lease_token == batch.lease.token, OUTBOX.c.lease_until > now)
        for row in batch.rows:
            if row.id in errors:
                changes = _failed(row, errors[row.id], now)
                failed = update(OUTBOX).where(OUTBOX.c.id == row.id, mine)
                connection.execute(failed.values(**changes))
        done = {"state": DONE, "done_at": now, "last_error": None, **released()}
        closed = connection.execute(update(OUTBOX).where(mine).values(**done)).rowcount
        crash_point("outbox.closing")
        return closed

    def _due(self, now: datetime) -> Iterator[Select[Any]]:
        """Yield the rows whose worker has not come back, and those that wait."""
        known = select(OUTBOX).where(OUTBOX.c.kind.in_(sorted(self._kinds)))
        lost = known.where(OUTBOX.c.state == LEASED, OUTBOX.c.lease_until <= now)
        yield lost.order_by(OUTBOX.c.id)
        waiting = known.where(OUTBOX.c.state == WAITING, OUTBOX.c.available_at <= now)
        yield waiting.order_by(OUTBOX.c.available_at, OUTBOX.c.id)


def _leased(now: datetime) -> Select[Any]:
    return select(OUTBOX.c.id).where(OUTBOX.c.state == LEASED, OUTBOX.c.lease_until > now)


def _failed(row: OutboxRow, error: Exception, now: datetime) -> dict[str, Any]:
    again = next_try(row.attempts, now)
    return {
        "state": WAITING if again else DEAD,
        "available_at": again or now,
        "last_error": words_of(error),
        **released(),
    }


def _row(row: Row[Any]) -> OutboxRow:
    return OutboxRow(
        id=row.id,
        kind=row.kind,
        key=row.key,
        history_id=row.history_id,
        entity=row.entity,
        record_id=row.record_id,
        body=row.body,
        attempts=row.attempts + 1,
    )
