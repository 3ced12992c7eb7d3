"""What runs in a later version goes out of the tree, together with what can't do without it."""

from __future__ import annotations

from collections.abc import Iterator

from engine.metadata import nodes
from engine.metadata.checks.boards import named_in
from engine.metadata.checks.left_out_actions import loose_ends_of_actions
from engine.metadata.checks.subject import Subject, entities_of, entity_path, field_path, walk
from engine.metadata.language_keys import action_of, key_at
from engine.metadata.model.entity import Entity
from engine.metadata.model.view import View
from engine.metadata.nodes import Path, Scalar, path_of
from engine.metadata.problems import Problem, Severity

ITEMS = ("search", "order")


def left_out(problems: tuple[Problem, ...]) -> frozenset[Path]:
    """Return the paths of what runs later: an expression, and the node that needs it."""
    later = (one for one in problems if one.severity is Severity.LATER and one.address)
    return frozenset(_whole(path_of(one.address)) for one in later)


def _whole(path: Path) -> Path:
    """Return what can't do without the key at a path; no step is left out of a rule or button."""
    action = action_of(path)
    if action:
        return action
    key = key_at(path)
    if key is None:
        return path
    return path[:-1] if key.required or key.name == "formula" else path


def loose_ends(subject: Subject) -> frozenset[Path]:
    """Return the paths of what names something left out: it goes out without a word of its own."""
    if not subject.later:
        return frozenset()
    lists = (*_of_lists(subject), *_of_rights(subject), *loose_ends_of_actions(subject))
    return frozenset((*_of_entities(subject), *lists))


def is_definition_path(path: Path) -> bool:
    """Say whether a path is that of a field, a button, a scope or a view, which others may name."""
    is_field = len(path) == 4 and path[0] == "entities" and path[2] == "fields"  # noqa: PLR2004 - entities, id, fields, id
    if is_field or action_of(path) == path:
        return True
    return len(path) == 2 and path[0] in ("scopes", "views")  # noqa: PLR2004 - section and id


def is_role(path: Path) -> bool:
    """Say whether a path is that of a role."""
    return path[:1] == ("roles",) and len(path) == 2  # noqa: PLR2004 - section and id


def _of_entities(subject: Subject) -> Iterator[Path]:
    """Yield fields that lead to a left out entity or pipeline, scopes and views of one."""
    for entity in subject.application.entities.values():
        for field in entity.fields.values():
            pipeline = subject.node(field_path(field, "pipeline"))
            walked = pipeline.text if isinstance(pipeline, Scalar) else ""
            if {("entities", field.to or ""), ("pipelines", walked)} & subject.later:
                yield field_path(field)
    for section in ("scopes", "views", "automations"):
        for one in subject.keys((section,)):
            named = subject.node((section, one.key.text, "entity"))
            if isinstance(named, Scalar) and ("entities", named.text) in subject.later:
                yield (section, one.key.text)


def _of_lists(subject: Subject) -> Iterator[Path]:
    """Yield the items of lists of fields, and keys with the name of one."""
    for entity in subject.application.entities.values():
        for key in ITEMS:
            yield from _items(subject, entity, entity_path(entity, key))
        yield from _unique(subject, entity)
        yield from _single(subject, entity, entity_path(entity, "owner"))
        for one in entity.validate.values():
            yield from _single(subject, entity, entity_path(entity, "validate", one.id, "field"))
    for pipeline in subject.application.pipelines.values():
        for entity in entities_of(subject, pipeline):
            for stage in pipeline.stages.values():
                place: Path = ("pipelines", pipeline.id, "stages", stage.id, "require")
                yield from _items(subject, entity, place)
    for view in subject.application.views.values():
        yield from _of_view(subject, view)


def _of_view(subject: Subject, view: View) -> Iterator[Path]:
    entity = subject.application.entities[view.entity]
    for key in ("columns", "sort", "sum"):
        yield from _items(subject, entity, ("views", view.id, key))
    yield from _single(subject, entity, ("views", view.id, "sum"))
    if _is_unarranged(subject, view, entity):
        yield ("views", view.id)
    for filtered in subject.keys(("views", view.id, "filters")):
        path = filtered.key.text
        field = path.rpartition(".")[0]  # the last part may be an operator
        if any(_is_left_out(subject, entity, one) for one in (path, field)):
            yield ("views", view.id, "filters", path)


def _is_unarranged(subject: Subject, view: View, entity: Entity) -> bool:
    """Say whether the field by which a board or a calendar stands is left out."""
    key = {"board": "group_by", "calendar": "date"}.get(view.type)
    if key is None:
        return False
    named = [one.text for one in named_in(subject, ("views", view.id, key))]
    if named:
        return any(_is_left_out(subject, entity, one) for one in named)
    fields: Path = ("entities", entity.id, "fields")
    return getattr(view, key) is None and any(path[:3] == fields for path in subject.later)


def _items(subject: Subject, entity: Entity, place: Path) -> Iterator[Path]:
    for number, one in enumerate(subject.items(place)):
        if _is_left_out(subject, entity, one.text.lstrip("-")):
            yield (*place, number)


def _unique(subject: Subject, entity: Entity) -> Iterator[Path]:
    place = entity_path(entity, "unique")
    found = subject.node(place)
    for number in range(len(found.items) if isinstance(found, nodes.Sequence) else 0):
        if any(True for _ in _items(subject, entity, (*place, number))):
            yield (*place, number)


def _single(subject: Subject, entity: Entity, place: Path) -> Iterator[Path]:
    found = subject.node(place)
    if isinstance(found, Scalar) and _is_left_out(subject, entity, found.text):
        yield place


def _is_left_out(subject: Subject, entity: Entity, path: str) -> bool:
    found = walk(subject, entity, path)
    if found.reason == "leads":
        return False
    return ("entities", found.entity.id, "fields", found.wrong) in subject.later


def _of_rights(subject: Subject) -> Iterator[Path]:
    """Yield grants that reach as far as a left out scope, fields to hide, first pages."""
    for role in subject.keys(("roles",)):
        for granted in subject.keys(("roles", role.key.text, "can")):
            yield from _of_grants(subject, ("roles", role.key.text, "can", granted.key.text))
        for key in ("hide", "readonly"):
            for number, one in enumerate(subject.items(("roles", role.key.text, key))):
                entity, _, field = one.text.partition(".")
                if ("entities", entity, "fields", field) in subject.later:
                    yield ("roles", role.key.text, key, number)
    for page in subject.keys(("start",)):
        name = page.value.text if isinstance(page.value, Scalar) else ""
        if {("views", name), ("entities", name), ("roles", page.key.text)} & subject.later:
            yield ("start", page.key.text)


def _of_grants(subject: Subject, place: Path) -> Iterator[Path]:
    if ("entities", place[-1]) in subject.later:
        yield place
    for verb in subject.keys(place):
        reach = verb.value.text if isinstance(verb.value, Scalar) else ""
        if ("scopes", reach) in subject.later:
            yield (*place, verb.key.text)
