"""Joins the builders: one merged tree -> one frozen `Application`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from engine.metadata import nodes
from engine.metadata.build.common import Part
from engine.metadata.build.company import build_theme, build_workdays, currency_decimals, node_part
from engine.metadata.build.entities import build_entity
from engine.metadata.build.pipelines import build_pipeline
from engine.metadata.build.rights import build_role, build_scope, build_team
from engine.metadata.build.rules import build_rule
from engine.metadata.build.views import build_view
from engine.metadata.model.application import Application
from engine.metadata.model.entity import Entity
from engine.metadata.model.field import Option
from engine.metadata.model.role import Role
from engine.metadata.model.rows import Row
from engine.metadata.timezones import time_zones
from engine.metadata.words import label_of

CURRENCY = "EUR"


def build_application(
    tree: nodes.Mapping, rows: tuple[Row, ...], sources: Mapping[str, str], digest: str
) -> Application:
    """Build the application from a tree of the right shape, core package included."""
    head = Part("", tree, tree.mark, "")
    name = head.text("name", "crm")
    language = head.text("language", "en")
    currency = head.text("currency", CURRENCY)
    money = currency_decimals(currency)
    walks = (build_pipeline(one, money) for one in head.parts("pipelines"))
    pipelines = {one.id: one for one in walks if one}
    roles = {one.id: build_role(one) for one in head.parts("roles")}
    entities = {one.id: build_entity(one, pipelines, money) for one in head.parts("entities")}
    entities = _with_roles_to_choose(entities, roles)
    views = (build_view(one, entities) for one in head.parts("views"))
    rules = map(build_rule, head.parts("automations"))
    scopes = map(build_scope, head.parts("scopes"))
    return Application(
        name=name,
        version=head.text("version", "1"),
        label=head.text("label") or label_of(name),
        language=language,
        languages=tuple(dict.fromkeys((language, *head.words("languages")))),
        currency=currency,
        currency_decimals=money,
        timezone=_timezone(head.text("timezone")),
        phone_region=head.text("phone_region"),
        workdays=build_workdays(node_part(head, "workdays")),
        theme=build_theme(node_part(head, "theme")),
        start=MappingProxyType(head.pairs("start")),
        entities=MappingProxyType(entities),
        pipelines=MappingProxyType(pipelines),
        roles=MappingProxyType(roles),
        scopes=MappingProxyType({one.id: one for one in scopes if one}),
        teams=MappingProxyType({one.id: build_team(one) for one in head.parts("teams")}),
        views=MappingProxyType({one.id: one for one in views if one}),
        automations=MappingProxyType({one.id: one for one in rules if one}),
        rows=rows,
        sources=MappingProxyType(dict(sources)),
        digest=digest,
    )


def _timezone(name: str) -> str:
    return name if name in time_zones() else "UTC"


def _with_roles_to_choose(
    entities: Mapping[str, Entity], roles: Mapping[str, Role]
) -> dict[str, Entity]:
    """Let the core field `user.roles` offer the roles of this application."""
    user = entities.get("user")
    field = user.fields.get("roles") if user else None
    if user is None or field is None:
        return dict(entities)
    options = {one.id: Option(one.id, one.label, help=one.help) for one in roles.values()}
    fields = {**user.fields, "roles": replace(field, options=options)}
    return {**entities, "user": replace(user, fields=fields)}
