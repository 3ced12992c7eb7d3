"""What timers mean when they are due: a task reminds its person, a record is late in its stage.

Each timer is fired in one transaction with all that follows from it, so that it happens once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TypeAlias

from sqlalchemy import Connection, select

from engine.automation.claims import DueTimer, claim_timers, fail, fire, let_go
from engine.automation.people import People
from engine.crash_points import crash_point
from engine.errors import Outdated, say
from engine.log import action, logger, reason_of
from engine.metadata.model.text import RecordRef
from engine.runtime.actor import ENGINE, Actor
from engine.runtime.records.changes import Values
from engine.runtime.records.deeds import Deeds
from engine.runtime.records.following import DUE, LONGEST_NOTICE, NOTIFICATION, TASK
from engine.runtime.records.reactions import Overdue
from engine.runtime.records.rule_failure import UNDONE, put_run
from engine.runtime.records.stays import SLA
from engine.runtime.services import Services

BATCH = 20
TOO_LATE = timedelta(days=1)  # a reminder that comes later helps nobody

log = logger("worker")


class Timers:
    """Fires the timers of one version."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.people = People(services.application, services.tables, services.access)

    def fire_due(self, is_over: Callable[[], bool] = lambda: False) -> int:
        """Fire what is due now, until it `is_over`, and return how many timers that were."""
        fired, claimed = 0, self._claim()
        while claimed:
            for number, one in enumerate(claimed):
                try:
                    fired += not is_over() and self._fire(one)
                except Outdated:
                    self._let_go(claimed[number:])
                    raise
            claimed = () if is_over() else self._claim()
        return fired

    def fire_within(self, connection: Connection) -> None:
        """Fire what is due now inside a write that the caller commits, who is alone at work."""
        now = self.services.clock.now()
        claimed = claim_timers(connection, KINDS, now, BATCH)
        while claimed:
            for timer in claimed:
                self._fire_within(connection, timer, now)
            claimed = claim_timers(connection, KINDS, now, BATCH)

    def _fire_within(self, connection: Connection, timer: DueTimer, now: datetime) -> None:
        try:
            with (
                connection.begin_nested(),
                self.services.records.within(connection, ENGINE) as deeds,
            ):
                self._at_work(deeds, timer)
        except Outdated:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, the other timers go on
            _log_failure(timer, error)
            fail(connection, timer, error, now)
            if isinstance(error, UNDONE):
                put_run(connection, error.run)

    def _claim(self) -> tuple[DueTimer, ...]:
        now = self.services.clock.now()

        def claim(connection: Connection) -> tuple[DueTimer, ...]:
            found = claim_timers(connection, KINDS, now, BATCH)
            crash_point("timers.claiming")
            return found

        claimed = self.services.database.run_write(claim)
        crash_point("timers.claimed")
        return claimed

    def _fire(self, timer: DueTimer) -> bool:
        with action(f"timer-{timer.id}"):
            return self._fire_in_words(timer)

    def _fire_in_words(self, timer: DueTimer) -> bool:
        try:
            is_fired = self.services.records.act(ENGINE, lambda deeds: self._at_work(deeds, timer))
        except Outdated:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, the other timers go on
            _log_failure(timer, error)
            self._failed(timer, error)
            return False
        if is_fired:
            log.info("timer_fired", timer=timer.id, kind=timer.kind)
        crash_point("timers.done")
        return is_fired

    def _at_work(self, deeds: Deeds, timer: DueTimer) -> bool:
        self._hold(deeds, RecordRef(timer.entity, timer.record_id))
        if not fire(deeds.connection, timer, deeds.now):
            return False  # cancelled, set anew, or somebody else's by now
        crash_point("timers.fired")
        if timer.entity in self.services.application.entities:
            KINDS[timer.kind](self, deeds, timer)
        crash_point("timers.followed")
        return True

    def _hold(self, deeds: Deeds, record: RecordRef) -> None:
        """Lock what people lock first, too: the record, then its tasks, then timers."""
        about = self._subject(deeds, record) if record.entity == TASK else None
        for one in (about, record):
            if one is not None and one.entity in self.services.application.entities:
                table = self.services.tables.table(one.entity)
                held = select(table.c.id).where(table.c.id == one.id).with_for_update()
                deeds.connection.execute(held)

    def _subject(self, deeds: Deeds, task: RecordRef) -> RecordRef | None:
        """Return what a task is about, read past the transaction, which must see it locked."""
        table = self.services.tables.table(TASK)
        columns = [table.c[one.key] for one in self.services.tables.columns(TASK, "about")]
        found = deeds.connection.execute(select(*columns).where(table.c.id == task.id)).first()
        return None if found is None or found[1] is None else RecordRef(found[0], found[1])

    def _let_go(self, timers: Sequence[DueTimer]) -> None:
        """Leave timers to whoever works for the version of now, without counting it as a try."""
        self.services.database.run_write(lambda connection: let_go(connection, timers))

    def _failed(self, timer: DueTimer, error: Exception) -> None:
        now = self.services.clock.now()
        self.services.database.run_write(lambda connection: fail(connection, timer, error, now))


