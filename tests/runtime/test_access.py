"""Rights without a database: reaches, fields, sections, reasons."""

from dataclasses import replace

import pytest

from engine.clock import FrozenClock
from engine.metadata.model.application import Application
from engine.runtime.access import Access
from engine.runtime.access.reach import reach_of, union
from engine.runtime.access.rights import Reason
from engine.runtime.actor import ENGINE, Actor, user_actor
from engine.runtime.database import Database
from engine.runtime.tables.entity import build_tables
from tests.kit.applications import VET, application
from tests.kit.stock import MONDAY

SHOP = """
    entities:
      deal:
        owner: seller
        fields:
          number: {type: sequence, format: "K-{year}-{n:4}"}
          name: text
          seller: user
          stage: {type: stage, pipeline: sale}
          amount: money
          prepaid: money
          debt: {type: money, formula: amount - prepaid}
          inner: {type: text, hidden: true}
          fixed: {type: text, readonly: true}
      client: {fields: {name: text, owner: user}}
    pipelines: {sale: {stages: {new: {}, won: {}}}}
    scopes: {fresh: {entity: deal, where: stage == 'new'}}
    roles:
      seller:
        can: {deal: {see: own, peek: all, create: all, edit: own}, client: {see: team, edit: all}}
        hide: [deal.prepaid]
        readonly: [deal.amount]
      helper: {can: {deal: {see: fresh, every: all, assign: none}}, readonly: [deal.amount]}
      boss: {can: {deal: {every: all, export: all}}, hide: [deal.prepaid, client.name]}
      exporter: {can: {deal: {see: own, export: all}, client: {export: all}}}
"""


@pytest.fixture(scope="module")
def shop() -> Application:
    return application(SHOP)


@pytest.fixture(scope="module")
def access(shop: Application) -> Access:
    return access_of(shop)


def access_of(made: Application) -> Access:
    never_opened = Database("sqlite:///never-opened.db", FrozenClock(MONDAY))
    return Access(made, build_tables(made), never_opened)


def person(*roles: str) -> Actor:
    return user_actor(7, {"login": "ivan", "roles": roles, "team": 1}, {1: None})


@pytest.mark.parametrize(
    "verb, reach, see, cut",
    [
        ("edit", "all", "own", {"own"}),
        ("edit", "own", "all", {"own"}),
        ("edit", "team", "own", {"own"}),
        ("edit", "all", "none", set()),
        ("edit", "none", "all", set()),
        ("edit", "all", "fresh", {"fresh"}),
        ("edit", "fresh", "fresh", {"fresh"}),
        ("edit", "own", "fresh", {"own&fresh"}),
        ("edit", "fresh", "team", {"fresh&team"}),
        ("peek", "all", "own", {"all"}),
        ("create", "all", "none", {"all"}),
    ],
)
def test_verb_is_cut_by_what_its_role_sees(verb: str, reach: str, see: str, cut: set[str]) -> None:
    assert reach_of(verb, reach, see) == cut


def test_union_keeps_the_widest() -> None:
    assert union([frozenset({"own"}), frozenset({"team", "fresh"})]) == {"team", "fresh"}
    assert union([frozenset({"own"}), frozenset({"all"})]) == {"all"}
    assert union([]) == frozenset()


def test_roles_add_up(access: Access) -> None:
    assert access.reach(person("seller"), "deal", "see") == {"own"}
    assert access.reach(person("seller", "helper"), "deal", "see") == {"own", "fresh"}
    assert access.reach(person("seller", "helper"), "deal", "edit") == {"own", "fresh"}
    assert access.reach(person("seller", "boss"), "deal", "edit") == {"all"}


def test_role_that_sees_nothing_gives_nothing(access: Access) -> None:
    both = person("exporter", "seller")
    assert access.reach(both, "client", "see") == {"team"}
    assert not access.may(both, "client", "export")
    assert access.reach(both, "deal", "export") == {"own"}


def test_what_is_seen_is_peeked_at(access: Access) -> None:
    assert access.reach(person("boss"), "deal", "peek") == {"all"}
    assert access.reach(person("seller"), "client", "peek") == {"team"}


def test_unknown_roles_and_entities_give_nothing(access: Access) -> None:
    assert not access.may(person("retired"), "deal", "peek")
    assert not access.may(person("boss"), "nothing", "see")
    assert access.entities(person("retired")) == ()


def test_every_is_all_but_export_import_and_merge(access: Access) -> None:
    boss = person("boss")
    for verb in ("import", "merge"):
        assert not access.may(boss, "deal", verb)
    assert access.may(boss, "deal", "export")


def test_hidden_by_every_role_that_sees(access: Access) -> None:
    assert "prepaid" not in access.readable(person("seller"), "deal")
    assert "prepaid" not in access.readable(person("seller", "boss"), "deal")
    assert "prepaid" in access.readable(person("seller", "helper"), "deal")
    assert "prepaid" not in access.readable(person("seller", "retired"), "deal")
    assert "name" in access.readable(person("seller", "boss"), "client")  # boss sees no clients
    assert "inner" not in access.readable(person("boss"), "deal")
    assert access.readable(person("boss"), "client") == frozenset()


