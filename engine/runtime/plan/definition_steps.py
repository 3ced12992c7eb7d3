"""Steps for what changes without tables: how things look, what they do, who may do what."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import assert_never

from engine.metadata.diff.change import Change, Sort, Touches
from engine.metadata.diff.compare import RenamedIds, compare_applications
from engine.metadata.model.application import Application
from engine.metadata.model.field import Field
from engine.runtime.plan.count import Counter
from engine.runtime.plan.match import FieldMatch, How, Match, TableMatch
from engine.runtime.plan.right_steps import is_reach, right_steps
from engine.runtime.plan.steps import Step, StepKind, Weight
from engine.runtime.plan.words import asked_for_value, counted, joined, quoted, records
from engine.runtime.tables.shape import is_stored

# Keys of a field whose change is a step for its table.
OF_TABLES = frozenset({"type", "decimals", "to", "unique", "index", "formula_kind"})
KINDS = MappingProxyType(
    {
        Touches.DISPLAY: StepKind.DISPLAY,
        Touches.BEHAVIOUR: StepKind.BEHAVIOUR,
        Touches.ACCESS: StepKind.ACCESS,
    }
)
# The field offers the roles of the configuration, whose own steps say more.
OPTIONS_OF_ROLES = "entities.user.fields.roles.options"
# What is new and acts on records by itself from now on.
ACT_AT_ONCE = frozenset({"validation", "rule", "step", "ladder"})
Note = Callable[[Change], tuple[str, int]]


class DefinitionSteps:
    """Builds the steps that change definitions, with counts from the tables that hold records."""

    def __init__(
        self, was: Application, wanted: Application, match: Match, counter: Counter
    ) -> None:
        self._was = was
        self._wanted = wanted
        self._counter = counter
        self._tables = {one.entity.id: one for one in match.tables}

    def steps(self) -> Iterator[Step]:
        """Yield the steps in the order of the sections."""
        changes = compare_applications(self._was, self._wanted, self._renames())
        new = {one.entity.id for one in self._tables.values() if one.how is How.NEW}
        yield from right_steps(filter(is_reach, changes), new)
        for change in changes:
            if not (is_reach(change) or self._is_told(change)):
                yield self._step(change)

    def _renames(self) -> RenamedIds:
        """Return what was found under other ids."""
        kept = {
            one.live.entity: one
            for one in self._tables.values()
            if one.how in (How.SAME, How.RENAMED)
        }
        return RenamedIds(
            {old: one.entity.id for old, one in kept.items() if old != one.entity.id},
            {
                one.entity.id: {
                    field.found[0].field: field.field.id
                    for field in one.fields
                    if field.how is How.RENAMED
                }
                for one in kept.values()
            },
        )

    def _is_told(self, change: Change) -> bool:
        """Say whether another step tells it already."""
        if change.address.startswith(OPTIONS_OF_ROLES):
            return True
        return self._is_of_tables(change)

    def _is_of_tables(self, change: Change) -> bool:
        """Say whether a step for a table tells it already."""
        if change.node == "field" and change.sort is Sort.CHANGED:
            return change.key in OF_TABLES or self._is_about_formula(change)
        if change.node == "entity" and change.sort is Sort.CHANGED:
            return change.key in ("unique", "title_field")
        if change.node == "field":
            return not self._is_computed_on_reading(change)
        return change.node == "entity"

    def _is_about_formula(self, change: Change) -> bool:
        return change.key == "formula" and not (change.before and change.after)

    def _is_computed_on_reading(self, change: Change) -> bool:
        application = self._was if change.sort is Sort.REMOVED else self._wanted
        field = _field(application, change.address)
        return field is not None and not is_stored(field)

    def _step(self, change: Change) -> Step:
        note, count = self._note(change)
        sentence = joined(_said(change), note)
        kind = KINDS[change.touches]
        return Step(kind, change.address, sentence, self._weight(change, count), count)

    def _weight(self, change: Change, count: int) -> Weight:
        if change.touches is Touches.DISPLAY:
            return Weight.DISPLAY
        if change.grows or (change.node == "role" and change.sort is Sort.ADDED and count):
            return Weight.CONSENT
        if change.sort is Sort.ADDED and change.node not in ACT_AT_ONCE:
            return Weight.ADDITIVE
        return Weight.ORDINARY

    def _note(self, change: Change) -> tuple[str, int]:
        note = self._notes().get((change.node, change.sort, change.key))
        return note(change) if note is not None else ("", 0)

    def _notes(self) -> Mapping[tuple[str, Sort, str], Note]:
        """Return who counts for which change."""
        return {
            ("field", Sort.CHANGED, "required"): self._note_required,
            ("field", Sort.CHANGED, "default"): lambda _: ("for new records only", 0),
            ("option", Sort.REMOVED, ""): self._note_option,
            ("stage", Sort.REMOVED, ""): self._note_stage,
            ("role", Sort.ADDED, ""): self._note_role,
            ("role", Sort.REMOVED, ""): self._note_role,
        }

    def _note_required(self, change: Change) -> tuple[str, int]:
        found = self._match(change.address)
        if change.after != "true" or found is None:
            return "", 0
        table, field = found
        count = self._counter.empty(table.live.name, field.found)
        return (asked_for_value(count) if count else "all records have a value"), count

    def _note_option(self, change: Change) -> tuple[str, int]:
        found = self._match(change.address)
        return ("", 0) if found is None else self._holders([found], change.address)

    def _note_stage(self, change: Change) -> tuple[str, int]:
        pipeline = change.address.split(".")[1]
        fields = [
            (table, one)
            for table in self._tables.values()
            for one in table.fields
            if one.found and one.field.pipeline == pipeline
        ]
        return self._holders(fields, change.address)

    def _holders(
        self, fields: list[tuple[TableMatch, FieldMatch]], address: str
    ) -> tuple[str, int]:
        value = address.rpartition(".")[2]
        count = sum(
            self._counter.holding(table.live.name, one.found[0], value) for table, one in fields
        )
        return (_still_hold(count) if count else "no record holds it"), count

    def _note_role(self, change: Change) -> tuple[str, int]:
        found = self._match("entities.user.fields.roles")
        if found is None:
            return "", 0
        table, field = found
        role = change.address.rpartition(".")[2]
        count = self._counter.holding(table.live.name, field.found[0], role)
        return (counted(count, "user", "has it", "have it") if count else ""), count

    def _match(self, address: str) -> tuple[TableMatch, FieldMatch] | None:
        """Return the table and the columns of the field at (or above) an address."""
        parts = address.split(".")
        table = self._tables.get(parts[1])
        fields = table.fields if table is not None else ()
        for one in fields:
            if table is not None and one.field.id == parts[3] and one.found:
                return table, one
        return None


def _still_hold(count: int) -> str:
    return records(count, "still holds it", "still hold it")


def _field(application: Application, address: str) -> Field | None:
    _, entity, _, field = address.split(".")[:4]
    found = application.entities.get(entity)
    return found.fields.get(field) if found is not None else None


def _said(change: Change) -> str:
    match change.sort:
        case Sort.ADDED:
            return f"new: {quoted(change.after)}" if change.after else "new"
        case Sort.REMOVED:
            return f"removed: {quoted(change.before)}" if change.before else "removed"
        case Sort.RENAMED:
            return f"renamed from {change.before}"
        case Sort.CHANGED:
            return _said_of_key(change)
        case _:
            assert_never(change.sort)


def _said_of_key(change: Change) -> str:
    if change.key == "order" and change.address.rpartition(".")[2] != "order":
        return f"in another order: {change.after}"
    match change.key:
        case "hide" | "readonly" if change.node == "right":
            what = "hidden" if change.key == "hide" else "readonly"
            return f"{what} no longer" if change.grows else f"{what} from now on"
        case _:
            return f"is now {quoted(change.after)}, was {quoted(change.before)}"
