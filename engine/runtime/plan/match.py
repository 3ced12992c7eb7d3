"""What is wanted beside what exists: which table and which columns each definition finds; pure.

A rename is what says `was:`; nothing is guessed. What was retired and is wanted again, with values
that still fit, is restored.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from engine.errors import Refused, say
from engine.metadata.model.application import Application
from engine.metadata.model.entity import Entity
from engine.metadata.model.field import Field
from engine.runtime.plan.holds import Holds
from engine.runtime.plan.renames import Renames, address_of
from engine.runtime.plan.state import LiveColumn, LiveState, LiveTable, State, columns_for
from engine.runtime.tables.names import table_name
from engine.runtime.tables.shape import TableShape, is_stored, table_shape


class How(StrEnum):
    """Where a definition finds its table or its columns."""

    NEW = "new"
    SAME = "same"
    RENAMED = "renamed"
    RESTORED = "restored"


@dataclass(frozen=True, slots=True)
class FieldMatch:
    """A wanted field and the columns that hold its values so far.

    `held` is the number of the columns that held its values in the version that comes back.
    """

    field: Field
    wanted: tuple[LiveColumn, ...]
    found: tuple[LiveColumn, ...]
    how: How
    held: int = 0

    @property
    def fits(self) -> bool:
        """Say whether the values may stay where they are."""
        return fits(self.found, self.wanted)


@dataclass(frozen=True, slots=True)
class TableMatch:
    """A wanted entity, the table found for it, its fields, and the fields nobody wants now."""

    entity: Entity
    shape: TableShape
    live: LiveTable
    how: How
    fields: tuple[FieldMatch, ...]
    gone: Mapping[str, tuple[LiveColumn, ...]]


@dataclass(frozen=True, slots=True)
class Match:
    """All wanted entities, and the tables nobody wants now."""

    tables: tuple[TableMatch, ...]
    gone: tuple[LiveTable, ...]


def match(state: LiveState, wanted: Application, holds: Holds | None = None) -> Match:
    """Find for each wanted definition what exists.

    `holds` says it by numbers, for a version that was there before: whatever its tables and columns
    are called by now.
    """
    taken: set[str] = set()
    found: dict[str, tuple[LiveTable | None, How]] = dict.fromkeys(wanted.entities, (None, How.NEW))
    held = holds.tables if holds is not None else {}
    for entity in sorted(wanted.entities.values(), key=lambda one: one.id not in held):
        if entity.id in held:
            live, how = _held_table(entity, state, held[entity.id])
        else:
            live, how = _find_table(entity, state, wanted, taken)
        found[entity.id] = live, how
        if live is not None:
            taken.add(live.name)
    names = {live.name: table_name(entity) for entity, (live, _) in found.items() if live}
    return Match(
        tuple(
            _match_table(wanted.entities[one], *found[one], names, wanted, holds) for one in found
        ),
        tuple(one for one in state.tables if one.state is State.ACTIVE and one.name not in taken),
    )


def refuse_missed(renames: Renames, matched: Match) -> None:
    """Refuse a rename of what is not there, or into what was there before."""
    found: dict[tuple[str | None, str], str] = {
        (None, one.entity.id): one.live.entity for one in matched.tables if one.how is not How.NEW
    }
    for table in matched.tables:
        fields = (one for one in table.fields if one.found)
        found |= {(table.entity.id, one.field.id): one.found[0].field for one in fields}
    said: dict[tuple[str | None, str], str] = dict(renames.fields.items())
    said |= {(None, new): old for new, old in renames.entities.items()}
    for new, old in said.items():
        if found.get(new) != old:
            raise Refused(
                say("{address} can't be {old} renamed.", address=address_of(*new), old=old),
                say("Only what vanishes can be what is new under another id."),
            )


def _find_table(
    entity: Entity, state: LiveState, wanted: Application, taken: set[str]
) -> tuple[LiveTable | None, How]:
    was = entity.was if entity.was is not None and entity.was not in wanted.entities else ""
    ways = (
        (state.active(entity.id), How.SAME),
        (state.active(was), How.RENAMED),
        (state.retired(entity.id), How.RESTORED),
        (state.retired(was), How.RESTORED),
    )
    for live, how in ways:
        if live is not None and live.name not in taken:
            return live, how
    return None, How.NEW


def _held_table(entity: Entity, state: LiveState, number: int) -> tuple[LiveTable | None, How]:
    live = state.numbered(number)
    if live is None:
        return None, How.NEW
    if live.state is State.RETIRED:
        return live, How.RESTORED
    return live, How.SAME if live.entity == entity.id else How.RENAMED


def _match_table(
    entity: Entity,
    live: LiveTable | None,
    how: How,
    names: Mapping[str, str],
    wanted: Application,
    holds: Holds | None,
) -> TableMatch:
    live = live or LiveTable(table_name(entity.id), entity.id, State.ACTIVE)
    live = replace(live, columns=tuple(_pointed_anew(one, names) for one in live.columns))
    fields = _match_fields(entity, live, wanted, holds)
    gone = _left(live, fields)
    return TableMatch(entity, table_shape(entity, wanted), live, how, fields, gone)


def _match_fields(
    entity: Entity, live: LiveTable, wanted: Application, holds: Holds | None
) -> tuple[FieldMatch, ...]:
    held = {field: n for (of, field), n in holds.fields.items() if of == entity.id} if holds else {}
    stored = [one for one in entity.fields.values() if is_stored(one)]
    found: dict[str, FieldMatch] = {}
    for field in sorted(stored, key=lambda one: one.id not in held):
        columns = columns_for(field, wanted)
        if field.id in held:
            found[field.id] = _held_field(field, live, columns, held[field.id])
        else:
            left = _left(live, found.values())
            found[field.id] = _match_field(field, entity, live, left, columns)
    return tuple(found[one.id] for one in stored)


def _left(live: LiveTable, fields: Iterable[FieldMatch]) -> dict[str, tuple[LiveColumn, ...]]:
    """Return the columns in use that no field has found."""
    taken = {one.name for match in fields for one in match.found}
    found = live.active_fields()
    return {one: columns for one, columns in found.items() if columns[0].name not in taken}


def _pointed_anew(column: LiveColumn, names: Mapping[str, str]) -> LiveColumn:
    """Return the column with the name that its target's table will have."""
    if column.target is None:
        return column
    return replace(column, target=names.get(column.target, ""))


