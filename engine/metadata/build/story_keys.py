"""The keys by which rows and lines of stories know records, and what a word of a line names."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from engine.metadata.build.story_lines import Told
from engine.metadata.model.rows import Row
from engine.metadata.nodes import Scalar

USER, TEAM = "user", "team"
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Keys:
    """Who knows which record: `rows` were loaded before the story, `lines` makes them.

    `lines` maps a key to the number of the line that makes its record first.
    """

    rows: frozenset[Key] = frozenset()
    lines: Mapping[Key, int] = field(default_factory=dict)
    _entities: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __contains__(self, key: Key) -> bool:
        return key[0] in self._entities.get(key[1], ())

    def named(self, word: str) -> tuple[Key, ...]:
        """Return every record that a word may mean: `r1`, or `request r1`."""
        whole = tuple((entity, word) for entity in self._entities.get(word, ()))
        entity, _, key = word.partition(" ")
        said = (entity, key.strip())
        return whole or ((said,) if said in self else ())

    def of(self, entity: str) -> tuple[str, ...]:
        """Return all keys of an entity."""
        return tuple(key for key, entities in self._entities.items() if entity in entities)

    def all(self) -> tuple[str, ...]:
        """Return all keys, those of the story first."""
        return tuple(dict.fromkeys((*(key for _, key in self.lines), *self._entities)))


def keys_of(rows: Iterable[Row], teams: Iterable[str], lines: Iterable[Told]) -> Keys:
    """Return the keys of rows, teams and lines together."""
    loaded = {(one.entity, one.key) for one in rows} | {(TEAM, one) for one in teams}
    made: dict[Key, int] = {}
    for number, line in enumerate(lines):
        for entity, key in made_by(line):
            made.setdefault((entity.text, key.text), number)
    entities: dict[str, tuple[str, ...]] = {}
    for entity_id, text in dict.fromkeys((*sorted(loaded), *made)):
        entities[text] = (*entities.get(text, ()), entity_id)
    return Keys(frozenset(loaded), made, entities)


def made_by(line: Told) -> Iterator[tuple[Scalar, Scalar]]:
    """Yield entity and key of each record that a line gives a key to."""
    if line.entity is not None:
        yield line.entity, line.record
    for entry in line.makes:
        if isinstance(entry.value, Scalar):
            yield entry.key, entry.value


def one_of(found: Collection[Key]) -> Key | None:
    """Return the one record that a word means, where there is just one."""
    return next(iter(found)) if len(found) == 1 else None
