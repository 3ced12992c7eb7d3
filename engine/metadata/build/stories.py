"""Builds the demo story: lines of `demo/*.yaml` with the records, buttons and stages they mean.

A line that names something left out (it runs in a later version) goes out with it, and so does
what needs a record that the line would have made.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from engine.metadata import nodes
from engine.metadata.build.rows import cell_of
from engine.metadata.build.story_keys import USER, Key, Keys, keys_of, made_by, one_of
from engine.metadata.build.story_lines import Misfit, Told, keys_lost, lines_of
from engine.metadata.fieldtypes.base import Storage
from engine.metadata.fieldtypes.registry import FIELD_TYPES
from engine.metadata.model.application import Application
from engine.metadata.model.button import asked_field
from engine.metadata.model.field import Field
from engine.metadata.model.story import StoryLine
from engine.metadata.nodes import Entry, Scalar
from engine.metadata.rows_files import RowsFile

A_CELL = 4  # rows, entity, key, field
NO_KEYS = Keys()


@dataclass(frozen=True, slots=True)
class Tale:
    """The story as it is written: its lines, what is no line, and the keys of its records.

    `lost` are keys of lines with errors; `is_partial`: some rows or lines could not be read.
    """

    lines: tuple[Told, ...] = ()
    misfits: tuple[Misfit, ...] = ()
    keys: Keys = NO_KEYS
    lost: frozenset[str] = frozenset()
    is_partial: bool = False


def read_tale(files: Sequence[RowsFile], application: Application) -> Tale:
    """Read the lines of all files, in the order of the files."""
    found = [one for file in files for one in lines_of(file)]
    lines = tuple(one for one in found if isinstance(one, Told))
    keys = keys_of(application.rows, application.teams, lines)
    lost = {key for file in files for key in keys_lost(file)}
    lost |= {key for file in files if file.table for key in file.table.lost}
    lost |= {key for entity, key in keys.lines if entity not in application.entities}
    misfits = tuple(one for one in found if isinstance(one, Misfit))
    is_partial = any(_hides_keys(path) for file in files for path in file.unclear)
    return Tale(lines, misfits, keys, frozenset(lost), is_partial)


def _hides_keys(path: nodes.Path) -> bool:
    """Say whether an error at this path keeps records from being known."""
    is_in_rows = path[:1] == ("rows",) and len(path) < A_CELL
    return path in ((), ("story",)) or is_in_rows


def build_story(tale: Tale, application: Application) -> tuple[StoryLine, ...]:
    """Build the lines that can be played."""
    left = list(tale.lines)
    gone: set[Key] = set()
    while True:
        told = [_line(one, tale.keys, application, gone) for one in left]
        out = [one for one, line in zip(left, told, strict=True) if line is None]
        if not out:
            return tuple(line for line in told if line is not None)
        gone |= {(entity.text, key.text) for one in out for entity, key in made_by(one)}
        left = [one for one, line in zip(left, told, strict=True) if line is not None]


def _line(told: Told, keys: Keys, application: Application, gone: set[Key]) -> StoryLine | None:
    def is_there(key: Key) -> bool:
        return key in keys and key not in gone and key[0] in application.entities

    record, who = record_of(told, keys), told.who.text if told.who else ""
    if record is None or not is_there(record) or not is_there((USER, who)):
        return None
    fields = fields_of(told, record[0], application)
    if fields is None:
        return None
    values = {
        one.key.text: cell_of(fields[one.key.text], one.value)
        for one in told.values
        if one.key.text in fields
        and (told.verb == "set" or not is_empty(one.value))  # nothing empties a field
        and all(map(is_there, _targets(fields[one.key.text], one.value)))
    }
    return StoryLine(
        at=told.at.text,
        who=who,
        verb=told.verb,
        key=record[1],
        mark=told.mark,
        entity=record[0],
        name=told.name.text if told.name else told.text,
        values=values,
        makes=_makes(told, application),
    )


def _makes(told: Told, application: Application) -> dict[str, str]:
    pairs = ((one.key.text, one.value) for one in told.makes)
    return {
        entity: key.text
        for entity, key in pairs
        if isinstance(key, Scalar) and entity in application.entities
    }


def record_of(told: Told, keys: Keys) -> Key | None:
    """Return entity and key of the record that a line is about, where they are clear."""
    if told.entity is not None:
        return told.entity.text, told.record.text
    return one_of(keys.named(told.record.text))


def fields_of(told: Told, entity_id: str, application: Application) -> Mapping[str, Field] | None:
    """Return the fields that a line may fill in; None where its button or stage is not there."""
    fields = application.entity(entity_id).fields
    name = told.name.text if told.name else ""
    if told.verb == "press":
        button = application.buttons(entity_id).get(name)
        asks = button.ask if button else ()
        asked = {one.id: asked_field(one, fields) for one in asks}
        return {key: one for key, one in asked.items() if one} if button else None
    if told.verb == "move" and not any(name in one.options for one in stage_fields(fields)):
        return None
    return fields


def filled_fields(
    told: Told, keys: Keys, application: Application
) -> Iterator[tuple[Field, Entry]]:
    """Yield the fields that a line fills in, with what it writes there."""
    record = record_of(told, keys)
    if record is None or record[0] not in application.entities:
        return
    fields = fields_of(told, record[0], application) or {}
    yield from ((fields[one.key.text], one) for one in told.values if one.key.text in fields)


def stage_fields(fields: Mapping[str, Field]) -> Iterator[Field]:
    """Yield the fields that walk through a pipeline."""
    return (one for one in fields.values() if one.type == "stage")


def is_empty(node: nodes.Node) -> bool:
    """Say whether a value says nothing."""
    return isinstance(node, Scalar) and not node.text


def linked_key(field: Field, text: str) -> Key | None:
    """Return entity and key of the record that a value links to."""
    storage = FIELD_TYPES[field.type].storage
    if storage is Storage.LINK:
        return field.to or "", text
    if storage is Storage.ANY_LINK:
        entity, _, key = text.partition(" ")
        return entity, key.strip()
    return None


def _targets(field: Field, value: nodes.Node) -> Iterator[Key]:
    is_text = isinstance(value, Scalar) and value.text
    key = linked_key(field, value.text) if isinstance(value, Scalar) and is_text else None
    if key is not None:
        yield key
