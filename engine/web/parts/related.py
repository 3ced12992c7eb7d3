"""Records that point at this one: the first few of each kind, how many there are, and a new one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from engine.metadata.model.entity import Entity
from engine.metadata.model.field import Field
from engine.metadata.model.text import Value
from engine.runtime.query.records import Record
from engine.web.parts.desk import Desk
from engine.web.parts.facts import option_item
from engine.web.parts.look import Look
from engine.web.parts.moments import short_moment
from engine.web.urls import list_url, new_url, record_url

SHOWN = 5
MOST_COUNTED = 1000
WHEN = frozenset({"datetime"})
KIND = frozenset({"choice"})


@dataclass(frozen=True, slots=True)
class StageWord:
    """A stage as it is drawn beside a title."""

    label: str
    color: str
    is_closed: bool


@dataclass(frozen=True, slots=True)
class RelatedRow:
    """One record that points here."""

    title: str
    href: str
    note: str
    stage: StageWord | None


@dataclass(frozen=True, slots=True)
class Related:
    """One kind of records that point here through one link."""

    key: str
    label: str
    one: str
    count: str
    href: str
    create: str
    rows: tuple[RelatedRow, ...]
    has_more: bool


def related_lists(desk: Desk, record: Record) -> tuple[Related, ...]:
    """Return the records that point at this one, as far as this person may see them."""
    return tuple(
        related(desk, record, desk.look.application.entity(field.entity), field)
        for field in reverse_links(desk, record)
    )


def reverse_links(desk: Desk, record: Record) -> Iterator[Field]:
    """Yield the links that lead here and have a name for the way back."""
    for field in desk.look.application.reverse_links(record.entity):
        if field.reverse is None or not desk.access.may(desk.actor, field.entity, "see"):
            continue
        if field.id in desk.access.readable(desk.actor, field.entity):
            yield field


def related(desk: Desk, record: Record, entity: Entity, field: Field) -> Related:
    """Return the records of one kind that point here."""
    when = first_of(desk, entity, WHEN) or first_of(desk, entity, KIND)
    stage = first_of(desk, entity, frozenset({"stage"}))
    here = (field.id, str(record.id))
    columns = ",".join(["title", *(one.id for one in (when, stage) if one)])
    wanted = [here, ("size", str(SHOWN)), ("columns", columns)]
    request = desk.reader.parse(desk.actor, entity.id, wanted)
    rows = desk.reader.page(desk.actor, request).records
    count, is_capped = desk.reader.count(desk.actor, request, MOST_COUNTED)
    return Related(
        key=f"{entity.id}-{field.id}",
        label=label_of(desk, record, entity, field),
        one=entity.label,
        count=f"{count}+" if is_capped else str(count),
        href=list_url(entity.id, [here]),
        create=new_url(entity.id, [here]) if may_add(desk, record, field) else "",
        rows=tuple(row(desk.look, one, when, stage) for one in rows),
        has_more=count > len(rows),
    )


def label_of(desk: Desk, record: Record, entity: Entity, field: Field) -> str:
    """Return the heading; two links from one entity are told apart by the link's own label."""
    twins = [one for one in reverse_links(desk, record) if one.entity == entity.id]
    return entity.plural if len(twins) == 1 else f"{entity.plural}: {field.label}"


def may_add(desk: Desk, record: Record, field: Field) -> bool:
    """Say whether a record that points here may be made."""
    if record.archived or record.trashed:
        return False
    return desk.access.may(desk.actor, field.entity, "create") and field.id in desk.writable(
        field.entity
    )


def first_of(desk: Desk, entity: Entity, types: frozenset[str]) -> Field | None:
    """Return the entity's first readable field of these types."""
    readable = desk.access.readable(desk.actor, entity.id)
    fields = (one for one in entity.fields.values() if one.type in types and one.id in readable)
    return next(fields, None)


def row(look: Look, record: Record, when: Field | None, stage: Field | None) -> RelatedRow:
    """Return one record as a line."""
    return RelatedRow(
        title=record.title,
        href=record_url(record.entity, record.id),
        note=note_words(look, when, record.values.get(when.id)) if when else "",
        stage=stage_word(look, stage, record.values.get(stage.id)) if stage else None,
    )


def note_words(look: Look, field: Field, value: Value) -> str:
    """Return what stands below a title: when it is, or of which kind."""
    if isinstance(value, datetime):
        return short_moment(look, value)
    return option_item(field, str(value)).label if value is not None else ""


def stage_word(look: Look, field: Field, value: Value) -> StageWord | None:
    """Return a stage with its colour; one that has left the configuration keeps its id."""
    if value is None:
        return None
    pipeline = look.application.pipelines.get(field.pipeline or "")
    stage = pipeline.stages.get(str(value)) if pipeline else None
    if stage is None:
        return StageWord(str(value), "grey", is_closed=False)
    return StageWord(stage.label, stage.color, is_closed=stage.closes is not None)
