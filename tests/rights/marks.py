"""Marks: texts and numbers that say which record and field they are from, found in any answer.

A text mark is `cnry-<entity>-<field>-<number>`; an amount is a prime of its own, so that a sum
that holds it can be told; a phone is told by its digits, however a page sets them.
"""

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from urllib.parse import unquote_plus

from werkzeug.test import TestResponse

Marks = frozenset[str]
NOTHING: Marks = frozenset()

_TEXT = re.compile(r"cnry-[a-z]+-[a-z_]+-\d+", re.IGNORECASE)
_AMOUNT = re.compile(r"(?<![\w.+#-])(?:\d{4,7}\.\d\d|\d{5,7})(?![\w-]|\.\d)")
_PHONE = re.compile(r"359\d{9}")
_THOUSANDS = re.compile("(?<=\\d)[,\u00a0\u202f](?=\\d{3})")
_GAPS = re.compile("(?<=\\d)[ \u00a0\u202f](?=\\d)")
# A length and a moment are no values; the secret of a form is random.
SILENT_HEADERS = frozenset({"content-length", "date", "content-security-policy"})
SMALLEST = 10_000
ROUND = 1_000  # pages hold round numbers of their own, such as milliseconds


def text_mark(entity: str, field: str, number: int) -> str:
    """Returns the mark of a text."""
    return f"cnry-{entity}-{field}-{number}"


def marks_in(text: str) -> Marks:
    """Returns every mark in a text, as pages, files and addresses write them."""
    found = {one.lower() for one in _TEXT.findall(text)}
    amounts = (Decimal(one) for one in _AMOUNT.findall(_THOUSANDS.sub("", text)))
    found |= {amount_mark(one) for one in amounts if one % ROUND}
    if "359" in text:
        found |= {f"p{one}" for one in _PHONE.findall(_GAPS.sub("", text))}
    return frozenset(found)


def marks_of(value: object) -> Marks:
    """Returns the marks of a stored value."""
    match value:
        case str():
            return marks_in(value)
        case bool():
            return NOTHING
        case Decimal() if abs(value) >= SMALLEST // 10:
            return frozenset({amount_mark(abs(value))})
        case int() if abs(value) >= SMALLEST:
            return frozenset({amount_mark(Decimal(abs(value)))})
        case _:
            return NOTHING


def amount_mark(value: Decimal) -> str:
    """Returns the mark of an amount, however many decimals it was written with."""
    return f"n{value.quantize(Decimal('0.01'))}"


def amount_of(mark: str) -> Decimal | None:
    """Returns the amount of a mark, None where it is a text's."""
    return Decimal(mark[1:]) if mark.startswith("n") else None


def marks_of_answer(answer: TestResponse) -> Marks:
    """Returns every mark in the bytes that leave: the body, the headers, the cookies."""
    heads = (
        unquote_plus(value) for name, value in answer.headers if name.lower() not in SILENT_HEADERS
    )
    return marks_in("\n".join((answer.text, *heads)))


def primes(start: int) -> Iterator[int]:
    """Yields the primes from a number on."""
    return (one for one in _numbers(start) if all(one % two for two in range(2, int(one**0.5) + 1)))


def _numbers(start: int) -> Iterator[int]:
    while True:
        yield start
        start += 1


def sums_of(values: Iterable[Decimal]) -> frozenset[Decimal]:
    """Returns every sum of some of the values."""
    sums = {Decimal(0)}
    for one in values:
        sums |= {one + before for before in sums}
    return frozenset(sums)
