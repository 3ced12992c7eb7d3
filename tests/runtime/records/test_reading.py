"""From what people write to exact values: each reader gives a value or a sentence, nothing else."""

import math
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.metadata.fieldtypes.registry import FIELD_TYPES
from engine.metadata.model.application import Workdays
from engine.metadata.model.text import RecordRef
from engine.runtime.records.reading.base import Reading, Unreadable, is_empty
from engine.runtime.records.reading.registry import reader_of
from tests.hostile.evil import TEXTS
from tests.kit.applications import application
from tests.kit.every_type import EVERY_TYPE
from tests.kit.examples import examples

APPLICATION = application(EVERY_TYPE)
SOFIA = ZoneInfo("Europe/Sofia")
MONDAY_NOON = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)  # 12:00 in Sofia
READING = Reading(MONDAY_NOON, SOFIA, Workdays())


def read(type_id: str, value: object) -> Any:
    fields = APPLICATION.entity("thing").fields.values()
    field = next(one for one in fields if one.type == type_id)
    return reader_of(field, APPLICATION)(value, READING)


def refusal(type_id: str, value: object) -> str:
    with pytest.raises(Unreadable) as caught:
        read(type_id, value)
    return str(caught.value.message)


@pytest.mark.parametrize(
    "type_id,written,value",
    [
        ("text", "  Anna  ", "Anna"),
        ("text", "Анна \N{ZERO WIDTH JOINER} أهلا \N{GRINNING FACE}", None),
        ("text", "<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("text", "{{7*7}}", "{{7*7}}"),
        ("text", "=1+1", "=1+1"),
        ("long_text", "a\r\nb\rc\n", "a\nb\nc"),
        ("email", " Anna@Example.COM ", "anna@example.com"),
        ("email", "анна@пример.бг", "анна@пример.бг"),
        ("phone", "0888 123 456", "+359888123456"),
        ("phone", "+359 (88) 812-34-56", "+359888123456"),
        ("phone", "02/987 65 43 вн. 12", "+35929876543"),
        ("phone", "+7 495 123-45-67 доб. 5", "+74951234567"),
        ("phone", "+44 20 7946 0958 ext 3", "+442079460958"),
        ("url", "example.com/a?b=1", "https://example.com/a?b=1"),
        ("url", "http://пример.бг/път", "http://пример.бг/път"),
        ("timezone", "Asia/Tokyo", "Asia/Tokyo"),
        ("integer", "1 234", 1234),
        ("integer", "-7", -7),
        ("integer", 2**63 - 1, 2**63 - 1),
        ("integer", "9 223 372 036 854 775 807", 2**63 - 1),
        ("number", "1 234,50", Decimal("1234.500")),
        ("number", "1\N{NO-BREAK SPACE}234,5", Decimal("1234.500")),
        ("number", "1\N{NARROW NO-BREAK SPACE}234.5", Decimal("1234.500")),
        ("number", "1,234.5", Decimal("1234.500")),
        ("number", "1.234,5", Decimal("1234.500")),
        ("number", "\N{MINUS SIGN}0,125", Decimal("-0.125")),
        ("number", "-0", Decimal("0.000")),
        ("number", ".5", Decimal("0.500")),
        ("number", 0.1, Decimal("0.100")),
        ("number", 7, Decimal("7.000")),
        ("money", "999999999999999,99", Decimal("999999999999999.99")),
        ("percent", "20", Decimal(20)),
        ("bool", "true", True),
        ("bool", "on", True),
        ("bool", False, False),
        ("choice", "red", "red"),
        ("choices", ["blue", "red", "blue"], ("red", "blue")),
        ("choices", "green", ("green",)),
        ("date", "2026-03-05", date(2026, 3, 5)),
        ("date", "5.3.2026", date(2026, 3, 5)),
        ("date", "05.03.2026 г.", date(2026, 3, 5)),
        ("date", "tomorrow", date(2026, 3, 3)),
        ("date", "утре", date(2026, 3, 3)),
        ("date", "через 3 дня", date(2026, 3, 5)),
        ("datetime", "2026-03-05 10:00", datetime(2026, 3, 5, 8, 0, tzinfo=UTC)),
        ("datetime", "2026-03-05T10:00", datetime(2026, 3, 5, 8, 0, tzinfo=UTC)),
        ("datetime", "2026-03-05T10:00:00Z", datetime(2026, 3, 5, 10, 0, tzinfo=UTC)),
        ("datetime", "2026-03-05T10:00:00.25+05:30", None),
        ("datetime", "5.3.2026 10:00", datetime(2026, 3, 5, 8, 0, tzinfo=UTC)),
        ("datetime", "tomorrow 10:00", datetime(2026, 3, 3, 8, 0, tzinfo=UTC)),
        ("datetime", "след 2 ч", datetime(2026, 3, 2, 12, 0, tzinfo=UTC)),
        ("datetime", "2026-10-25 03:30", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        ("link", "12", 12),
        ("user", 3, 3),
        ("any_link", "thing/4", RecordRef("thing", 4)),
        ("any_link", {"entity": "thing", "id": 4}, RecordRef("thing", 4)),
        ("stage", "second", "second"),
    ],
)
def test_what_people_write_is_understood(type_id: str, written: object, value: object) -> None:
    """None stands for: read, whatever exactly comes of it."""
    found = read(type_id, written)
    assert found is not None
    if value is not None:
        assert found == value
        assert type(found) is type(value)


@pytest.mark.parametrize(
    "type_id,written,said",
    [
        ("text", "a\x00b", "can't be kept"),
        ("text", "a\ud800b", "can't be kept"),
        ("text", "a\nb", "one line"),
        ("text", ["a"], "one text"),
        ("text", 7, "one text"),
        ("text", "x" * 1_000_001, "too long"),
        ("long_text", "a\x1bb", "can't be kept"),
        ("email", "anna@", "not an e-mail"),
        ("email", "anna@localhost", "not an e-mail"),
        ("email", "a@example.com\nBcc: b@example.com", "not an e-mail"),
        ("phone", "call me", "not a phone"),
        ("phone", "12", "too few or too many"),
        ("url", "javascript:alert(1)", "https://example.com"),
        ("url", "ftp://example.com", "https://example.com"),
        ("url", "http://", "https://example.com"),
        ("url", "https://exa mple.com", "https://example.com"),
        ("url", "http://[::1", "https://example.com"),
        ("url", "http://a:99999/", "https://example.com"),
        ("timezone", "Sofia", "time zone"),
        ("timezone", "../../etc/passwd", "time zone"),
        ("integer", 2**63, "too large"),
        ("integer", "12.5", "whole number"),
        ("integer", 5.0, "whole number"),
        ("integer", "1e400", "a number"),
        ("integer", True, "a number"),
        ("number", "1.2345", "3 digits after"),
        ("number", "1e400", "a number"),
        ("number", math.nan, "a number"),
        ("number", math.inf, "a number"),
        ("number", 1e300, "too large"),
        ("number", Decimal("1E+400"), "too large"),
        ("number", "NaN", "a number"),
        ("number", "12 34", "a number"),
        ("number", "1,2,3", "a number"),
        ("number", "٣", "a number"),
        ("number", "9" * 101, "a number"),
        ("money", "1.234", "2 digits after"),
        ("money", "99999999999999999", "too large"),
        ("percent", "20.5", "whole number"),
        ("bool", "maybe", "yes or no"),
        ("choice", "purple", "one of the options"),
        ("choice", ["red"], "one of the options"),
        ("choices", ["red", "purple"], "any of the options"),
        ("choices", 5, "any of the options"),
        ("date", "2026-02-30", "no such day"),
        ("date", "0000-00-00", "no such day"),
        ("date", "2026-03-05 10:00", "without a time"),
        ("date", datetime(2026, 3, 5, tzinfo=UTC), "without a time"),
        ("date", "someday", "Write a day"),
        ("datetime", "2026-03-05", "day and a time"),
        ("datetime", "2026-03-05 25:00", "no such time"),
        ("datetime", "2026-03-29 03:30", "clocks go forward"),
        ("datetime", "0001-01-01 00:00", "too far away"),
        ("datetime", "9999-12-31 23:59", "too far away"),
        ("link", "1 or 1=1", "records that you can see"),
        ("link", -1, "records that you can see"),
        ("link", 2**63, "records that you can see"),
        ("any_link", "nothing/1", "records that you can see"),
        ("any_link", "thing", "records that you can see"),
    ],
)
def test_what_can_not_be_meant_gets_a_sentence(type_id: str, written: object, said: str) -> None:
    assert said in refusal(type_id, written)


ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(min_value=10**50, max_value=10**5000),
    st.floats(),
    st.decimals(),
    st.text(max_size=60),
    st.text("0123456789.,- +eE:TZ/@", max_size=30),
    st.binary(max_size=10),
    st.datetimes(timezones=st.none() | st.timezones()),
    st.dates(),
    st.lists(st.text(max_size=5), max_size=3),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
    st.builds(object),
    st.sampled_from(TEXTS),
)


@settings(max_examples=examples(500, nightly=20_000))
@pytest.mark.parametrize("type_id", sorted(FIELD_TYPES))
@given(value=ANYTHING)
@example("a" * 1_000_001)
@example("\ud800")
@example({"entity": "thing", "id": 2**70})
@example("tomorrow 99:99")
@example("in 999999999999 d")
def test_anything_is_a_value_or_a_sentence(type_id: str, value: object) -> None:
    if is_empty(value):
        return
    try:
        first = read(type_id, value)
    except Unreadable:
        return
    if first is not None:  # what was read reads the same again: nothing drifts
        assert read(type_id, first) == first


PARTS = ("a", "Anna", ".", "-", "+", "_", "@", "1", "x" * 64, "ж", "xn--", "--", " ", '"', "A.b")
DOMAINS = ("example.com", "Mail.BG", "пример.бг", "xn--e1afmkfd.bg", "localhost", "a..b", "test")


@settings(max_examples=examples(150, nightly=5_000))
@given(
    st.lists(st.sampled_from(PARTS), max_size=4).map("".join),
    st.sampled_from(DOMAINS) | st.lists(st.sampled_from(PARTS), max_size=4).map("".join),
)
@example("x" * 64, "example.com")
@example("x" * 65, "example.com")
@example("x", ".".join(["y" * 60] * 4) + ".bg")
def test_an_address_is_read_as_its_checker_reads_the_whole_of_it(name: str, domain: str) -> None:
    text = f"{name}@{domain}"
    try:
        checked = validate_email(
            text.strip(), check_deliverability=False, globally_deliverable=False
        )
        expected = checked.normalized.lower() if "." in checked.ascii_domain else None
    except EmailNotValidError:
        expected = None
    try:
        assert read("email", text) == expected
    except Unreadable:
        assert expected is None
