"""A record read once for both: as its reader may know it, and as the engine judges it."""

from __future__ import annotations

from dataclasses import dataclass

from engine.runtime.actor import Actor
from engine.runtime.query.records import Record
from engine.runtime.query.select import Reader
from engine.runtime.records.compiled import CompiledEntity
from engine.runtime.records.gate import Held
from engine.runtime.records.store import stored_of


@dataclass(frozen=True, slots=True)
class Opened:
    """A record for whoever opens it; `held` is what forms and buttons are judged on."""

    record: Record
    held: Held


def open_record(
    reader: Reader, actor: Actor, compiled: CompiledEntity, record_id: int, *, trashed: bool
) -> Opened:
    """Read a record with all that is stored of it; whoever may not know it finds none."""
    names, columns = zip(*compiled.selecting.selected_columns.items(), strict=True)
    record, cells = reader.get_beside(actor, compiled.id, record_id, columns, trashed=trashed)
    stored = stored_of(compiled, dict(zip(names, cells, strict=True)))
    return Opened(record, Held(stored, record.may))
