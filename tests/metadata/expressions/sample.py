"""A small configuration built by hand, for tests of expressions."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from engine.metadata.expressions.names import Scope
from engine.metadata.model.application import Application, Theme, Workdays
from engine.metadata.model.entity import Entity
from engine.metadata.model.field import Field, Option
from engine.metadata.model.text import Expression, Template
from engine.metadata.problems import Mark

MARK = Mark("deals.yaml", 7, 11)
HOLIDAYS = frozenset({date(2026, 3, 3), date(2026, 5, 1), date(2026, 5, 6), date(2026, 12, 25)})


def make_field(entity: str, field_id: str, type_: str, **more: object) -> Field:
    address = f"entities.{entity}.fields.{field_id}"
    decimals = 6 if type_ in {"number", "percent"} else 0
    field = Field(field_id, entity, type_, field_id.title(), address, MARK, decimals=decimals)
    return replace(field, **more)  # type: ignore[arg-type]  # any field of Field


def options(*ids: str) -> dict[str, Option]:
    return {one: Option(one, one.replace("_", " ").title()) for one in ids}


def make_entity(entity: str, *fields: Field) -> Entity:
    return Entity(
        entity,
        entity.title(),
        f"{entity}s",
        f"entities.{entity}",
        MARK,
        {one.id: one for one in fields},
    )


USER = make_entity(
    "user",
    make_field("user", "name", "text"),
    make_field("user", "login", "text"),
    make_field("user", "roles", "choices", options=options("seller", "head", "admin")),
    make_field("user", "team", "team", to="team"),
    make_field("user", "company", "link", to="client"),
)
TEAM = make_entity("team", make_field("team", "name", "text"))
CLIENT = make_entity(
    "client",
    make_field("client", "name", "text"),
    make_field("client", "city", "text"),
    make_field("client", "vip", "bool"),
    make_field("client", "credit", "money"),
    make_field("client", "birthday", "date"),
    make_field("client", "owner", "user", to="user"),
)
DEAL = make_entity(
    "deal",
    make_field("deal", "name", "text"),
    make_field("deal", "comment", "long_text"),
    make_field("deal", "client", "link", to="client", reverse="deals"),
    make_field("deal", "dealer", "link", to="client"),
    make_field("deal", "owner", "user", to="user"),
    make_field("deal", "stage", "stage", options=options("new", "quoting", "won", "lost")),
    make_field("deal", "source", "choice", options=options("site", "phone", "dealer")),
    make_field("deal", "tags", "choices", options=options("vip", "oak", "urgent_now")),
    make_field("deal", "count", "integer"),
    make_field("deal", "rooms", "integer"),
    make_field("deal", "length_m", "number", decimals=2),
    make_field("deal", "factor", "number"),
    make_field("deal", "discount", "percent", decimals=1),
    make_field("deal", "amount", "money"),
    make_field("deal", "prepaid", "money"),
    make_field("deal", "hot", "bool"),
    make_field("deal", "done", "bool"),
    make_field("deal", "start", "date"),
    make_field("deal", "finish", "date"),
    make_field("deal", "due", "datetime"),
    make_field("deal", "next_contact", "datetime"),
    make_field("deal", "position", "location"),
)
TASK = make_entity(
    "task",
    make_field("task", "subject", "text"),
    make_field("task", "about", "any_link"),
)

APPLICATION = Application(
    name="sample",
    version="1",
    label="Sample",
    language="en",
    languages=("en",),
    currency="EUR",
    currency_decimals=2,
    timezone="Europe/Sofia",
    phone_region="BG",
    workdays=Workdays(holidays=HOLIDAYS),
    theme=Theme(),
    start={},
    entities={one.id: one for one in (USER, TEAM, CLIENT, DEAL, TASK)},
    pipelines={},
    roles={},
    scopes={},
    teams={},
    views={},
)
SCOPE = Scope(APPLICATION, DEAL)


def scope_of(entity: Entity, later: frozenset[str] = frozenset()) -> Scope:
    return Scope(APPLICATION, entity, later=later)


def mark_of(text: str) -> Mark:
    return replace(MARK, length=max(1, len(text)))


def expression(text: str) -> Expression:
    return Expression(text, mark_of(text), "entities.deal.fields.x.formula")


def template(text: str) -> Template:
    return Template(text, mark_of(text), "entities.deal.title")


def paths(values: Mapping[str, object]) -> dict[tuple[str, ...], object]:
    """Turn dotted names into the paths that a context reads."""
    return {tuple(name.split(".")): value for name, value in values.items()}
