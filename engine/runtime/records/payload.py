"""What somebody sends for a record -> exact values, or sentences at their fields.

One marshmallow schema per entity, built once from the readers of its fields. An unknown field and
one that the actor may not even read are refused with the same words; any refusal refuses the whole
write.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from marshmallow import RAISE, Schema, ValidationError, fields
from marshmallow.experimental.context import Context

from engine.errors import Message, say
from engine.metadata.model.text import Value
from engine.runtime.records.changes import Messages, Values
from engine.runtime.records.compiled import CompiledEntity, CompiledField
from engine.runtime.records.reading.base import Reader, Reading, Unreadable, is_empty

MOST_NAMED = 20  # refused names that are listed: a payload of a million names gets no such answer
LONGEST_NAME = 80
READING = Context[Reading]  # what the readers of one payload are told


@dataclass(frozen=True, slots=True)
class FieldRights:
    """What an actor may do with the fields of an entity.

    `held` may be sent when its value stays what it is: the owner's field without `assign`.
    """

    readable: frozenset[str]
    writable: frozenset[str]
    held: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Given:
    """The values that could be read, the sentences about those that could not, denied names."""

    values: Values
    messages: Messages
    denied: frozenset[str] = frozenset()


class Input(fields.Field[Value]):
    """A field of a payload schema: whatever its reader makes of what was sent."""

    def __init__(self, reader: Reader, empty: Value) -> None:
        super().__init__(allow_none=True)
        self.reader = reader
        self.empty = empty

    def deserialize(
        self,
        value: Any,
        attr: str | None = None,
        data: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> Any:
        """Read the value; nothing and blanks are the empty value."""
        del attr, data, kwargs
        if is_empty(value):
            return self.empty
        try:
            return self.reader(value, READING.get())
        except Unreadable as refusal:
            raise ValidationError([refusal.message]) from None


def payload_schema(name: str, inputs: Mapping[str, CompiledField]) -> Schema:
    """Build the schema of an entity's payloads."""
    parts = {one.id: Input(one.reader, one.empty) for one in inputs.values()}
    return Schema.from_dict(dict(parts), name=f"{name}_payload")(unknown=RAISE, partial=True)


def read_payload(
    compiled: CompiledEntity,
    payload: Mapping[str, object],
    rights: FieldRights,
    reading: Reading,
) -> Given:
    """Read what was sent, field by field."""
    open_fields = rights.writable | rights.held
    closed = [name for name in payload if name not in open_fields]
    refused: Messages = {
        plain_name(name): (_refusal(compiled, name, rights),) for name in closed[:MOST_NAMED]
    }
    sent = {name: value for name, value in payload.items() if name in open_fields}
    values, messages = load_values(compiled.schema, sent, reading)
    return Given(values, {**refused, **messages}, frozenset(refused))


def load_values(
    schema: Schema, sent: Mapping[str, object], reading: Reading
) -> tuple[dict[str, Value], Messages]:
    """Return the values that could be read, and the sentences about the others."""
    if not sent:
        return {}, {}
    try:
        with READING(reading):
            return cast("dict[str, Value]", schema.load(dict(sent))), {}
    except ValidationError as error:
        valid = cast("dict[str, Value]", error.valid_data or {})
        return valid, {name: tuple(said) for name, said in error.messages_dict.items()}


def plain_name(name: object) -> str:
    """Return a name that somebody sent as a text that every page and log can hold."""
    text = str(name)[:LONGEST_NAME]
    return text if text.isprintable() else ascii(text)


def _refusal(compiled: CompiledEntity, name: str, rights: FieldRights) -> Message:
    if name not in rights.readable or name not in compiled.fields:
        return say("There is no such field here.")
    return why_closed(compiled.fields[name])


def why_closed(field: CompiledField) -> Message:
    """Say why people never write this field."""
    if field.is_computed:
        return say("This value is computed.")
    if field.field.type == "stage":
        return say("The stage changes by a move.")
    if field.is_of_engine:
        return say("This number is given when the record is saved.")
    return say("This field can't be changed here.")