def test_title_is_hidden_with_a_field_in_it(access: Access) -> None:
    assert "title" in access.readable(person("seller"), "deal")
    made = application(SHOP.replace("hide: [deal.prepaid]", "hide: [deal.name]"))
    hiding = access_of(made)
    assert "title" not in hiding.readable(person("seller"), "deal")
    assert "title" not in hiding.peekable(person("seller"), "deal")


def test_peek_is_title_stage_and_owner(access: Access) -> None:
    assert access.peekable(person("seller"), "deal") == {
        "id",
        "title",
        "archived",
        "seller",
        "stage",
    }
    assert access.peekable(person(), "team") == {"id", "title", "archived", "created_by"}


@pytest.mark.parametrize(
    "roles, written",
    [
        (("seller",), {"name"}),  # no assign: not the owner; amount is readonly, prepaid hidden
        (("helper",), {"name", "prepaid"}),
        (("boss",), {"name", "seller", "amount"}),
        (("seller", "boss"), {"name", "seller", "amount"}),
        (("seller", "helper"), {"name", "prepaid"}),
        (("exporter",), set()),
    ],
)
def test_fields_are_written_as_roles_allow(
    access: Access, roles: tuple[str, ...], written: set[str]
) -> None:
    assert access.writable(person(*roles), "deal") == written


def test_configuration_does_everything(access: Access) -> None:
    for actor in (ENGINE, replace(person(), kind="rule")):
        assert access.may(actor, "deal", "merge")
        assert {"inner", "prepaid"} <= access.readable(actor, "deal")
        assert {"inner", "fixed", "seller", "amount"} <= access.writable(actor, "deal")
        assert access.explain(actor, "deal", "edit") == (
            Reason("configuration", "edit", frozenset({"all"})),
        )


def test_core_grants_are_everybodys(access: Access) -> None:
    nobody = person()
    assert access.reach(nobody, "user", "peek") == {"all"}
    assert access.reach(nobody, "user", "see") == {"@self"}
    assert access.reach(nobody, "notification", "see") == {"own"}
    assert access.may(nobody, "task", "create")
    assert not access.may(nobody, "team", "see")
    assert access.writable(nobody, "user") == {"language", "timezone"}
    assert access.entities(nobody) == ()


def test_admin_manages_people_and_sees_no_business(access: Access) -> None:
    admin = person("admin")
    assert access.entities(admin) == ("user", "team")
    assert access.reach(admin, "user", "edit") == {"all"}
    assert {"roles", "login", "team", "language"} <= access.writable(admin, "user")
    assert not access.may(admin, "deal", "peek")


def test_who_edits_users_makes_no_administrators() -> None:
    made = application(SHOP + "      staff: {can: {user: {every: all}}}\n")
    writable = access_of(made).writable(person("staff"), "user")
    assert "team" in writable
    assert "roles" not in writable


def test_sections_are_what_a_role_shows(access: Access) -> None:
    assert access.entities(person("seller")) == ("deal", "client")
    assert access.entities(person("boss", "admin")) == ("user", "team", "deal")


def test_rights_explain_themselves(access: Access) -> None:
    assert access.explain(person("seller", "boss"), "deal", "see") == (
        Reason("seller", "see", frozenset({"own"})),
        Reason("boss", "see", frozenset({"all"})),
    )
    assert access.explain(person("seller"), "deal", "delete") == ()
    (core,) = access.explain(person("seller"), "user", "peek")
    assert core == Reason("core", "peek", frozenset({"all"}))


def test_condition_of_nothing_is_never_and_of_everything_always(access: Access) -> None:
    def sql(actor: Actor, verb: str) -> str:
        return " ".join(str(access.row_condition(actor, "deal", verb)).split())

    assert sql(person(), "see") == "false"
    assert sql(person("boss"), "see") == "e_deal.trashed_at IS NULL"
    assert sql(person("seller"), "see") == "e_deal.trashed_at IS NULL AND e_deal.seller = :seller_1"


def test_conditions_are_kept_unless_time_moves_them() -> None:
    moving = application(
        SHOP.replace(
            "scopes: {fresh:", "scopes: {old: {entity: deal, where: created_at < now()}, fresh:"
        )
        + "      late: {can: {deal: {see: old}}}\n"
    )
    for configuration, role, kept in ((moving, "late", False), (moving, "helper", True)):
        access = access_of(configuration)
        table = access._tables.table("deal")
        conditions = [access.reach_condition(person(role), "deal", "see", table) for _ in range(2)]
        assert (conditions[0] is conditions[1]) == kept


def test_sample_clinic_has_rights_of_its_own() -> None:
    access = access_of(application(VET))
    assert access.reach(person("booking"), "visit", "see") == {"booked_visits"}
    assert "margin" not in access.readable(person("reception"), "owner")
