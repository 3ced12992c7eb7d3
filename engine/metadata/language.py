"""The language as a table: for each kind of node its keys, how each is read, what each means.

Shape checks, "did you mean", the list of what runs later and `docs/language.md` come from here.
The rows stand in `language_keys.py` and `language_steps.py` (what this version runs) and in
`language_later.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from engine.metadata.closeness import closest

ID = r"^[a-z][a-z0-9_]{0,39}$"
SHORTEST = 3  # letters that may stand for a whole word: wed for wednesday
COLORS = ("blue", "violet", "pink", "red", "orange", "yellow", "green", "teal", "grey")


class Mode(StrEnum):
    """How the value of a key is read; a key has exactly one mode."""

    EXPRESSION = "expression"
    TEXT = "text"  # {{ expressions }} are filled in
    LABEL = "label"  # a text as it stands
    SLOT = "value"  # a literal, or an expression after `=`
    PLAIN = "plain"
    BOOL = "true or false"
    INTEGER = "whole number"
    WORD = "one of a list of words"
    COLOR = "colour"
    ID = "id"
    IDS = "list of ids"
    PATHS = "list of fields"
    VALUES = "list of values"
    PAIRS = "map of values"
    SLOTS = "map of value slots"
    STEPS = "list of steps"
    TARGET = "target"  # who is meant: "= owner", a map, or a list of both
    NODE = "map of keys"
    MAP = "map by id"
    OWN = "own form"  # described by its meaning, shaped in authoring_schema


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a kind of node; `of` is the kind of the node or nodes below it."""

    name: str
    mode: Mode
    meaning: str
    required: bool = False
    later: bool = False
    of: str = ""
    words: tuple[str, ...] = ()
    later_words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NodeKind:
    """A kind of node: what an author calls it, and its keys in the order of the reference."""

    id: str
    called: str
    keys: tuple[Key, ...]
    help: str = ""
    example: str = ""

    def key(self, name: str) -> Key | None:
        """Return the key of this name."""
        return next((one for one in self.keys if one.name == name), None)


def later(name: str, mode: Mode, meaning: str, of: str = "") -> Key:
    """Describe a key of the language that this version does not run yet."""
    return Key(name, mode, meaning, later=True, of=of)


