"""What the values of a field become in another type that it had once before.

The columns of then are still there. What nobody has changed since is taken from there, exactly as
it was; anything else is converted. On the way back to an older version the history says what was
changed, since values may have come a long way; otherwise the values say it themselves.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, Text, cast, select

from engine.metadata.model.application import Application
from engine.metadata.model.field import Field
from engine.metadata.model.text import Value
from engine.runtime.plan.conversion import Converted, Directory
from engine.runtime.plan.convert import conversion_way
from engine.runtime.plan.operations import Changes, Memory, Source
from engine.runtime.tables.system import HISTORY


class Recall:
    """Leads values to the wanted type."""

    def __init__(
        self,
        source: Source,
        memory: Memory | None,
        field: Field,
        application: Application,
        directory: Directory,
    ) -> None:
        self._forth = conversion_way(source, field, application, directory)
        self._memory = memory
        if memory is not None:
            self._again = conversion_way(memory.source, memory.was, application, directory)

    def __call__(self, value: Value, before: Value = None, *, changed: bool = False) -> Converted:
        """Return what a value becomes that was `before` when the field had the wanted type."""
        if self._memory is None:
            return self._forth(value)
        if self._memory.changes is None:
            changed = self._again(before).value != value
        return self._forth(value) if changed else Converted(before)


def is_changed(record_id: ColumnElement[int], changes: Changes) -> ColumnElement[bool]:
    """Say in SQL whether somebody has changed a field of a record since then, or made it since."""
    touched = cast(HISTORY.c.fields, Text).contains(f'"{changes.field}"', autoescape=True)
    found = select(HISTORY.c.record_id).where(
        HISTORY.c.entity == changes.entity,
        HISTORY.c.id > changes.since,
        touched | (HISTORY.c.version == 1),
    )
    if changes.until is not None:
        found = found.where(HISTORY.c.id <= changes.until)
    return record_id.in_(found)
