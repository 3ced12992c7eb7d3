"""What changed between two configurations, in the author's words."""

import pytest

from engine.metadata.diff.access import may_grow
from engine.metadata.diff.change import Change, Touches
from engine.metadata.diff.compare import compare_applications
from tests.kit.applications import VET, application
from tests.metadata.diff.telling import said

BEFORE = """
label: Sample
teams: {sales: {label: Sales}, sellers: {label: Sellers, parent: sales}, office: {label: Office}}
entities:
  client:
    label: Client
    title: "{{ name }}"
    fields:
      name: {type: text, required: true}
      city: {type: text, help: Where}
      kind: {type: choice, options: {a: A, b: B}}
      stage: {type: stage}
      owner: user
    validate:
      named: {check: name != 'x', message: No}
pipelines:
  way:
    stages: {new: {label: New}, won: {label: Won}, lost: {label: Lost}}
    moves: {new: {won: {roles: [head]}}}
roles:
  seller: {can: {client: {see: own, edit: own}}, hide: [client.city], readonly: [client.kind]}
  head: {can: {client: {every: all}}}
scopes:
  mine: {entity: client, where: city == 'Sofia'}
views:
  all: {entity: client, label: All}
"""


def changes(old: str, new: str, text: str = BEFORE) -> list[Change]:
    """Returns what changes when a part of the configuration is written otherwise."""
    assert old in text
    before, after = application(text), application(text.replace(old, new))
    return list(compare_applications(before, after))


def test_the_same_text_is_no_change() -> None:
    assert compare_applications(application(VET), application(VET)) == ()


def test_a_definition_that_moved_is_the_same() -> None:
    assert changes("label: Sample\n", "\n\n# moved down\nlabel: Sample\n") == []


@pytest.mark.parametrize(
    "old,new,expected",
    [
        ("help: Where", "help: Whence", "display changed entities.client.fields.city.help"),
        (
            "label: Client",
            "label: Customer",
            "display changed entities.client.label",
        ),
        ("label: Sample", "label: Other", "display changed label"),
        (
            "required: true",
            "required: false",
            "behaviour changed entities.client.fields.name.required",
        ),
        (
            "name != 'x'",
            "name != 'y'",
            "behaviour changed entities.client.validate.named.check",
        ),
        (
            "lost: {label: Lost}",
            "dead: {label: Dead}",
            "behaviour removed pipelines.way.stages.lost",
        ),
        ("{a: A, b: B}", "{a: A}", "behaviour removed entities.client.fields.kind.options.b"),
        ("label: All", "label: Everybody", "display changed views.all.label"),
        (
            "name: {type: text, required: true}",
            "name: {type: long_text, required: true}",
            "behaviour changed entities.client.fields.name.type",
        ),
    ],
)
def test_a_change_is_told_with_its_address(old: str, new: str, expected: str) -> None:
    assert expected in said(changes(old, new))


@pytest.mark.parametrize(
    "old,new,expected",
    [
        ("see: own", "see: team", "access changed roles.seller.can.client.see grows"),
        ("see: own, edit: own", "see: own", "access changed roles.seller.can.client.edit"),
        ("see: own", "see: mine", "access changed roles.seller.can.client.see grows"),
        ("hide: [client.city], ", "", "access changed roles.seller.hide.client.city grows"),
        (
            "hide: [client.city]",
            "hide: [client.city, client.kind]",
            "access changed roles.seller.hide.client.kind",
        ),
        (", readonly: [client.kind]", "", "access changed roles.seller.readonly.client.kind grows"),
        ("city == 'Sofia'", "city != 'Sofia'", "access changed scopes.mine.where grows"),
        (
            "label: Office",
            "label: Office, parent: sales",
            "access changed teams.office.parent grows",
        ),
        (", parent: sales}", "}", "access changed teams.sellers.parent"),
        (
            "{won: {roles: [head]}}",
            "[won]",
            "access changed pipelines.way.moves.new.won.roles grows",
        ),
        (
            "    moves: {new: {won: {roles: [head]}}}\n",
            "",
            "access changed pipelines.way.moves grows",
        ),
        (
            "{won: {roles: [head]}}",
            "{won: {roles: [head]}, lost: {}}",
            "behaviour added pipelines.way.moves.new.lost",
        ),
        (
            "head: {can: {client: {every: all}}}",
            "boss: {can: {client: {see: all}}}\n  head: {can: {client: {every: all}}}",
            "access added roles.boss",
        ),
        ("    title:", "    owner: boss\n    title:", "access changed entities.client.owner grows"),
    ],
)
def test_what_grows_is_flagged(old: str, new: str, expected: str) -> None:
    text = BEFORE.replace("      owner: user", "      owner: user\n      boss: user")
    assert expected in said(changes(old, new, text))


@pytest.mark.parametrize(
    "before,after,grows",
    [
        ("none", "own", True),
        ("own", "team", True),
        ("team", "all", True),
        ("all", "team", False),
        ("own", "none", False),
        ("own", "mine", True),
        ("mine", "own", True),
        ("mine", "other", True),
        ("mine", "all", True),
        ("all", "mine", False),
        ("mine", "none", False),
    ],
)
def test_two_reaches_compare(before: str, after: str, grows: bool) -> None:
    assert may_grow(before, after) is grows


def test_whoever_sees_may_peek_as_well() -> None:
    peeks = "{can: {client: {see: own, edit: own, peek: all}}"
    text = BEFORE.replace("{can: {client: {see: own, edit: own}}", peeks)
    (found,) = changes(peeks, "{can: {client: {see: all, edit: own}}", text)
    assert (found.address, found.before, found.after) == (
        "roles.seller.can.client.see",
        "own",
        "all",
    )
    (found,) = changes(peeks, "{can: {client: {see: own, edit: own}}", text)
    assert (found.address, found.before, found.after) == (
        "roles.seller.can.client.peek",
        "all",
        "own",
    )
    assert not found.grows


def test_renames_are_followed_in_rights() -> None:
    new = BEFORE.replace("  client:\n", "  person:\n    was: client\n", 1)
    new = new.replace("city: {type: text,", "town: {was: city, type: text,")
    new = new.replace("client.", "person.").replace("{client:", "{person:")
    new = new.replace("person.city", "person.town").replace("city ==", "town ==")
    new = new.replace("entity: client", "entity: person")
    found = compare_applications(application(BEFORE), application(new))
    told = said(list(found))
    assert "behaviour renamed entities.person" in told
    assert "behaviour renamed entities.person.fields.town" in told
    assert not [one for one in told if one.startswith("access changed roles")]


def test_another_order_is_a_matter_of_looks() -> None:
    (found,) = changes("{a: A, b: B}", "{b: B, a: A}")
    assert (found.touches, found.key, found.after) == (Touches.DISPLAY, "order", "b, a")