def _match_field(
    field: Field,
    entity: Entity,
    live: LiveTable,
    active: Mapping[str, tuple[LiveColumn, ...]],
    wanted: tuple[LiveColumn, ...],
) -> FieldMatch:
    if field.id in active:
        return FieldMatch(field, wanted, active[field.id], How.SAME)
    was = field.was if field.was is not None and field.was not in entity.fields else ""
    if was in active:
        return FieldMatch(field, wanted, active[was], How.RENAMED)
    retired = live.last_retired(field.id) or live.last_retired(was)
    if retired and field.formula is None and fits(retired, wanted):
        return FieldMatch(field, wanted, retired, How.RESTORED)
    return FieldMatch(field, wanted, (), How.NEW)


def _held_field(
    field: Field, live: LiveTable, wanted: tuple[LiveColumn, ...], number: int
) -> FieldMatch:
    """Find the columns of today of the field that had the columns with this number."""
    origin = next((one.origin for one in live.numbered(number)), 0)
    line = live.line(origin)
    for columns in line:
        if columns[0].state is State.ACTIVE:
            how = How.SAME if columns[0].field == field.id else How.RENAMED
            return FieldMatch(field, wanted, columns, how, number)
    if line and field.formula is None:
        return FieldMatch(field, wanted, line[0], How.RESTORED, number)
    return FieldMatch(field, wanted, (), How.NEW)


def fits(found: tuple[LiveColumn, ...], wanted: tuple[LiveColumn, ...]) -> bool:
    """Say whether values of these columns may lie in those."""
    return [one.fits for one in found] == [one.fits for one in wanted]
