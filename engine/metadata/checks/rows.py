"""Checks of rows: entities, columns, keys and values of the files in `data/` and `demo/`."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from engine.metadata import nodes
from engine.metadata.checks.literals import Unreadable, read_literal
from engine.metadata.checks.subject import Subject, suggest
from engine.metadata.fieldtypes.base import Storage
from engine.metadata.fieldtypes.registry import FIELD_TYPES
from engine.metadata.model.entity import Entity
from engine.metadata.model.field import Field
from engine.metadata.model.rows import Cell, Row
from engine.metadata.nodes import Scalar
from engine.metadata.problems import Mark, Problem

LOST_PLUS = "has lost its plus"
KEY_FIELDS = (("user", "login"), ("team", "key"))  # not said, they are the key of the row


def check_row_entities(subject: Subject) -> Iterator[Problem]:
    """Rows of an entity that does not exist: a CSV file bears the name of its entity.

    Bad:
        # crm.yaml
        name: shop
        entities: {item: {fields: {name: text}}}
        # data/items.csv
        key,name
        a,Apple
    Good:
        # crm.yaml
        name: shop
        entities: {item: {fields: {name: text}}}
        # data/item.csv
        key,name
        a,Apple
    """
    for mark, name in _entity_names(subject):
        if name not in subject.application.entities and not subject.was_written(("entities", name)):
            hint = suggest(name, tuple(subject.application.entities))
            yield Problem(
                "E703", mark, f"these are rows of '{name}', and there is no such entity", hint
            )


def _entity_names(subject: Subject) -> Iterator[tuple[Mark, str]]:
    for file in subject.rows:
        if file.table and file.table.header:
            yield Mark(file.name, 1, 1), file.stem
        elif file.tree:
            found = file.tree.get("rows")
            for entry in found.entries if isinstance(found, nodes.Mapping) else ():
                yield entry.key.mark, entry.key.text


def check_row_columns(subject: Subject) -> Iterator[Problem]:
    """A column of rows that is no field, or one that nobody fills in.

    The first column of a CSV file is the key of the row, whatever its name.

    Bad:
        # crm.yaml
        name: shop
        entities: {item: {fields: {name: text}}}
        # data/item.csv
        key,name,prise
        a,Apple,5
    Good:
        # crm.yaml
        name: shop
        entities: {item: {fields: {name: text, price: money}}}
        # data/item.csv
        key,name,price
        a,Apple,5
    """
    said: set[tuple[str, str, str]] = set()
    for file, entity, one in _column_names(subject):
        field = entity.fields.get(one.text)
        if (file, entity.id, one.text) in said or subject.is_unclear_field(entity.id, one.text):
            continue
        said.add((file, entity.id, one.text))
        if field is None:
            message = f"'{entity.id}' has no field '{one.text}'"
            hint = suggest(one.text, tuple(entity.fields)) if one.text else "name the column"
            yield Problem("E702", one.mark, message, hint, entity.address)
        elif field.formula:
            message = f"'{field.id}' is computed"
            yield Problem("E702", one.mark, message, "remove the column", entity.address)


def _column_names(subject: Subject) -> Iterator[tuple[str, Entity, Scalar]]:
    entities = subject.application.entities
    for file in subject.rows:
        entity = entities.get(file.stem)
        if file.table and entity:
            yield from ((file.name, entity, one) for one in file.table.header[1:])
        found = file.tree.get("rows") if file.tree else None
        for group in found.entries if isinstance(found, nodes.Mapping) else ():
            entity = entities.get(group.key.text)
            records = group.value.entries if isinstance(group.value, nodes.Mapping) else ()
            for record in records if entity else ():
                values = record.value.entries if isinstance(record.value, nodes.Mapping) else ()
                yield from ((file.name, entity, one.key) for one in values if entity)


def check_row_values(subject: Subject) -> Iterator[Problem]:
    """A value of a row that its field can't hold.

    Texts of several options stand between commas, dates are 2026-03-02 or words (3 d ago), numbers
    have a point.

    Bad:
        # crm.yaml
        name: shop
        entities: {item: {fields: {name: text, price: money}}}
        # data/item.csv
        key,name,price
        a,Apple,cheap
    Good:
        # crm.yaml
        name: shop
        entities: {item: {fields: {name: text, price: money}}}
        # data/item.csv
        key,name,price
        a,Apple,0.50
    """
    for _, field, cell in cells_of(subject):
        if FIELD_TYPES[field.type].storage in (Storage.LINK, Storage.ANY_LINK):
            continue
        if isinstance(cell.text, tuple) and field.type != "choices":
            message = f"'{field.id}' holds one value, and this is a list"
            yield Problem("E704", cell.mark, message, "write one value", field.address)
            continue
        for text, mark in values_of(cell):
            try:
                read_literal(text, field, subject.application)
            except Unreadable as problem:
                code = "E708" if LOST_PLUS in problem.message else "E704"
                yield Problem(code, mark, problem.message, problem.hint, field.address)


def values_of(cell: Cell) -> Iterator[tuple[str, Mark]]:
    """Yield the values of a cell, each with its place."""
    if isinstance(cell.text, str):
        yield cell.text, cell.mark
    else:
        yield from zip(cell.text, cell.marks or [cell.mark] * len(cell.text), strict=True)


def lost_plus(subject: Subject) -> Iterator[Problem]:
    """A phone that has lost its plus: programs for tables take +447700900123 for a number.

    Bad:
        # crm.yaml
        name: shop
        phone_region: BG
        entities: {client: {fields: {name: text, phone: phone}}}
        # data/client.csv
        key,name,phone
        a,Anna,447700900123
    Good:
        # crm.yaml
        name: shop
        phone_region: BG
        entities: {client: {fields: {name: text, phone: phone}}}
        # data/client.csv
        key,name,phone
        a,Anna,+447700900123
    """
    return (one for one in check_row_values(subject) if one.code == "E708")


def cells_of(subject: Subject) -> Iterator[tuple[Row, Field, Cell]]:
    """Yield the values of all rows whose fields are clear."""
    unclear = partial(_is_unclear, subject, {})
    for row in subject.application.rows:
        entity = subject.application.entities[row.entity]
        cells = {**_key_cell(row), **row.cells}
        for name, cell in cells.items():
            if not unclear(entity.id, name):
                yield row, entity.fields[name], cell


def _key_cell(row: Row) -> dict[str, Cell]:
    """Return the value that a row's key is, where the row does not say it itself."""
    return {field: Cell(row.key, row.mark) for entity, field in KEY_FIELDS if entity == row.entity}


