"""Checks of rows together: keys, links to keys, values that may occur once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.metadata.checks.rows import cells_of
from engine.metadata.checks.subject import Subject, suggest
from engine.metadata.fieldtypes.base import Storage
from engine.metadata.fieldtypes.registry import FIELD_TYPES
from engine.metadata.model.field import Field
from engine.metadata.model.rows import Row
from engine.metadata.problems import Mark, Problem


def check_row_keys(subject: Subject) -> Iterator[Problem]:
    """The same key twice: a key names one record of its entity.

    Bad:
        # crm.yaml
        name: shop
        entities: {item: {fields: {name: text}}}
        # data/item.csv
        key,name
        a,Apple
        a,Apricot
    Good:
        # crm.yaml
        name: shop
        entities: {item: {fields: {name: text}}}
        # data/item.csv
        key,name
        a,Apple
        b,Apricot
    """
    first: dict[tuple[str, str], Row] = {}
    for row in subject.application.rows:
        known = first.setdefault((row.entity, row.key), row)
        if known is not row:
            where = f"line {known.mark.line}"
            where = where if known.mark.file == row.mark.file else f"{known.mark.file}, {where}"
            message = f"the key '{row.key}' is already used in {where}"
            yield Problem("E706", row.mark, message, "give each row a key of its own")


def check_row_links(subject: Subject) -> Iterator[Problem]:
    """A link of a row to a key that no row has, or from `data/` to a row of `demo/`.

    Bad:
        # crm.yaml
        name: shop
        entities:
          item: {fields: {name: text, group: {type: link, to: group}}}
          group: {fields: {name: text}}
        # data/group.csv
        key,name
        fruit,Fruit
        # data/item.csv
        key,name,group
        a,Apple,friut
    Good:
        # crm.yaml
        name: shop
        entities:
          item: {fields: {name: text, group: {type: link, to: group}}}
          group: {fields: {name: text}}
        # data/group.csv
        key,name
        fruit,Fruit
        # data/item.csv
        key,name,group
        a,Apple,fruit
    """
    keys = _keys(subject)
    for row, field, cell in cells_of(subject):
        storage = FIELD_TYPES[field.type].storage
        text = cell.text if isinstance(cell.text, str) else ", ".join(cell.text)
        if storage is Storage.LINK and field.to:
            yield from _link(row, field, text, cell.mark, keys)
        elif storage is Storage.ANY_LINK:
            entity, _, key = text.partition(" ")
            if entity not in subject.application.entities or not key.strip():
                message = f"'{text}' names no record of any entity"
                hint = "write the entity and the key: deal d1"
                yield Problem("E705", cell.mark, message, hint, field.address)
            else:
                yield from _link(row, field, key.strip(), cell.mark, keys, entity)


def _keys(subject: Subject) -> Mapping[str, Mapping[str, bool]]:
    """Return entity -> key -> whether the row is for the demo only."""
    keys: dict[str, dict[str, bool]] = {}
    for team in subject.application.teams:
        keys.setdefault("team", {})[team] = False
    for row in subject.application.rows:
        known = keys.setdefault(row.entity, {})
        known[row.key] = row.demo and known.get(row.key, True)
    for file in subject.rows:
        for key in file.table.lost if file.table else ():
            keys.setdefault(file.stem, {}).setdefault(key, False)
    return keys


def _link(
    row: Row,
    field: Field,
    key: str,
    mark: Mark,
    keys: Mapping[str, Mapping[str, bool]],
    entity: str = "",
) -> Iterator[Problem]:
    target = entity or field.to or ""
    known = keys.get(target, {})
    if key not in known:
        hint = suggest(key, tuple(known)) or f"there are no rows of '{target}'"
        message = f"no row of '{target}' has the key '{key}'"
        yield Problem("E705", mark, message, hint, field.address)
    elif known[key] and not row.demo:
        message = f"'{key}' is a row of demo/, and this row of data/ is loaded without it"
        yield Problem(
            "E705", mark, message, f"move one of the two: {target} '{key}'", field.address
        )


def check_row_unique(subject: Subject) -> Iterator[Problem]:
    """Two rows with the same value of a field that is unique.

    Bad:
        # crm.yaml
        name: shop
        entities: {item: {fields: {name: {type: text, unique: true}}}}
        # data/item.csv
        key,name
        a,Apple
        b,Apple
    Good:
        # crm.yaml
        name: shop
        entities: {item: {fields: {name: {type: text, unique: true}}}}
        # data/item.csv
        key,name
        a,Apple
        b,Pear
    """
    first: dict[tuple[str, str, str], tuple[Row, Mark]] = {}
    for row, field, cell in cells_of(subject):
        if not field.unique or not isinstance(cell.text, str):
            continue
        place = (row.entity, field.id, cell.text.strip().lower())
        other, mark = first.setdefault(place, (row, cell.mark))
        if other is not row and other.key != row.key:
            where = f"line {mark.line}"
            where = where if mark.file == cell.mark.file else f"{mark.file}, {where}"
            message = f"'{field.id}' is unique, and '{cell.text}' stands in {where} already"
            yield Problem("E709", cell.mark, message, "give each row its own", field.address)
