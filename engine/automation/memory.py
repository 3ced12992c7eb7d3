"""What one transaction remembers of its rules: which have run, and how one led to another.

It belongs to the transaction and ends with it: a process has many at the same time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from engine.metadata.model.text import RecordRef
from engine.runtime.actor import Actor
from engine.runtime.records.reactions import Inside

KEY = "automation"
Chain: TypeAlias = tuple[str, ...]


@dataclass(slots=True)
class Memory:
    """`ran` are rules and records, `chains` the labels that led to a run, `made` new records."""

    ran: set[tuple[str, RecordRef]] = field(default_factory=set)
    chains: dict[int, Chain] = field(default_factory=dict)
    made: set[RecordRef] = field(default_factory=set)

    def chain_of(self, actor: Actor) -> Chain:
        """Return the labels of the runs that led to what this actor does."""
        return self.chains.get(actor.run_id or 0, ())


def memory_of(inside: Inside) -> Memory:
    """Return the memory of a transaction."""
    found = inside.memory.setdefault(KEY, Memory())
    if not isinstance(found, Memory):
        raise TypeError(f"This is no memory of rules: {found!r}")
    return found
