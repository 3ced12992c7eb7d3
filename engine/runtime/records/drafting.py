"""From what was sent to a draft: read, defaults, what rights fill in, first stages, formulas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from engine.metadata.model.text import Value
from engine.runtime.actor import Actor
from engine.runtime.records.changes import Action, Press, Stored
from engine.runtime.records.compiled import CompiledEntity, as_value
from engine.runtime.records.context import RecordContext, Scene
from engine.runtime.records.draft import Draft
from engine.runtime.records.gate import Gate
from engine.runtime.records.granting import Granting
from engine.runtime.records.history import image_at
from engine.runtime.records.merging import merge
from engine.runtime.records.payload import FieldRights, Given, read_payload
from engine.runtime.records.reading.base import Reading
from engine.runtime.records.reading.contacts import time_zones


@dataclass(frozen=True, slots=True)
class Drafting:
    """Makes drafts within one transaction."""

    scene: Scene
    gate: Gate
    granting: Granting

    def reading(self, actor: Actor) -> Reading:
        """Return the circumstances in which this actor's values are read."""
        setting = self.scene.setting
        zone = actor.timezone if actor.timezone in time_zones() else None
        return Reading(setting.now, ZoneInfo(zone) if zone else setting.zone, setting.workdays)

    def new(self, actor: Actor, compiled: CompiledEntity, payload: Mapping[str, object]) -> Draft:
        """Draft a new record."""
        rights, reading = self.gate.fields(actor, compiled), self.reading(actor)
        given = read_payload(compiled, payload, rights, reading)
        values = {**compiled.blank, **self._system_values(actor), **given.values}
        context = self.scene.context(compiled, values, compiled.blank)
        baseline = dict(compiled.blank)
        self._fill_defaults(compiled, context, reading, values, baseline, frozenset(given.values))
        self._fill_granted(actor, compiled, context, values, baseline)
        _fill_stages(compiled, values, baseline)
        draft = Draft(
            compiled=compiled,
            action=Action.CREATE,
            actor=actor,
            rights=rights,
            before=None,
            baseline=baseline,
            values=values,
            sent=frozenset(given.values),
            messages=dict(given.messages),
            denied=given.denied,
            may_assign=compiled.entity.owner in rights.writable,
        )
        compute(self.scene, draft)
        return draft

    def edit(
        self,
        actor: Actor,
        compiled: CompiledEntity,
        record: Stored,
        payload: Mapping[str, object],
        base_version: int | None = None,
        *,
        may_assign: bool = True,
    ) -> Draft:
        """Draft a change of a record; what others changed since `base_version` stays theirs."""
        rights = self.gate.fields(actor, compiled)
        given = read_payload(compiled, payload, rights, self.reading(actor))
        sent = self._merged(compiled, record, given.values, base_version)
        draft = Draft(
            compiled=compiled,
            action=Action.EDIT,
            actor=actor,
            rights=rights,
            before=record,
            baseline=record.values,
            values={**record.values, **sent},
            sent=frozenset(sent),
            messages=dict(given.messages),
            denied=given.denied,
            may_assign=may_assign,
        )
        compute(self.scene, draft)
        return draft

    def press(
        self,
        actor: Actor,
        compiled: CompiledEntity,
        record: Stored,
        given: Given,
        rights: FieldRights,
        press: Press,
    ) -> Draft:
        """Draft the press of a button, with the answers that are fields of the record."""
        draft = Draft(
            compiled=compiled,
            action=Action.PRESS,
            actor=actor,
            rights=rights,
            before=record,
            baseline=record.values,
            values={**record.values, **given.values},
            sent=frozenset(given.values),
            messages=dict(given.messages),
            denied=given.denied,
            press=press,
        )
        compute(self.scene, draft)
        return draft

    def _merged(
        self,
        compiled: CompiledEntity,
        record: Stored,
        sent: Mapping[str, Value],
        base_version: int | None,
    ) -> Mapping[str, Value]:
        if base_version is None or base_version == record.version:
            return sent
        was_there = 0 < base_version < record.version
        base = (
            image_at(self.scene.connection, compiled, record.id, base_version)
            if was_there
            else None
        )
        # Without an image of what was seen, everything that differs is in dispute.
        return merge(base or {}, record.values, sent, record.version)

    def _system_values(self, actor: Actor) -> dict[str, Value]:
        now = self.scene.setting.now
        return {
            "id": None,
            "title": None,
            "archived": False,
            "trashed_at": None,
            "created_at": now,
            "created_by": actor.user_id,
            "updated_at": now,
            "updated_by": actor.user_id,
            "last_activity_at": now,
        }

    def _fill_defaults(
        self,
        compiled: CompiledEntity,
        context: RecordContext,
        reading: Reading,
        values: dict[str, Value],
        baseline: dict[str, Value],
        sent: frozenset[str],
    ) -> None:
        for name in compiled.defaults:
            field = compiled.fields[name]
            if field.default is None:
                continue
            value = field.default(context, reading, self.scene.show)
            baseline[name] = field.empty if value is None else value
            if name not in sent:
                values[name] = baseline[name]

    def _fill_granted(
        self,
        actor: Actor,
        compiled: CompiledEntity,
        context: RecordContext,
        values: dict[str, Value],
        baseline: dict[str, Value],
    ) -> None:
        for name, value in self.granting.filled(actor, compiled, context).items():
            if value is not None and values.get(name) in (None, False):
                baseline[name] = values[name] = value


def compute(scene: Scene, draft: Draft) -> None:
    """Compute the stored formulas of a draft anew."""
    context = draft.context(scene)
    for name in draft.compiled.formulas:
        field = draft.compiled.fields[name]
        if field.formula is not None:
            value = as_value(field.formula(context))
            draft.values[name] = field.empty if value is None else value


def _fill_stages(
    compiled: CompiledEntity, values: dict[str, Value], baseline: dict[str, Value]
) -> None:
    for name, pipeline in compiled.pipelines.items():
        if values.get(name) is None:
            baseline[name] = values[name] = pipeline.pipeline.first
