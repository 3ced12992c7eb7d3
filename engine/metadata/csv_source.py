"""One CSV text -> located cells: the header, then a list of cells for each line."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import StringIO
from types import MappingProxyType

from engine.metadata.explain import Explained
from engine.metadata.nodes import Scalar
from engine.metadata.problems import Mark, Problem
from engine.metadata.syntax import too_many
from engine.metadata.traps import check_text, lines_of

MOST_CELLS = 100_000


@dataclass(frozen=True, slots=True)
class CsvTable:
    """The cells of a file; every record has as many as the header.

    `lost` are the keys of lines that could not be read: nobody needs to miss them.
    """

    header: tuple[Scalar, ...]
    records: tuple[tuple[Scalar, ...], ...]
    problems: tuple[Problem, ...]
    lost: frozenset[str] = frozenset()

    @property
    def count(self) -> int:
        """Return how many values it holds."""
        return len(self.header) * (len(self.records) + 1)


def read_csv(file: str, text: str) -> CsvTable:
    """Read a CSV file; separated by commas, or by semicolons where the header has no comma."""
    problems = [one for one in check_text(file, text) if one.code == "E101"]
    if problems:
        return CsvTable((), (), tuple(problems))
    lines = lines_of(text)
    separator = ";" if ";" in lines[0] and "," not in lines[0] else ","
    header: tuple[Scalar, ...] = ()
    records: list[tuple[Scalar, ...]] = []
    lost: set[str] = set()
    count = 0
    for cells in _records(file, lines, separator, problems):
        count += len(cells)
        if count > MOST_CELLS:
            problems.append(too_many(cells[0].mark))
            break
        if not header:
            header = cells
        elif len(cells) == len(header):
            records.append(cells)
        else:
            problems.append(uneven_line(cells, len(header)))
            lost |= _keys_in(cells, separator)
    if not header and not problems:
        problems.append(no_header(Mark(file, 1, 1)))
    return CsvTable(header, tuple(records), tuple(problems), frozenset(lost))


def _keys_in(cells: tuple[Scalar, ...], separator: str) -> set[str]:
    """Return the key of a line, and those of the lines that an open quote has swallowed."""
    swallowed = cells[-1].text.split("\n")[1:]
    return {cells[0].text, *(one.split(separator)[0].strip() for one in swallowed)}


def _records(
    file: str, lines: list[str], separator: str, problems: list[Problem]
) -> Iterator[tuple[Scalar, ...]]:
    reader = csv.reader(StringIO("\n".join(lines), newline=""), delimiter=separator)
    line = 0
    try:
        for values in reader:
            if any(one.strip() for one in values):
                yield tuple(_cells(file, line, lines[line], values, separator))
            line = reader.line_num
    except csv.Error:
        problems.append(too_long_a_cell(Mark(file, line + 1, 1)))


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


def uneven_line(cells: tuple[Scalar, ...], wanted: int) -> Problem:
    """Say that a line has too many or too few values."""
    found, mark = len(cells), cells[0].mark
    if "\n" in cells[-1].text:
        message = "a double quote opened here is not closed"
        return Problem("E701", cells[-1].mark, message, 'close it, or write "" for a quote')
    hint = "put a value that holds a comma in double quotes" if found > wanted else "add commas"
    values = "1 value" if found == 1 else f"{found} values"
    message = f"this line has {values}, the first line names {wanted} fields"
    return Problem("E701", mark, message, hint)


def too_long_a_cell(mark: Mark) -> Problem:
    """Say that a value is too long, most often because a quote is not closed."""
    message = "a value that begins here goes on for more than 100,000 letters"
    return Problem("E701", mark, message, "close the double quote")


CODES: Mapping[str, Explained] = MappingProxyType({"E701": no_header})
