"""Checks of plain values beside a field: default, min, max, quick."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from engine.metadata.checks.literals import Unreadable, read_literal
from engine.metadata.checks.rows import cells_of
from engine.metadata.checks.subject import Subject, address_of, declared_fields, field_path
from engine.metadata.fieldtypes.base import Storage
from engine.metadata.fieldtypes.registry import FIELD_TYPES
from engine.metadata.model.field import Field
from engine.metadata.model.text import Literal
from engine.metadata.nodes import path_of
from engine.metadata.problems import Mark, Problem

RECORDS = (Storage.LINK, Storage.ANY_LINK)


def check_values(subject: Subject) -> Iterator[Problem]:
    """A default, limit or quick value that its field can't hold.

    Bad:
        name: shop
        entities: {item: {fields: {name: text, price: {type: money, default: free}}}}
    Good:
        name: shop
        entities: {item: {fields: {name: text, price: {type: money, default: 0}}}}
    """
    for field in declared_fields(subject.application):
        if field.layer == "own" and not _is_unclear(subject, field):
            if isinstance(field.default, Literal) and not field.formula:
                yield from literal_problems(subject, "E228", field, field.default)
            for key in ("min", "max"):
                text = getattr(field, key)
                if text is not None:
                    mark = subject.mark(field_path(field, key))
                    yield from _value(subject, field, key, text, mark)
            for one in subject.items(field_path(field, "quick")):
                yield from _value(subject, field, "quick", one.text, one.mark)


def _is_unclear(subject: Subject, field: Field) -> bool:
    if field.entity:
        return subject.is_unclear_field(field.entity, field.id)
    return subject.is_spoilt(field_path(field))


def literal_problems(
    subject: Subject, code: str, field: Field, literal: Literal
) -> Iterator[Problem]:
    """Yield what keeps a field from holding a plain value."""
    address = literal.address
    if FIELD_TYPES[field.type].storage in RECORDS:
        text = literal.text if isinstance(literal.text, str) else ", ".join(literal.text)
        message = f"'{text}' is a text, and '{field.id}' holds a record"
        hint = (
            'write an expression: "= user"'
            if field.to == "user"
            else 'records are named by expressions: "= ..."'
        )
        yield Problem(code, literal.mark, message, hint, address)
    elif isinstance(literal.text, str):
        yield from _read(subject, code, field, (literal.text, literal.mark, address))
    elif field.type != "choices":
        message = f"'{field.id}' holds one value, and this is a list"
        yield Problem(code, literal.mark, message, "write one value", address)
    else:
        for one in subject.items(path_of(address)):
            yield from _read(subject, code, field, (one.text, one.mark, address))


def _value(subject: Subject, field: Field, key: str, text: str, mark: Mark) -> Iterator[Problem]:
    if key == "quick" and FIELD_TYPES[field.type].storage in RECORDS:
        return
    address = address_of(field_path(field, key))
    yield from _read(subject, "E228", field, (text, mark, address))


def _read(
    subject: Subject, code: str, field: Field, written: tuple[str, Mark, str]
) -> Iterator[Problem]:
    text, mark, address = written
    try:
        read_literal(text, field, subject.application)
    except Unreadable as problem:
        yield Problem(code, mark, problem.message, problem.hint, address)


def check_bounds(subject: Subject) -> Iterator[Problem]:
    """Limits that leave no value between them, or a default outside of them.

    Bad:
        name: shop
        entities: {item: {fields: {name: text, weight: {type: integer, min: 10, max: 1}}}}
    Good:
        name: shop
        entities: {item: {fields: {name: text, weight: {type: integer, min: 1, max: 10}}}}
    """
    for field in declared_fields(subject.application):
        low, high = _number(field, field.min), _number(field, field.max)
        default = field.default.text if isinstance(field.default, Literal) else None
        value = _number(field, default if isinstance(default, str) else None)
        address = field.address
        if low is not None and high is not None and low > high:
            mark = subject.mark(field_path(field, "min"))
            message = f"no value is at least {low} and at most {high}"
            yield Problem("E231", mark, message, "swap the two", address)
        elif value is not None and (_above(low, value) or _above(value, high)):
            mark = subject.mark(field_path(field, "default"))
            message = f"the default {value} is outside its own limits"
            yield Problem("E231", mark, message, "change the default or the limits", address)


def check_row_bounds(subject: Subject) -> Iterator[Problem]:
    """A value of a row outside the limits of its field.

    Bad:
        # crm.yaml
        name: shop
        entities: {item: {fields: {name: text, price: {type: money, min: 1}}}}
        # data/item.csv
        key,name,price
        a,Apple,0
    Good:
        # crm.yaml
        name: shop
        entities: {item: {fields: {name: text, price: {type: money, min: 1}}}}
        # data/item.csv
        key,name,price
        a,Apple,1
    """
    for _, field, cell in cells_of(subject):
        message = beyond(field, cell.text)
        if message:
            yield Problem("E710", cell.mark, message, "", field.address)


def beyond(field: Field, written: str | tuple[str, ...]) -> str:
    """Say why a value is outside the limits of its field; nothing where it is not."""
    text = written if isinstance(written, str) else None
    value, low, high = (_number(field, one) for one in (text, field.min, field.max))
    is_outside = _above(low, value) or _above(value, high)
    if not is_outside or _above(low, high):
        return ""
    limit = f"at least {low}" if _above(low, value) else f"at most {high}"
    return f"'{field.id}' is {limit}, and this is {value}"


def _above(one: Decimal | None, other: Decimal | None) -> bool:
    return one is not None and other is not None and one > other


def _number(field: Field, text: str | None) -> Decimal | None:
    storage = FIELD_TYPES[field.type].storage
    if text is None or storage not in (Storage.INTEGER, Storage.SCALED):
        return None
    try:
        number = Decimal(text)
    except ArithmeticError:
        return None
    is_readable = storage is Storage.SCALED or number == number.to_integral_value()
    return number if is_readable else None  # 0.5 for a whole number is said elsewhere
