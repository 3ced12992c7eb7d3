"""The dialog of a button: what it asks for as inputs, what is wrong with the answers.

Who may press may answer: the rights to edit single fields are not asked here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime

from engine.errors import Message, say
from engine.metadata.model.field import Field
from engine.metadata.model.text import Literal, RecordRef, Value
from engine.runtime.query.records import Record
from engine.runtime.records.buttons import ButtonState
from engine.web.formdata import FormData
from engine.web.parts.called import zone_there
from engine.web.parts.desk import Desk
from engine.web.parts.forms import (
    Form,
    FormPart,
    Messages,
    back_of,
    make_widgets,
    new_token,
    titles_of,
)
from engine.web.urls import press_url, record_url
from engine.web.widgets import FormState, Input


def press_form(
    desk: Desk, record: Record, state: ButtonState, data: FormData, errors: Messages
) -> Form:
    """Return the form of a button on a record."""
    fields = open_fields(state.asks)
    inputs = inputs_of(desk, record, state, fields, data, errors)
    return Form(
        action=press_url(record.entity, record.id, state.button.id),
        cancel=back_of(data) or record_url(record.entity, record.id),
        preview="",
        save=state.button.label,
        sections=(FormPart(state.button.label, inputs, is_bare=True),) if inputs else (),
        token=data.control("_token") or new_token(),
        back=back_of(data),
        has_mistakes=bool(errors),
        mistake_title=desk.look.text(say("Nothing has been done yet.")) if errors else "",
        others=others_of(desk, record, errors, fields),
    )


def open_fields(asked: Iterable[Field]) -> tuple[Field, ...]:
    """Return asked fields as inputs: what only buttons may write can be answered here."""
    return tuple(
        replace(one, readonly=False, hidden=False, formula=None, formula_kind=None) for one in asked
    )


def inputs_of(
    desk: Desk,
    record: Record,
    state: ButtonState,
    fields: tuple[Field, ...],
    data: FormData,
    errors: Messages,
) -> tuple[Input, ...]:
    """Return the inputs: what was typed, else what the record says, else the default."""
    typed = {**defaults_of(record, fields), **data.typed}
    shown = FormState(
        values={one.id: still_true(desk, record.values.get(one.id)) for one in fields},
        titles=titles_of(desk.choices, fields, record, typed),
        typed=typed,
        errors=errors,
        finds=data.finds,
    )
    is_timed = any(one.type == "datetime" for one in fields)
    there = zone_there(desk, RecordRef(record.entity, record.id)) if is_timed else None
    widgets = make_widgets(desk.look, desk.choices, there)
    return tuple(
        replace(made, picker=made.picker and pick_url(record, state, made.name), create="")
        for made in (widgets.input(one, shown) for one in fields)
    )


def pick_url(record: Record, state: ButtonState, name: str) -> str:
    """Return the address that finds records for an answer."""
    return f"/search/pick/{record.entity}/{state.button.id}.{name}"


def defaults_of(record: Record, fields: Iterable[Field]) -> dict[str, tuple[str, ...]]:
    """Return the plain defaults of answers that are no fields of the record, as if typed."""
    return {
        one.id: many_of(one.default)
        for one in fields
        if one.id not in record.values and isinstance(one.default, Literal)
    }


def many_of(default: Literal) -> tuple[str, ...]:
    """Return a plain default as the texts of a form."""
    return (default.text,) if isinstance(default.text, str) else default.text


def still_true(desk: Desk, value: Value) -> Value:
    """Return what the record says; a moment that has passed is no answer to what comes next."""
    if isinstance(value, datetime):
        return None if value < desk.look.now else value
    return None if isinstance(value, date) and value < desk.look.today else value


def others_of(
    desk: Desk, record: Record, errors: Messages, fields: Iterable[Field]
) -> tuple[str, ...]:
    """Return the sentences about what the dialog does not ask for, with the field's name."""
    asked = {one.id for one in fields}
    known = desk.look.application.entity(record.entity).fields
    readable = desk.access.readable(desk.actor, record.entity)
    labels = {name: one.label for name, one in known.items() if name in readable}
    return tuple(
        desk.look.text(named(labels.get(name, ""), one))
        for name, many in errors.items()
        if name not in asked
        for one in many
    )


def named(label: str, message: Message) -> Message:
    """Return a sentence with the name of what it is about."""
    return say("{field}: {said}", field=label, said=message) if label else message
