"""The form of a record: its fields as inputs in sections, what is wrong with them, what it carries.

Enter: an entity, the record (None: a new one) and what was typed; the service says what each field
is like now. Leave: a `Form`, drawn on a page, in a dialog, or for one field in its place.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypedDict
from zoneinfo import ZoneInfo

from flask import request

from engine.errors import BadQuery, Message, say, say_many
from engine.metadata.model.entity import Entity
from engine.metadata.model.field import Field
from engine.metadata.model.text import Value
from engine.runtime.query.records import Record
from engine.runtime.records.opened import Opened
from engine.runtime.records.preview import Verdict
from engine.web.formdata import FormData
from engine.web.parts.choices import Choices
from engine.web.parts.desk import Desk
from engine.web.parts.layout import Section
from engine.web.parts.look import Look
from engine.web.quick import Now
from engine.web.urls import edit_url, list_url, local_path, new_url, record_url
from engine.web.widgets import FormState, Input, Widgets

Messages = Mapping[str, tuple[Message, ...]]

GIVEN = frozenset({"stage", "sequence"})
EMPTY_FORM = FormData({}, {}, {})
REFUSED = "_refused"  # the form came back once: what is empty is a mistake from now on
LONGEST_VERSION = 9  # digits
OUTER = ("_outer", "_outer_at", "_outer_for")


@dataclass(frozen=True, slots=True)
class FormPart:
    """Inputs under one heading; a bare part has it for readers of screens only."""

    label: str
    inputs: tuple[Input, ...]
    is_bare: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """A form ready to be drawn.

    `outer` are the pairs of the form that waits behind this one, `only` the one field that is
    changed in its place, `due` the sentences that hold already, `others` those about no field
    that is drawn.
    """

    action: str
    cancel: str
    preview: str
    save: str
    sections: tuple[FormPart, ...]
    token: str = ""
    version: int | None = None
    back: str = ""
    only: str = ""
    draft: str = ""
    can_add_more: bool = False
    has_mistakes: bool = False
    is_refused: bool = False
    mistake_title: str = ""
    others: tuple[str, ...] = ()
    due: tuple[str, ...] = ()
    outer: tuple[tuple[str, str], ...] = ()

    @property
    def inputs(self) -> tuple[Input, ...]:
        """Return all inputs."""
        return tuple(one for part in self.sections for one in part.inputs)


@dataclass(frozen=True, slots=True)
class Filling:
    """What stands in a form: the record, what was typed over it, and what is said of both."""

    record: Record | None = None
    data: FormData = EMPTY_FORM
    verdict: Verdict | None = None
    errors: Messages = field(default_factory=dict)


class Mistakes(TypedDict, total=False):
    """What a form says above its fields."""

    has_mistakes: bool
    mistake_title: str
    others: tuple[str, ...]
    due: tuple[str, ...]


def new_form(desk: Desk, entity: Entity, data: FormData, errors: Messages | None = None) -> Form:
    """Return the form for a new record; without errors, with those that are due already."""
    filling = fill(desk, entity, None, data, errors)
    parts = form_parts(desk, entity, new_layout(desk, entity), filling)
    nested = bool(data.control("_outer_at"))
    return Form(
        action=new_url(entity.id),
        cancel=back_of(data) or data.control("_outer_at") or list_url(entity.id),
        preview=f"/{entity.id}/preview",
        save=desk.look.text(say("Save")),
        sections=parts,
        token=data.control("_token") or new_token(),
        back=back_of(data),
        draft="" if nested else f"{entity.id}:new",
        can_add_more=not nested and not back_of(data),
        outer=pairs_of(data, *OUTER),
        is_refused=bool(errors or data.control(REFUSED)),
        **mistakes(desk.look, parts, errors, filling),
    )


def edit_form(
    desk: Desk, opened: Opened, data: FormData, errors: Messages | None = None, only: str = ""
) -> Form:
    """Return the form of a record, or that of one field which is changed in its place."""
    record = opened.record
    entity = desk.look.application.entity(record.entity)
    filling = fill(desk, entity, opened, data, errors)
    names = {only} if only else edit_names(desk, entity)
    parts = form_parts(desk, entity, desk.inputs_of(entity, names), filling)
    return Form(
        action=edit_url(entity.id, record.id),
        cancel=back_of(data) or record_url(entity.id, record.id),
        preview=f"/{entity.id}/preview?record={record.id}",
        save=desk.look.text(say("Save")),
        sections=parts,
        token=data.control("_token") or new_token(),
        version=version_of(data) or record.version,
        back=back_of(data),
        only=only,
        draft="" if only else f"{entity.id}:{record.id}",
        outer=pairs_of(data, *OUTER),
        is_refused=bool(errors or data.control(REFUSED)),
        **mistakes(desk.look, parts, errors, filling),
    )


def preview_form(desk: Desk, entity: Entity, opened: Opened | None, data: FormData) -> Form:
    """Return the fields of a form as they stand while it is being filled in."""
    return edit_form(desk, opened, data) if opened else new_form(desk, entity, data)


def fill(
    desk: Desk, entity: Entity, opened: Opened | None, data: FormData, errors: Messages | None
) -> Filling:
    """Return what stands in a form, with the service's verdict on it."""
    record, held = (opened.record, opened.held) if opened else (None, None)
    number = record.id if record else None
    verdict = desk.records.preview(desk.actor, entity.id, number, data.payload, held)
    return Filling(record, data, verdict, errors or due_already(verdict, data))


