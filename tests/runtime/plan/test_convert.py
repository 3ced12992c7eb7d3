"""Values of one type read as another: what converts, what loses something, for every pair."""

from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import product
from typing import Any

import pytest

from engine.metadata.fieldtypes.base import Storage
from engine.metadata.fieldtypes.registry import FIELD_TYPES
from engine.metadata.fieldtypes.scale import scale_of
from engine.metadata.model.field import Field
from engine.metadata.model.text import RecordRef
from engine.runtime.plan.conversion import Conversion, Converted
from engine.runtime.plan.convert import converter, is_harmless
from engine.runtime.tables.columns import DIGITS
from tests.kit.applications import application

CRM = application("""
currency: EUR
timezone: Europe/Sofia
phone_region: BG
entities:
  client:
    fields:
      text: text
      long_text: long_text
      email: email
      phone: phone
      url: url
      timezone: timezone
      integer: integer
      number: {type: number, decimals: 1}
      percent: {type: percent, decimals: 2}
      money: money
      bool: bool
      choice: {type: choice, options: {red: Red, dark_blue: Dark blue, true: Agreed}}
      choices: {type: choices, options: {red: Red, dark_blue: Dark blue}}
      date: date
      datetime: datetime
      link: {type: link, to: other}
      user_: user
      team: team
      any_link: any_link
      stage: stage
      sequence: sequence
  other: {fields: {name: text}}
pipelines: {way: {stages: {red: {label: Red}, done: {label: Done}}}}
""")
FIELDS = {one.type: one for one in CRM.entity("client").fields.values()}
SAMPLES: dict[str, Any] = {
    "text": "Red",
    "long_text": "Red\nDark blue",
    "email": "a@example.bg",
    "phone": "+359888123456",
    "url": "https://example.bg",
    "timezone": "Europe/Sofia",
    "integer": 1,
    "number": Decimal("2.5"),
    "percent": Decimal("20.00"),
    "money": Decimal("12.50"),
    "bool": True,
    "choice": "red",
    "choices": ("red", "dark_blue"),
    "date": date(2026, 3, 2),
    "datetime": datetime(2026, 3, 2, 8, 30, tzinfo=UTC),
    "link": 7,
    "user": 3,
    "team": 4,
    "any_link": RecordRef("other", 7),
    "stage": "red",
    "sequence": "K-2026-0001",
}


class Titles:
    """Two records of `other`, one of them called Red."""

    def title(self, entity: str, record_id: int) -> str:
        return {("other", 7): "Red", ("user", 3): "Ivan"}.get((entity, record_id), "")

    def find(self, entity: str, title: str) -> int | None:
        return 7 if (entity, title.casefold()) == ("other", "red") else None


def conversion(old: str, new: str) -> Conversion:
    kind, target = FIELD_TYPES[old], FIELDS[old].to
    return Conversion(old, kind.storage, target, FIELDS[new], CRM, Titles())


def convert(old: str, value: Any, new: str) -> Converted:
    return converter(conversion(old, new))(value)


