"""What a form would come to if it were sent now: states, computed values, sentences.

The same draft and the same judge as a real write, on a connection that can write nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from engine.metadata.model.text import Value
from engine.runtime.actor import Actor
from engine.runtime.records.changes import Messages
from engine.runtime.records.compiled import CompiledEntity
from engine.runtime.records.conditions import FieldState, Judge
from engine.runtime.records.context import Scene, Setting
from engine.runtime.records.denials import Missing
from engine.runtime.records.draft import Draft
from engine.runtime.records.drafting import Drafting
from engine.runtime.records.gate import Held
from engine.runtime.records.links import check_links
from engine.runtime.records.transaction import Tools
from engine.runtime.records.uniques import check_uniques


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a form stands: the fields that the actor may read, their values, what is wrong."""

    fields: Mapping[str, FieldState]
    values: Mapping[str, Value]
    messages: Messages


def preview(
    tools: Tools,
    connection: Connection,
    setting: Setting,
    entity_id: str,
    record_id: int | None,
    payload: Mapping[str, object],
    held: Held | None = None,
) -> Verdict:
    """Judge a payload for a new record, or for one that there is; `held` where it is read."""
    actor, compiled = setting.actor, tools.entities.get(entity_id)
    if compiled is None:
        raise Missing("see", entity_id)
    scene = Scene(connection, tools.entities, setting, tools.words.shower(""))
    previewing = Previewing(tools, scene, actor)
    if record_id is None:
        tools.gate.require(actor, entity_id, "create")
        return previewing.verdict(previewing.drafting.new(actor, compiled, payload))
    held = (
        tools.gate.hold(connection, actor, compiled, record_id, "edit", "assign", is_locked=False)
        if held is None
        else tools.gate.require_held(held, "edit")
    )
    return previewing.verdict(previewing.edit(compiled, held, payload))


class Previewing:
    """Judges drafts for one person on one connection."""

    def __init__(self, tools: Tools, scene: Scene, actor: Actor) -> None:
        self.drafting = Drafting(scene, tools.gate, tools.granting)
        self._tools = tools
        self._scene = scene
        self._actor = actor

    def edit(self, compiled: CompiledEntity, held: Held, payload: Mapping[str, object]) -> Draft:
        """Draft a change of a record that may be edited."""
        may_assign = "assign" in held.verbs
        return self.drafting.edit(
            self._actor, compiled, held.record, payload, may_assign=may_assign
        )

    def states(self, held: Held) -> Mapping[str, FieldState]:
        """Return how the fields of a record stand while nobody changes it."""
        compiled = self._tools.entities[held.record.entity]
        draft = self.edit(compiled, held, {})
        return _states(draft, self._judge(draft))

    def verdict(self, draft: Draft) -> Verdict:
        """Return what a draft comes to."""
        judge = self._judge(draft)
        judge.judge_sent()
        check_links(self._tools.gate.access, self._scene, [draft])
        check_uniques(self._scene, [draft])
        judge.judge_final()
        context = draft.context(self._scene)
        states = _states(draft, judge)
        return Verdict(
            fields=states,
            values={name: context.read((name,)) for name in states},
            messages=draft.messages,
        )

    def _judge(self, draft: Draft) -> Judge:
        show = self._tools.words.shower(self._actor.language)
        tells = self._tools.gate.tells(self._actor, draft.compiled)
        return Judge(self._scene, draft, self.drafting.reading(self._actor), show, tells)


def _states(draft: Draft, judge: Judge) -> Mapping[str, FieldState]:
    readable = draft.rights.readable
    return {
        name: judge.state(one) for name, one in draft.compiled.fields.items() if name in readable
    }
