"""The conditions of a configuration, judged once on the final record.

Each field has a state (visible, required, readonly, and why); the sentences follow from the states
and the values. The live form asks for the states, the writer for the sentences: one judgement.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from engine.errors import Message, say, verbatim
from engine.metadata.expressions.templates import Show, TextTemplate, render
from engine.metadata.model.text import Value
from engine.runtime.records.changes import Action
from engine.runtime.records.compiled import (
    CompiledField,
    CompiledPipeline,
    CompiledStage,
    Condition,
    Path,
)
from engine.runtime.records.context import Scene
from engine.runtime.records.draft import Draft
from engine.runtime.records.payload import why_closed
from engine.runtime.records.reading.base import Reading
from engine.runtime.records.titles import with_titles

Said: TypeAlias = tuple[str, Message]
Tells: TypeAlias = Callable[[Path], bool]

UNFIT = say("This value does not fit the other ones.")


@dataclass(frozen=True, slots=True)
class FieldState:
    """How a field stands in a form; `reason` says why it is readonly."""

    visible: bool
    required: bool
    readonly: bool
    reason: Message | None = None
    options: tuple[str, ...] | None = None


class Judge:
    """Judges one draft; `show` prints values in the actor's language.

    A sentence of the configuration is told to the actor where it may read what the sentence holds.
    """

    def __init__(
        self, scene: Scene, draft: Draft, reading: Reading, show: Show, tells: Tells
    ) -> None:
        self._tells = tells
        self._entities = scene.entities
        self._draft = draft
        self._compiled = draft.compiled
        self._reading = reading
        self._show = with_titles(scene.lookup, show)
        self._context = draft.context(scene)
        old = draft.old
        self._stored = None if old is None else scene.context(draft.compiled, old, old)

    def judge_sent(self) -> None:
        """Add the sentences about what was written: limits of new values, closed fields."""
        self._keep((*self._values(), *self._by_hand()))

    def judge_final(self) -> None:
        """Add the sentences about the record as it will be: required, checks, validations, stages.

        Where a value could not even be read, its field has its sentence already.
        """
        unread = frozenset(self._draft.messages)
        self._keep(self._record(unread))

    def _keep(self, said: Iterable[Said]) -> None:
        known = frozenset(self._draft.messages)
        found: dict[str, tuple[Message, ...]] = {}
        for name, message in said:
            if name not in known and message not in found.get(name, ()):
                found[name] = (*found.get(name, ()), message)
        self._draft.add(found)

    def state(self, field: CompiledField) -> FieldState:
        """Return how a field stands."""
        reason = self._closed(field)
        visible = self._is_visible(field)
        return FieldState(
            visible=visible,
            required=visible and not field.is_computed and self._is_required(field),
            readonly=reason is not None,
            reason=reason,
            options=tuple(field.field.options) or None,
        )

    def _is_visible(self, field: CompiledField) -> bool:
        if field.field.hidden:
            return False
        return field.visible_when is None or field.visible_when.holds(self._context)

    def _is_required(self, field: CompiledField) -> bool:
        if field.field.required:
            return True
        return field.required_when is not None and field.required_when.holds(self._context)

    def _closed(self, field: CompiledField) -> Message | None:
        """Say why a field can't be written, None where it can."""
        rights, actor = self._draft.rights, self._draft.actor
        if field.id not in rights.writable and field.id not in rights.held:
            return why_closed(field)
        if self._is_held(field):
            return say("Only somebody who may assign records can change this.")
        if actor.kind == "engine":  # rows and housekeeping: they store what there is
            return None
        stored, locked = self._stored, field.locked_when
        if locked is not None and stored is not None and locked.holds(stored):
            return say("This field is closed now.")
        if field.readonly_when is not None and field.readonly_when.holds(self._context):
            return say("This field can't be changed now.")
        return None

    def _is_held(self, field: CompiledField) -> bool:
        """Say whether the actor would have to have the right to assign."""
        return field.id == self._compiled.entity.owner and not self._draft.may_assign

    def _values(self) -> Iterator[Said]:
        """Yield what is wrong with the new values themselves: their limits and patterns."""
        changed = self._draft.changed_fields()
        for name in self._compiled.columns:
            value = self._draft.values.get(name)
            if value is None or name not in changed:
                continue
            wrong = self.wrong_value(self._compiled.fields[name], value)
            if wrong is not None:
                yield name, wrong

    def wrong_value(self, field: CompiledField, value: Value) -> Message | None:
        """Say which limit or pattern of a field a value does not keep, None where it fits."""

        def shown(bound: Value) -> str:
            return self._show(bound, field.constant(bound))

        for limit in field.limits:
            wrong = limit(value, self._reading, shown)
            if wrong is not None:
                return wrong
        if field.pattern is None or not isinstance(value, str) or field.pattern.matches(value):
            return None
        said = self._said(field.message)
        if said is not None:
            return said
        example = field.field.example or field.field.placeholder
        if example:
            return say("This does not have the right form, such as {example}.", example=example)
        return say("This does not have the right form.")

    def _by_hand(self) -> Iterator[Said]:
        """Yield the closed fields that somebody sent another value for."""
        for name in self._draft.sent:
            if not self._draft.was_touched(name):
                continue
            field = self._compiled.fields[name]
            reason = self._closed(field)
            if reason is not None:
                if self._is_held(field):
                    self._draft.denied |= {name}
                yield name, reason
            elif self._is_by_form and not self._is_visible(field):
                yield name, say("This field can't be filled in while it is not shown.")

    @property
    def _is_by_form(self) -> bool:
        """Say whether values come from the record's form; a dialog shows all that it asks."""
        return self._draft.actor.is_person and self._draft.action is not Action.PRESS

    def _record(self, unread: frozenset[str]) -> Iterator[Said]:
        for name in self._compiled.stateful:
            yield from self._field(self._compiled.fields[name], unread)
        for one in self._compiled.validations:
            if self._fails(one.check, unread) and self._applies(one.when):
                yield one.field, self._said(one.message) or UNFIT
        for pipeline, stage in self._draft.entered_stages():
            if stage in pipeline.stages:
                yield from self._entry(pipeline, pipeline.stages[stage])

    def _field(self, field: CompiledField, unread: frozenset[str]) -> Iterator[Said]:
        empty = self._context.read((field.id,)) is None
        if empty and not field.is_computed and self._is_required(field) and self._is_visible(field):
            yield field.id, say("Fill in {field}.", field=field.field.label)
        if field.check is not None and self._fails(field.check, unread):
            yield field.id, self._check_said(field)

    def _fails(self, check: Condition, unread: frozenset[str]) -> bool:
        if any(path[0] in unread for path in check.paths):
            return False
        return check.is_ripe(self._context) and not check.holds(self._context)

    def _applies(self, when: Condition | None) -> bool:
        return when is None or when.holds(self._context)

    def _entry(self, pipeline: CompiledPipeline, stage: CompiledStage) -> Iterator[Said]:
        for path in stage.require:
            if self._context.read(path) is None:
                yield from self._needed(path, stage)
        if stage.enter_when is not None and not stage.enter_when.holds(self._context):
            said = self._said(stage.message)
            yield (
                pipeline.field,
                said or say("The record can't enter the stage {stage} yet.", stage=stage.label),
            )

    def _needed(self, path: Path, stage: CompiledStage) -> Iterator[Said]:
        own = self._compiled.fields[path[0]]
        if len(path) == 1:
            if self._is_visible(own):
                yield (
                    own.id,
                    say(
                        "Fill in {field}: the stage {stage} needs it.",
                        field=own.field.label,
                        stage=stage.label,
                    ),
                )
            return
        yield (
            ".".join(path),
            say(
                "The stage {stage} needs {field}: fill it in at the record under {link}.",
                stage=stage.label,
                field=self._label(path),
                link=own.field.label,
            ),
        )

    def _label(self, path: Path) -> str:
        """Return the label of the last field of a path."""
        compiled = self._compiled
        for name in path[:-1]:
            compiled = self._entities[compiled.targets[name]]
        field = compiled.fields.get(path[-1])
        return path[-1] if field is None else field.field.label

    def _check_said(self, field: CompiledField) -> Message:
        return self._said(field.message) or UNFIT

    def _said(self, template: TextTemplate | None) -> Message | None:
        """Return a sentence of the configuration, None where it holds what the actor may not read.

        Of a fact that is hidden from somebody they learn nothing by being refused.
        """
        if template is None or not all(self._tells(path) for path in template.paths):
            return None
        return verbatim(render(template, self._context, self._show))
