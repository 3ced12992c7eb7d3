"""A form that waits behind another one: "New owner" pressed in the middle of a new animal.

Without a script there is one page at a time. The waiting form travels in the inner one, as the
pairs that it held, and comes back with the new record chosen and nothing typed lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from engine.errors import BadQuery, say
from engine.web.formdata import FormData

ADDRESS = re.compile(r"/([a-z][a-z0-9_]{0,39})/(?:new|([0-9]{1,18})/edit)")
DROPPED = frozenset({"_csrf", "_create", "_search"})
MOST = 1000


@dataclass(frozen=True, slots=True)
class Outer:
    """The waiting form: where it posts to, the link that waits, and its pairs."""

    entity: str
    record_id: int | None
    field: str
    pairs: tuple[tuple[str, str], ...]

    def pairs_with(self, value: str) -> tuple[tuple[str, str], ...]:
        """Return the pairs with the link filled in."""
        kept = tuple((name, text) for name, text in self.pairs if name != self.field)
        return (*kept, (self.field, value))


def wait_for(
    address: str, field: str, pairs: Iterable[tuple[str, str]]
) -> Mapping[str, tuple[str, ...]]:
    """Put a form aside until a record for its link has been made: return the inner controls."""
    kept = [(name, text) for name, text in pairs if name not in DROPPED]
    return {"_outer_at": (address,), "_outer_for": (field,), "_outer": (urlencode(kept),)}


def outer_of(data: FormData) -> Outer | None:
    """Return the form that waits behind this one."""
    address = data.control("_outer_at")
    if not address:
        return None
    found = ADDRESS.fullmatch(address)
    if found is None:
        raise BadQuery("_outer_at", say("{name} is not known here.", name="_outer_at"))
    return Outer(
        entity=found[1],
        record_id=int(found[2]) if found[2] else None,
        field=data.control("_outer_for"),
        pairs=tuple(parse_qsl(data.control("_outer"), keep_blank_values=True, max_num_fields=MOST)),
    )
