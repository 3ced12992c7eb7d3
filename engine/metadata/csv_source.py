"""One CSV text -> located cells: the header, then a list of cells for each line."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import StringIO
from types import MappingProxyType

from engine.metadata.explain import Explained
from engine.metadata.nodes import Scalar
from engine.metadata.problems import Mark, Problem, has_errors
from engine.metadata.traps import check_text

LONGEST_CELL = 100_000


@dataclass(frozen=True, slots=True)
class CsvTable:
    """The cells of a file; every record has as many as the header."""

    header: tuple[Scalar, ...]
    records: tuple[tuple[Scalar, ...], ...]
    problems: tuple[Problem, ...]


def read_csv(file: str, text: str) -> CsvTable:
    """Read a CSV file; separated by commas, or by semicolons where the header has no comma."""
    problems = tuple(one for one in check_text(file, text) if one.code == "E101")
    if has_errors(problems):
        return CsvTable((), (), problems)
    content = text.removeprefix("\ufeff")
    first = content.split("\n", 1)[0]
    separator = ";" if ";" in first and "," not in first else ","
    found = list(_lines(file, content, separator))
    if not found:
        return CsvTable((), (), (no_header(Mark(file, 1, 1)),))
    header = found[0]
    uneven = [one for one in found[1:] if len(one) != len(header)]
    even = tuple(one for one in found[1:] if len(one) == len(header))
    wrong = tuple(uneven_line(one[0].mark, len(one), len(header)) for one in uneven)
    return CsvTable(header, even, (*problems, *wrong))


def _lines(file: str, content: str, separator: str) -> Iterator[tuple[Scalar, ...]]:
    raw = content.split("\n")
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(StringIO(content, newline=""), delimiter=separator)
    line = 0
    for values in reader:
        if any(one.strip() for one in values):
            yield tuple(_cells(file, line, raw[line], values, separator))
        line = reader.line_num


def _cells(file: str, line: int, raw: str, values: list[str], separator: str) -> Iterator[Scalar]:
    starts = _starts(raw, separator) if '"' in raw else None
    column = 0
    for number, value in enumerate(values):
        if starts is not None:
            column = starts[min(number, len(starts) - 1)]
        quoted = starts is not None and raw[column : column + 1] == '"'
        text = value.strip()
        mark = Mark(file, line + 1, column + 1 + quoted, max(1, len(text.split("\n", 1)[0])))
        yield Scalar(text, mark, mark, quoted)
        column += len(value) + 1


def _starts(raw: str, separator: str) -> list[int]:
    """Return where the cells of a line with quotes begin."""
    starts, inside = [0], False
    for place, letter in enumerate(raw):
        if letter == '"':
            inside = not inside
        elif letter == separator and not inside:
            starts.append(place + 1)
    return starts


def no_header(mark: Mark) -> Problem:
    """A CSV file whose lines do not fit its first line, which names the fields.

    Bad:
        # crm.yaml
        name: shop
        entities: {item: {fields: {name: text, note: text}}}
        # data/item.csv
        key,name,note
        a,Apple, green, sour
    Good:
        # crm.yaml
        name: shop
        entities: {item: {fields: {name: text, note: text}}}
        # data/item.csv
        key,name,note
        a,Apple,"green, sour"
    """
    return Problem(
        "E701", mark, "this file is empty", "write the names of the fields into its first line"
    )


def uneven_line(mark: Mark, found: int, wanted: int) -> Problem:
    """Say that a line has too many or too few values."""
    hint = "put a value that holds a comma in double quotes" if found > wanted else "add commas"
    return Problem(
        "E701", mark, f"this line has {found} values, the first line names {wanted} fields", hint
    )


CODES: Mapping[str, Explained] = MappingProxyType({"E701": no_header})
