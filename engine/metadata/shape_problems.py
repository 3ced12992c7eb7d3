"""The sentences about shape: unknown keys, wrong kinds of values, several words for one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from engine.metadata.explain import Explained
from engine.metadata.fieldtypes.registry import FIELD_TYPES
from engine.metadata.language import NodeKind, nearest
from engine.metadata.language_keys import NODE_KINDS, action_of
from engine.metadata.language_steps import TRIGGERS
from engine.metadata.model.role import REACHES, VERBS
from engine.metadata.nodes import Path, address_of
from engine.metadata.problems import Mark, Problem
from engine.metadata.words import lookalikes

A_LINE = 13  # names that one line holds
SMART_QUOTES = "“”„«»‘’"


def unknown_key(
    mark: Mark, kind: NodeKind, path: Path, siblings: Mapping[str, object]
) -> tuple[Problem, str | None]:
    """A key that the language does not have at this place.

    Keys are closed sets: what is not known is not silently dropped. `docs/language.md` lists them.

    Bad:
        name: shop
        entities: {client: {fields: {phone: {type: phone, requird: true}}}}
    Good:
        name: shop
        entities: {client: {fields: {phone: {type: phone, required: true}}}}
    """
    key = str(path[-1])
    known = tuple(one.name for one in kind.keys)
    free = tuple(one for one in known if one not in siblings)
    meant = nearest(key, free) or nearest(key, known)
    hint = f"did you mean '{meant}'?" if meant else _elsewhere(key, kind)
    home = _home_of(key, kind, siblings[key])
    if home:
        meant, hint = None, home
    twins = lookalikes(key)
    if twins:
        hint = f"{twins}; type the word anew" if not meant else f"{twins}: {hint}"
    problem = Problem("E102", mark, f"'{key}' is not {_key_of(kind)}", hint, address_of(path[:-1]))
    return problem, meant


def _home_of(key: str, kind: NodeKind, value: object) -> str:
    """Say where a key or a whole definition belongs that stands at a wrong level."""
    word = value if isinstance(value, str) else ""
    keys = set(value) if isinstance(value, dict) else set()
    if kind.id == "step" and key in ("when", "do", "else"):
        return "steps under a condition: `- if: {when: ..., do: [...]}`"
    if kind.id == "trigger" and key in TRIGGERS:
        return f"it stands alone, as a word: [{key}]"
    if kind.id == "trigger" and key in ("when", "where", "do", "once_per"):
        return f"'{key}' stands beside `on`, not in it"
    if kind.id == "entity" and (word in FIELD_TYPES or "type" in keys):
        return "if it is a field, it stands below `fields:`"
    if kind.id == "crm" and "fields" in keys:
        return "if it is an entity, it stands below `entities:`, indented"
    if kind.id == "role" and (word in REACHES or keys & {*VERBS, "every"}):
        return "what a role may do stands below `can:`"
    return ""


def _key_of(kind: NodeKind) -> str:
    return kind.called if kind.id == "grants" else f"a key of {kind.called}"


def _elsewhere(key: str, kind: NodeKind) -> str:
    """Say where a key of another kind of node belongs, or what is known here."""
    if key == "rows":
        return "rows stand in files of the folders data/ and demo/"
    if kind.id == "rows_file":
        return "definitions stand outside of data/ and demo/"
    homes = [one.called for one in NODE_KINDS.values() if one.key(key) and one.id != kind.id]
    if homes:
        return f"it is a key of {' or '.join(homes[:2])}: look at the indentation"
    names = [one.name for one in kind.keys if not one.later]
    return f"known here: {', '.join(names)}" if len(names) <= A_LINE else "see docs/language.md"


def missing_key(mark: Mark, kind: NodeKind, name: str, path: Path) -> Problem:
    """A definition without a key that it can't do without.

    Bad:
        name: shop
        views: {all_users: {columns: [name]}}
    Good:
        name: shop
        views: {all_users: {entity: user, columns: [name]}}
    """
    key = kind.key(name)
    meaning = key.meaning[0].lower() + key.meaning[1:] if key else ""
    return Problem(
        "E104",
        mark,
        f"{kind.called} needs '{name}'",
        f"write `{name}: ...` ({meaning})",
        address_of(path),
    )


def nothing_here(mark: Mark, path: Path) -> Problem:
    """A key without a value.

    Bad:
        name: shop
        entities: {client: {fields: {name: text, city: }}}
    Good:
        name: shop
        entities: {client: {fields: {name: text, city: text}}}
    """
    hint = "write a value, or remove the key"
    if action_of(path) and path[-2] == "set":
        hint = f'write a value; to empty the field: `{path[-1]}: "= none"`'
    if len(path) > 1 and path[-2] == "fields":
        hint = f"write the type of the field: `{path[-1]}: text`"
    return Problem("E105", mark, f"nothing stands after '{path[-1]}:'", hint, address_of(path))


_KINDS: Mapping[type, str] = {dict: "a map", list: "a list", str: "a single value"}
_WANTED = {"object": "a map of keys", "array": "a list", "string": "a single value"}


def wrong_kind(mark: Mark, path: Path, schema: Mapping[str, Any], value: object) -> Problem:
    """A map where a single value is wanted, a value where a list is wanted, and so on.

    Bad:
        name: shop
        languages: en
    Good:
        name: shop
        languages: [en]
    """
    wanted = schema["type"] if isinstance(schema["type"], str) else "string"
    name = str(path[-1]) if path and isinstance(path[-1], str) else "an item of the list"
    hint = _as_wanted(path, name, wanted, value)
    called = f"'{name}'" if isinstance(path[-1], str) else name
    return Problem(
        "E103",
        mark,
        f"{called} takes {_WANTED[wanted]}, and this is {_KINDS[type(value)]}",
        hint,
        address_of(path),
    )


def _as_wanted(path: Path, name: str, wanted: str, value: object) -> str:
    """Say how to write a value in the kind that is wanted."""
    above = path[-2] if len(path) > 1 else ""
    if above == "fields":
        return f"write `{name}: text`, or `{name}: {{type: choice, options: [...]}}`"
    if above == "can" and isinstance(value, str):
        return f"write `{name}: {{every: {value}}}`"
    as_steps = _as_steps(path, wanted, value) if action_of(path) else ""
    if as_steps:
        return as_steps
    if isinstance(value, str) and (wanted == "array" or above == "moves"):
        return f"write a list: [{value}]"
    if wanted == "object" and isinstance(value, list):
        ids = [one for one in value if isinstance(one, str)][:2]
        example = ", ".join(f"{one}: ..." for one in ids)
        return f"write a map by id: {{{example}}}" if ids else "write `id: ...` lines, without '-'"
    if wanted == "string" and isinstance(value, list) and len(value) == 1:
        return f"write {value[0]} without brackets"
    return "write its keys below it, indented" if wanted == "object" else ""


def _as_steps(path: Path, wanted: str, value: object) -> str:
    """Say how to write what stands in a button or a rule."""
    step = NODE_KINDS["step"].key(str(value))
    if step and isinstance(path[-1], int):
        return f"write `{value}: {step.words[0] if step.words else '...'}`"
    if wanted == "array" and isinstance(value, dict):
        return f"write a list: [{{{next(iter(value), 'note')}: ...}}]"
    return "write a map: {field: value}" if path[-1] == "set" else ""


def wrong_word(mark: Mark, path: Path, schema: Mapping[str, Any], value: str) -> Problem:
    """Explain a value that is none of those its slot takes."""
    match schema.get("x-mode"):
        case "bool":
            return not_a_bool(mark, path, value)
        case "integer":
            return not_an_integer(mark, path, value)
        case "id":
            return bad_id(mark, path, value=value)
        case _:
            later = schema.get("x-later-words", ())
            return unknown_word(mark, path, (tuple(schema["enum"]), tuple(later)), value)


def unknown_word(
    mark: Mark, path: Path, words: tuple[tuple[str, ...], tuple[str, ...]], value: str
) -> Problem:
    """A word that is none of those that the key takes: a type, a colour, a weekday.

    Bad:
        name: shop
        entities: {client: {fields: {name: text, kind: {type: select, options: [a, b]}}}}
    Good:
        name: shop
        entities: {client: {fields: {name: text, kind: {type: choice, options: [a, b]}}}}
    """
    known, later = words
    bare = value.strip(SMART_QUOTES + " ")
    meant = nearest(bare, known)
    hint = (
        f"did you mean '{meant}'?"
        if meant
        else f"one of: {', '.join(one for one in known if one not in later)}"
    )
    if value == "overdue" and path[-2:-1] == ("on",):
        hint = "write {overdue: stage}, or {overdue: task}"
    if any(one in value for one in SMART_QUOTES):
        hint = f"typographic quotes are letters for YAML: write {meant or bare} without them"
    elif lookalikes(value):
        hint = f"{lookalikes(value)}: {hint}"
    is_type = len(known) > 20  # noqa: PLR2004 - only field types are that many
    name = next(part for part in reversed(path) if isinstance(part, str))
    what = "a field type" if is_type else f"a value of '{name}'"
    return Problem("E106", mark, f"'{value}' is not {what}", hint, address_of(path))


def not_a_bool(mark: Mark, path: Path, value: str) -> Problem:
    """A yes or no that is neither `true` nor `false`.

    Bad:
        name: shop
        entities: {client: {fields: {name: {type: text, required: yes}}}}
    Good:
        name: shop
        entities: {client: {fields: {name: {type: text, required: true}}}}
    """
    word = value.strip().lower()
    yes, no = ("yes", "on", "1", "y", "да", "true"), ("no", "off", "0", "n", "нет", "не", "false")
    hint = "write true" if word in yes else "write false" if word in no else "write true or false"
    return Problem(
        "E107",
        mark,
        f"'{path[-1]}' is true or false, and '{value}' is neither",
        hint,
        address_of(path),
    )


def not_an_integer(mark: Mark, path: Path, value: str) -> Problem:
    """A number that has to be whole and is not.

    Bad:
        name: shop
        entities: {item: {fields: {name: {type: text, max_length: long}}}}
    Good:
        name: shop
        entities: {item: {fields: {name: {type: text, max_length: 200}}}}
    """
    return Problem(
        "E108",
        mark,
        f"'{path[-1]}' is a whole number, and '{value}' is none",
        "write digits only: 20",
        address_of(path),
    )


def bad_id(mark: Mark, path: Path, *, value: str = "", is_key: bool = False) -> Problem:
    """An id that is not made of small Latin letters, digits and underscores.

    Ids are permanent names for addresses and expressions; what people read is the `label`, in any
    language. An id begins with a letter and has at most 40 characters.

    Bad:
        name: shop
        entities: {Клиент: {fields: {name: text}}}
    Good:
        name: shop
        entities: {client: {label: Клиент, fields: {name: text}}}
    """
    text = str(path[-1]) if is_key else value
    twins = lookalikes(text)
    hint = f"{twins}; type the word anew" if twins else ""
    suggestion = make_id(text)
    if not hint and suggestion and suggestion != text:
        label = f", and `label: {text}`" if is_key or path == ("name",) else ""
        hint = f"write `{suggestion}`{label}"
    if not hint and is_key and not text.isascii():
        hint = f"write an id in Latin letters, and `label: {text}` for people"
    hint = hint or "small Latin letters, digits and _, a letter first, at most 40 of them"
    return Problem("E109", mark, f"'{text}' can't be an id", hint, address_of(path[:-1]))


def make_id(text: str) -> str:
    """Make an id of a text where that is possible."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    made = re.sub(r"[^a-z0-9]+", "_", plain.lower()).strip("_")
    return made[:40] if re.match(r"[a-z]", made) else ""


