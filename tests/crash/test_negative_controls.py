"""Engines that break their promises on purpose: the same judges must find every one of them.

A harness that lets one of these pass would prove nothing by letting ours pass.
"""

import random
from collections.abc import Callable, Mapping
from contextlib import ExitStack, nullcontext
from datetime import datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from sqlalchemy import Connection

from engine.automation import timers
from engine.automation.claims import DueTimer, claim_timers, fire
from engine.automation.leases import LENGTH
from engine.automation.timers import Timers
from engine.automation.worker import Worker
from engine.runtime import outbox
from engine.runtime.actor import ENGINE
from engine.runtime.records import stays
from engine.runtime.records.committing import Committing
from engine.runtime.records.deeds import Deeds
from engine.runtime.records.pressing import Pressing
from engine.runtime.records.tokens import Token
from engine.runtime.tables.system import TIMERS
from tests.kit.crash_ground import Ground, ground
from tests.kit.crash_judge import Judged
from tests.kit.crash_turns import take_turns
from tests.kit.crash_writers import at_work
from tests.kit.faulty import FAULTS, Fault, failing
from tests.kit.nursery import wait_until

ACKS = 40
Break = Callable[[Ground], Any]


def acknowledge_before_commit(crm: Ground) -> Any:
    """A store that says "done" and now and then forgets it."""
    engine, luck = crm.services.database.engine, random.Random(1)  # noqa: S311 - no secret
    commit = type(engine.dialect).do_commit

    def forget(connection: Any) -> None:
        if luck.random() < 0.05:
            engine.dialect.do_rollback(connection)
        else:
            commit(engine.dialect, connection)

    return patch.object(engine.dialect, "do_commit", forget)


def ignore_tokens(_: Ground) -> Any:
    """A service that notes tokens, and does again what it is asked again."""
    take = Token.take

    def note(self: Token, connection: Connection, now: datetime) -> None:
        take(self, connection, now)

    return patch.object(Token, "take", note)


def forget_tokens(_: Ground) -> Any:
    """A service that has no tokens."""
    stack = ExitStack()
    stack.enter_context(patch.object(Token, "take", lambda *_: None))
    stack.enter_context(patch.object(Token, "remember", lambda *_: None))
    return stack


def fire_before_the_effects(_: Ground) -> Any:
    """A worker that marks a timer as fired, and does what follows in another transaction."""
    at_work = Timers._at_work

    def at_once(self: Timers, timer: DueTimer) -> bool:
        database = self.services.database
        with database.write() as connection:
            is_mine = fire(connection, timer, self.services.clock.now())
        with patch.object(timers, "fire", lambda *_: is_mine):
            return self.services.records.act(ENGINE, lambda deeds: at_work(self, deeds, timer))

    return patch.object(Timers, "_fire", at_once)


def fire_after_the_effects(_: Ground) -> Any:
    """A worker that does what follows, and marks the timer as fired in another transaction."""
    at_work = Timers._at_work

    def at_once(self: Timers, timer: DueTimer) -> bool:
        with patch.object(timers, "fire", lambda *_: True):
            self.services.records.act(ENGINE, lambda deeds: at_work(self, deeds, timer))
        with self.services.database.write() as connection:
            return fire(connection, timer, self.services.clock.now())

    return patch.object(Timers, "_fire", at_once)


def fire_early(_: Ground) -> Any:
    """A worker whose clock goes a minute before everybody else's."""

    def early(connection: Connection, kinds: Any, now: datetime, limit: int) -> Any:
        return claim_timers(connection, kinds, now.replace(year=now.year + 1), limit)

    return patch.object(timers, "claim_timers", early)


def tell_outside_after_the_commit(crm: Ground) -> Any:
    """A service that writes the outbox when the change is committed: enqueue after commit."""
    add, waiting = outbox.add_changes, list[Any]()
    commit = Committing._commit

    def later(self: Committing, work: Any) -> Any:
        done = commit(self, work)
        entries, waiting[:] = list(waiting), []
        crm.services.database.run_write(lambda one: add(one, entries, crm.services.clock.now()))
        return done

    stack = ExitStack()
    stack.enter_context(
        patch.object(outbox, "add_changes", lambda _, entries, __: waiting.extend(entries))
    )
    stack.enter_context(patch.object(Committing, "_commit", later))
    return stack


def let_nothing_follow(_: Ground) -> Any:
    """Rules that are run without a row of theirs."""
    return patch("engine.automation.reacting.note_runs", lambda *_: None)


