"""Makes entities ready for writing: every expression typed and closed once, at the start."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, bindparam, insert, select, update

from engine.metadata.expressions.compile import typed
from engine.metadata.expressions.evaluate import closure
from engine.metadata.expressions.names import Scope
from engine.metadata.expressions.templates import TextTemplate, typed_template
from engine.metadata.expressions.types import TEXT, field_type
from engine.metadata.fieldtypes.base import Kind
from engine.metadata.fieldtypes.registry import FIELD_TYPES
from engine.metadata.fieldtypes.scale import scale_of
from engine.metadata.model.application import Application
from engine.metadata.model.button import Ask, Button, asked_field
from engine.metadata.model.entity import Entity
from engine.metadata.model.field import Field
from engine.metadata.model.pipeline import Pipeline, Stage
from engine.metadata.model.text import Expression, Literal, Slot, Template
from engine.metadata.moments import parse_length
from engine.metadata.patterns import compile_pattern
from engine.runtime.records.compiled import (
    NOT_OF_THE_RECORD,
    RECORD_ID,
    RECORD_IDS,
    Closure,
    CompiledAsk,
    CompiledButton,
    CompiledEntity,
    CompiledField,
    CompiledMove,
    CompiledPipeline,
    CompiledStage,
    CompiledValidation,
    Condition,
    Default,
    Path,
    Watcher,
)
from engine.runtime.records.defaults import computed_default, literal_default, written_default
from engine.runtime.records.payload import payload_schema
from engine.runtime.records.reading.base import Reader
from engine.runtime.records.reading.limits import limits_of
from engine.runtime.records.reading.registry import reader_of
from engine.runtime.records.store import titles_outside_the_trash
from engine.runtime.records.walks import name_paths, walks_of, watchers_of
from engine.runtime.tables.entity import RecordTables

SYSTEM_NAMES = (
    "id",
    "title",
    "archived",
    "trashed_at",
    "created_at",
    "created_by",
    "updated_at",
    "updated_by",
    "last_activity_at",
)
SYSTEM_TARGETS = {"created_by": "user", "updated_by": "user"}


def compile_entities(
    application: Application, tables: RecordTables
) -> Mapping[str, CompiledEntity]:
    """Compile all entities of a configuration."""
    watchers = watchers_of(application)
    return MappingProxyType(
        {
            one.id: _Compiler(application, tables, one).entity_with(watchers.get(one.id, {}))
            for one in application.entities.values()
        }
    )


class _Compiler:
    """Compiles one entity; `paths` gathers what its expressions read."""

    def __init__(self, application: Application, tables: RecordTables, entity: Entity) -> None:
        self.application = application
        self.tables = tables
        self.entity = entity
        self.scope = Scope(application, entity)
        self.paths: set[Path] = set()

    def entity_with(self, watchers: Mapping[str, tuple[Watcher, ...]]) -> CompiledEntity:
        """Compile the entity; `watchers` are the titles that name its records."""
        entity = self.entity
        fields = {one.id: self.field(one) for one in entity.fields.values()}
        validations = tuple(self.validations())
        pipelines = {one.field: one for one in self.pipelines()}
        buttons = {one.id: one for one in self.buttons(fields)}
        columns, targets = self.columns(), self.targets()
        table = self.tables.table(entity.id)
        selecting = select(*self.selected(columns))
        computed = {name: one.formula for name, one in fields.items() if one.formula is not None}
        return CompiledEntity(
            entity=entity,
            table=table,
            selecting=selecting,
            by_id=selecting.where(table.c.id == bindparam(RECORD_ID)),
            by_ids=selecting.where(table.c.id.in_(bindparam(RECORD_IDS, expanding=True))),
            titling=titles_outside_the_trash(entity.id, table),
            inserting=insert(table).returning(table.c.id, sort_by_parameter_order=True),
            updating=update(table).where(table.c.id == bindparam(RECORD_ID)),
            fields=MappingProxyType(fields),
            columns=MappingProxyType(columns),
            system_names=SYSTEM_NAMES,
            names=frozenset(fields) | frozenset(SYSTEM_NAMES),
            links=tuple(n for n, one in entity.fields.items() if one.to or one.type == "any_link"),
            targets=MappingProxyType(targets),
            any_link=next((n for n, one in fields.items() if one.field.type == "any_link"), None),
            blank=MappingProxyType({name: one.empty for name, one in fields.items()}),
            schema=payload_schema(
                entity.id, {name: one for name, one in fields.items() if name not in computed}
            ),
            on_read=MappingProxyType({k: v for k, v in computed.items() if k not in columns}),
            defaults=self.in_order([n for n, one in fields.items() if one.default is not None]),
            formulas=self.in_order([name for name in computed if name in columns]),
            stateful=tuple(name for name, one in fields.items() if one.has_states),
            validations=validations,
            pipelines=MappingProxyType(pipelines),
            buttons=MappingProxyType(buttons),
            sequences=tuple(n for n, one in fields.items() if one.field.type == "sequence"),
            uniques=(*((n,) for n, one in fields.items() if one.field.unique), *entity.unique),
            title=self.text(entity.title),
            title_field=entity.title_field,
            named=self.named(),
            walks=walks_of(self.application, entity),
            walked=frozenset(path[0] for path in self.paths if len(path) > 1) & frozenset(targets),
            watchers=MappingProxyType(dict(watchers)),
        )

    def field(self, field: Field) -> CompiledField:
        reader, scale = reader_of(field, self.application), scale_of(field, self.application)
        return CompiledField(
            field=field,
            type=FIELD_TYPES[field.type],
            scale=scale,
            reader=reader,
            limits=limits_of(field, reader, scale),
            kind=field_type(field, self.application) or TEXT,
            pattern=None if field.pattern is None else compile_pattern(field.pattern),
            default=None if field.default is None else self.default(field, field.default, reader),
            formula=None if field.formula is None else self.value(field.formula, field),
            visible_when=self.condition(field.visible_when),
            required_when=self.condition(field.required_when),
            readonly_when=self.condition(field.readonly_when),
            locked_when=self.condition(field.locked_when),
            check=self.condition(field.check),
            message=self.text(field.message),
        )

    def default(self, field: Field, slot: Slot, reader: Reader) -> Default:
        match slot:
            case Expression():
                return computed_default(self.value(slot, field))
            case Template():
                return written_default(typed_template(slot, self.scope))
            case Literal():
                return literal_default(slot, reader, FIELD_TYPES[field.type].payload)

    def validations(self) -> Iterator[CompiledValidation]:
        for one in self.entity.validate.values():
            check, message = self.condition(one.check), self.text(one.message)
            if check is not None and message is not None:
                yield CompiledValidation(one.field or "", check, self.condition(one.when), message)

    def pipelines(self) -> Iterator[CompiledPipeline]:
        for field in self.entity.fields.values():
            pipeline = self.application.pipelines.get(field.pipeline or "")
            if pipeline is not None:
                stages = {one.id: self.stage(one) for one in pipeline.stages.values()}
                yield CompiledPipeline(field.id, pipeline, stages, self.moves(pipeline))

    def stage(self, stage: Stage) -> CompiledStage:
        require = tuple(tuple(one.split(".")) for one in stage.require)
        self.paths |= set(require)
        return CompiledStage(
            id=stage.id,
            label=stage.label,
            require=require,
            enter_when=self.condition(stage.enter_when),
            message=self.text(stage.message),
            closes=stage.closes is not None,
            sla=parse_length(stage.sla) if stage.sla and not stage.closes else None,
        )

    def moves(self, pipeline: Pipeline) -> Mapping[tuple[str, str], CompiledMove] | None:
        if pipeline.moves is None:
            return None
        ways = (one for group in pipeline.moves.values() for one in group)
        return {
            (one.source, one.target): CompiledMove(frozenset(one.roles), self.condition(one.when))
            for one in ways
        }

    def buttons(self, fields: Mapping[str, CompiledField]) -> Iterator[CompiledButton]:
        for button in self.application.buttons(self.entity.id).values():
            asks = {one.id: found for one in button.ask if (found := self.ask(one, fields))}
            yield CompiledButton(
                button=button,
                stage_field=self.stage_field(button),
                when=self.condition(button.when),
                asks=MappingProxyType(asks),
                schema=payload_schema(
                    f"{self.entity.id}_{button.id}", {n: one.field for n, one in asks.items()}
                ),
                tries=tuple(map(parse_length, button.ladder.tries)) if button.ladder else (),
            )

    def ask(self, ask: Ask, fields: Mapping[str, CompiledField]) -> CompiledAsk | None:
        shown = asked_field(ask, self.entity.fields)
        field = fields.get(ask.id) if ask.own is None else self.field(ask.own)
        if shown is None or field is None or field.is_computed or field.is_of_engine:
            return None
        return CompiledAsk(ask, field, shown)

    def stage_field(self, button: Button) -> str:
        """Return the stage field that a button goes by, "" where the entity has none."""
        for field in self.entity.fields.values():
            pipeline = self.application.pipelines.get(field.pipeline or "")
            if pipeline is None:
                continue
            if button.pipeline == pipeline.id if button.pipeline else _has(pipeline, button):
                return field.id
        return ""

    def condition(self, expression: Expression | None) -> Condition | None:
        if expression is None:
            return None
        found = typed(expression, self.scope, Kind.BOOL)
        self.paths |= found.paths
        return Condition(closure(found), found.paths)

    def value(self, expression: Expression, field: Field) -> Closure:
        found = typed(expression, self.scope, field)
        self.paths |= found.paths
        return closure(found)

    def text(self, template: Template | None) -> TextTemplate | None:
        if template is None:
            return None
        found = typed_template(template, self.scope)
        self.paths |= found.paths
        return found

    def named(self) -> frozenset[str]:
        paths = name_paths(self.application, self.entity)
        return frozenset({path[0] for path in paths} | {self.entity.title_field or "title"})

    def columns(self) -> dict[str, tuple[str, ...]]:
        stored = (n for n in self.entity.fields if self.tables.is_stored(self.entity.id, n))
        return {n: tuple(c.name for c in self.tables.columns(self.entity.id, n)) for n in stored}

    def selected(self, columns: Mapping[str, tuple[str, ...]]) -> Iterator[ColumnElement[Any]]:
        cells = self.tables.table(self.entity.id).c
        yield cells.version
        yield from (cells[one] for one in SYSTEM_NAMES)
        yield from (cells[one] for names in columns.values() for one in names)

    def targets(self) -> dict[str, str]:
        links = {n: one.to for n, one in self.entity.fields.items() if one.to is not None}
        return {**SYSTEM_TARGETS, **links}

    def in_order(self, names: list[str]) -> tuple[str, ...]:
        """Return computed fields so that each stands behind those that it reads."""
        placed: dict[str, None] = {}
        for name in names:
            self.place(name, frozenset(names), placed, frozenset())
        return tuple(placed)

    def place(
        self, name: str, names: frozenset[str], placed: dict[str, None], above: frozenset[str]
    ) -> None:
        if name in placed or name in above:
            return
        for needed in sorted(self.needs(name) & names):
            self.place(needed, names, placed, above | {name})
        placed[name] = None

    def needs(self, name: str) -> frozenset[str]:
        """Return the own fields that a field's formula or default reads."""
        field = self.entity.fields[name]
        match field.formula or field.default:
            case Expression() as expression:
                paths = typed(expression, self.scope, field).paths
            case Template() as template:
                paths = typed_template(template, self.scope).paths
            case _:
                paths = frozenset()
        return frozenset(path[0] for path in paths if path[0] not in NOT_OF_THE_RECORD)


def _has(pipeline: Pipeline, button: Button) -> bool:
    return pipeline.stages.keys() >= set(button.show_in)
