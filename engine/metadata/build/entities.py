"""Builds entities: what is not said is filled in, so that readers find it complete."""

from __future__ import annotations

from collections.abc import Mapping

from engine.metadata import nodes
from engine.metadata.build.buttons import build_buttons
from engine.metadata.build.common import TEXT_TYPES, Part, names_in_text
from engine.metadata.build.fields import build_field, with_clock_carried
from engine.metadata.fieldtypes.registry import FIELD_TYPES
from engine.metadata.model.entity import Entity, SortKey, Validation
from engine.metadata.model.field import Field
from engine.metadata.model.pipeline import Pipeline
from engine.metadata.model.text import Template
from engine.metadata.words import label_of, plural_of

NEWEST_FIRST = (SortKey("created_at", descending=True),)
ALWAYS_SEARCHED = ("phone", "email")


def build_entity(part: Part, pipelines: Mapping[str, Pipeline], money: int) -> Entity:
    """Build an entity with its fields."""
    fields = _fields(part, pipelines, money)
    label = part.text("label") or label_of(part.id)
    title = part.template("title")
    title_field = None if title else _title_field(fields)
    if title is None and title_field is None:
        title = Template(f"{label} {{{{ id }}}}", part.mark, f"{part.address}.title")
    return Entity(
        id=part.id,
        label=label,
        plural=part.text("plural") or plural_of(label),
        address=part.address,
        mark=part.mark,
        fields=fields,
        icon=part.text("icon", "cards"),
        help=part.text("help"),
        owner=_owner(part, fields),
        title=title,
        title_field=title_field,
        subtitle=part.template("subtitle"),
        validate={one.id: one for one in _validations(part)},
        unique=_unique(part),
        search=part.words("search") or _search(fields, title, title_field),
        order=part.sort_keys("order") or NEWEST_FIRST,
        buttons=build_buttons(part, money),
        was=part.optional("was"),
        layer=part.layer,
    )


def _fields(part: Part, pipelines: Mapping[str, Pipeline], money: int) -> dict[str, Field]:
    found = (
        build_field(one, part.id, pipelines, money)
        for one in part.parts("fields", shorthand="type")
    )
    return with_clock_carried({one.id: one for one in found if one})


def _validations(part: Part) -> list[Validation]:
    found = []
    for one in part.parts("validate"):
        check, message = one.expression("check"), one.template("message")
        if check and message:
            field, when = one.optional("field"), one.expression("when")
            found.append(Validation(one.id, check, message, one.address, field, when))
    return found


def _unique(part: Part) -> tuple[tuple[str, ...], ...]:
    found = part.node.get("unique")
    lists = found.items if isinstance(found, nodes.Sequence) else ()
    return tuple(
        tuple(one.text for one in names.items if isinstance(one, nodes.Scalar))
        for names in lists
        if isinstance(names, nodes.Sequence)
    )


def _owner(part: Part, fields: Mapping[str, Field]) -> str | None:
    written = part.optional("owner")
    if written:
        return written if written in fields else None
    owner = fields.get("owner")
    return "owner" if owner and owner.type == "user" else None


def _title_field(fields: Mapping[str, Field]) -> str | None:
    by_rank = (("text",), ("sequence",), TEXT_TYPES)
    for types in by_rank:
        for field in fields.values():
            if field.type in types:
                return field.id
    return None


def _search(
    fields: Mapping[str, Field], title: Template | None, title_field: str | None
) -> tuple[str, ...]:
    named = names_in_text(title.text) if title else (title_field,)
    return tuple(
        one.id
        for one in fields.values()
        if FIELD_TYPES[one.type].searchable
        and (one.id in named or one.type in ALWAYS_SEARCHED or one.type == "sequence")
    )
