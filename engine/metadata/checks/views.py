"""Checks of views: columns, order and filters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from engine.metadata.checks.boards import named_in
from engine.metadata.checks.references import not_sortable, unknown_field
from engine.metadata.checks.subject import Subject, address_of, suggest, walk, warning
from engine.metadata.fieldtypes.base import Storage
from engine.metadata.fieldtypes.registry import FIELD_TYPES
from engine.metadata.model.entity import Entity
from engine.metadata.model.field import Field
from engine.metadata.model.view import View
from engine.metadata.nodes import Path, Scalar
from engine.metadata.problems import Problem

SYSTEM_OPERATORS = {
    "id": ("eq", "ne", "gt", "ge", "lt", "le", "between"),
    "title": ("eq", "ne", "has", "starts"),
    "archived": ("eq", "ne"),
    "created_by": ("eq", "ne"),
    "updated_by": ("eq", "ne"),
}
MOMENTS = ("eq", "ne", "gt", "ge", "lt", "le", "between")
OPERATORS = ("eq", "ne", "gt", "ge", "lt", "le", "between", "has", "starts")
PEOPLE = ("me", "my_team")
ANY_OR_NONE = ("-", "*")
RECORD_ID = re.compile(r"[0-9]{1,18}")
DAYS = re.compile(
    r"today|yesterday|tomorrow|(this|last|next)_(week|month|quarter|year)|(last|in)_[0-9]{1,4}_days"
)


def check_columns(subject: Subject) -> Iterator[Problem]:
    """A view whose columns, order, groups or sums name no field.

    Bad:
        name: shop
        entities: {lead: {fields: {name: text, phone: phone}}}
        views: {hot: {entity: lead, columns: [name, phnoe]}}
    Good:
        name: shop
        entities: {lead: {fields: {name: text, phone: phone}}}
        views: {hot: {entity: lead, columns: [name, phone]}}
    """
    for view, entity in _views(subject):
        for key in ("columns", "sort", "group_by", "sum", "date"):
            place: Path = ("views", view.id, key)
            for one in named_in(subject, place):
                name = one.text.lstrip("-") if key == "sort" else one.text
                found = walk(subject, entity, name)
                if found.wrong and not found.silent:
                    yield unknown_field(subject, "E204", one, place, found)
                elif key == "sort" and not found.wrong:
                    yield from not_sortable(subject, entity, one, place)


def check_filters(subject: Subject) -> Iterator[Problem]:
    """A filter of a view that an address could not hold either.

    The names are those of an address: `field`, or `field.OP` (ne gt ge lt le has starts between).

    Bad:
        name: shop
        entities: {lead: {fields: {name: text, kind: {type: choice, options: [new, old]}}}}
        views: {fresh: {entity: lead, filters: {kind: fresh}}}
    Good:
        name: shop
        entities: {lead: {fields: {name: text, kind: {type: choice, options: [new, old]}}}}
        views: {fresh: {entity: lead, filters: {kind: new}}}
    """
    for view, entity in _views(subject):
        for entry in subject.keys(("views", view.id, "filters")):
            if isinstance(entry.value, Scalar):
                yield from _filter(subject, entity, view, entry.key, entry.value)


def _filter(
    subject: Subject, entity: Entity, view: View, key: Scalar, value: Scalar
) -> Iterator[Problem]:
    place: Path = ("views", view.id, "filters", key.text)
    path, dot, operator = key.text.rpartition(".")
    if not dot or operator not in OPERATORS:
        path, operator = key.text, "eq"
    found = walk(subject, entity, path)
    if found.wrong:
        if not found.silent:
            yield unknown_field(subject, "E204", key, place, found)
        return
    allowed = _operators(found.field, path)
    if operator not in allowed:
        message = f"'{path}' can't be filtered with '{operator}'"
        yield Problem(
            "E229", key.mark, message, f"there are: {', '.join(allowed)}", address_of(place)
        )
        return
    wrong = _value_problem(found.field, path, operator, value.text)
    if wrong and not (found.field and subject.is_unclear_field(found.field.entity, found.field.id)):
        yield Problem("E229", value.mark, wrong[0], wrong[1], address_of(place))


def _operators(field: Field | None, path: str) -> tuple[str, ...]:
    if field is not None:
        return FIELD_TYPES[field.type].operators
    return SYSTEM_OPERATORS.get(path.rsplit(".", 1)[-1], MOMENTS)


def _value_problem(
    field: Field | None, path: str, operator: str, text: str
) -> tuple[str, str] | None:
    """Return why a filter's value can't be read."""
    if operator == "between":
        low, dots, high = text.partition("..")
        if not dots or not low.strip() or not high.strip():
            return f"'{text}' has no two ends", "write both ends: 10..20"
        return _value_problem(field, path, "ge", low.strip()) or _value_problem(
            field, path, "le", high.strip()
        )
    if field is None or operator in ("has", "starts"):
        return None
    for one in (part.strip() for part in text.split(",")):
        wrong = None if one in ANY_OR_NONE else _part_problem(field, one)
        if wrong:
            return wrong
    return None


def _part_problem(field: Field, text: str) -> tuple[str, str] | None:
    storage = FIELD_TYPES[field.type].storage
    if field.type in ("choice", "choices", "stage"):
        if text not in field.options:
            return f"'{text}' is no option of '{field.id}'", suggest(text, tuple(field.options))
    elif storage is Storage.BOOL and text not in ("true", "false"):
        return f"'{text}' is neither true nor false", "write true or false"
    elif storage in (Storage.INTEGER, Storage.SCALED) and not _is_number(text):
        return f"'{text}' is no number", "write digits: 1000"
    elif storage is Storage.DATE and not (DAYS.fullmatch(text) or _is_date(text)):
        return f"'{text}' is no day", "write 2026-03-02, or a word: today, this_week, last_30_days"
    elif storage is Storage.LINK and not (text in PEOPLE or RECORD_ID.fullmatch(text)):
        people = "me, my_team, or " if field.to in ("user", "team") else ""
        return f"'{text}' is no record", f"write {people}the number of a record"
    return None


def _is_number(text: str) -> bool:
    return re.fullmatch(r"-?[0-9]{1,18}([.,][0-9]{1,6})?", text) is not None


def _is_date(text: str) -> bool:
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False


def _views(subject: Subject) -> Iterator[tuple[View, Entity]]:
    for view in subject.application.views.values():
        yield view, subject.application.entities[view.entity]


def check_roles_see_views(subject: Subject) -> Iterator[Problem]:
    """A view for a role that may not see its entity.

    Bad:
        name: shop
        entities: {lead: {fields: {name: text}}, bill: {fields: {no: text}}}
        roles: {seller: {can: {lead: {every: all}}}, clerk: {can: {bill: {every: all}}}}
        views: {hot: {entity: lead, roles: [clerk]}}
    Good:
        name: shop
        entities: {lead: {fields: {name: text}}, bill: {fields: {no: text}}}
        roles: {seller: {can: {lead: {every: all}}}, clerk: {can: {bill: {every: all}}}}
        views: {hot: {entity: lead, roles: [seller]}}
    """
    for view, entity in _views(subject):
        place: Path = ("views", view.id, "roles")
        for one in subject.items(place):
            role = subject.application.roles.get(one.text)
            if role is None or entity.layer == "core" or subject.is_unclear(("roles", role.id)):
                continue
            if not {"see", "peek"} & set(role.can.get(entity.id, ())):
                message = f"'{role.id}' may not see any {entity.label.lower()}, so not this view"
                hint = f"grant `{entity.id}: {{see: ...}}`, or leave the role out"
                yield warning("W405", one.mark, message, hint, address_of(place))
