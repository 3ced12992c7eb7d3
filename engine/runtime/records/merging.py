"""Two people, one record: what each really changed, joined where they touched different fields."""

from __future__ import annotations

from collections.abc import Mapping

from engine.errors import Conflict, say
from engine.metadata.model.text import Value


def merge(
    base: Mapping[str, Value],
    current: Mapping[str, Value],
    sent: Mapping[str, Value],
    version: int,
) -> dict[str, Value]:
    """Return what is to be written over `current`: the values that differ from `base`.

    `base` is the record as the person saw it, `sent` what came back. A field that both sides
    changed to different values is a conflict that shows both.
    """
    changed = {name: value for name, value in sent.items() if value != base.get(name)}
    disputed = {
        name: (current.get(name), value)
        for name, value in changed.items()
        if current.get(name) not in (base.get(name), value)
    }
    if disputed:
        raise Conflict(
            say("Somebody has changed this record in the meantime: choose which values to keep."),
            disputed,
            version,
        )
    return changed