def _is_unclear(
    subject: Subject, known: dict[tuple[str, str], bool], entity: str, name: str
) -> bool:
    if (entity, name) not in known:
        known[entity, name] = subject.is_unclear_field(entity, name)
    return known[entity, name]


def check_row_required(subject: Subject) -> Iterator[Problem]:
    """A row that leaves a required field empty.

    Bad:
        # crm.yaml
        name: shop
        entities: {item: {fields: {name: {type: text, required: true}, price: money}}}
        # data/item.csv
        key,name,price
        a,,5
    Good:
        # crm.yaml
        name: shop
        entities: {item: {fields: {name: {type: text, required: true}, price: money}}}
        # data/item.csv
        key,name,price
        a,Apple,5
    """
    entities = subject.application.entities
    needed = {entity.id: needed_fields(entity) for entity in entities.values()}
    for row in subject.application.rows:
        for field in needed[row.entity]:
            is_given = field.id in row.cells or (row.entity, field.id) in KEY_FIELDS
            if not is_given and not subject.is_unclear_field(row.entity, field.id):
                message = f"the row '{row.key}' has no '{field.id}', which is required"
                yield Problem("E707", row.mark, message, "fill it in", field.address)


def needed_fields(entity: Entity) -> tuple[Field, ...]:
    """Return the fields that nobody fills in if a new record does not."""
    return tuple(
        one
        for one in entity.fields.values()
        if one.required
        and one.default is None
        and one.formula is None
        and one.type not in ("sequence", "stage", "bool")
    )
