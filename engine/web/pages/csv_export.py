"""A list as a file for a spreadsheet: the same query, the same rights, and the verb `export`.

UTF-8 with a mark at the start, as spreadsheets expect it; written while it is read. A text that a
spreadsheet would take for a formula gets an apostrophe in front, numbers stay numbers.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from io import StringIO
from itertools import chain, islice

from flask import Blueprint, Response, request, stream_with_context

from engine.errors import NotAllowed, say
from engine.runtime.query.chips import ListColumn
from engine.runtime.query.records import Record
from engine.web.parts.desk import Desk, current_desk
from engine.web.parts.look import Look

bp = Blueprint("csv_export", __name__)

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
MARK = "\ufeff"
AT_ONCE = 200
ENGINE_FIELDS = ("created_at", "created_by", "updated_at", "updated_by")


@bp.get("/<entity_id>.csv")
def export(entity_id: str) -> Response:
    """Answer with the list as CSV: the columns of the address, or everything that I may read."""
    desk = current_desk()
    entity = desk.entity(entity_id)
    if not desk.access.may(desk.actor, entity_id, "export"):
        raise NotAllowed(say("You may see these records, but not take them along as a file."))
    wanted = desk.reader.parse(desk.actor, entity_id, request.args.items(multi=True))
    if "columns" not in request.args:
        wanted = replace(wanted, columns=everything(desk, entity_id))
    columns = desk.reader.columns(desk.actor, wanted)
    records = iter(desk.reader.export(desk.actor, wanted))
    first = tuple(islice(records, 1))  # a refusal comes before the answer begins
    stream = lines(desk.look, columns, chain(first, records))
    name = f"{entity.id}-{desk.look.today:%Y-%m-%d}.csv"
    return Response(
        stream_with_context(one.encode() for one in stream),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def everything(desk: Desk, entity_id: str) -> tuple[str, ...]:
    """Return the number, the name and all fields that this person may read."""
    fields = desk.look.application.entity(entity_id).fields
    names = ("id", "title", *fields, *ENGINE_FIELDS)
    known = (desk.reader.paths.find(desk.actor, entity_id, one) for one in names)
    return tuple(one.text for one in known if one is not None)


def lines(look: Look, columns: Sequence[ListColumn], records: Iterable[Record]) -> Iterator[str]:
    """Yield the file piece by piece."""
    yield MARK + written([headings(look, columns)])
    records = iter(records)
    while batch := tuple(islice(records, AT_ONCE)):
        yield written([plain(look, record, one) for one in columns] for record in batch)


def headings(look: Look, columns: Iterable[ListColumn]) -> list[str]:
    """Return the names of the columns; of two that are alike the later one carries its path."""
    names: list[str] = []
    for one in columns:
        label = harmless(look.text(one.label))
        names.append(f"{label} ({one.path})" if label in names else label)
    return names


def plain(look: Look, record: Record, column: ListColumn) -> str:
    """Return a value as a spreadsheet reads it."""
    if column.path == "title":
        return harmless(record.title)
    if column.path in record.links:
        target = record.links[column.path]
        return harmless(target.title) if target else ""
    value = record.values.get(column.path)
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case Decimal() | int():
            return f"{value:f}" if isinstance(value, Decimal) else str(value)
        case datetime():
            return f"{look.local(value):%Y-%m-%d %H:%M:%S}"
        case date():
            return value.isoformat()
        case _:
            options = column.field.options
            return harmless(look.show(value, column.field) if options else str(value))


def harmless(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def written(rows: Iterable[Iterable[str]]) -> str:
    """Return rows as CSV."""
    buffer = StringIO()
    csv.writer(buffer).writerows(rows)
    return buffer.getvalue()