# What people write from habit -> the one spelling of the language. Feeds hints only.
SYNONYMS: Mapping[str, str] = MappingProxyType(
    {
        "mandatory": "required",
        "require": "required",
        "needed": "required",
        "obligatory": "required",
        "not_null": "required",
        "condition": "when",
        "if": "when",
        "only_when": "when",
        "delay": "wait",
        "sleep": "wait",
        "caption": "label",
        "name": "label",
        "title": "label",
        "text": "label",
        "label_plural": "plural",
        "plural_label": "plural",
        "plural_name": "plural",
        "description": "help",
        "hint": "help",
        "tooltip": "help",
        "comment": "help",
        "values": "options",
        "choices": "options",
        "items": "options",
        "enum": "options",
        "expression": "formula",
        "compute": "formula",
        "computed": "formula",
        "calculated": "formula",
        "calc": "formula",
        "maximum": "max",
        "minimum": "min",
        "maxlength": "max_length",
        "minlength": "min_length",
        "length": "max_length",
        "size": "max_length",
        "regex": "pattern",
        "regexp": "pattern",
        "mask": "pattern",
        "precision": "decimals",
        "scale": "decimals",
        "digits": "decimals",
        "target": "to",
        "entity_to": "to",
        "references": "to",
        "ref": "to",
        "model": "entity",
        "table": "entity",
        "object": "entity",
        "type_of": "type",
        "kind": "type",
        "hide_when": "visible_when",
        "show_when": "visible_when",
        "visible_if": "visible_when",
        "required_if": "required_when",
        "readonly_if": "readonly_when",
        "read_only": "readonly",
        "disabled": "readonly",
        "editable": "readonly",
        "invisible": "hidden",
        "visible": "hidden",
        "indexed": "index",
        "default_value": "default",
        "initial": "default",
        "filter": "where",
        "domain": "where",
        "constraints": "validate",
        "validations": "validate",
        "validators": "validate",
        "rules": "validate",
        "rule": "check",
        "error": "message",
        "error_message": "message",
        "columns_list": "columns",
        "list": "columns",
        "order_by": "sort",
        "sort_by": "sort",
        "sorting": "sort",
        "order": "sort",
        "group": "group_by",
        "states": "stages",
        "statuses": "stages",
        "steps": "stages",
        "transitions": "moves",
        "final": "closes",
        "closed": "closes",
        "terminal": "closes",
        "permissions": "can",
        "rights": "can",
        "grants": "can",
        "access": "can",
        "permit": "can",
        "colour": "color",
        "renamed_from": "was",
        "old_name": "was",
        "formerly": "was",
        "attributes": "fields",
        "properties": "fields",
        "models": "entities",
        "tables": "entities",
        "objects": "entities",
        "entity": "entities",
        "pipeline": "pipelines",
        "workflow": "pipelines",
        "workflows": "pipelines",
        "funnels": "pipelines",
        "role": "roles",
        "view": "views",
        "lists": "views",
        "team": "teams",
        "groups": "teams",
        "scope": "scopes",
        "rows": "data",
        "time_zone": "timezone",
        "tz": "timezone",
        "locale": "language",
        "lang": "language",
        "holiday": "holidays",
        "start_page": "start",
        "homepage": "start",
        "read": "see",
        "view_": "see",
        "list_": "see",
        "show": "see",
        "update": "edit",
        "write": "edit",
        "modify": "edit",
        "add": "create",
        "new": "create",
        "insert": "create",
        "remove": "delete",
        "destroy": "delete",
        "any": "every",
        "everything": "every",
        "all": "every",
        "int": "integer",
        "string": "text",
        "str": "text",
        "varchar": "text",
        "textarea": "long_text",
        "multiline": "long_text",
        "memo": "long_text",
        "float": "number",
        "decimal": "number",
        "double": "number",
        "numeric": "number",
        "currency": "money",
        "amount": "money",
        "price": "money",
        "boolean": "bool",
        "checkbox": "bool",
        "yes_no": "bool",
        "select": "choice",
        "dropdown": "choice",
        "radio": "choice",
        "multiselect": "choices",
        "multi_select": "choices",
        "timestamp": "datetime",
        "date_time": "datetime",
        "relation": "link",
        "reference": "link",
        "foreign_key": "link",
        "many2one": "link",
        "lookup": "link",
        "mail": "email",
        "e_mail": "email",
        "telephone": "phone",
        "tel": "phone",
        "mobile": "phone",
        "website": "url",
        "uri": "url",
        "status": "stage",
        "state": "stage",
        "autonumber": "sequence",
        "counter": "sequence",
        "percentage": "percent",
        "employee": "user",
        "person": "user",
        "gray": "grey",
        "purple": "violet",
        "magenta": "pink",
        "cyan": "teal",
        "turquoise": "teal",
        "brown": "orange",
        "success": "won",
        "failed": "lost",
        "failure": "lost",
        "then": "do",
        "action": "do",
        "actions": "do",
        "otherwise": "else",
        "trigger": "on",
        "triggers": "on",
        "event": "on",
        "events": "on",
        "attempts": "tries",
        "retries": "tries",
        "assignee": "to",
        "recipient": "to",
        "recipients": "to",
        "deadline": "due",
        "due_at": "due",
        "timeout": "sla",
        "time_limit": "sla",
        "show_on": "show_in",
        "visible_in": "show_in",
        "dialog": "ask",
        "questions": "ask",
        "question": "ask",
        "alias": "as",
        "kanban": "board",
        "funnel": "board",
        "total": "sum",
        "totals": "sum",
        "updated": "changed",
        "modified": "changed",
        "saved": "changed",
        "edited": "changed",
        "inserted": "created",
        "added": "created",
        "moved": "entered",
        "clicked": "pressed",
        "exited": "left",
        "expired": "overdue",
        "assign_to": "assign",
        "alert": "notify",
        "todo": "task",
        "abort": "stop",
    }
)
# What they may also mean, where the language has not the first word.
SECOND: Mapping[str, str] = MappingProxyType(
    {
        "steps": "do",
        "rules": "automations",
        "workflows": "automations",
        "fields": "set",
        "values": "set",
        "message": "text",
        "body": "text",
        "name": "as",
        "subject": "text",
        "comment": "note",
        "update": "set",
    }
)


def nearest(word: str, known: tuple[str, ...]) -> str | None:
    """Return the word of the language that somebody who wrote `word` most likely meant."""
    plain = word.strip().lower().replace("-", "_").replace(" ", "_")
    if plain in known:
        return plain
    for habits in (SYNONYMS, SECOND):
        if habits.get(plain) in known:
            return habits[plain]
    close = closest(plain, known, cutoff=0.72)
    if close:
        return close
    usual = [word for word, meant in SYNONYMS.items() if meant in known]
    close = closest(plain, usual, cutoff=0.72)
    if close:
        return SYNONYMS[close]
    longer = [one for one in known if plain.startswith(one) and len(one) >= SHORTEST]
    return max(longer, key=len, default=None)
