"""Sentences put together and kept: each part is said in the reader's language, whenever that is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from engine.errors import Message, say
from engine.runtime.records.changes import Messages
from engine.runtime.records.compiled import CompiledEntity


def in_a_row(messages: Iterable[Message]) -> Message:
    """Return several sentences as one."""
    values = {f"said{number}": one for number, one in enumerate(messages)}
    return Message(" ".join(f"{{{name}}}" for name in values), values)


def about_fields(messages: Messages, compiled: CompiledEntity) -> Message:
    """Return the sentences of a refused record as one that can stand elsewhere."""
    return in_a_row(_with_labels(messages, compiled))


def _with_labels(messages: Messages, compiled: CompiledEntity) -> Iterator[Message]:
    """Name the field before a sentence that does not name it."""
    for name, found in messages.items():
        label = compiled.fields[name].field.label if name in compiled.fields else name
        for one in found:
            is_named = not label or label in str(one)
            yield one if is_named else say("{field}: {sentence}", field=label, sentence=one)


def kept(message: Message) -> dict[str, Any]:
    """Return a sentence as JSON: its English text and its values, which may be sentences again."""
    values = {name: _kept_value(one) for name, one in message.values.items()}
    found: dict[str, Any] = {"text": message.text, "values": values}
    return {**found, "plural": message.plural} if message.plural else found


def _kept_value(value: object) -> Any:
    match value:
        case Message():
            return kept(value)
        case None | bool() | int() | str():
            return value
        case Decimal():
            return format(value, "f")
        case _:
            return str(value)
