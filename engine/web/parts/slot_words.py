"""Values, moments and people of a step as they read, before it is done; gaps for the unknown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from engine.errors import say
from engine.metadata.model.field import Field
from engine.metadata.model.step import Target
from engine.metadata.model.text import Expression, Literal, RecordRef, Slot, Template, Value
from engine.metadata.moments import parse_moment, resolve_moment
from engine.web.parts.foresight import GAP, Foresight
from engine.web.parts.moments import short_day, short_moment

LONGEST = 160  # letters of a text that a line shows
YES_NO = {"true": say("Yes"), "false": say("No")}


def slot_words(sight: Foresight, slot: Slot, field: Field) -> str:
    """Return a value as it will read, a gap where it is not known yet."""
    match slot:
        case Template():
            return short(sight.text(slot))
        case Literal():
            return literal_words(sight, slot, field)
        case _:
            if sight.typed(slot) is None:
                return GAP
            return value_words(sight, sight.value(slot), field)


def literal_words(sight: Foresight, slot: Literal, field: Field) -> str:
    """Return a plain value as it reads."""
    many = (slot.text,) if isinstance(slot.text, str) else slot.text
    if field.options:
        return ", ".join(field.options[one].label if one in field.options else one for one in many)
    text = ", ".join(many)
    if field.type in ("date", "datetime"):
        return moment_words(sight, text) or text
    return sight.desk.look.text(YES_NO[text]) if field.type == "bool" and text in YES_NO else text


def value_words(sight: Foresight, value: Value, field: Field) -> str:
    """Return a known value as it reads; a link by the title of its record."""
    if value is None:
        return sight.desk.look.text(say("empty"))
    if field.to is not None and isinstance(value, int):
        return title_of(sight, RecordRef(field.to, value)) or GAP
    if isinstance(value, RecordRef):
        return title_of(sight, value) or GAP
    return short(sight.desk.look.show(value, field))


def text_words(sight: Foresight, slot: Slot | None) -> str:
    """Return a text as it will read."""
    match slot:
        case Template():
            return sight.text(slot)
        case Literal():
            return slot.text if isinstance(slot.text, str) else ", ".join(slot.text)
        case Expression():
            return str(sight.value(slot) or GAP)
        case _:
            return GAP


def due_words(sight: Foresight, slot: Slot | None) -> str:
    """Return by when a task is to be done; by the name of the answer where that will say it."""
    if isinstance(slot, Literal) and isinstance(slot.text, str):
        return moment_words(sight, slot.text)
    if not isinstance(slot, Expression):
        return ""
    value = sight.value(slot)
    if isinstance(value, datetime):
        return short_moment(sight.desk.look, value)
    if isinstance(value, date):
        return short_day(sight.desk.look, value)
    return asked_words(sight, slot)


def moment_words(sight: Foresight, text: str) -> str:
    """Return the moment that the words of the configuration mean, '' where they mean none."""
    look = sight.desk.look
    try:
        moment = parse_moment(text)
    except ValueError:
        return ""
    return short_moment(
        look, resolve_moment(moment, look.now, look.company_zone, look.application.workdays)
    )


def asked_words(sight: Foresight, expression: Expression) -> str:
    """Say which one answer an expression is, '' where it is more than that."""
    path = expression.text.removeprefix("ask.").strip()
    fields = sight.desk.look.application.entity(sight.record.entity).fields
    asked = sight.scope.extra.get("ask")
    own = asked.get(path) if isinstance(asked, Mapping) else None
    field = own or fields.get(path)
    return sight.desk.look.text(say("at “{field}”", field=field.label)) if field else ""


def targets_words(sight: Foresight, many: Iterable[Target]) -> str:
    """Return who is meant, one after another."""
    return ", ".join(one for one in (target_words(sight, target) for target in many) if one)


def target_words(sight: Foresight, target: Target) -> str:
    """Return who is meant: a person by name, a role or a team by its label."""
    application = sight.desk.look.application
    if target.role:
        return application.roles[target.role].label if target.role in application.roles else ""
    if target.team:
        return application.teams[target.team].label if target.team in application.teams else ""
    if target.user:
        return target.user
    value = sight.value(target.person) if target.person is not None else None
    return person_words(sight, value)


def person_words(sight: Foresight, value: Value) -> str:
    """Return a person's name; oneself is "you"."""
    if not isinstance(value, int):
        return ""
    if value == sight.desk.actor.user_id:
        return sight.desk.look.text(say("you"))
    return title_of(sight, RecordRef("user", value))


def owner_words(sight: Foresight) -> str:
    """Return for whom a task is that names nobody: the record's owner, else who presses."""
    owner = sight.desk.look.application.entity(sight.record.entity).owner
    if owner and (owner,) not in sight.known.values:
        return ""
    value = sight.known.values.get((owner,)) if owner else None
    return person_words(sight, value if value is not None else sight.desk.actor.user_id)


def title_of(sight: Foresight, which: RecordRef) -> str:
    """Return the title of a record, '' where this person may not know it."""
    return sight.desk.reader.titles(sight.desk.actor, [which]).get(which, "")


def label_of(sight: Foresight, entity_id: str) -> str:
    """Return what records of an entity are called."""
    return sight.desk.look.application.entity(entity_id).label


def short(text: str) -> str:
    """Return a text that fits into a line or two."""
    return text if len(text) <= LONGEST else f"{text[:LONGEST].rstrip()}…"
