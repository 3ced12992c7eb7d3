"""Records that a link may point at, as far as this person may know of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from engine.metadata.model.application import Application
from engine.metadata.model.field import Field
from engine.metadata.model.text import RecordRef
from engine.runtime.access.access import Access
from engine.runtime.actor import Actor
from engine.runtime.query.select import Reader
from engine.web.widgets import Pick

FEW = 8
RECORD_ID = re.compile(r"[0-9]{1,18}")  # more digits are nobody's


@dataclass(frozen=True, slots=True)
class Choices:
    """Finds and names records for one person's links."""

    application: Application
    reader: Reader
    access: Access
    actor: Actor

    def pick(self, field: Field, text: str) -> Sequence[Pick]:
        """Return the best few records for a link, `text` narrowing them."""
        text = "".join(one for one in text if one.isprintable())
        if field.to is None:
            return self._any(text)
        found = self.reader.pick(self.actor, field.to, text, FEW, field.where)
        return tuple(Pick(str(one.id), one.title, one.subtitle) for one in found)

    def title(self, field: Field, text: str) -> str:
        """Return the title of the record that `text` names, '' where there is none to be seen."""
        entity, _, number = text.rpartition("/")
        entity = field.to or entity
        if entity not in self.application.entities or not RECORD_ID.fullmatch(number):
            return ""
        which = RecordRef(entity, int(number))
        return self.reader.titles(self.actor, [which]).get(which, "")

    def can_create(self, field: Field) -> bool:
        """Say whether a record for the link may be made on the way."""
        return field.to is not None and self.access.may(self.actor, field.to, "create")

    def _any(self, text: str) -> Sequence[Pick]:
        return tuple(
            Pick(
                f"{one.entity}/{one.id}",
                one.title,
                self.application.entity(one.entity).label,
            )
            for one in (self.reader.search(self.actor, text, FEW) if text else ())
        )