def due_already(verdict: Verdict, data: FormData) -> Messages:
    """Return what is wrong with what has been typed so far.

    What is still empty is nobody's mistake, until the form was refused once.
    """
    return {
        name: many
        for name, many in verdict.messages.items()
        if data.control(REFUSED) or any(data.typed.get(name, ()))
    }


def edit_names(desk: Desk, entity: Entity) -> frozenset[str]:
    """Return the fields of an edit form; what the engine gives stands on the card alone."""
    readable = desk.access.readable(desk.actor, entity.id)
    return frozenset(
        one.id for one in entity.fields.values() if one.id in readable and one.type not in GIVEN
    )


def new_layout(desk: Desk, entity: Entity) -> tuple[Section, ...]:
    """Return the sections of a new record: what can be written, and what is computed from it."""
    writable = desk.writable(entity.id)
    readable = desk.access.readable(desk.actor, entity.id)
    shown = {
        one.id
        for one in entity.fields.values()
        if one.type not in GIVEN and (one.id in writable or one.formula is not None)
    }
    return desk.inputs_of(entity, shown & readable)


def form_parts(
    desk: Desk, entity: Entity, sections: Iterable[Section], filling: Filling
) -> tuple[FormPart, ...]:
    """Return the inputs of an entity's sections."""
    sections = tuple(sections)
    fields = [one for section in sections for one in section.fields]
    writable = desk.writable(entity.id)
    state = form_state(desk.choices, fields, writable, filling)
    widgets = make_widgets(desk.look, desk.choices)
    return tuple(
        FormPart(
            label=section_label(desk.look, entity, section),
            inputs=tuple(finished(desk.choices, widgets, one, state) for one in section.fields),
            is_bare=section.id == "main",
        )
        for section in sections
    )


def finished(choices: Choices, widgets: Widgets, one: Field, state: FormState) -> Input:
    """Return a field's input; a link offers a new record only to those who may make one."""
    made = widgets.input(one, state)
    if one.formula is not None:
        return replace(made, reason="")  # that it is computed can be seen
    return made if not made.create or choices.can_create(one) else replace(made, create="")


def make_widgets(look: Look, choices: Choices, there: ZoneInfo | None = None) -> Widgets:
    """Return who makes the inputs for this person; `there` is the zone of whom they are about."""
    now = Now(look.now, look.zone, look.application.workdays, look.language, there)
    return Widgets(look.application, now, look.text, look.show, choices.pick)


def section_label(look: Look, entity: Entity, section: Section) -> str:
    """Return a section's heading."""
    return look.text(say("Money")) if section.id == "money" else entity.label


def form_state(
    choices: Choices, fields: Collection[Field], writable: frozenset[str], filling: Filling
) -> FormState:
    """Return what the inputs stand on; what may not be written is shown as it is stored."""
    record, typed = filling.record, filling.data.typed
    return FormState(
        values={**(record.values if record else {}), **computed(fields, filling.verdict)},
        titles=titles_of(choices, fields, record, typed),
        typed={name: texts for name, texts in typed.items() if name in writable},
        verdicts=filling.verdict.fields if filling.verdict else {},
        errors=filling.errors,
        finds=filling.data.finds,
        readonly=frozenset(one.id for one in fields if one.id not in writable),
    )


