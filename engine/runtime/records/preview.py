"""What a form would come to if it were sent now: states, computed values, sentences.

The same draft and the same judge as a real write, on a connection that can write nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from engine.metadata.model.text import Value
from engine.runtime.records.changes import Messages
from engine.runtime.records.conditions import FieldState, Judge
from engine.runtime.records.context import Scene, Setting
from engine.runtime.records.denials import Missing
from engine.runtime.records.draft import Draft
from engine.runtime.records.drafting import Drafting
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
) -> Verdict:
    """Judge a payload for a new record, or for one that there is."""
    actor, compiled = setting.actor, tools.entities.get(entity_id)
    if compiled is None:
        raise Missing("see", entity_id)
    scene = Scene(connection, tools.entities, setting, tools.words.shower(""))
    drafting = Drafting(scene, tools.gate, tools.granting)
    if record_id is None:
        tools.gate.require(actor, entity_id, "create")
        draft = drafting.new(actor, compiled, payload)
    else:
        held = tools.gate.hold(
            connection, actor, compiled, record_id, "edit", "assign", is_locked=False
        )
        may_assign = "assign" in held.verbs
        draft = drafting.edit(actor, compiled, held.record, payload, may_assign=may_assign)
    show = tools.words.shower(actor.language)
    tells = tools.gate.tells(actor, compiled)
    judge = Judge(scene, draft, drafting.reading(actor), show, tells)
    judge.judge_sent()
    check_links(tools.gate.access, scene, [draft])
    check_uniques(scene, [draft])
    judge.judge_final()
    return _verdict(scene, draft, judge)


def _verdict(scene: Scene, draft: Draft, judge: Judge) -> Verdict:
    fields, context = draft.compiled.fields, draft.context(scene)
    readable = [name for name in fields if name in draft.rights.readable]
    return Verdict(
        fields={name: judge.state(fields[name]) for name in readable},
        values={name: context.read((name,)) for name in readable},
        messages=draft.messages,
    )
