"""Mutants: each one switches off, or twists, a single check of rights. The matrix must notice."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from sqlalchemy import or_, select, true

from engine.errors import BadQuery, say
from engine.metadata.model.application import Application
from engine.metadata.model.entity import Entity
from engine.runtime.access import core_grants, field_rights
from engine.runtime.access.access import Access
from engine.runtime.access.conditions import Conditions
from engine.runtime.access.field_rights import FieldRights
from engine.runtime.access.reach import ABOUT_SEEN, ALL, MADE, OWN, SELF, reach_of
from engine.runtime.access.rights import Rights
from engine.runtime.access.titles import title_paths
from engine.runtime.query import whole
from engine.runtime.query.filters import QueryParser
from engine.runtime.query.joins import Joins
from engine.runtime.query.listing import ListRows
from engine.runtime.query.lookup import Lookup
from engine.runtime.query.names import RecordNames
from engine.runtime.query.paths import PathFinder, Step
from engine.runtime.query.search import Search
from engine.runtime.query.selection import RECORD_VERBS, Selection

Patch = pytest.MonkeyPatch
Mutant = Callable[[Patch], None]

RIGHTS_REACH = "engine.runtime.access.rights.reach_of"


def every_record(patch: Patch) -> None:
    patch.setattr(Conditions, "reach", lambda *_: true())


def trashed_records_show(patch: Patch) -> None:
    def anything(
        self: Access, actor: Any, entity: str, verb: str, record: Any = None, **_: Any
    ) -> Any:
        table = self._tables.table(entity) if record is None else record
        return self.reach_condition(actor, entity, verb, table)

    patch.setattr(Access, "row_condition", anything)


def trash_needs_no_delete(patch: Patch) -> None:
    plain = Access.reach_condition

    def without_delete(self: Access, actor: Any, entity: str, verb: str, record: Any) -> Any:
        return plain(self, actor, entity, "see" if verb == "delete" else verb, record)

    patch.setattr(Access, "reach_condition", without_delete)


def verbs_are_not_cut_by_see(patch: Patch) -> None:
    patch.setattr(RIGHTS_REACH, lambda _, reach, __: frozenset({reach}) - {"none"})


def scope_and_see_are_not_both_asked(patch: Patch) -> None:
    def first(verb: str, reach: str, see: str) -> Any:
        return frozenset(one.split("&")[0] for one in reach_of(verb, reach, see))

    patch.setattr(RIGHTS_REACH, first)


def nobodys_records_are_own(patch: Patch) -> None:
    plain = Conditions._atom

    def own(self: Conditions, actor: Any, target: Any, atom: str) -> Any:
        found = plain(self, actor, target, atom)
        return or_(found, self.owner(target).is_(None)) if atom == "own" else found

    patch.setattr(Conditions, "_atom", own)


def owner_is_the_creator(patch: Patch) -> None:
    patch.setattr(Conditions, "owner", lambda _, target: target.record.c.created_by)


def team_is_everybody(patch: Patch) -> None:
    patch.setattr(Conditions, "_team", lambda *_: true())


def team_lacks_nobodys_records(patch: Patch) -> None:
    plain = Conditions._team

    def owned(self: Conditions, actor: Any, target: Any) -> Any:
        return plain(self, actor, target) & self.owner(target).is_not(None)

    patch.setattr(Conditions, "_team", owned)


def team_lacks_sub_teams(patch: Patch) -> None:
    patch.setattr(
        "engine.runtime.actor.teams_below",
        lambda team, _: frozenset() if team is None else frozenset({team}),
    )


def teams_above_belong_too(patch: Patch) -> None:
    def above(team: int | None, parents: Mapping[int, int | None]) -> frozenset[int]:
        return frozenset() if team is None else frozenset({team}) | above(parents[team], parents)

    patch.setattr("engine.runtime.actor.teams_below", above)


def scopes_hold_everything(patch: Patch) -> None:
    patch.setattr(Conditions, "_scope", lambda *_: true())


def first_role_alone_counts(patch: Patch) -> None:
    plain = Rights._sources
    patch.setattr(Rights, "_sources", lambda self, roles, *rest: plain(self, roles[:1], *rest))


def hide_is_forgotten(patch: Patch) -> None:
    patch.setattr(field_rights, "_hide", lambda _: frozenset())


def hidden_by_definition_shows(patch: Patch) -> None:
    def by_roles(self: FieldRights, roles: Any, entity: str, *verbs: str) -> frozenset[str]:
        granting = self._rights.granting(roles, entity, *verbs)
        return field_rights.in_all(granting, entity, field_rights._hide)

    patch.setattr(FieldRights, "_hidden_fields", by_roles)


def one_role_hides_for_all(patch: Patch) -> None:
    def in_any(roles: Any, entity: str, names: Any) -> frozenset[str]:
        return frozenset(
            name.partition(".")[2]
            for role in roles
            for name in names(role)
            if name.startswith(f"{entity}.")
        )

    patch.setattr(field_rights, "in_all", in_any)


def roles_that_grant_nothing_unhide(patch: Patch) -> None:
    patch.setattr(Rights, "granting", lambda self, roles, *_: self.roles(roles))


def title_shows_hidden_fields(patch: Patch) -> None:
    patch.setattr(FieldRights, "_title_shows", lambda *_: True)


def title_looks_at_own_fields_only(patch: Patch) -> None:
    def own(application: Application, entity: Entity) -> frozenset[tuple[str, ...]]:
        return frozenset(path for path in title_paths(application, entity) if len(path) == 1)

    patch.setattr(field_rights, "title_paths", own)


def all_fields_are_readable(patch: Patch) -> None:
    patch.setattr(Access, "readable", lambda self, _, entity: self._fields.every(entity))


def all_fields_are_peeked_at(patch: Patch) -> None:
    patch.setattr(Access, "peekable", lambda self, _, entity: self._fields.every(entity))


def peek_shows_the_whole_record(patch: Patch) -> None:
    plain = whole._paths
    patch.setattr(
        whole, "_paths", lambda sources, actor, entity, _: plain(sources, actor, entity, "see")
    )


def links_lead_to_every_record(patch: Patch) -> None:
    def join(self: Joins, record: Any, step: Step) -> Any:
        target, meets = self._access.expressions.hop(step.entity, step.name, record)
        linked = self._access.aliases.of(target, f"join {len(self._joined)}")
        self.source = self.source.outerjoin(linked, meets(linked))
        return linked

    patch.setattr(Joins, "_join", join)


def links_are_followed_by_a_peek(patch: Patch) -> None:
    plain = Joins._join

    def peek(self: Joins, record: Any, step: Step) -> Any:
        return plain(self, record, Step(step.entity, step.name, step.target, peek=True))

    patch.setattr(Joins, "_join", peek)


def forbidden_fields_are_refused_in_other_words(patch: Patch) -> None:
    plain = PathFinder.find

    def telling(self: PathFinder, actor: Any, entity: str, text: str) -> Any:
        if plain(self, actor, entity, text) is None and text in self.fields(entity):
            raise BadQuery(text, say("You may not look at {name}.", name=text))
        return plain(self, actor, entity, text)

    patch.setattr(PathFinder, "find", telling)


def empty_values_are_not_judged(patch: Patch) -> None:
    plain = QueryParser._filters

    def filled(
        self: QueryParser, asking: Any, entity: str, asked: dict[str, str], view: Any
    ) -> Any:
        return plain(self, asking, entity, {n: t for n, t in asked.items() if t}, view)

    patch.setattr(QueryParser, "_filters", filled)


def search_reads_hidden_fields(patch: Patch) -> None:
    patch.setattr(Search, "_reads_all", lambda *_: True)


def search_reads_what_is_peeked_at(patch: Patch) -> None:
    patch.setattr(Search, "peeked", Search.seen)


def search_reads_hidden_titles(patch: Patch) -> None:
    plain = Search._readable_texts

    def with_title(self: Search, actor: Any, entity: str, record: Any) -> Any:
        yield record.c.title_key, False
        yield from plain(self, actor, entity, record)

    patch.setattr(Search, "_readable_texts", with_title)


def lookups_know_every_record(patch: Patch) -> None:
    def known(self: Lookup, actor: Any, entity: str, words: Any, *columns: Any) -> Any:
        query = select(*columns)
        record = self._sources.tables.table(entity)
        found = self._sources.search.peeked(actor, entity, words, record)
        return query.where(found) if words else query

    patch.setattr(Lookup, "_known", known)


def hidden_titles_are_shown(patch: Patch) -> None:
    patch.setattr(RecordNames, "showing", lambda *_: lambda __, title: title)


def every_verb_holds(patch: Patch) -> None:
    verbs = frozenset({*RECORD_VERBS, "see", "peek"})
    patch.setattr(Selection, "_verbs", lambda _: (verbs, ()))


def what_is_seen_may_be_taken_along(patch: Patch) -> None:
    plain = ListRows.__init__

    def seen(self: ListRows, sources: Any, actor: Any, request: Any, verb: str = "see") -> None:
        plain(self, sources, actor, request, "see")

    patch.setattr(ListRows, "__init__", seen)


def trash_opens_for_everybody(patch: Patch) -> None:
    patch.setattr(
        QueryParser,
        "_state",
        lambda *args: (
            "trashed"
            if "trashed" in args[-1]
            else "archived"
            if "archived" in args[-1]
            else "active"
        ),
    )


def users_are_seen(patch: Patch) -> None:
    change_core(patch, "user", "see", ALL)


def users_are_unknown(patch: Patch) -> None:
    change_core(patch, "user", "peek", frozenset({SELF}))


def tasks_are_seen_by_everybody(patch: Patch) -> None:
    change_core(patch, "task", "see", ALL)


def tasks_for_others_are_lost(patch: Patch) -> None:
    change_core(patch, "task", "see", OWN | {ABOUT_SEEN})


def tasks_of_seen_records_are_edited(patch: Patch) -> None:
    change_core(patch, "task", "edit", OWN | {MADE, ABOUT_SEEN})


def notes_are_seen_by_everybody(patch: Patch) -> None:
    change_core(patch, "activity", "see", ALL)


def notices_are_seen_by_everybody(patch: Patch) -> None:
    change_core(patch, "notification", "see", ALL)


def administrators_are_nobody(patch: Patch) -> None:
    patch.setattr(core_grants, "_BY_ROLE", {})


def administrators_see_business(patch: Patch) -> None:
    more = {entity: {"see": ALL} for entity in ("client", "user", "team")}
    patch.setattr(core_grants, "_BY_ROLE", {"admin": more})


def change_core(patch: Patch, entity: str, verb: str, reach: frozenset[str]) -> None:
    changed = {**core_grants.EVERYBODY[entity], verb: reach}
    patch.setattr(core_grants, "EVERYBODY", {**core_grants.EVERYBODY, entity: changed})


MUTANTS: tuple[Mutant, ...] = (
    every_record,
    trashed_records_show,
    trash_needs_no_delete,
    verbs_are_not_cut_by_see,
    scope_and_see_are_not_both_asked,
    nobodys_records_are_own,
    owner_is_the_creator,
    team_is_everybody,
    team_lacks_nobodys_records,
    team_lacks_sub_teams,
    teams_above_belong_too,
    scopes_hold_everything,
    first_role_alone_counts,
    hide_is_forgotten,
    hidden_by_definition_shows,
    one_role_hides_for_all,
    roles_that_grant_nothing_unhide,
    title_shows_hidden_fields,
    title_looks_at_own_fields_only,
    all_fields_are_readable,
    all_fields_are_peeked_at,
    peek_shows_the_whole_record,
    links_lead_to_every_record,
    links_are_followed_by_a_peek,
    forbidden_fields_are_refused_in_other_words,
    empty_values_are_not_judged,
    search_reads_hidden_fields,
    search_reads_what_is_peeked_at,
    search_reads_hidden_titles,
    lookups_know_every_record,
    hidden_titles_are_shown,
    every_verb_holds,
    what_is_seen_may_be_taken_along,
    trash_opens_for_everybody,
    users_are_seen,
    users_are_unknown,
    tasks_are_seen_by_everybody,
    tasks_for_others_are_lost,
    tasks_of_seen_records_are_edited,
    notes_are_seen_by_everybody,
    notices_are_seen_by_everybody,
    administrators_are_nobody,
    administrators_see_business,
)
