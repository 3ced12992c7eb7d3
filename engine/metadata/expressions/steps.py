"""What names mean in the steps of a button or a rule, step by step.

For the loader, which checks each expression where it stands, and for whoever compiles steps to run
them; both take the scopes from here, so that they agree. Walk once, when a configuration is
loaded: `typed` knows a scope again by its `extra`, which is made anew by each walk.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from engine.metadata.expressions.names import Named, Scope
from engine.metadata.model.application import Application
from engine.metadata.model.button import Button, asked_field
from engine.metadata.model.entity import Entity
from engine.metadata.model.field import Field
from engine.metadata.model.rule import Rule
from engine.metadata.model.step import CreateRecord, FindRecord, If, Step, every_step
from engine.metadata.problems import Mark

LADDER_WORDS: Mapping[str, str] = MappingProxyType(
    {"try": "integer", "tries": "integer", "next_try": "datetime"}
)
FURTHER_DOWN = "a step further down gives this name, and it is not known before"
IN_A_BRANCH = "a step inside a branch gives this name, and it is known only there"
_NOWHERE = Mark("", 1, 1)
_OF_LADDER = MappingProxyType(
    {word: Field(word, "", type_, word, "", _NOWHERE) for word, type_ in LADDER_WORDS.items()}
)


@dataclass(frozen=True, slots=True)
class Placed:
    """A step and what names mean in it; `looked_for` is the scope of a find step's condition.

    In `looked_for` the bare names are those of the record that is looked for.
    """

    step: Step
    scope: Scope
    looked_for: Scope | None = None


def scope_of_when(application: Application, entity: Entity, action: Button | Rule) -> Scope:
    """Return what names mean in `when`: a rule also sees the record as it was."""
    return Scope(application, entity, with_old=isinstance(action, Rule))


def scope_of_where(application: Application, entity: Entity) -> Scope:
    """Return what names mean in a rule's `where`, which is judged in the database."""
    return Scope(application, entity, with_old=False)


def placed_steps(
    application: Application, entity: Entity, action: Button | Rule
) -> Iterator[Placed]:
    """Yield all steps of a button or rule on records of an entity, those inside others too.

    Each comes with its scope: fields of the record, `user`, `old`, `record`, in a button `ask`, in
    a ladder `try`, `tries` and `next_try`, and the names that the steps before it gave. Steps are
    known by their `address`.
    """
    extra: dict[str, Named] = {"record": entity}
    if isinstance(action, Rule):
        yield from _Walk(application, entity, action.do).steps(action.do, extra)
        return
    asked = {one.id: field for one in action.ask if (field := asked_field(one, entity.fields))}
    if asked:
        extra["ask"] = MappingProxyType(asked)
    yield from _Walk(application, entity, action.do).steps(action.do, extra)
    ladder = action.ladder
    for steps in (ladder.each, ladder.then) if ladder else ():
        yield from _Walk(application, entity, steps).steps(steps, extra | _OF_LADDER)


class _Walk:
    """One list of steps with all that is inside it."""

    def __init__(self, application: Application, entity: Entity, steps: tuple[Step, ...]) -> None:
        self._application = application
        self._entity = entity
        self._given = self._names(steps)

    def steps(
        self, steps: tuple[Step, ...], extra: dict[str, Named], passed: set[str] | None = None
    ) -> Iterator[Placed]:
        """Yield the steps of a list; names given on the way are put into `extra`."""
        passed = set() if passed is None else passed
        for step in steps:
            scope = self._scope(self._entity, extra, passed)
            match step:
                case FindRecord():
                    yield Placed(step, scope, self._looked_for(step, extra, passed))
                    yield from self.steps(step.otherwise, dict(extra), passed)
                case If():
                    yield Placed(step, scope)
                    for branch in (step.do, step.otherwise):
                        yield from self.steps(branch, dict(extra), passed)
                case _:
                    yield Placed(step, scope)
            self._give(step, extra)
            passed.update(self._names((step,)))

    def _scope(self, entity: Entity, extra: Mapping[str, Named], passed: set[str]) -> Scope:
        unknown = self._given - extra.keys()
        elsewhere = {one: IN_A_BRANCH if one in passed else FURTHER_DOWN for one in unknown}
        known = MappingProxyType(dict(extra))
        return Scope(self._application, entity, known, elsewhere=MappingProxyType(elsewhere))

    def _looked_for(
        self, step: FindRecord, extra: Mapping[str, Named], passed: set[str]
    ) -> Scope | None:
        entity = self._application.entities.get(step.entity)
        if entity is None:
            return None
        outer = {name: one for name, one in extra.items() if name not in entity.fields}
        scope = self._scope(entity, outer, passed)
        return Scope(scope.application, entity, scope.extra, with_old=False)

    def _give(self, step: Step, extra: dict[str, Named]) -> None:
        if isinstance(step, (CreateRecord, FindRecord)) and step.name:
            entity = self._application.entities.get(step.entity)
            extra.update({step.name: entity} if entity else {})

    def _names(self, steps: tuple[Step, ...]) -> set[str]:
        """Return the names that steps give, those inside them too, where it is known to what."""
        givers = [one for one in every_step(steps) if isinstance(one, (CreateRecord, FindRecord))]
        unknown = {one.name for one in givers if one.entity not in self._application.entities}
        return {one.name for one in givers} - unknown - {""}
