"""A tree of texts and a schema of `authoring_schema` -> what does not satisfy it.

The schema is JSON Schema; of its keywords these are the ones that we write, with our own among
them. One walk, without an object for each value: a folder is judged again at every save.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeAlias

from engine.metadata.authoring_schema import Schema
from engine.metadata.nodes import Path


@dataclass(frozen=True, slots=True)
class Failure:
    """A keyword that the value at a path does not satisfy; the names concerned, if any."""

    keyword: str
    path: Path
    value: Any
    schema: Mapping[str, Any]
    names: tuple[str, ...] = ()


def failures(value: object, schema: Schema) -> tuple[Failure, ...]:
    """Return everything that is wrong with a value (see `nodes.plain`)."""
    walk = _Walk(schema.get("$defs", {}), [])
    walk.judge(value, schema, ())
    return tuple(walk.found)


@dataclass(frozen=True, slots=True)
class _Walk:
    """The forms that a schema names, and what was found so far."""

    named: Mapping[str, Schema]
    found: list[Failure]

    def judge(self, value: object, schema: Schema, path: Path) -> None:
        """Judge a value and what is below it."""
        for keyword, wanted in schema.items():
            if (descend := _BELOW.get(keyword)) is not None:
                descend(self, value, schema, path)
            elif (misses := _HERE.get(keyword)) is not None:
                for names in misses(value, wanted, schema):
                    self.found.append(Failure(keyword, path, value, schema, names))


def _properties(walk: _Walk, value: object, schema: Schema, path: Path) -> None:
    if isinstance(value, dict):
        known = schema["properties"]
        for key, one in value.items():
            if key in known:
                walk.judge(one, known[key], (*path, key))


def _additional(walk: _Walk, value: object, schema: Schema, path: Path) -> None:
    others, known = schema["additionalProperties"], schema.get("properties", {})
    more = [one for one in value if one not in known] if isinstance(value, dict) else ()
    if others is False and more:
        unknown = Failure("additionalProperties", path, value, schema, tuple(more))
        walk.found.append(unknown)
    elif isinstance(value, dict):
        for key in more:
            walk.judge(value[key], others, (*path, key))


def _property_names(walk: _Walk, value: object, schema: Schema, path: Path) -> None:
    names = schema["propertyNames"]
    for key in value if isinstance(value, dict) else ():
        if not re.search(names["pattern"], key):
            walk.found.append(Failure("propertyNames", path, value, schema, (key,)))


def _items(walk: _Walk, value: object, schema: Schema, path: Path) -> None:
    for number, one in enumerate(value) if isinstance(value, list) else ():
        walk.judge(one, schema["items"], (*path, number))


def _if(walk: _Walk, value: object, schema: Schema, path: Path) -> None:
    """Judge by one of two forms; which one, the type of the value says."""
    form = "then" if _is_one_of(value, schema["if"]["type"]) else "else"
    walk.judge(value, schema[form], path)


def _ref(walk: _Walk, value: object, schema: Schema, path: Path) -> None:
    walk.judge(value, walk.named[schema["$ref"].rpartition("/")[2]], path)


def _is_one_of(value: object, types: str | list[str]) -> bool:
    return _TYPES[type(value)] in (types if isinstance(types, list) else (types,))


Misses: TypeAlias = Iterator[tuple[str, ...]]


def _other_type(value: object, types: str | list[str], _schema: Schema) -> Misses:
    if not _is_one_of(value, types):
        yield ()


def _missing(value: object, required: list[str], _schema: Schema) -> Misses:
    if isinstance(value, dict):
        yield from ((one,) for one in required if one not in value)


def _other_word(value: object, words: list[str], _schema: Schema) -> Misses:
    if value not in words:
        yield ()


def _mismatch(value: object, pattern: str, _schema: Schema) -> Misses:
    if isinstance(value, str) and not re.search(pattern, value):
        yield ()


def _later(_value: object, _name: str, _schema: Schema) -> Misses:
    yield ()


def _later_word(value: object, later: list[str], _schema: Schema) -> Misses:
    if isinstance(value, str) and value in later:
        yield ()


def _edit(value: object, edits: list[str], _schema: Schema) -> Misses:
    if isinstance(value, dict) and any(one in value for one in edits):
        yield ()


def _not_one(value: object, known: list[str], schema: Schema) -> Misses:
    """Fail where a map has none or several of the words; what is unknown is said elsewhere."""
    if isinstance(value, dict) and value.keys() <= schema["properties"].keys():
        written = tuple(one for one in value if one in known)
        if len(written) != 1:
            yield written


_TYPES = {dict: "object", list: "array", str: "string", type(None): "null"}
_HERE: Mapping[str, Callable[[object, Any, Schema], Misses]] = MappingProxyType(
    {
        "type": _other_type,
        "required": _missing,
        "enum": _other_word,
        "pattern": _mismatch,
        "x-later": _later,
        "x-later-words": _later_word,
        "x-edits": _edit,
        "x-one": _not_one,
    }
)
_BELOW: Mapping[str, Callable[[_Walk, object, Schema, Path], None]] = MappingProxyType(
    {
        "properties": _properties,
        "additionalProperties": _additional,
        "propertyNames": _property_names,
        "items": _items,
        "if": _if,
        "$ref": _ref,
    }
)
