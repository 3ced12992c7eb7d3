"""A record's fields as facts: what stands beside the label, and whether it can be changed there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import quote, urlsplit

from engine.errors import Message
from engine.metadata.model.field import Field
from engine.metadata.model.text import Value
from engine.runtime.query.records import Record
from engine.web.parts.layout import Section
from engine.web.parts.look import Look
from engine.web.urls import part_url, record_url

FIXED = frozenset({"sequence", "stage"})
# Their records have no page that everybody may open: names only.
NAMES_ONLY = frozenset({"user", "team"})
SAFE_SCHEMES = frozenset({"http", "https"})


@dataclass(frozen=True, slots=True)
class Item:
    """One word of a value: a tag with its colour, or a link."""

    label: str
    color: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """One field of a record: `kind` is plain, tags, link, external, long or money.

    `edit` is the address where the field can be changed, '' where this person can't; `reason` says
    why, where a condition locks it.
    """

    name: str
    label: str
    help: str
    docs: str
    kind: str
    text: str
    items: tuple[Item, ...] = ()
    edit: str = ""
    add: str = ""
    reason: Message | None = None
    is_strong: bool = False

    @property
    def is_empty(self) -> bool:
        """Say whether there is nothing to show."""
        return not self.text and not self.items


@dataclass(frozen=True, slots=True)
class FactSection:
    """A heading and its facts."""

    id: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """What holds for a record's fields now: visible, locked and why, and who may write."""

    visible: Mapping[str, bool]
    locked: Mapping[str, Message | None]
    writable: frozenset[str]


def fact_sections(
    look: Look, record: Record, sections: tuple[Section, ...], standing: Standing
) -> tuple[FactSection, ...]:
    """Return the facts of a record by section; fields made invisible are left out."""
    made = (
        FactSection(
            section.id,
            tuple(
                in_section(section, fact_of(look, record, field, standing))
                for field in section.fields
                if standing.visible.get(field.id, True)
            ),
        )
        for section in sections
    )
    return tuple(one for one in made if one.facts)


def in_section(section: Section, fact: Fact) -> Fact:
    """Return a fact as it stands in its section: a percentage between amounts stands like them."""
    return replace(fact, kind="money") if section.id == "money" else fact


def fact_of(look: Look, record: Record, field: Field, standing: Standing) -> Fact:
    """Return one field of a record as a fact."""
    value = record.values.get(field.id)
    editable = is_editable(field, standing)
    return Fact(
        name=field.id,
        label=field.label,
        help=field.help,
        docs=field.docs,
        kind=kind_of(field),
        text="" if value is None else look.show(value, field),
        items=items_of(look, record, field, value),
        edit=part_url(record.entity, record.id, field.id) if editable else "",
        add=beginning_small(field.label) if editable else "",
        reason=standing.locked.get(field.id),
        is_strong=field.formula is not None and field.type == "money",
    )


def is_editable(field: Field, standing: Standing) -> bool:
    """Say whether the field can be changed in place."""
    given = field.formula is None and not field.readonly and field.type not in FIXED
    return given and field.id in standing.writable and field.id not in standing.locked


def kind_of(field: Field) -> str:
    """Return how a field's value is drawn."""
    match field.type:
        case "choice" | "choices":
            return "tags"
        case "stage":
            return "stage"
        case "link" | "user" | "team" | "any_link" | "phone" | "email":
            return "link"
        case "url":
            return "external"
        case "long_text":
            return "long"
        case "money":
            return "money"
        case _:
            return "plain"


def items_of(look: Look, record: Record, field: Field, value: Value) -> tuple[Item, ...]:
    """Return a value as words with a colour or an address, where it has such."""
    if value is None:
        return ()
    match field.type:
        case "choice" | "stage" | "choices":
            chosen = value if isinstance(value, tuple) else (value,)
            return tuple(option_item(field, str(one)) for one in chosen)
        case "link" | "user" | "team" | "any_link":
            return link_items(record, field)
        case "phone":
            return (Item(look.show(value, field), href=f"tel:{value}"),)
        case "email":
            return (Item(str(value), href=f"mailto:{quote(str(value), safe='@')}"),)
        case "url":
            return (Item(shown_address(str(value)), href=web_address(str(value))),)
        case _:
            return ()


def option_item(field: Field, option_id: str) -> Item:
    """Return an option; one that has left the configuration keeps its id."""
    option = field.options.get(option_id)
    return Item(option.label, option.color) if option else Item(option_id)


def link_items(record: Record, field: Field) -> tuple[Item, ...]:
    """Return the linked record's title, with its address where it has a page."""
    target = record.links.get(field.id)
    if target is None:
        return ()
    href = "" if target.entity in NAMES_ONLY else record_url(target.entity, target.id)
    return (Item(target.title, href=href),)


def web_address(text: str) -> str:
    """Return the address if a browser may be led there, else ''."""
    return text if urlsplit(text).scheme.lower() in SAFE_SCHEMES else ""


def shown_address(text: str) -> str:
    """Return an address as people say it: without scheme and closing slash."""
    return text.partition("://")[2].rstrip("/") or text


def beginning_small(label: str) -> str:
    """Return a label for the middle of a sentence: "Next visit" -> "next visit", "VAT" stays."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]
