"""The one writer of records: validate, authorise, write, history and outbox, in one transaction.

A refusal leaves the database as it was, save for a line in the log where a right was missing.
Pages, imports, rows of a configuration and rules all come through here; there is no other door.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import replace
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from engine.clock import Clock
from engine.errors import ValidationFailed, say
from engine.metadata.model.application import Application
from engine.metadata.model.text import RecordRef
from engine.runtime.access import Access
from engine.runtime.actor import Actor
from engine.runtime.database import Database
from engine.runtime.one_version import hold_version
from engine.runtime.query.select import Reader
from engine.runtime.records.bulk import Batch, Outcome, RowsRefused, create_batch
from engine.runtime.records.button_states import ButtonReader
from engine.runtime.records.buttons import ButtonState
from engine.runtime.records.changes import Action, Saved, Seen
from engine.runtime.records.committing import Committing
from engine.runtime.records.compiling import compile_entities
from engine.runtime.records.context import Scene, Setting
from engine.runtime.records.deeds import Deeds
from engine.runtime.records.following import TASK
from engine.runtime.records.gate import Gate, Held
from engine.runtime.records.granting import Granting
from engine.runtime.records.opened import Opened, open_record
from engine.runtime.records.preview import Verdict, preview
from engine.runtime.records.reactions import NoReactions, Reactions
from engine.runtime.records.reading.base import is_empty
from engine.runtime.records.runs import RunLog, RunStory
from engine.runtime.records.stand import Stand, stand
from engine.runtime.records.store import fetch
from engine.runtime.records.timeline import EntryKind, Timeline, TimelinePage
from engine.runtime.records.tokens import Token
from engine.runtime.records.transaction import Tools, Transaction
from engine.runtime.records.words import Words
from engine.runtime.tables.entity import RecordTables

T = TypeVar("T")
Payload = Mapping[str, object]
NOTHING: Payload = {}
CHUNK = 500


class RecordService:
    """Writes the records of one configuration."""

    def __init__(
        self,
        database: Database,
        application: Application,
        tables: RecordTables,
        access: Access,
        clock: Clock,
        words: Words,
        reactions: Reactions | None = None,
    ) -> None:
        self._database = database
        self._application = application
        self._clock = clock
        self.committing = Committing(database, application.digest)
        self.zone = ZoneInfo(application.timezone)
        self.tools = Tools(
            entities=compile_entities(application, tables),
            gate=Gate(application, access),
            granting=Granting(application, access),
            reactions=reactions or NoReactions(),
            words=words,
        )
        self._timeline = Timeline(database, access, self.tools.entities)
        self._run_log = RunLog(database, application, access, self.tools.entities)

    def leaving_reach_to_caller(self) -> RecordService:
        """Return a writer whose caller says itself, and logs, what is out of somebody's reach."""
        writer = copy(self)
        writer.committing = replace(self.committing, logs_reach=False)
        return writer

    def create(
        self, actor: Actor, entity_id: str, payload: Payload, token: str | None = None
    ) -> Saved:
        """Create a record; only the fields that are given are taken, the others get defaults."""
        body = {"deed": "create", "entity": entity_id, "payload": payload}
        return self._do(actor, lambda deeds: deeds.create(actor, entity_id, payload), token, body)

    def update(
        self,
        actor: Actor,
        entity_id: str,
        record_id: int,
        payload: Payload,
        base_version: int | None,
        token: str | None = None,
    ) -> Saved:
        """Change fields of a record; `base_version` is the version that the person saw."""
        if base_version is None and actor.is_person:
            raise ValidationFailed(
                {"": (say("The form does not say what it was made from: open it again."),)}
            )
        body = {
            "deed": "update",
            "entity": entity_id,
            "id": record_id,
            "payload": payload,
            "version": base_version,
        }
        return self._do(
            actor,
            lambda deeds: deeds.update(actor, entity_id, record_id, payload, base_version),
            token,
            body,
        )

    def move(
        self,
        actor: Actor,
        entity_id: str,
        record_id: int,
        stage: str,
        payload: Payload = NOTHING,
        field: str | None = None,
        token: str | None = None,
    ) -> Saved:
        """Move a record to a stage; what the stage asks for may come along."""
        body = {
            "deed": "move",
            "entity": entity_id,
            "id": record_id,
            "stage": stage,
            "payload": payload,
        }
        return self._do(
            actor,
            lambda deeds: deeds.move(actor, entity_id, record_id, stage, payload, field),
            token,
            body,
        )

    def press(
        self,
        actor: Actor,
        entity_id: str,
        record_id: int,
        button_id: str,
        payload: Payload = NOTHING,
        seen: Seen | None = None,
        token: str | None = None,
    ) -> Saved:
        """Press a button on a record; `payload` answers its dialog, `seen` is what the page showed.

        What its page does not show any more because of a press of the same button was done: such
        a press is answered as repeated and changes nothing.
        """
        body = {
            "deed": "press",
            "entity": entity_id,
            "id": record_id,
            "button": button_id,
            "payload": payload,
        }
        return self._do(
            actor,
            lambda deeds: deeds.press(actor, entity_id, record_id, button_id, payload, seen),
            token,
            body,
        )

    def buttons(
        self, actor: Actor, entity_id: str, record_ids: Sequence[int]
    ) -> Mapping[int, tuple[ButtonState, ...]]:
        """Return what can be pressed on each of many records, and why not now."""
        compiled = self.tools.entities.get(entity_id)
        if compiled is None or not compiled.buttons:
            return dict.fromkeys(record_ids, ())
        with self._database.read() as connection:
            tools, setting = self.tools, self._setting(actor)
            scene = Scene(connection, tools.entities, setting, tools.words.shower(""))
            return ButtonReader(scene, tools.gate, actor, compiled).states(record_ids)

    def archive(self, actor: Actor, entity_id: str, record_id: int) -> Saved:
        """Take a record out of the lists; it can be found and restored."""
        return self._set_state(actor, entity_id, record_id, Action.ARCHIVE)

    def restore(self, actor: Actor, entity_id: str, record_id: int) -> Saved:
        """Bring a record back, from the trash or from the archive."""
        action = Action.RESTORE if self._is_trashed(entity_id, record_id) else Action.UNARCHIVE
        return self._set_state(actor, entity_id, record_id, action)

    def delete(self, actor: Actor, entity_id: str, record_id: int) -> Saved:
        """Put a record into the trash."""
        return self._set_state(actor, entity_id, record_id, Action.DELETE)

    def note(
        self, actor: Actor, entity_id: str, record_id: int, text: str, token: str | None = None
    ) -> Saved:
        """Write a note into the timeline of a record."""
        if not text.strip():
            raise ValidationFailed({"text": (say("Write something first."),)})
        body = {"deed": "note", "entity": entity_id, "id": record_id, "text": text}
        return self._do(
            actor, lambda deeds: deeds.note(actor, entity_id, record_id, text), token, body
        )

    def finish_task(
        self,
        actor: Actor,
        task_id: int,
        result: str | None = None,
        following: Payload | None = None,
        token: str | None = None,
    ) -> Saved:
        """Complete a task, with what came of it and the task that follows: both or neither."""
        payload: dict[str, object] = {"done": True}
        if result is not None:
            payload["result"] = result
        body = {"deed": "finish", "id": task_id, "payload": payload, "following": following}

        def finish(deeds: Deeds) -> Saved:
            if following is not None:
                deeds.create(actor, TASK, following)
            return deeds.update(actor, TASK, task_id, payload)

        return self._do(actor, finish, token, body)

    def postpone_task(self, actor: Actor, task_id: int, due: object) -> Saved:
        """Give a task another time."""
        if is_empty(due):
            raise ValidationFailed({"due": (say("Say until when."),)})
        return self._do(actor, lambda deeds: deeds.update(actor, TASK, task_id, {"due": due}))

    def act(self, actor: Actor, work: Callable[[Deeds], T]) -> T:
        """Do several things in one transaction: for timers, and whoever else comes without a form.

        The work may be done again from its start where others made it roll back.
        """

        def in_transaction(connection: Connection) -> T:
            with self.within(connection, actor) as deeds:
                return work(deeds)

        return self.committing.write(actor, in_transaction)

    def preview(
        self,
        actor: Actor,
        entity_id: str,
        record_id: int | None,
        payload: Payload,
        held: Held | None = None,
    ) -> Verdict:
        """Say what a form would come to, without writing anything; `held` is a record opened."""
        with self._database.read() as connection:
            return preview(
                self.tools, connection, self._setting(actor), entity_id, record_id, payload, held
            )

    def opened(
        self, reader: Reader, actor: Actor, entity_id: str, record_id: int, *, trashed: bool = False
    ) -> Opened:
        """Return a record as `reader` shows it, with what forms and buttons are judged on."""
        compiled = self.tools.entities[entity_id]
        return open_record(reader, actor, compiled, record_id, trashed=trashed)

    def stand(self, actor: Actor, held: Held) -> Stand:
        """Return how a record stands that is not in the trash: its fields, what can be pressed."""
        with self._database.read() as connection:
            return stand(self.tools, connection, self._setting(actor), held)

    def timeline(
        self,
        actor: Actor,
        entity_id: str,
        record_id: int,
        before: str | None = None,
        limit: int = 30,
        kinds: Iterable[EntryKind] | None = None,
    ) -> TimelinePage:
        """Tell the story of a record, newest first; `before` is the cursor of an older page."""
        return self._timeline.page(actor, RecordRef(entity_id, record_id), before, limit, kinds)

    def run(self, actor: Actor, run_id: int) -> RunStory:
        """Tell why a rule or button did what it did, or did not."""
        return self._run_log.run(actor, run_id)

    def runs(
        self, actor: Actor, entity_id: str, record_id: int, limit: int = 50
    ) -> tuple[RunStory, ...]:
        """Tell which rules looked at a record, newest first, also those that did not run."""
        return self._run_log.runs(actor, RecordRef(entity_id, record_id), limit)

    def create_many(
        self,
        actor: Actor,
        entity_id: str,
        payloads: Sequence[Payload],
        *,
        keys: Sequence[str] | None = None,
        is_strict: bool = True,
        chunk: int = CHUNK,
    ) -> tuple[Outcome, ...]:
        """Create many records, one transaction per chunk, by the same rules.

        `keys` are the keys of rows of the configuration, kept beside the records. A strict call
        stops at the first chunk with a refused record and raises `RowsRefused`; one that is not
        stores what it can and answers for each record. Nobody is told of records that are theirs.
        """
        outcomes: list[Outcome] = []
        for start in range(0, len(payloads), chunk):
            end = start + chunk
            batch = Batch(entity_id, payloads[start:end], keys and keys[start:end])
            outcomes += self._create_batch(actor, batch, start, is_strict=is_strict)
        return tuple(outcomes)

    def _create_batch(
        self, actor: Actor, batch: Batch, start: int, *, is_strict: bool
    ) -> tuple[Outcome, ...]:
        def work(connection: Connection) -> tuple[Outcome, ...]:
            setting = self._setting(actor)
            transaction = Transaction(self.tools, connection, setting, is_quiet=True)
            outcomes = create_batch(transaction, actor, batch, is_strict=is_strict)
            Deeds(transaction).settle()
            return outcomes

        try:
            return self.committing.write(actor, work)
        except RowsRefused as refused:
            rows = {start + number: found for number, found in refused.rows.items()}
            raise RowsRefused(batch.entity, rows) from None

    def hold(self, connection: Connection) -> None:
        """Hold this version until a write ends, before it locks anything else."""
        hold_version(self._database, connection, self._application.digest)

    @contextmanager
    def within(
        self, connection: Connection, actor: Actor, token: str | None = None
    ) -> Iterator[Deeds]:
        """Yield what does things inside a write that the caller commits and that has called `hold`.

        All follows at the end.
        """
        deeds = Deeds(Transaction(self.tools, connection, self._setting(actor), token))
        yield deeds
        deeds.settle()

    def _set_state(self, actor: Actor, entity_id: str, record_id: int, action: Action) -> Saved:
        return self._do(actor, lambda deeds: deeds.set_state(actor, entity_id, record_id, action))

    def _is_trashed(self, entity_id: str, record_id: int) -> bool:
        compiled = self.tools.entities.get(entity_id)
        if compiled is None:
            return False
        with self._database.read() as connection:
            record = fetch(connection, compiled, record_id)
        return record is not None and record.trashed

    def _do(
        self,
        actor: Actor,
        deed: Callable[[Deeds], Saved],
        token: str | None = None,
        body: Payload = NOTHING,
    ) -> Saved:
        """Do one thing in one transaction; a form token makes the second time an answer only."""
        used = None if token is None else Token(token, actor, body)

        def work(connection: Connection) -> Saved:
            first = None if used is None else used.take(connection, self._clock.now())
            if first is not None:
                return first
            with self.within(connection, actor, token) as deeds:
                saved = deed(deeds)
            saved = replace(saved, made=deeds.made)
            if used is not None:
                used.remember(connection, saved)
            return saved

        return self.committing.write(actor, work)

    def _setting(self, actor: Actor) -> Setting:
        return Setting(self._clock.now(), self.zone, self._application.workdays, actor)
