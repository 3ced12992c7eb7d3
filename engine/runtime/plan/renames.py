"""Which ids of a wanted configuration are other ids of the applied one, beside its own `was:`.

Said by a person who was asked, or by the plan that is taken back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Renames:
    """New id -> old id: of entities, and of fields by `(new entity, new field)`."""

    entities: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    fields: Mapping[tuple[str, str], str] = field(default_factory=lambda: MappingProxyType({}))


NO_RENAMES = Renames()


@dataclass(frozen=True, slots=True)
class LookAlike:
    """A definition that vanished and a new one that may be the same under another id.

    `entity` is the new id of the entity whose fields these are, None where entities are meant;
    `count` is how many records (of an entity) or values (of a field) would be retired.
    """

    entity: str | None
    old: str
    new: str
    count: int

    @property
    def address(self) -> str:
        """Return where the new definition stands."""
        return f"entities.{self.new if self.entity is None else f'{self.entity}.fields.{self.new}'}"
