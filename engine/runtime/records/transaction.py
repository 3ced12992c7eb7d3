"""One transaction of writes: drafts are judged, stored, and followed by what they cause.

Every write of the engine goes through here, a person's first one and those of rules alike. The
conditions of a record are judged on its final state: at once where no rule listens, else when all
rules have had their say.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from engine.errors import Refused, ValidationFailed, say
from engine.metadata.model.text import RecordRef
from engine.runtime import outbox
from engine.runtime.records.changes import Change, Saved, Values
from engine.runtime.records.compiled import CompiledEntity
from engine.runtime.records.conditions import Judge
from engine.runtime.records.context import Scene, Setting
from engine.runtime.records.denials import FieldsDenied, Missing
from engine.runtime.records.draft import Draft
from engine.runtime.records.drafting import Drafting
from engine.runtime.records.following import NOT_TOLD, TASK, follow, tell_owner
from engine.runtime.records.gate import Gate
from engine.runtime.records.granting import Granting
from engine.runtime.records.links import check_links
from engine.runtime.records.reactions import Overdue, Reactions, Write
from engine.runtime.records.rule_failure import unfit
from engine.runtime.records.sentences import about_fields
from engine.runtime.records.storing import store_edit, store_new
from engine.runtime.records.uniques import check_uniques
from engine.runtime.records.words import Words

DEEPEST = 10


@dataclass(frozen=True, slots=True)
class Tools:
    """What every transaction of one configuration works with."""

    entities: Mapping[str, CompiledEntity]
    gate: Gate
    granting: Granting
    reactions: Reactions
    words: Words


class Transaction:
    """The writes of one transaction; `setting.actor` is who began it, `user` in expressions."""

    def __init__(
        self,
        tools: Tools,
        connection: Connection,
        setting: Setting,
        token: str | None = None,
        *,
        is_quiet: bool = False,
    ) -> None:
        self.tools = tools
        self._is_quiet = is_quiet
        self.scene = Scene(connection, tools.entities, setting, tools.words.shower(""))
        self.drafting = Drafting(self.scene, tools.gate, tools.granting)
        self._token = token
        self._depth = 0
        self._changes: deque[Change] = deque()
        self.made: list[RecordRef] = []
        self._new: set[RecordRef] = set()
        self.written: set[str] = set()  # the entities of which there are changes
        self._entries: list[outbox.Entry] = []
        self._unjudged: dict[tuple[str, int], Draft] = {}
        self._performer: Callable[[Write], Saved] | None = None
        self.memory: dict[str, object] = {}  # of the reactions

    @property
    def connection(self) -> Connection:
        """Return the connection of the transaction."""
        return self.scene.connection

    @property
    def now(self) -> datetime:
        """Return the instant of the transaction."""
        return self.scene.setting.now

    def values(self, entity_id: str, record_id: int) -> Values | None:
        """Return a record's values as the transaction sees them."""
        return self.scene.lookup.values(entity_id, record_id)

    def entity(self, entity_id: str) -> CompiledEntity:
        """Return a compiled entity; one that is not declared is as missing as a record."""
        found = self.scene.entities.get(entity_id)
        if found is None:
            raise Missing("see", entity_id)
        return found

    def judge(self, drafts: Sequence[Draft]) -> None:
        """Add to drafts of one entity every sentence that keeps them from being stored."""
        judges = [(draft, self.judge_of(draft)) for draft in drafts]
        for _, judge in judges:
            judge.judge_sent()
        check_links(self.tools.gate.access, self.scene, drafts)
        check_uniques(self.scene, drafts)
        for draft, judge in judges:
            if draft.messages or not self._listens(draft.compiled.id):
                judge.judge_final()

    def create(self, drafts: Sequence[Draft]) -> tuple[Change, ...]:
        """Store new records of one entity that were judged."""
        changes = store_new(self.scene, drafts, self._token, self._depth)
        self._new |= {RecordRef(one.entity, one.record_id) for one in changes}
        for draft, change in zip(drafts, changes, strict=True):
            self._await_rules(draft, change)
        self.made += [RecordRef(one.entity, one.record_id) for one in changes if _is_made(one)]
        return changes

    def change(self, draft: Draft, *, judged: bool = True) -> Change | None:
        """Store a change of a record; return None where it changes nothing."""
        change = store_edit(self.scene, draft, self._token, self._depth)
        if change is not None:
            self._await_rules(draft, change, judged=judged)
        return change

    def perform(self, write: Write) -> Saved:
        """Write what a reaction asks for, at once."""
        if self._performer is None:
            raise RuntimeError("Reactions write while the transaction settles, not before")
        if self._depth > DEEPEST:
            raise Refused(say("Rules of this CRM start each other without end."))
        return self._performer(write)

    def overdue(self, overdue: Overdue, perform: Callable[[Write], Saved]) -> None:
        """Let follow what follows when something waits for too long."""
        if self._listens(overdue.entity):
            self._performer, self._depth = perform, 1
            self.tools.reactions.react_overdue(overdue, self)

    def settle(self, perform: Callable[[Write], Saved]) -> None:
        """Let everything follow that follows, then judge the records that rules have seen.

        Whoever waits for changes outside hears of all of them at once.
        """
        self._performer = perform
        while self._changes:
            change = self._changes.popleft()
            self._depth = change.depth
            for write in follow(self.scene, change):
                perform(write)
            if not self._is_quiet:
                for write in tell_owner(self.scene, self.tools.words, change):
                    perform(write)
            self._react(change)
        for key, draft in self._unjudged.items():
            draft.values = {**draft.values, **(self.values(*key) or {})}
            self.judge_of(draft).judge_final()
            self._refuse(draft)
        outbox.add_changes(self.connection, self._entries, self.now)
        self._entries.clear()

    def _refuse(self, draft: Draft) -> None:
        """Refuse a record as it has become; of one that a rule wrote nobody has the form."""
        run_id = draft.actor.run_id
        if draft.messages and run_id is not None:
            label, reason = (
                draft.compiled.entity.label,
                about_fields(draft.messages, draft.compiled),
            )
            raise unfit(self.connection, run_id, label, reason, self._new)
        refuse(draft)

    def _react(self, change: Change) -> None:
        if self._listens(change.entity):
            self._depth = change.depth + 1
            self.tools.reactions.react(change, self)

    def _await_rules(self, draft: Draft, change: Change, *, judged: bool = True) -> None:
        self._changes.append(change)
        self.written.add(change.entity)
        self._entries.append(outbox.Entry(change.history_id, change.entity, change.record_id))
        if judged and self._listens(change.entity):
            self._unjudged.setdefault((change.entity, change.record_id), draft)

    def _listens(self, entity_id: str) -> bool:
        """Say whether rules listen; rows of the configuration are stored as they are written."""
        if self._is_quiet and self.scene.setting.actor.kind == "engine":
            return False
        return self.tools.reactions.listens(entity_id)

    def judge_of(self, draft: Draft) -> Judge:
        """Return the judge of a draft."""
        reading = self.drafting.reading(draft.actor)
        show = self.tools.words.shower(draft.actor.language)
        # What a rule finds wrong is told to whoever began it all.
        tells = self.tools.gate.tells(self.scene.setting.actor, draft.compiled)
        return Judge(self.scene, draft, reading, show, tells)


def _is_made(change: Change) -> bool:
    """Say whether a rule made a record that people want to go to."""
    return change.actor.kind == "rule" and change.entity not in (TASK, *NOT_TOLD)


def refuse(draft: Draft) -> None:
    """Refuse a draft that has sentences."""
    if not draft.messages:
        return
    if draft.denied:
        raise FieldsDenied(
            draft.messages, draft.action, draft.compiled.id, draft.record_id, draft.denied
        )
    raise ValidationFailed(draft.messages)
