"""The JSON Schema of a file of definitions, composed from the table of the language.

It describes nodes whose scalars are all text (see `nodes.plain`): what a text means is decided
by the slot. Keywords of our own carry what the sentences need: `x-mode`, `x-node`, `x-later`,
and say what JSON Schema can't: `x-one` is the list of words of which a map has exactly one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any, TypeAlias

from engine.metadata.language import COLORS, ID, Key, Mode, NodeKind
from engine.metadata.language_keys import NODE_KINDS
from engine.metadata.language_steps import DONE, LATER_TRIGGERS, TARGETS, TRIGGER_PARTS, TRIGGERS

Schema: TypeAlias = dict[str, Any]

EDITS = ("append", "prepend", "remove")


def file_schema() -> Schema:
    """Describe a file of definitions."""
    crm = _node(NODE_KINDS["crm"], without=("name",))  # the name stands in one of the files
    return {**crm, "$defs": {"step": _step()}}  # steps hold steps


def rows_schema() -> Schema:
    """Describe a YAML file of rows."""
    return _node(NODE_KINDS["rows_file"])


def _node(kind: NodeKind, *, without: tuple[str, ...] = ()) -> Schema:
    return {
        "type": "object",
        "x-node": kind.id,
        "properties": {one.name: _value(kind, one) for one in kind.keys},
        "required": [one.name for one in kind.keys if one.required and one.name not in without],
        "additionalProperties": False,
    }


def _value(kind: NodeKind, key: Key) -> Schema:
    if key.later:
        return {"x-later": key.name}
    own = OWN_FORMS.get((kind.id, key.name))
    return own() if own else _MODES[key.mode](key)


def _text(mode: str) -> Schema:
    return {"type": "string", "x-mode": mode}


def _map(child: Schema, **more: object) -> Schema:
    names = {"pattern": ID, "x-mode": "id"}
    return {
        "type": "object",
        "propertyNames": names,
        "additionalProperties": child,
        "x-mode": "map",
        **more,
    }


def _list(mode: str, items: Schema) -> Schema:
    return {"type": "array", "items": items, "x-mode": mode}


def _word(key: Key) -> Schema:
    return {
        **_text("word"),
        "x-later-words": list(key.later_words),
        "enum": [*key.words, *key.later_words],
    }


def _child(key: Key) -> Schema:
    return _CHILDREN[key.of]()


def _field(kind: str) -> Schema:
    of_type = _word(next(one for one in NODE_KINDS[kind].keys if one.name == "type"))
    return {
        "if": {"type": "string"},
        "then": {**of_type, "x-shorthand": "type"},
        "else": _node(NODE_KINDS[kind]),
    }


def _option() -> Schema:
    return {
        "if": {"type": "string"},
        "then": _text("label"),
        "else": _node(NODE_KINDS["option"]),
    }


def _options() -> Schema:
    option_map = _map(_option(), **{"x-mode": "options", "x-edits": list(EDITS)})
    return {
        "if": {"type": "array"},
        "then": _list("ids", {**_text("id"), "pattern": ID}),
        "else": option_map,
    }


def _moves() -> Schema:
    to_stages = _map(_node(NODE_KINDS["move"]))
    ways = {"if": {"type": "array"}, "then": _list("ids", _text("id")), "else": to_stages}
    return _map(ways)


def _unique() -> Schema:
    return _list("lists of fields", _list("fields", _text("field")))


def _holidays() -> Schema:
    return {
        "if": {"type": "array"},
        "then": _list("dates", _text("plain")),
        "else": _text("plain"),
    }


def _slot() -> Schema:
    return {
        "if": {"type": "array"},
        "then": _list("values", _text("plain")),
        "else": _text("value"),
    }


def _slots(_key: Key | None = None) -> Schema:
    return _map(_slot())


def _step() -> Schema:
    kind = NODE_KINDS["step"]
    return {**_node(kind), "x-one": [one.name for one in kind.keys]}


def _steps(_key: Key | None = None) -> Schema:
    return _list("steps", {"$ref": "#/$defs/step"})


def _move() -> Schema:
    to_stage = _map(_text("id"))
    return {"if": {"type": "object"}, "then": to_stage, "else": _text("id")}


def _trigger() -> Schema:
    kind = NODE_KINDS["trigger"]
    words = [one.name for one in kind.keys if one.name not in TRIGGER_PARTS]
    listed = {**_text("word"), "x-later-words": list(LATER_TRIGGERS)}
    listed["enum"] = [*TRIGGERS, *LATER_TRIGGERS]
    return {
        "if": {"type": "string"},
        "then": listed,
        "else": {**_node(kind), "x-one": words},
    }


def _target(_key: Key | None = None) -> Schema:
    single = {
        "if": {"type": "object"},
        "then": {**_node(NODE_KINDS["target"]), "x-one": list(TARGETS)},
        "else": _text("value"),
    }
    return {"if": {"type": "array"}, "then": _list("targets", single), "else": single}


def _names(mode: str) -> Schema:
    """Describe one name, or a list of names."""
    return {"if": {"type": "array"}, "then": _list(f"{mode}s", _text(mode)), "else": _text(mode)}


def _tasks_done() -> Schema:
    return {
        "if": {"type": "object"},
        "then": _node(NODE_KINDS["done_type"]),
        "else": {**_text("word"), "enum": list(DONE)},
    }


def _task() -> Schema:
    """Describe a task: its fields may be more than those of the language."""
    return {**_node(NODE_KINDS["task"]), "additionalProperties": _slot()}


def _rows() -> Schema:
    return _map(_records())


def _records() -> Schema:
    return {"type": "object", "additionalProperties": _values(), "x-mode": "map"}


def _values() -> Schema:
    cell = {
        "if": {"type": "array"},
        "then": _list("values", _text("plain")),
        "else": {"type": ["string", "null"], "x-mode": "value"},
    }
    return {"type": ["object", "null"], "additionalProperties": cell, "x-mode": "map"}


def _story() -> Schema:
    return _list("lines", _node(NODE_KINDS["story_line"]))


def _pairs(_key: Key | None = None) -> Schema:
    return {"type": "object", "additionalProperties": _text("plain"), "x-mode": "map"}


def _plain(mode: str) -> Callable[[Key], Schema]:
    return lambda _key: _text(mode)


_MODES: Mapping[Mode, Callable[[Key], Schema]] = MappingProxyType(
    {
        Mode.EXPRESSION: _plain("expression"),
        Mode.TEXT: _plain("text"),
        Mode.LABEL: _plain("label"),
        Mode.SLOT: lambda _key: _slot(),
        Mode.PLAIN: _plain("plain"),
        Mode.BOOL: lambda _key: {**_text("bool"), "enum": ["true", "false"]},
        Mode.INTEGER: lambda _key: {**_text("integer"), "pattern": r"^-?[0-9]{1,9}$"},
        Mode.WORD: _word,
        Mode.COLOR: lambda _key: {**_text("color"), "enum": list(COLORS)},
        Mode.ID: lambda _key: {**_text("id"), "pattern": ID},
        Mode.IDS: lambda _key: _list("ids", _text("id")),
        Mode.PATHS: lambda _key: _list("fields", _text("field")),
        Mode.VALUES: lambda key: _list(
            "values", {**_text("word"), "enum": list(key.words)} if key.words else _text("plain")
        ),
        Mode.PAIRS: _pairs,
        Mode.SLOTS: _slots,
        Mode.STEPS: _steps,
        Mode.TARGET: _target,
        Mode.NODE: _child,
        Mode.MAP: lambda key: _map(_child(key)),
    }
)

_PLAIN_NODES = (
    *("workdays", "theme", "entity", "validation", "pipeline", "stage", "role", "grants"),
    *("scope", "team", "view", "button", "ladder", "automation", "create", "find", "update"),
    *("done", "assign", "notify", "if"),
)
_CHILDREN: Mapping[str, Callable[[], Schema]] = MappingProxyType(
    {
        "field": partial(_field, "field"),
        "ask": partial(_field, "ask"),
        "task": _task,
        **{one: partial(_node, NODE_KINDS[one]) for one in _PLAIN_NODES},
    }
)

OWN_FORMS: Mapping[tuple[str, str], Callable[[], Schema]] = MappingProxyType(
    {
        ("field", "options"): _options,
        ("ask", "options"): _options,
        ("pipeline", "moves"): _moves,
        ("entity", "unique"): _unique,
        ("workdays", "holidays"): _holidays,
        ("rows_file", "rows"): _rows,
        ("rows_file", "story"): _story,
        ("story_line", "create"): _records,
        ("story_line", "set"): _records,
        ("story_line", "ask"): _values,
        ("view", "group_by"): partial(_names, "field"),
        ("view", "sum"): partial(_names, "field"),
        ("automation", "on"): lambda: _list("triggers", _trigger()),
        **{("trigger", one): partial(_names, "id") for one in TRIGGERS[1:]},
        ("step", "move"): _move,
        ("done", "tasks"): _tasks_done,
        **{("grants", key.name): partial(_text, "reach") for key in NODE_KINDS["grants"].keys},
    }
)
