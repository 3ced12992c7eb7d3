"""Every field type this version runs, by id."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from engine.metadata.fieldtypes.base import FieldType, Kind, Payload, Storage

ORDER = ("eq", "ne", "gt", "ge", "lt", "le", "between")
WORDS = ("eq", "ne", "has", "starts")
ONE_OF = ("eq", "ne")
LENGTHS = frozenset({"min_length", "max_length", "pattern"})
BOUNDS = frozenset({"min", "max"})


def _text(type_id: str, payload: Payload, widget: str, meaning: str) -> FieldType:
    return FieldType(
        type_id,
        Storage.TEXT,
        payload,
        Kind.TEXT,
        widget,
        keys=LENGTHS,
        operators=WORDS,
        searchable=True,
        help=meaning,
    )


def _decimal(type_id: str, kind: Kind, keys: frozenset[str], meaning: str) -> FieldType:
    return FieldType(
        type_id,
        Storage.SCALED,
        Payload.DECIMAL,
        kind,
        "number",
        keys=BOUNDS | keys,
        operators=ORDER,
        numeric=True,
        help=meaning,
    )


_TYPES = (
    _text("text", Payload.TEXT, "text", "One line of text"),
    _text("long_text", Payload.LONG_TEXT, "long_text", "Several lines of text"),
    _text("email", Payload.EMAIL, "email", "An e-mail address"),
    _text("phone", Payload.PHONE, "phone", "A phone number, stored as +359..."),
    _text("url", Payload.URL, "url", "A web address"),
    FieldType(
        "timezone",
        Storage.TEXT,
        Payload.TIMEZONE,
        Kind.TEXT,
        "timezone",
        operators=ONE_OF,
        help="A time zone such as Europe/Sofia",
    ),
    FieldType(
        "integer",
        Storage.INTEGER,
        Payload.INTEGER,
        Kind.INTEGER,
        "number",
        keys=BOUNDS,
        operators=ORDER,
        numeric=True,
        help="A whole number",
    ),
    _decimal("number", Kind.NUMBER, frozenset({"decimals"}), "A number with `decimals` (6)"),
    _decimal("percent", Kind.NUMBER, frozenset({"decimals"}), "Per cent: 20 is twenty per cent"),
    _decimal("money", Kind.MONEY, frozenset(), "An amount in the company's currency"),
    FieldType("bool", Storage.BOOL, Payload.BOOL, Kind.BOOL, "bool", help="Yes or no"),
    FieldType(
        "choice",
        Storage.TEXT,
        Payload.CHOICE,
        Kind.CHOICE,
        "choice",
        keys=frozenset({"options"}),
        operators=ONE_OF,
        help="One of the options",
    ),
    FieldType(
        "choices",
        Storage.OPTIONS,
        Payload.CHOICES,
        Kind.CHOICES,
        "choices",
        keys=frozenset({"options"}),
        operators=("eq", "ne", "has"),
        sortable=False,
        help="Any of the options",
    ),
    FieldType(
        "date",
        Storage.DATE,
        Payload.DATE,
        Kind.DATE,
        "date",
        keys=BOUNDS,
        operators=ORDER,
        help="A day",
    ),
    FieldType(
        "datetime",
        Storage.INSTANT,
        Payload.INSTANT,
        Kind.INSTANT,
        "datetime",
        keys=BOUNDS,
        operators=ORDER,
        help="A day and a time",
    ),
    FieldType(
        "link",
        Storage.LINK,
        Payload.LINK,
        Kind.LINK,
        "link",
        keys=frozenset({"to", "where", "reverse"}),
        operators=ONE_OF,
        help="A record of another entity",
    ),
    FieldType(
        "user",
        Storage.LINK,
        Payload.LINK,
        Kind.LINK,
        "link",
        keys=frozenset({"where", "reverse"}),
        operators=ONE_OF,
        help="A user of this CRM",
    ),
    FieldType(
        "team",
        Storage.LINK,
        Payload.LINK,
        Kind.LINK,
        "link",
        keys=frozenset({"reverse"}),
        operators=ONE_OF,
        help="A team",
    ),
    FieldType(
        "any_link",
        Storage.ANY_LINK,
        Payload.ANY_LINK,
        Kind.ANY_LINK,
        "any_link",
        operators=ONE_OF,
        sortable=False,
        help="A record of any entity",
    ),
    FieldType(
        "stage",
        Storage.TEXT,
        Payload.NONE,
        Kind.CHOICE,
        "stage",
        keys=frozenset({"pipeline"}),
        operators=ONE_OF,
        help="A stage of a pipeline",
    ),
    FieldType(
        "sequence",
        Storage.TEXT,
        Payload.NONE,
        Kind.TEXT,
        "sequence",
        keys=frozenset({"format"}),
        operators=WORDS,
        searchable=True,
        help="A number given by the engine",
    ),
)

FIELD_TYPES: Mapping[str, FieldType] = MappingProxyType({one.id: one for one in _TYPES})