@pytest.mark.parametrize(
    "old,value,new,expected",
    [
        ("text", " 1 234 ", "integer", 1234),
        ("text", "12,50", "money", Decimal("12.50")),
        ("text", "2026-03-02", "date", date(2026, 3, 2)),
        ("text", "02.03.2026", "date", date(2026, 3, 2)),
        ("text", "2026-03-02 10:30", "datetime", SAMPLES["datetime"]),
        ("text", "2026-03-02", "datetime", datetime(2026, 3, 1, 22, tzinfo=UTC)),
        ("text", "0888 123 456", "phone", "+359888123456"),
        ("text", "Ivan@Example.BG", "email", "ivan@example.bg"),
        ("text", "example.bg", "url", "https://example.bg"),
        ("text", "dark BLUE", "choice", "dark_blue"),
        ("text", "red; Dark blue", "choices", ("red", "dark_blue")),
        ("text", "да", "bool", True),
        ("text", "no", "bool", False),
        ("text", "RED", "link", 7),
        ("choice", "red", "text", "red"),
        ("choice", "red", "choices", ("red",)),
        ("choices", ("red",), "choice", "red"),
        ("choices", ("red", "dark_blue"), "text", "red, dark_blue"),
        ("integer", 5, "number", Decimal("5.0")),
        ("integer", 0, "bool", False),
        ("number", Decimal("5.0"), "integer", 5),
        ("number", Decimal("2.5"), "text", "2.5"),
        ("money", Decimal("12.50"), "text", "12.50"),
        ("money", Decimal("12.50"), "number", Decimal("12.5")),
        ("bool", True, "integer", 1),
        ("bool", False, "integer", 0),
        ("bool", True, "text", "true"),
        ("bool", True, "choice", "true"),
        ("date", date(2026, 3, 2), "datetime", datetime(2026, 3, 1, 22, tzinfo=UTC)),
        ("datetime", datetime(2026, 3, 1, 22, tzinfo=UTC), "date", date(2026, 3, 2)),
        ("datetime", SAMPLES["datetime"], "text", "2026-03-02 10:30"),
        ("link", 7, "text", "Red"),
        ("link", 7, "any_link", RecordRef("other", 7)),
        ("link", 7, "choice", "red"),
        ("any_link", RecordRef("other", 7), "link", 7),
        ("stage", "red", "choice", "red"),
    ],
)
def test_what_can_be_said_in_the_new_type(old: str, value: Any, new: str, expected: Any) -> None:
    found = convert(old, value, new)
    assert found == Converted(expected)
    assert type(found.value) is type(expected)


@pytest.mark.parametrize(
    "old,value,new,rest",
    [
        ("text", "about forty", "integer", None),
        ("text", "12.5", "integer", 13),
        ("text", "1.257", "money", Decimal("1.26")),
        ("text", "3 d ago", "date", None),
        ("text", "2026-02-30", "date", None),
        ("text", "green", "choice", None),
        ("text", "red, green", "choices", ("red",)),
        ("text", "perhaps", "bool", False),
        ("text", "Ivan", "email", None),
        ("text", "Blue", "link", None),
        ("text", "9" * 30, "integer", None),
        ("text", "9" * 30, "money", None),
        ("choices", ("red", "dark_blue"), "choice", None),
        ("number", Decimal("2.5"), "integer", 3),
        ("percent", Decimal("0.05"), "number", Decimal("0.1")),
        ("datetime", SAMPLES["datetime"], "date", date(2026, 3, 2)),
        ("link", 8, "text", None),
        ("user", 3, "link", None),
        ("any_link", RecordRef("client", 7), "link", None),
        ("bool", True, "date", None),
        ("link", 7, "user", None),
    ],
)
def test_what_is_lost_or_rounded_is_not_exact(old: str, value: Any, new: str, rest: Any) -> None:
    assert convert(old, value, new) == Converted(rest, exact=False)


def test_a_no_that_can_not_be_said_is_nothing_lost() -> None:
    assert convert("bool", False, "date") == Converted(None)


@pytest.mark.parametrize("old,new", list(product(SAMPLES, SAMPLES)))
def test_every_pair_gives_a_value_of_the_new_type(old: str, new: str) -> None:
    found = convert(old, SAMPLES[old], new)
    assert found.exact or old != new
    assert found.value is None or fits(found.value, FIELDS[new])
    nothing = convert(old, None, new)
    assert nothing == Converted(False if new == "bool" else None)
    if is_harmless(conversion(old, new)):
        assert found == Converted(SAMPLES[old])


def fits(value: Any, field: Field) -> bool:
    """Says whether a value is one that the field's columns keep."""
    match FIELD_TYPES[field.type].storage:
        case Storage.SCALED:
            scale = scale_of(field, CRM)
            return isinstance(value, Decimal) and abs(value.scaleb(scale)) < 10**DIGITS
        case Storage.TEXT:
            return isinstance(value, str) and (not field.options or value in field.options)
        case Storage.OPTIONS:
            return isinstance(value, tuple) and set(value) <= set(field.options)
        case storage:
            return isinstance(value, PYTHON[storage])


PYTHON: dict[Storage, type] = {
    Storage.INTEGER: int,
    Storage.BOOL: bool,
    Storage.DATE: date,
    Storage.INSTANT: datetime,
    Storage.LINK: int,
    Storage.ANY_LINK: RecordRef,
}