def overwrite(_: Ground) -> Any:
    """A service that does not look which version somebody read."""
    update = Deeds.update

    def blind(self: Deeds, actor: Any, entity: str, one: int, payload: Any, *_: Any) -> Any:
        return update(self, actor, entity, one, payload)

    return patch.object(Deeds, "update", blind)


def forget_the_stays(_: Ground) -> Any:
    """A service that moves records and does not write where they stand."""
    return patch.object(stays, "_write", lambda *_: None)


def press_again(_: Ground) -> Any:
    """A button that is pressed by everybody who has seen it."""
    stack = ExitStack()
    stack.enter_context(patch.object(Pressing, "is_repeated", lambda *_: False))
    stack.enter_context(patch.object(Pressing, "refuse", lambda *_: None))
    return stack


def slow_worker(crm: Ground) -> Any:
    """A worker that is paused after each claim for longer than its lease; another one works."""
    claim = Timers._claim

    def slowly(self: Timers) -> tuple[DueTimer, ...]:
        claimed = claim(self)
        crm.clock.move(LENGTH)
        with patch.object(Timers, "_claim", claim):
            Worker(lambda: crm.services).run_due()
        return claimed

    return patch.object(Timers, "_claim", slowly)


def slow_worker_without_a_fence(crm: Ground) -> Any:
    """The same worker, which does not look whether its lease still holds."""

    def unfenced(connection: Connection, timer: DueTimer, now: datetime) -> bool:
        mine = TIMERS.update().where(TIMERS.c.id == timer.id)
        connection.execute(mine.values(state="fired", fired_at=now))
        return True

    stack = ExitStack()
    stack.enter_context(slow_worker(crm))
    stack.enter_context(patch.object(timers, "fire", unfenced))
    return stack


TOLD_THAT_NOT: tuple[Fault, ...] = ("done, told that not",)
AWAY: tuple[Fault, ...] = ("unavailable",)
CONTROLS: Mapping[str, tuple[Break, tuple[Fault, ...], str]] = {
    "acknowledges before the commit": (acknowledge_before_commit, (), "is lost"),
    "ignores tokens": (ignore_tokens, TOLD_THAT_NOT, "a token stands for more than one event"),
    "has no tokens": (forget_tokens, (), "a token is forgotten"),
    "fires before the effects": (fire_before_the_effects, AWAY, "reminded 0"),
    "fires after the effects": (fire_after_the_effects, AWAY, "times"),
    "fires early": (fire_early, (), "a timer came early"),
    "tells outside after the commit": (
        tell_outside_after_the_commit,
        AWAY,
        "a change without its outbox row",
    ),
    "runs without a row": (let_nothing_follow, (), "rules that listened"),
    "forgets the stays": (forget_the_stays, (), "a record without its stay"),
    "presses again": (press_again, (), "2 steps"),
    "does not look at its lease": (slow_worker_without_a_fence, (), "reminded 2 times"),
}


def work(crm: Ground, faults: tuple[Fault, ...]) -> Judged:
    """Lets people and a worker take turns, and judges what came of it."""
    luck = random.Random(4)  # noqa: S311 - the same faults at each run
    del crm.shared[1:]  # on which everybody presses
    writers = crm.writers(crm.service(), seed=4)
    with failing(crm.services.database, faults, 0.2, luck) if faults else nullcontext():
        take_turns(crm, writers, ACKS, luck)
    crm.settle()
    return crm.judge()


@pytest.mark.parametrize("name", CONTROLS)
def test_a_broken_engine_is_found(tmp_path: Path, name: str) -> None:
    breaking, faults, said = CONTROLS[name]
    with ground(tmp_path / "ground", "sqlite") as crm:
        with breaking(crm):
            judged = work(crm, faults)
        assert any(said in one for one in judged.found), judged


def test_an_engine_that_overwrites_is_found(tmp_path: Path) -> None:
    """Several at once, each in a thread: else nobody ever reads an old version."""
    with ground(tmp_path / "ground", "sqlite") as crm:
        with overwrite(crm), at_work(crm.writers(crm.service(), seed=5)):
            wait_until(lambda: crm.acks.number > 2 * ACKS, "people to work")
        crm.settle()
        assert any("counts, there are" in one for one in crm.judge().found)


def test_an_engine_that_breaks_nothing_is_not_accused(tmp_path: Path) -> None:
    with ground(tmp_path / "ground", "sqlite") as crm, slow_worker(crm):
        assert work(crm, FAULTS).found == []