def not_one(mark: Mark, kind: NodeKind, path: Path, written: list[str]) -> Problem:
    """A step, a trigger or a target that says several things at once, or nothing.

    Each step of a list is a map with exactly one word; so is a trigger with names, and who is
    meant by a target.

    Bad:
        name: shop
        entities:
          sale:
            fields: {no: text}
            buttons: {close: {do: [{note: Closed, archive: true}]}}
    Good:
        name: shop
        entities:
          sale:
            fields: {no: text}
            buttons: {close: {do: [{note: Closed}, {archive: true}]}}
    """
    address = address_of(path)
    if not written:
        known = ", ".join(_now_of(kind))
        return Problem(
            "E116", mark, f"{kind.called} begins with a word", f"one of: {known}", address
        )
    hint = "begin each with a dash of its own"
    if kind.id == "target":
        hint = "write a list of targets: [{role: ...}, {team: ...}]"
    both = " and ".join(f"'{one}'" for one in written[:2])
    return Problem("E116", mark, f"{kind.called} has one word, and this has {both}", hint, address)


def _now_of(kind: NodeKind) -> tuple[str, ...]:
    return tuple(one.name for one in kind.keys if not one.later and one.name != "of")


CODES: Mapping[str, Explained] = MappingProxyType(
    {
        "E102": unknown_key,
        "E103": wrong_kind,
        "E104": missing_key,
        "E105": nothing_here,
        "E106": unknown_word,
        "E107": not_a_bool,
        "E108": not_an_integer,
        "E109": bad_id,
        "E116": not_one,
    }
)
