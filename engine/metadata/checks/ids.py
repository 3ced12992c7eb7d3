"""Checks of ids: reserved words, ids that were renamed, the core package."""

from __future__ import annotations

from collections.abc import Iterator

from engine.metadata import nodes
from engine.metadata.checks.subject import Subject, address_of
from engine.metadata.model.entity import SYSTEM_FIELDS
from engine.metadata.model.role import REACHES
from engine.metadata.nodes import Path
from engine.metadata.problems import Problem

GRAMMAR = frozenset({"and", "or", "not", "in", "is", "if", "else", "none", "true", "false"})
ENTITY_WORDS = frozenset(
    {"views", "search", "static", "api", "sign_in", "sign_out", "my_day", "admin", "account"}
    | {"healthz", "readyz", "served", "notifications", "welcome", "calendar"}
)
FIELD_WORDS = frozenset(
    {"q", "sort", "after", "before", "view", "group_by", "columns", "tab", "panel", "size"}
    | {"trashed", "user", "old", "ask", "inputs", "record", "try", "tries", "next_try"}
)


def check_reserved(subject: Subject) -> Iterator[Problem]:
    """An id that the engine uses itself: for addresses, for system fields, in expressions.

    Bad:
        name: shop
        entities: {order: {fields: {number: text, sort: text}}}
    Good:
        name: shop
        entities: {order: {fields: {number: text, sorting: text}}}
    """
    for path, entry in _named(subject):
        reason = _reason(path, entry.key.text)
        if reason:
            yield Problem(
                "E110",
                entry.key.mark,
                f"'{entry.key.text}' can't be an id here: {reason}",
                "choose another id; people read the label",
                address_of(path),
            )


def _named(subject: Subject) -> Iterator[tuple[Path, nodes.Entry]]:
    for section in ("entities", "views", "scopes", "roles"):
        for entry in subject.keys((section,)):
            yield (section, entry.key.text), entry
    for entity in subject.keys(("entities",)):
        path: Path = ("entities", entity.key.text, "fields")
        for field in subject.keys(path):
            yield (*path, field.key.text), field


def _reason(path: Path, name: str) -> str:
    section, is_field = path[0], len(path) > 2  # noqa: PLR2004 - entities, id, fields, id
    if is_field and name in SYSTEM_FIELDS:
        return "every record has a field of that name already"
    if is_field and name in FIELD_WORDS:
        return "addresses and expressions use this word"
    if section == "entities" and not is_field and name in ENTITY_WORDS:
        return "it is the address of a page"
    if section == "views" and name == "new":
        return "it is the address of a page"
    if section == "scopes" and name in REACHES:
        return "it is a reach already"
    if name in GRAMMAR and section == "entities":
        return "it is a word of expressions"
    return ""


def check_was(subject: Subject) -> Iterator[Problem]:
    """A former id (`was`) that is still in use, or that two things claim.

    Bad:
        name: shop
        entities: {client: {fields: {phone: phone, mobile: {type: phone, was: phone}}}}
    Good:
        name: shop
        entities: {client: {fields: {mobile: {type: phone, was: phone}}}}
    """
    yield from _claims(subject, ("entities",))
    for entity in subject.keys(("entities",)):
        yield from _claims(subject, ("entities", entity.key.text, "fields"))


def _claims(subject: Subject, path: Path) -> Iterator[Problem]:
    claimed: dict[str, str] = {}
    names = {one.key.text for one in subject.keys(path)}
    for entry in subject.keys(path):
        found = entry.value.get("was") if isinstance(entry.value, nodes.Mapping) else None
        if not isinstance(found, nodes.Scalar):
            continue
        address = address_of((*path, entry.key.text))
        if found.text in names:
            message = f"'{entry.key.text}' was '{found.text}', and '{found.text}' is still there"
            yield Problem("E216", found.mark, message, "remove one of the two", address)
        elif found.text in claimed:
            message = f"'{claimed[found.text]}' says already that it was '{found.text}'"
            yield Problem("E216", found.mark, message, "one of them is a new field", address)
        claimed.setdefault(found.text, entry.key.text)


def check_core(subject: Subject) -> Iterator[Problem]:
    """A field of the core package (user, team, task, activity, notification) made another type.

    The engine works with these fields. A folder may add fields of its own to the core entities, and
    change labels, help and options.

    Bad:
        name: shop
        entities: {task: {fields: {due: {type: date}}}}
    Good:
        name: shop
        entities: {task: {fields: {due: {type: datetime, label: Until}}}}
    """
    for entity in subject.application.entities.values():
        for field in entity.fields.values() if entity.layer == "core" else ():
            if field.layer == "core":
                for key in ("type", "formula", "to", "was"):
                    yield from _changed(subject, ("entities", entity.id, "fields", field.id, key))


def _changed(subject: Subject, path: Path) -> Iterator[Problem]:
    found = nodes.node_at(subject.tree, path)
    before = nodes.node_at(subject.core, path)
    if not isinstance(found, nodes.Scalar) or found.mark.file.startswith("core:"):
        return
    if not isinstance(before, nodes.Scalar) or before.text != found.text:
        was = before.text if isinstance(before, nodes.Scalar) else "not there"
        yield Problem(
            "E217",
            found.mark,
            f"'{path[-1]}' of '{path[1]}.{path[3]}' belongs to the engine (it is {was})",
            "add a field of your own beside it",
            address_of(path[:-1]),
        )


def check_repetitions(subject: Subject) -> Iterator[Problem]:
    """The same word twice in a list where each may stand once.

    Bad:
        name: shop
        entities: {item: {fields: {name: text, kind: {type: choice, options: [a, b, a]}}}}
    Good:
        name: shop
        entities: {item: {fields: {name: text, kind: {type: choice, options: [a, b]}}}}
    """
    for path, found in _lists(subject.tree, ()):
        seen: set[str] = set()
        for one in found.items:
            if isinstance(one, nodes.Scalar):
                name = one.text.lstrip("-")
                if name in seen:
                    message = f"'{name}' stands in this list twice"
                    yield Problem("E222", one.mark, message, "remove one of them", address_of(path))
                seen.add(name)


def _lists(node: nodes.Node, path: Path) -> Iterator[tuple[Path, nodes.Sequence]]:
    if isinstance(node, nodes.Sequence):
        yield path, node
        for item in node.items:
            yield from _lists(item, path)
    elif isinstance(node, nodes.Mapping):
        for entry in node.entries:
            yield from _lists(entry.value, (*path, entry.key.text))
