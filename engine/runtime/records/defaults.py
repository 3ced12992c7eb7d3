"""What a new record holds where nobody has written anything."""

from __future__ import annotations

from engine.metadata.expressions.evaluate import Context
from engine.metadata.expressions.templates import Show, TextTemplate, render
from engine.metadata.fieldtypes.base import Payload
from engine.metadata.model.text import Literal, Value
from engine.runtime.records.compiled import Closure, Default, as_value
from engine.runtime.records.reading.base import NOWHERE, Reader, Reading, Unreadable
from engine.runtime.records.reading.limits import TIMES


def literal_default(literal: Literal, reader: Reader, payload: Payload) -> Default:
    """Return the default that stands in the configuration; "tomorrow 10:00" is read each time."""
    written = literal.text if isinstance(literal.text, str) else list(literal.text)
    if payload in TIMES:
        return lambda _, reading, __: _read(written, reader, reading)
    fixed = _read(written, reader, NOWHERE)
    return lambda _, __, ___: fixed


def computed_default(closure: Closure) -> Default:
    """Return the default that an expression gives."""

    def default(context: Context, _: Reading, __: Show) -> Value:
        return as_value(closure(context))

    return default


def written_default(template: TextTemplate) -> Default:
    """Return the default that a text with {{ }} gives."""

    def default(context: Context, _: Reading, show: Show) -> Value:
        return render(template, context, show).strip() or None

    return default


def _read(written: object, reader: Reader, reading: Reading) -> Value:
    try:
        return reader(written, reading)
    except Unreadable:
        return None  # an hour that the clocks jump over today is no default today