def _log_failure(timer: DueTimer, error: Exception) -> None:
    log.warning("timer_failed", timer=timer.id, kind=timer.kind, reason=reason_of(error))


Kind: TypeAlias = Callable[[Timers, Deeds, DueTimer], None]


def task_due(timers: Timers, deeds: Deeds, timer: DueTimer) -> None:
    """Remind the person of a task, and let rules about overdue tasks follow."""
    task = deeds.values(TASK, timer.record_id)
    if task is None or task.get("done") or not _is_there(deeds, RecordRef(TASK, timer.record_id)):
        return
    if deeds.now - timer.due_at <= TOO_LATE:
        _remind(timers, deeds, timer.record_id, task)
    about = task.get("about")
    if isinstance(about, RecordRef) and _is_there(deeds, about):
        deeds.overdue(Overdue("task", about.entity, about.id, task_id=timer.record_id))
    deeds.overdue(Overdue("task", TASK, timer.record_id, task_id=timer.record_id))


def stage_overdue(_: Timers, deeds: Deeds, timer: DueTimer) -> None:
    """Let follow that a record has been in its stage for too long."""
    if _is_there(deeds, RecordRef(timer.entity, timer.record_id)):
        deeds.overdue(Overdue("stage", timer.entity, timer.record_id, timer.name))


KINDS: Mapping[str, Kind] = MappingProxyType({DUE: task_due, SLA: stage_overdue})


def _remind(timers: Timers, deeds: Deeds, task_id: int, task: Values) -> None:
    person = task.get("to")
    actor = timers.people.actor(deeds.connection, person) if isinstance(person, int) else None
    if actor is None:
        return
    payload = {
        "to": actor.user_id,
        "text": _text(timers.services, actor, task)[:LONGEST_NOTICE],
        "about": _about(timers, deeds, actor, task) or RecordRef(TASK, task_id),
    }
    deeds.create(ENGINE, NOTIFICATION, payload, is_judged=False)


def _text(services: Services, actor: Actor, task: Values) -> str:
    language = actor.language or services.application.language
    return services.translator.text(say("It is time: {task}", task=task["title"]), language)


def _about(timers: Timers, deeds: Deeds, actor: Actor, task: Values) -> RecordRef | None:
    """Return the record that a task is about, where its person may see it."""
    about = task.get("about")
    if isinstance(about, RecordRef) and timers.people.sees(deeds.connection, actor, about):
        return about
    return None


def _is_there(deeds: Deeds, record: RecordRef) -> bool:
    """Say whether a record is active: nobody waits for one in the archive or the trash."""
    values = deeds.values(record.entity, record.id)
    if values is None:
        return False
    return not values.get("archived") and values.get("trashed_at") is None
