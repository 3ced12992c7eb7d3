"""Two people changed the same fields of a record: both values, and the choice between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import cast

from engine.errors import Conflict, Message, say
from engine.metadata.model.entity import Entity
from engine.metadata.model.field import Field
from engine.metadata.model.text import Value
from engine.runtime.query.records import Record
from engine.web.formdata import FormData
from engine.web.parts.desk import Desk
from engine.web.parts.forms import back_of, new_token
from engine.web.urls import edit_url, record_url

TAKE = "_take."


@dataclass(frozen=True, slots=True)
class Dispute:
    """A field that two people changed: both values as they read."""

    name: str
    label: str
    theirs: str
    mine: str


@dataclass(frozen=True, slots=True)
class ConflictContext:
    """What `parts/conflict.html` draws; `carried` is all that was typed, for the next attempt."""

    entity: Entity
    title: str
    address: str
    action: str
    version: int
    token: str
    part: str
    back: str
    sentence: Message
    choices: tuple[Dispute, ...]
    carried: tuple[tuple[str, str], ...]


def without_theirs(data: FormData) -> FormData:
    """Leave out the fields of which the other person's value shall stand."""
    dropped = {
        name.removeprefix(TAKE)
        for name in data.controls
        if name.startswith(TAKE) and data.control(name) == "theirs"
    }
    return replace(
        data,
        payload={name: one for name, one in data.payload.items() if name not in dropped},
        typed={name: one for name, one in data.typed.items() if name not in dropped},
    )


def conflict_context(
    desk: Desk, record: Record, data: FormData, conflict: Conflict, part: str
) -> ConflictContext:
    """Return both values of the fields in dispute that this person may read."""
    entity = desk.look.application.entity(record.entity)
    readable = desk.access.readable(desk.actor, record.entity)
    return ConflictContext(
        entity=entity,
        title=record.title,
        address=record_url(record.entity, record.id),
        action=edit_url(record.entity, record.id),
        version=conflict.version or record.version,
        token=new_token(),
        part=part,
        back=back_of(data),
        sentence=sentence_of(record, conflict),
        choices=tuple(
            dispute(desk, entity.fields[name], theirs, ours)
            for name, (theirs, ours) in conflict.fields.items()
            if name in entity.fields and name in readable
        ),
        carried=tuple(carried_pairs(data.typed)),
    )


def sentence_of(record: Record, conflict: Conflict) -> Message:
    """Say who was faster, where that may be known."""
    person = record.links.get("updated_by")
    if person is None or not conflict.fields:
        return conflict.message
    return say("{name} has changed this record while you wrote.", name=person.title)


def dispute(desk: Desk, field: Field, theirs: object, ours: object) -> Dispute:
    """Return both values of a field as they read."""
    return Dispute(field.id, field.label, said(desk, field, theirs), said(desk, field, ours))


def said(desk: Desk, field: Field, value: object) -> str:
    """Return a value as it reads; a link by the title of its record."""
    if value is None or value == ():
        return ""
    if field.to is not None:
        return desk.choices.title(field, str(value)) or str(value)
    return desk.look.show(as_value(value), field)


def as_value(value: object) -> Value:
    """Return what the record service has put into a conflict: the values of two records."""
    return cast(Value, value)


def carried_pairs(typed: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, str]]:
    """Yield what was typed as the pairs of a form; an emptied field stays named."""
    for name, texts in typed.items():
        yield "_has", name
        for text in texts:
            yield name, text
