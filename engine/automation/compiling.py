"""Makes rules and buttons ready: every expression typed and closed once, at the start."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, TypeAlias

from engine.automation.compiled import CompiledButton, CompiledRule, Programs
from engine.automation.people import People
from engine.automation.ready import Ready, ReadySlot, ReadySlots, ReadyText, ready, ready_text
from engine.automation.running import CompiledStep
from engine.automation.triggers import Index
from engine.metadata.expressions.compile import Expected, typed
from engine.metadata.expressions.names import Scope
from engine.metadata.expressions.steps import (
    Placed,
    placed_steps,
    scope_of_when,
    scope_of_where,
)
from engine.metadata.expressions.templates import typed_template
from engine.metadata.fieldtypes.base import Kind
from engine.metadata.fieldtypes.registry import FIELD_TYPES
from engine.metadata.model.application import Application
from engine.metadata.model.button import Button, asked_field
from engine.metadata.model.entity import Entity
from engine.metadata.model.field import Field
from engine.metadata.model.rule import Rule
from engine.metadata.model.step import Step
from engine.metadata.model.text import Expression, Literal, Slot, Template
from engine.metadata.moments import parse_length
from engine.runtime.access.expression_columns import ExpressionColumns
from engine.runtime.records.defaults import computed_default, literal_default, written_default
from engine.runtime.records.reading.registry import reader_of

Maker: TypeAlias = Callable[[Any, "Compiler"], CompiledStep]


@dataclass(frozen=True, slots=True)
class Compiler:
    """Compiles the steps of one rule or button; `scope` is that of the step at hand."""

    application: Application
    makers: Mapping[type[Step], Maker]
    columns: ExpressionColumns
    people: People
    entity: Entity
    placed: Mapping[str, Placed]
    scope: Scope

    def condition(self, expression: Expression) -> Ready:
        """Make a condition ready."""
        return self.value(expression, Kind.BOOL)

    def value(self, expression: Expression, expect: Expected = None) -> Ready:
        """Make an expression ready."""
        return ready(expression.text, typed(expression, self.scope, expect))

    def text(self, template: Template) -> ReadyText:
        """Make a text ready."""
        return ready_text(typed_template(template, self.scope))

    def slots(self, entity: Entity, values: Mapping[str, Slot]) -> ReadySlots:
        """Make the values of fields of an entity ready."""
        return ReadySlots(
            {name: self.slot(entity.fields[name], slot) for name, slot in values.items()}
        )

    def slot(self, field: Field, slot: Slot) -> ReadySlot:
        """Make the value of a field ready."""
        kind = FIELD_TYPES[field.type]
        match slot:
            case Literal():
                reader = reader_of(field, self.application)
                return ReadySlot(literal_default(slot, reader, kind.payload), {})
            case Template():
                text = typed_template(slot, self.scope)
                return ReadySlot(written_default(text), ready_text(text).reads)
            case Expression():
                found = self.value(slot, None if kind.kind is Kind.ANY_LINK else field)
                leads_to = found.typed.to if kind.kind is Kind.ANY_LINK else None
                return ReadySlot(computed_default(found.closure), found.reads, leads_to)

    def steps(self, steps: tuple[Step, ...]) -> tuple[CompiledStep, ...]:
        """Make steps ready: each knows the names that those before it have given."""
        return tuple(self.makers[type(one)](one, self._at(one)) for one in steps)

    def _at(self, step: Step) -> Compiler:
        return replace(self, scope=self.placed[step.address].scope)


def compile_programs(
    application: Application,
    makers: Mapping[type[Step], Maker],
    columns: ExpressionColumns,
    people: People,
) -> Programs:
    """Make everything ready that reacts in a configuration."""

    def compiler(entity: Entity, action: Button | Rule) -> Compiler:
        placed = {one.step.address: one for one in placed_steps(application, entity, action)}
        scope = scope_of_when(application, entity, action)
        return Compiler(application, makers, columns, people, entity, placed, scope)

    rules = [
        _rule(one, compiler(application.entity(one.entity), one))
        for one in application.automations.values()
    ]
    buttons = {
        (entity.id, button.id): _button(button, compiler(entity, button))
        for entity in application.entities.values()
        for button in application.buttons(entity.id).values()
    }
    index = Index(rules)
    return Programs(
        rules=index,
        buttons=MappingProxyType(buttons),
        entities=index.entities | {entity_id for entity_id, _ in buttons},
        stage_fields={one.id: tuple(_stage_fields(one)) for one in application.entities.values()},
    )


def _rule(rule: Rule, compiler: Compiler) -> CompiledRule:
    return CompiledRule(
        rule=rule,
        checks=dict(_checks(rule, compiler)),
        steps=compiler.steps(rule.do),
        once_per=None if rule.once_per is None else parse_length(rule.once_per),
    )


def _checks(rule: Rule, compiler: Compiler) -> Iterator[tuple[str, Ready]]:
    if rule.where is not None:
        scope = scope_of_where(compiler.application, compiler.entity)
        yield "where", replace(compiler, scope=scope).condition(rule.where)
    if rule.when is not None:
        yield "when", compiler.condition(rule.when)


def _button(button: Button, compiler: Compiler) -> CompiledButton:
    asked = {one.id: asked_field(one, compiler.entity.fields) for one in button.ask}
    ladder = button.ladder
    return CompiledButton(
        button=button,
        asked={name: field for name, field in asked.items() if field is not None},
        steps=compiler.steps(button.do),
        each=compiler.steps(ladder.each) if ladder else (),
        then=compiler.steps(ladder.then) if ladder else (),
    )


def _stage_fields(entity: Entity) -> Iterator[str]:
    return (one.id for one in entity.fields.values() if one.type == "stage")
