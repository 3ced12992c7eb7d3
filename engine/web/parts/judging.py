"""The configuration's own words about one record, for whoever looks: conditions, and texts.

Only what this person may read is put in. Where a condition names something else nobody can say
here whether it holds, and the answer is None; the server judges it when it comes to writing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from engine.metadata.expressions.evaluate import MappingContext
from engine.metadata.expressions.templates import render
from engine.metadata.model.entity import Entity
from engine.metadata.model.text import Expression, Template, Value
from engine.runtime.query.records import Record
from engine.web.parts.desk import Desk

Path = tuple[str, ...]
Values = Mapping[Path, Value]


@dataclass(frozen=True, slots=True)
class Sight:
    """What is known of one record, ready for conditions and texts of its entity."""

    desk: Desk
    entity_id: str
    values: Values

    def holds(self, condition: Expression | None) -> bool | None:
        """Say whether a condition is true, None where this person can't know."""
        if condition is None:
            return True
        found, judge = self.desk.reader.meanings.condition(self.entity_id, condition)
        if not found.paths <= self.values.keys():
            return None
        return judge(self._context) is True

    def text(self, template: Template | None) -> str:
        """Return a text filled in; what this person may not read stays empty."""
        if template is None:
            return ""
        found = self.desk.reader.meanings.text(self.entity_id, template)
        show = self.desk.look.shower
        return " ".join(render(found, self._context, show).split())

    @property
    def _context(self) -> MappingContext:
        look = self.desk.look
        return MappingContext(self.values, look.now, look.company_zone, look.application.workdays)


def sight_of(desk: Desk, record: Record, words: Iterable[Expression | Template | None]) -> Sight:
    """Return the sight for these conditions and texts; fields behind links cost one query."""
    entity = desk.look.application.entity(record.entity)
    paths = {path for one in words if one is not None for path in paths_of(desk, entity.id, one)}
    known = own_values(desk, entity, record)
    far = sorted(path for path in paths - known.keys() if len(path) > 1 and path[0] != "user")
    return Sight(desk, entity.id, {**known, **linked_values(desk, record, far)})


def paths_of(desk: Desk, entity_id: str, words: Expression | Template) -> frozenset[Path]:
    """Return the fields that a condition or a text names."""
    meanings = desk.reader.meanings
    if isinstance(words, Expression):
        return meanings.condition(entity_id, words)[0].paths
    return meanings.text(entity_id, words).paths


def own_values(desk: Desk, entity: Entity, record: Record) -> dict[Path, Value]:
    """Return what the record itself says, and who looks at it."""
    readable = desk.access.readable(desk.actor, entity.id)
    system: dict[str, Value] = {
        "id": record.id,
        "title": record.title,
        "archived": record.archived,
        "created_at": record.created_at,
        "created_by": record.created_by,
        "updated_at": record.updated_at,
        "updated_by": record.updated_by,
        "last_activity_at": record.last_activity_at,
    }
    own: dict[Path, Value] = {(name,): value for name, value in record.values.items()}
    user: dict[Path, Value] = {("user", name): one for name, one in desk.actor.values.items()}
    return {
        **{(name,): value for name, value in system.items() if name in readable},
        **own,
        **user,
        ("user",): desk.actor.user_id,
        ("user", "id"): desk.actor.user_id,
    }


def linked_values(desk: Desk, record: Record, paths: Iterable[Path]) -> dict[Path, Value]:
    """Return fields behind links, as far as this person may read them."""
    names = names_known(desk, record, (".".join(path) for path in paths))
    if not names or record.trashed:
        return {}
    asked = [("id", str(record.id)), ("columns", ",".join(names))]
    asked += [("archived", "only")] if record.archived else []
    request = desk.reader.parse(desk.actor, record.entity, asked)
    found = desk.reader.page(desk.actor, request).records
    values = found[0].values if found else {}
    return {tuple(name.split(".")): values[name] for name in names if name in values}


def names_known(desk: Desk, record: Record, names: Iterable[str]) -> list[str]:
    """Return the names that this person may read."""
    paths = desk.reader.paths
    return [one for one in names if paths.find(desk.actor, record.entity, one) is not None]
