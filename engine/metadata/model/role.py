"""Roles, scopes and teams: who may do what with which records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.metadata.model.text import Expression
from engine.metadata.problems import Mark

VERBS = (
    "see",
    "peek",
    "create",
    "edit",
    "delete",
    "export",
    "import",
    "press",
    "assign",
    "merge",
    "share",
)
NOT_IN_EVERY = ("export", "import", "merge")
REACHES = ("none", "own", "team", "all")


@dataclass(frozen=True, slots=True)
class Role:
    """What a role may do: entity -> verb -> reach (none, own, team, all or a scope's id).

    `can` is complete: `every` is expanded and what is not granted is absent.
    """

    id: str
    label: str
    address: str
    mark: Mark
    can: Mapping[str, Mapping[str, str]]
    hide: frozenset[str] = frozenset()
    readonly: frozenset[str] = frozenset()
    portal: bool = False
    help: str = ""


@dataclass(frozen=True, slots=True)
class Scope:
    """A named set of an entity's records, relative to the user."""

    id: str
    entity: str
    where: Expression
    address: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class Team:
    """A team and the team it belongs to."""

    id: str
    label: str
    parent: str | None
    address: str
    mark: Mark
