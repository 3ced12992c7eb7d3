"""What is computed from other values and stored: formulas, titles, search texts.

A plan says whose have to be computed anew: those of records whose values move, whose formula or
title is another one, and those that name what changed, over links too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from engine.metadata.diff.spelling import spell
from engine.metadata.model.application import Application
from engine.metadata.model.entity import Entity
from engine.metadata.model.field import Field
from engine.runtime.plan.count import Counter
from engine.runtime.plan.match import FieldMatch, How, Match
from engine.runtime.plan.operations import AddColumn, ConvertValues, Derive, FillStage
from engine.runtime.plan.steps import Step, StepKind, Weight
from engine.runtime.plan.words import records
from engine.runtime.records.walks import name_paths
from engine.runtime.records.walks import steps as walk

Touched = frozenset[tuple[str, str]]
COMPANY_OF_FORMULAS = ("timezone", "workdays", "currency")
COMPANY_OF_NAMES = ("language", "timezone", "currency")
NAMING = ("title", "title_field", "search", "label")


def derived_steps(
    match: Match,
    steps: Iterable[Step],
    was: Application | None,
    wanted: Application,
    counter: Counter,
) -> Iterator[Step]:
    """Yield a step for each entity whose records get something computed anew."""
    moved = _moved(match, steps)
    if was is wanted and not moved:
        return
    anew = _Anew(match, moved, was, wanted)
    tables = {one.entity.id: one for one in match.tables if one.how is not How.NEW}
    for entity in wanted.entities.values():
        table = tables.get(entity.id)
        formulas = entity.id in anew.formulas
        if table is None or not (formulas or entity.id in anew.names):
            continue
        count = counter.records(table.live.name)
        if count:
            sentence = f"{_what(count, formulas=formulas)} computed anew"
            operations = (Derive(entity.id, formulas=formulas),)
            kind = StepKind.COMPUTE
            yield Step(kind, entity.address, sentence, Weight.DISPLAY, count, operations)


def _what(count: int, *, formulas: bool) -> str:
    if formulas:
        return f"formulas and titles of {records(count)} are"
    return f"the title of {records(count)} is" if count == 1 else f"titles of {records(count)} are"


def _moved(match: Match, steps: Iterable[Step]) -> Touched:
    """Return the fields whose values are others after the steps."""
    moved = {
        (table.entity.id, one.field.id)
        for table in match.tables
        for one in table.fields
        if How.RESTORED in (table.how, one.how)
    }
    for step in steps:
        for one in step.operations:
            match one:
                case ConvertValues(entity, field) | FillStage(entity, field):
                    moved.add((entity, field))
                case AddColumn(entity, column) if column.computed:
                    moved.add((entity, column.field))
                case _:
                    pass
    return frozenset(moved)


class _Anew:
    """Whose formulas and whose names have to be computed anew."""

    def __init__(
        self, match: Match, moved: Touched, was: Application | None, wanted: Application
    ) -> None:
        self._was = was
        self._wanted = wanted
        self._moved = moved
        self._tables = {one.entity.id: one for one in match.tables if one.how is not How.NEW}
        self._all_formulas = self._company_differs(COMPANY_OF_FORMULAS)
        self._all_names = self._company_differs(COMPANY_OF_NAMES)
        entities = wanted.entities.values()
        self.formulas = {one.id for one in entities if self._has_other_formulas(one)}
        self.names = {one.id for one in entities if self._has_another_name(one)}
        self._reach()

    def _company_differs(self, keys: Iterable[str]) -> bool:
        was, wanted = self._was, self._wanted
        return was is None or any(
            spell(getattr(was, key)) != spell(getattr(wanted, key)) for key in keys
        )

    def _has_other_formulas(self, entity: Entity) -> bool:
        table = self._tables.get(entity.id)
        if table is None or not any(one.field.formula for one in table.fields):
            return False
        if self._all_formulas or any(name == entity.id for name, _ in self._moved):
            return True
        return any(self._is_another_formula(one, table.live.entity) for one in table.fields)

    def _is_another_formula(self, match: FieldMatch, entity: str) -> bool:
        if match.field.formula is None:
            return False
        before = self._before(entity)
        field = before.fields.get(match.found[0].field) if before and match.found else None
        return field is None or spell(field.formula) != spell(match.field.formula)

    def _has_another_name(self, entity: Entity) -> bool:
        table = self._tables.get(entity.id)
        if table is None:
            return False
        before = self._before(table.live.entity)
        if self._all_names or before is None or table.how is How.RESTORED:
            return True
        return any(spell(getattr(before, key)) != spell(getattr(entity, key)) for key in NAMING)

    def _before(self, entity: str) -> Entity | None:
        return self._was.entities.get(entity) if self._was is not None else None

    def _reach(self) -> None:
        """Add the entities whose names read something that is another one now."""
        touched = set(self._moved) | self._with_other_labels()
        touched |= {
            (entity, field.id)
            for entity in self.formulas
            for field in self._wanted.entities[entity].fields.values()
            if field.formula is not None
        }
        read = {one: self._read_by_names(one) for one in self._tables}
        size = -1
        while size != len(self.names):
            size = len(self.names)
            known = touched | {(one, "title") for one in self.names}
            self.names |= {one for one, fields in read.items() if fields & known}

    def _read_by_names(self, entity_id: str) -> set[tuple[str, str]]:
        wanted, entity = self._wanted, self._wanted.entities[entity_id]
        return {
            (step.entity, step.name)
            for path in name_paths(wanted, entity)
            for step in walk(wanted, entity, path)
        }

    def _with_other_labels(self) -> set[tuple[str, str]]:
        """Return the fields of which an option is called something else."""
        found = set()
        for table in self._tables.values():
            before = self._before(table.live.entity)
            for one in table.fields:
                was = before.fields.get(one.found[0].field) if before and one.found else None
                if was is not None and _labels(was) != _labels(one.field):
                    found.add((table.entity.id, one.field.id))
        return found


def _labels(field: Field) -> dict[str, str]:
    return {one.id: one.label for one in field.options.values()}