def computed(fields: Iterable[Field], verdict: Verdict | None) -> dict[str, Value]:
    """Return what formulas come to and defaults fill in, as the service says."""
    values = verdict.values if verdict else {}
    return {one.id: values[one.id] for one in fields if one.id in values}


def titles_of(
    choices: Choices,
    fields: Iterable[Field],
    record: Record | None,
    typed: Mapping[str, tuple[str, ...]],
) -> dict[str, str]:
    """Return the title of the record that each link shows, stored or just chosen."""
    titles: dict[str, str] = {}
    for one in fields:
        target = record.links.get(one.id) if record else None
        stored = target.title if target is not None else ""
        given = typed.get(one.id)
        if given is None:
            titles[one.id] = stored
        elif one.to is not None or one.type == "any_link":
            same = target is not None and given == (str(target.id),)
            titles[one.id] = stored if same else choices.title(one, given[0] if given else "")
    return {name: title for name, title in titles.items() if title}


def mistakes(
    look: Look, parts: Iterable[FormPart], errors: Messages | None, filling: Filling
) -> Mistakes:
    """Return what a form says above its fields: that it was refused, or what holds already."""
    inputs = tuple(one for part in parts for one in part.inputs)
    if not errors:
        due = filling.verdict.messages.get("", ()) if filling.verdict else ()
        return {"due": tuple(look.text(one) for one in due)}
    count = sum(map(len, errors.values()))
    title = say_many(
        "Not saved yet, one field needs a change.",
        "Not saved yet, {number} things need a change.",
        count,
    )
    return {
        "has_mistakes": True,
        "mistake_title": look.text(title),
        "others": others_of(look, errors, inputs),
    }


def others_of(look: Look, messages: Messages, inputs: Iterable[Input]) -> tuple[str, ...]:
    """Return the sentences that no drawn field shows."""
    drawn = {one.name for one in inputs if one.visible}
    return tuple(
        look.text(one) for name, many in messages.items() if name not in drawn for one in many
    )


def new_token() -> str:
    """Return a token that lets the same form be saved once only."""
    return secrets.token_urlsafe(18)


def version_of(data: FormData) -> int | None:
    """Return the version of the record that the form was drawn from."""
    text = data.control("_version")
    if text and not (text.isascii() and text.isdecimal() and len(text) <= LONGEST_VERSION):
        raise BadQuery("_version", say("{name} is not a number.", name="_version"))
    return int(text) if text else None


def back_of(data: FormData) -> str:
    """Return where to go after saving, '' for the record itself."""
    wanted = data.control("_next") or request.args.get("_next", "")
    return local_path(wanted) if wanted else ""


def pairs_of(data: FormData, *names: str) -> tuple[tuple[str, str], ...]:
    """Return the controls of these names as pairs, where the form had them."""
    return tuple((name, data.control(name)) for name in names if data.control(name))


def asking_form(
    desk: Desk,
    opened: Opened,
    names: Collection[str],
    data: FormData,
    errors: Messages | None = None,
) -> Form:
    """Return the small form that a move opens: the fields it asks for, and no others."""
    record = opened.record
    entity = desk.look.application.entity(record.entity)
    readable = desk.access.readable(desk.actor, entity.id)
    filling = fill(desk, entity, opened, data, errors)
    parts = form_parts(desk, entity, desk.inputs_of(entity, readable & set(names)), filling)
    address = record_url(record.entity, record.id)
    said = mistakes(desk.look, parts, errors, filling)
    if errors:
        said["mistake_title"] = desk.look.text(say("Not moved yet."))
    return Form(
        action=f"{address}/move",
        cancel=address,
        preview="",
        save="",
        sections=tuple(required_now(part, names) for part in parts),
        token=data.control("_token") or new_token(),
        back=back_of(data),
        **said,
    )


def required_now(part: FormPart, names: Collection[str]) -> FormPart:
    """Return the inputs marked as required: the stage asks for them."""
    inputs = (replace(one, required=one.name in names and not one.readonly) for one in part.inputs)
    return replace(part, inputs=tuple(inputs))
