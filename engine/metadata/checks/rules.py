"""Checks of rules: whether what they listen to ever happens, and where they end."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from engine.metadata.checks.actions import (
    Action,
    lists_in,
    rules_of,
    steps_of,
    targets_with,
    written_actions,
)
from engine.metadata.checks.step_names import pipelines_of
from engine.metadata.checks.subject import Subject, address_of, suggest, warning
from engine.metadata.model.field import FormulaKind
from engine.metadata.model.rule import Rule, Trigger
from engine.metadata.model.step import SetFields, Stop
from engine.metadata.nodes import Mapping, Path
from engine.metadata.problems import Problem

YES_AND_NO = ("false", "yes", "no", "on", "off")


def check_triggers_fire(subject: Subject) -> Iterator[Problem]:
    """A trigger that never fires: a stage of records without stages, a button where there is none.

    Bad:
        name: shop
        entities: {client: {fields: {name: text}}}
        automations: {hello: {entity: client, on: [entered], do: [{note: Hello}]}}
    Good:
        name: shop
        entities: {client: {fields: {name: text}}}
        automations: {hello: {entity: client, on: [created], do: [{note: Hello}]}}
    """
    for action, rule in rules_of(subject):
        if _is_unclear(subject, action):
            continue
        for trigger in rule.on:
            why = _why_silent(subject, action, trigger)
            if why:
                message = f"this never happens: {why}"
                yield warning("W816", trigger.mark, message, "remove it", rule.address)


def _is_unclear(subject: Subject, action: Action) -> bool:
    """Say whether the entity or a pipeline of it is not known in full."""
    homes: list[Path] = [("entities", action.entity.id)]
    homes += [("pipelines", one) for one in pipelines_of(action.entity)]
    known = (*subject.unclear, *subject.later)
    return any(path[: len(home)] == home for path in known for home in homes)


def _why_silent(subject: Subject, action: Action, trigger: Trigger) -> str:
    entity = action.entity
    walks = [subject.application.pipelines[one] for one in pipelines_of(entity)]
    if trigger.kind in ("entered", "left") and not walks:
        return f"'{entity.id}' has no stages"
    if trigger.kind == "pressed" and not subject.application.buttons(entity.id):
        return f"'{entity.id}' has no buttons"
    if trigger.kind == "overdue" and trigger.names == ("stage",):
        limits = [stage.sla for walk in walks for stage in walk.stages.values()]
        return "" if any(limits) else f"no stage of '{entity.id}' has an `sla`"
    fields = [entity.fields.get(one) for one in trigger.names]
    moving = [one for one in fields if one and one.formula_kind is FormulaKind.ON_READ]
    if trigger.kind == "changed" and moving and len(moving) == len(fields):
        return f"'{moving[0].id}' is computed whenever it is read"
    return ""


def check_circles(subject: Subject) -> Iterator[Problem]:
    """Two rules that wake each other: each sets what the other listens to.

    They don't go round for ever: a rule runs once for a record in a change. But what the second
    one sets depends on which of them came first.

    Bad:
        name: shop
        entities: {item: {fields: {name: text, price: money, cost: money}}}
        automations:
          up: {entity: item, on: [{changed: cost}], do: [{set: {price: 2}}]}
          down: {entity: item, on: [{changed: price}], do: [{set: {cost: 1}}]}
    Good:
        name: shop
        entities: {item: {fields: {name: text, price: money, cost: money}}}
        automations:
          up: {entity: item, on: [{changed: cost}], do: [{set: {price: 2}}]}
    """
    found = [one for _, one in rules_of(subject) if not (one.when or one.where or one.once_per)]
    known = {one.entity: subject.application.entities[one.entity].fields.keys() for one in found}
    for one, other in combinations(found, 2):
        fields = known[one.entity]
        there = one.entity == other.entity and _wakes(one, other) & fields
        if there and _wakes(other, one) & fields:
            message = f"this rule and '{one.id}' wake each other"
            hint = "say with `when` in which case each runs"
            yield warning("W818", other.mark, message, hint, other.address)


def _wakes(one: Rule, other: Rule) -> set[str]:
    """Return what one rule sets and the other listens to."""
    written = {name for step in one.do if isinstance(step, SetFields) for name in step.values}
    heard = {name for trigger in other.on if trigger.kind == "changed" for name in trigger.names}
    return written & heard


def check_stop(subject: Subject) -> Iterator[Problem]:
    """A step `stop` that is neither `true` nor a sentence for people.

    Bad:
        name: shop
        entities: {sale: {fields: {no: text}}}
        automations: {never: {entity: sale, on: [created], do: [{stop: false}]}}
    Good:
        name: shop
        entities: {sale: {fields: {no: text}}}
        automations: {never: {entity: sale, on: [created], do: [{stop: Sales are closed}]}}
    """
    for _, placed in steps_of(subject):
        step = placed.step
        if isinstance(step, Stop) and step.message and step.message.text in YES_AND_NO:
            message = f"'{step.message.text}' is no sentence that people could read"
            hint = "write true, or why it is not possible"
            yield Problem("E817", step.message.mark, message, hint, step.address)


def check_after_stop(subject: Subject) -> Iterator[Problem]:
    """Steps after a `stop`: they are never reached.

    Bad:
        name: shop
        entities: {sale: {fields: {no: text}}}
        automations: {hello: {entity: sale, on: [created], do: [{stop: true}, {note: Hello}]}}
    Good:
        name: shop
        entities: {sale: {fields: {no: text}}}
        automations: {hello: {entity: sale, on: [created], do: [{note: Hello}, {stop: true}]}}
    """
    for path in written_actions(subject):
        node = subject.node(path)
        for place, items in lists_in(node, path) if node else ():
            for number, item in enumerate(items[:-1]):
                if isinstance(item, Mapping) and item.entry("stop"):
                    after = (*place, number + 1)
                    message = "this step is never reached: the one before it ends here"
                    hint = "put `stop` last, or into an `if`"
                    mark = subject.key_mark(after)
                    yield warning("W824", mark, message, hint, address_of(place))
                    break


def check_logins(subject: Subject) -> Iterator[Problem]:
    """A person (`user: LOGIN`) who is in none of the rows: nobody would be meant.

    Bad:
        # crm.yaml
        name: shop
        entities: {sale: {fields: {no: text}}}
        automations:
          tell: {entity: sale, on: [created], do: [{notify: {to: {user: ivna}, text: New}}]}
        # data/user.csv
        key,name
        ivan,Ivan
    Good:
        # crm.yaml
        name: shop
        entities: {sale: {fields: {no: text}}}
        automations:
          tell: {entity: sale, on: [created], do: [{notify: {to: {user: ivan}, text: New}}]}
        # data/user.csv
        key,name
        ivan,Ivan
    """
    rows = [one for one in subject.application.rows if one.entity == "user"]
    cells = (one.cells.get("login") for one in rows)
    logins = {one.key for one in rows} | {str(one.text) for one in cells if one}
    if logins:
        for path in written_actions(subject):
            for place, one in targets_with(subject, path, "user"):
                if one.text not in logins and not one.text.startswith("="):
                    message = f"no row of 'user' has the login '{one.text}'"
                    hint = suggest(one.text, tuple(sorted(logins)))
                    yield warning("W821", one.mark, message, hint, address_of(place))
