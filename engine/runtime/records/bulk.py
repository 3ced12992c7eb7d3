"""Many new records of one entity in one transaction: rows of a configuration, imports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import insert

from engine.errors import EngineError, Message, say_many
from engine.runtime.actor import Actor
from engine.runtime.records.changes import Messages, Saved
from engine.runtime.records.compiled import CompiledEntity
from engine.runtime.records.draft import Draft
from engine.runtime.records.transaction import Transaction
from engine.runtime.tables.system import ROW_KEYS


@dataclass(frozen=True, slots=True)
class Batch:
    """Payloads of one entity, and the keys under which a configuration knows them."""

    entity: str
    payloads: Sequence[Mapping[str, object]]
    keys: Sequence[str] | None = None


class Half(str):
    """The key of a row that is not all there yet: a link to its ring is written later."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one payload: the record, or the sentences that refused it."""

    saved: Saved | None
    messages: Messages


class RowsRefused(EngineError):
    """Some of many records were refused; `rows` maps their numbers (from 0) to sentences."""

    code = "validation_failed"
    status = 422

    def __init__(self, entity: str, rows: Mapping[int, Messages]) -> None:
        """Keep the sentences by row."""
        count = len(rows)
        super().__init__(
            say_many("{number} record was refused.", "{number} records were refused.", count)
        )
        self.entity = entity
        self.rows = rows

    def first(self) -> tuple[int, str, Message]:
        """Return the first row that was refused, the field and the sentence."""
        row = min(self.rows)
        field, messages = next(iter(self.rows[row].items()))
        return row, field, messages[0]


def create_batch(
    transaction: Transaction, actor: Actor, batch: Batch, *, is_strict: bool
) -> tuple[Outcome, ...]:
    """Create the records that can be created; a strict call refuses all where one is refused."""
    compiled = transaction.entity(batch.entity)
    transaction.tools.gate.require(actor, batch.entity, "create")
    drafts = [transaction.drafting.new(actor, compiled, one) for one in batch.payloads]
    _fetch_linked(transaction, compiled, drafts)
    transaction.judge(drafts)
    refused = {number: one.messages for number, one in enumerate(drafts) if one.messages}
    if refused and is_strict:
        raise RowsRefused(batch.entity, refused)
    saved = _store(transaction, actor, batch, drafts)
    return tuple(Outcome(saved.get(number), one.messages) for number, one in enumerate(drafts))


def _store(
    transaction: Transaction, actor: Actor, batch: Batch, drafts: Sequence[Draft]
) -> dict[int, Saved]:
    good = [number for number, one in enumerate(drafts) if not one.messages]
    if not good:
        return {}
    changes = transaction.create([drafts[number] for number in good])
    ids = [one.record_id for one in changes]
    compiled = transaction.entity(batch.entity)
    transaction.tools.gate.confirm_new(transaction.connection, actor, compiled, ids)
    if batch.keys is not None:
        rows = [
            {
                "entity": batch.entity,
                "key": str(batch.keys[number]),
                "record_id": record_id,
                "loaded_at": None if isinstance(batch.keys[number], Half) else transaction.now,
            }
            for number, record_id in zip(good, ids, strict=True)
        ]
        transaction.connection.execute(insert(ROW_KEYS), rows)
    return {
        number: Saved(batch.entity, one.record_id, one.version)
        for number, one in zip(good, changes, strict=True)
    }


def _fetch_linked(
    transaction: Transaction, compiled: CompiledEntity, drafts: Sequence[Draft]
) -> None:
    """Fetch at once what the conditions of many records will look at one by one."""
    for link in compiled.walked:
        ids = (one.values.get(link) for one in drafts)
        whole = [one for one in ids if isinstance(one, int)]
        transaction.scene.lookup.fetch(compiled.targets[link], whole)
