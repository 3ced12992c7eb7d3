"""Whatever is sent for a field is stored exactly, or refused with a sentence at that field."""

import math
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.errors import ValidationFailed
from engine.metadata.model.text import RecordRef
from engine.runtime.actor import ENGINE
from engine.runtime.tables.system import LOG
from tests.kit.applications import application
from tests.kit.every_type import EVERY_TYPE
from tests.kit.examples import examples
from tests.kit.writer import Desk, person, writing

NASTY: list[object] = [
    "", " ", None, [], {}, "x" * 2**20, "\x00", "a\x00b", "\ud800", "عربي \u202e",
    "\N{GRINNING FACE}" * 5, "<script>alert(1)</script>", "{{7*7}}", "{% for %}", "=1+1", "@x",
    "-1", "' or 1=1--", '"; drop', 2**63, -(2**63) - 1, 2**63 - 1, 10**400, "1e400", 1e300,
    math.nan, math.inf, "NaN", "Infinity", "0000-00-00", "2026-02-30", "2026-03-02",
    "2026-03-02T10:00", "2026-03-29 03:30", "1,5", "1 234,50", "1.234,56", ["a", "b"], [["a"]],
    {"a": 1}, True, False, 0, -1, 1, b"bytes", object(), date(2026, 3, 2),
    datetime(2026, 3, 2, tzinfo=UTC), datetime(1, 1, 1, tzinfo=UTC), Decimal("NaN"),
    Decimal("sNaN"), Decimal("1E+400"), Decimal("0.1"), RecordRef("thing", 1),
    RecordRef("thing", 2**70), RecordRef("nothing", 1), "thing/1", "1", "red", "second", "a\r\nb",
    "a@example.com", "+359888123456", "https://example.com", "Europe/Sofia",
]  # fmt: skip

PLAUSIBLE = st.one_of(
    st.text(max_size=40),
    st.integers(),
    st.decimals(allow_nan=False),
    st.from_regex(r"[+-]?[0-9 ]{1,20}([.,][0-9]{1,7})?", fullmatch=True),
    st.from_regex(
        r"(19|20)[0-9]{2}-[01][0-9]-[0-3][0-9]([ T][0-2][0-9]:[0-5][0-9])?", fullmatch=True
    ),
    st.from_regex(r"\+?[0-9() -]{5,20}", fullmatch=True),
    st.from_regex(r"[a-z.+]{1,10}@[a-z-]{1,10}\.[a-z]{2,5}", fullmatch=True),
    st.lists(st.sampled_from(["red", "green", "blue", "x"]), max_size=4),
    st.sampled_from(NASTY),
)
INPUTS = [
    one
    for one in application(EVERY_TYPE).entity("thing").fields
    if one not in ("stage", "sequence")
]


def stored_or_refused(desk: Desk, field: str) -> Callable[[object], None]:
    """Returns the check of one value: written by a person, read back, written again."""
    admin = person(desk, f"user_{field}", "head")

    def check(value: object) -> None:
        try:
            saved = desk.service.create(admin, "thing", {field: value})
        except ValidationFailed as error:
            refused = error.messages
        else:
            refused = {}
        if refused:
            assert set(refused) == {field}
            assert all(str(one) for one in refused[field])
            return
        stored = desk.values(saved)[field]
        again = desk.service.create(admin, "thing", {field: stored})
        assert desk.values(again)[field] == stored
        if isinstance(value, str) and field in ("text", "long_text"):
            assert (stored or "") == value.replace("\r\n", "\n").replace("\r", "\n").strip()
        same = desk.service.update(admin, "thing", saved.id, {field: stored}, 1)
        assert same.version == 1

    return check


WITH_ROLE = EVERY_TYPE + "roles: {head: {can: {thing: {every: all}}}}\n"


def test_every_value_round_trips_or_is_refused(database_url: str) -> None:
    with writing(application(WITH_ROLE), database_url) as desk:
        desk.service.create(ENGINE, "thing", {"text": "the first"})
        for field in INPUTS:
            check = stored_or_refused(desk, field)
            for value in NASTY:
                check(value)
            generated = given(PLAUSIBLE)(check)
            quick = settings(
                max_examples=examples(6, nightly=100),
                suppress_health_check=list(HealthCheck),
                database=None,
            )
            quick(generated)()
        assert desk.broken() == []


def test_a_refused_value_refuses_the_whole_write(desk: Desk) -> None:
    helen = person(desk, "helen", "head")
    before = desk.digest()
    with pytest.raises(ValidationFailed) as refused:
        desk.service.create(helen, "owner", {"name": "Anna", "phone": "x", "margin": "1,23"})
    assert set(refused.value.messages) == {"phone", "margin"}
    assert desk.digest() == before


def test_an_unknown_name_refuses_the_whole_write(desk: Desk) -> None:
    helen = person(desk, "helen", "head")
    names = ["id", "version", "created_at", "title", "owner_id", "is_admin", "__class__", "имя"]
    before = desk.digest()
    for name in (*names, "a\x00", "\ud800", "x" * 10_000):
        with pytest.raises(ValidationFailed) as refused:
            desk.service.create(helen, "owner", {"name": "Anna", name: "1"})
        ((shown, said),) = refused.value.messages.items()
        assert [str(one) for one in said] == ["There is no such field here."]
        assert shown.isprintable()
    assert desk.digest() == before
    assert len(desk.rows(LOG)) == len(names) + 3
