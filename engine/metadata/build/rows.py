"""Builds rows from the CSV and YAML files of `data/` and `demo/`."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import PurePosixPath

from engine.metadata import nodes
from engine.metadata.csv_source import CsvTable
from engine.metadata.model.entity import Entity
from engine.metadata.model.field import Field
from engine.metadata.model.rows import Cell, Row

SEPARATOR = re.compile(r"\s*[,;|]\s*")


def rows_of_table(file: str, table: CsvTable, entities: Mapping[str, Entity]) -> Iterator[Row]:
    """Yield the rows of a CSV file: the file is named by the entity, the first column is the key.

    Where the first column bears the name of a field, its value is that field's, too.
    """
    path = PurePosixPath(file)
    entity = entities.get(path.stem)
    if entity is None:
        return
    for record in table.records:
        named = zip(table.header, record, strict=True)
        cells = {
            head.text: cell_of(entity.fields[head.text], value)
            for head, value in named
            if head.text in entity.fields and value.text
        }
        key = record[0]
        if key.text:
            yield Row(entity.id, key.text, cells, key.mark, path.parts[0] == "demo")


def rows_of_tree(root: nodes.Mapping, entities: Mapping[str, Entity]) -> Iterator[Row]:
    """Yield the rows of a YAML file: entity -> key -> {field: value}."""
    found = root.get("rows")
    for group in found.entries if isinstance(found, nodes.Mapping) else ():
        entity = entities.get(group.key.text)
        records = group.value.entries if isinstance(group.value, nodes.Mapping) else ()
        for record in records if entity else ():
            assert entity is not None  # noqa: S101 - the line above has seen to it
            values = record.value.entries if isinstance(record.value, nodes.Mapping) else ()
            cells = {
                one.key.text: cell_of(entity.fields[one.key.text], one.value)
                for one in values
                if one.key.text in entity.fields and not _is_nothing(one.value)
            }
            is_demo = record.key.mark.file.startswith("demo/")
            yield Row(entity.id, record.key.text, cells, record.key.mark, is_demo)


def without_roles(rows: Iterable[Row], left_out: Collection[object]) -> tuple[Row, ...]:
    """Take roles that run in a later version away from the people of the rows."""
    if not left_out:
        return tuple(rows)
    return tuple(_without_roles(row, left_out) for row in rows)


def _without_roles(row: Row, left_out: Collection[object]) -> Row:
    cell = row.cells.get("roles") if row.entity == "user" else None
    if cell is None:
        return row
    texts = (cell.text,) if isinstance(cell.text, str) else cell.text
    marks = cell.marks or (cell.mark,) * len(texts)
    kept = [one for one in zip(texts, marks, strict=True) if one[0] not in left_out]
    fewer = Cell(tuple(text for text, _ in kept), cell.mark, tuple(mark for _, mark in kept))
    return replace(row, cells={**row.cells, "roles": fewer})


def _is_nothing(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Scalar) and not node.text


def cell_of(field: Field, value: nodes.Node) -> Cell:
    """Return a value of a row; several values of `choices` stand between commas or in a list."""
    if isinstance(value, nodes.Sequence):
        items = [one for one in value.items if isinstance(one, nodes.Scalar)]
        marks = tuple(one.mark for one in items)
        return Cell(tuple(one.text for one in items), value.mark, marks)
    text = value.text if isinstance(value, nodes.Scalar) else ""
    if field.type == "choices":
        return Cell(tuple(one for one in SEPARATOR.split(text) if one), value.mark)
    return Cell(text, value.mark)
