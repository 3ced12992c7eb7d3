"""The rules of a configuration as the record service knows them: they see changes and react.

A rule that listens leaves a row in the run log, whether it ran or not; a button's steps are a run,
too. What belongs to a transaction is kept in its memory, never here.
"""

from __future__ import annotations

from engine.automation.compiling import compile_programs
from engine.automation.happening import of_change, of_overdue
from engine.automation.memory import memory_of
from engine.automation.people import People
from engine.automation.reacting import Reacting
from engine.automation.steps.registry import STEPS
from engine.automation.triggers import moments_of, moments_of_overdue
from engine.metadata.model.application import Application
from engine.runtime.access import Access
from engine.runtime.records.changes import Action, Change
from engine.runtime.records.reactions import Inside, Overdue
from engine.runtime.tables.entity import RecordTables


class Rules:
    """Reacts to changes and to what waits for too long."""

    def __init__(self, application: Application, tables: RecordTables, access: Access) -> None:
        people = People(application, tables, access)
        self._programs = compile_programs(application, STEPS, access.expressions, people)

    def listens(self, entity_id: str) -> bool:
        """Say whether changes of this entity matter at all."""
        return entity_id in self._programs.entities

    def react(self, change: Change, inside: Inside) -> None:
        """Do what follows from a change: first the button's own steps, then the rules."""
        memory = memory_of(inside)
        happening = of_change(change, memory.chain_of(change.actor))
        if change.action is Action.CREATE:
            memory.made.add(happening.subject)
        reacting = Reacting(happening, inside, memory)
        if change.press is not None:
            button = self._programs.buttons[change.entity, change.press.button]
            reacting.press(button, change.press)
        moments = moments_of(change, self._programs.stage_fields[change.entity])
        reacting.rules(self._programs.rules.matching(change.entity, moments))

    def react_overdue(self, overdue: Overdue, inside: Inside) -> None:
        """Do what follows when something waits for too long."""
        matching = self._programs.rules.matching(overdue.entity, moments_of_overdue(overdue))
        if matching:
            Reacting(of_overdue(overdue, inside), inside, memory_of(inside)).rules(matching)
