"""Which cells are asked before a commit: one of each kind, chosen by a digest; nightly all of them.

A kind is a door, a person, and how the record stands to that person: which verbs the model grants
on it, whether it is archived or trashed.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from zlib import crc32

from tests.kit.examples import PROFILE
from tests.rights.asking import Ask
from tests.rights.world import World

VERBS = ("see", "peek", "edit", "press", "delete", "assign", "restore")
BOTH = (False, True)


@dataclass
class Sample:
    """Lets through every cell; or one in `first` of the kinds, and one in `share` of the others."""

    share: int = 1
    first: int = 1
    seen: set[tuple[object, ...]] = field(default_factory=set)

    def ways(self, world: World, login: str, ask: Ask) -> Iterator[bool]:
        """Yields whether to ask for a page and for its part."""
        if self.share == 1:
            yield from BOTH
        elif self.takes(world, login, ask):
            yield bool(digest_of(login, ask) & 64)

    def takes(self, world: World, login: str, ask: Ask) -> bool:
        """Says whether a cell is asked."""
        kind = (ask.key, *relation(world, login, ask))
        is_first = kind not in self.seen
        self.seen.add(kind)
        number = digest_of(login, ask)
        return number % (self.first if is_first else self.share) == 0


def digest_of(login: str, ask: Ask) -> int:
    """Returns a number by which cells are chosen."""
    return crc32(f"{login} {ask.key} {ask.path}".encode())


def relation(world: World, login: str, ask: Ask) -> tuple[object, ...]:
    """Returns how a record stands to a person."""
    record = ask.record
    if record is None:
        return (ask.entity, ask.missing, ask.name)
    verbs = tuple(one for one in VERBS if world.may(login, one, record))
    return (record["entity"], record["archived"], record["trashed"], verbs)


def of_tier(share: int, first: int = 3) -> Sample:
    """Returns the sample of this run."""
    return Sample(share, first) if PROFILE == "commit" else Sample()
