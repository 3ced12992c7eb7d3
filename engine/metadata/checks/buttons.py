"""Checks of buttons: what they do, what they ask, who may press them."""

from __future__ import annotations

from collections.abc import Iterator

from engine.metadata.build.common import CORE
from engine.metadata.checks.actions import buttons_of, lists_in, written_actions
from engine.metadata.checks.subject import Subject, address_of, suggest, warning
from engine.metadata.model.button import Button
from engine.metadata.model.field import Field
from engine.metadata.nodes import Path
from engine.metadata.problems import Problem

OF_A_FIELD = ("required", "label", "help", "quick")
UNASKED = ("stage", "sequence", "any_link")
STEPS = ("do", "each", "then", "else")
NAMES = ("tries", "match", "changed", "entered", "left", "pressed")


def check_ids(subject: Subject) -> Iterator[Problem]:
    """Two buttons of the same id on the same record: one of its pipeline, one of the entity.

    Bad:
        name: shop
        entities:
          deal: {fields: {name: text, stage: stage}, buttons: {win: {do: [{note: Won}]}}}
        pipelines:
          sales:
            stages: {new: {}, won: {closes: won}}
            buttons: {win: {do: [{move: won}]}}
    Good:
        name: shop
        entities:
          deal: {fields: {name: text, stage: stage}, buttons: {praise: {do: [{note: Good}]}}}
        pipelines:
          sales:
            stages: {new: {}, won: {closes: won}}
            buttons: {win: {do: [{move: won}]}}
    """
    first: dict[tuple[str, str], Button] = {}
    for action, button in buttons_of(subject):
        known = first.setdefault((action.entity.id, button.id), button)
        if known is not button and known.address != button.address:
            message = f"'{action.entity.id}' has a button '{button.id}' already: {known.address}"
            yield Problem("E811", button.mark, message, "choose another id", button.address)


def check_ways(subject: Subject) -> Iterator[Problem]:
    """A list without steps, tries or triggers, and a button with both steps (`do`) and a ladder.

    Bad:
        name: shop
        entities: {sale: {fields: {no: text}, buttons: {busy: {label: Busy, do: []}}}}
    Good:
        name: shop
        entities: {sale: {fields: {no: text}, buttons: {busy: {label: Busy, do: [{note: Busy}]}}}}
    """
    for path in written_actions(subject):
        if all(subject.node((*path, key)) is not None for key in ("do", "ladder")):
            message = f"the button '{path[-1]}' has both `do` and a ladder"
            hint = "the steps of a ladder stand below `each` and `then`"
            mark = subject.key_mark((*path, "ladder"))
            yield Problem("E812", mark, message, hint, address_of(path))
        node = subject.node(path)
        for place, items in lists_in(node, path) if node else ():
            what = _emptiness(place)
            if what and not items and not subject.is_spoilt(place):
                message = f"this list is empty, so it {what}"
                yield Problem("E812", subject.key_mark(place), message, "", address_of(place))


def _emptiness(place: Path) -> str:
    """Say what an empty list at a place means."""
    if place[-1] in STEPS:
        return "does nothing"
    if place[-1] == "on":
        return "listens to nothing"
    return "names nothing" if place[-1] in NAMES else ""


def _ways(subject: Subject, path: Path) -> Iterator[Problem]:
    """Yield that a button has no way, or two."""
    if path[0] == "automations":
        return
    has = {key: subject.was_written((*path, key)) for key in ("do", "ladder", "ask")}
    mark, address = subject.key_mark(path), address_of(path)
    if not any(has.values()):
        hint = "write its steps: `do: [...]`"
        yield Problem("E812", mark, f"the button '{path[-1]}' does nothing", hint, address)
    elif all(subject.node((*path, key)) is not None for key in ("do", "ladder")):
        message = f"the button '{path[-1]}' has both `do` and a ladder"
        hint = "the steps of a ladder stand below `each` and `then`"
        yield Problem("E812", subject.key_mark((*path, "ladder")), message, hint, address)


def check_does(subject: Subject) -> Iterator[Problem]:
    """A button that does nothing: no steps, no ladder, no dialog, and no rule that listens to it.

    Bad:
        name: shop
        entities: {sale: {fields: {no: text}, buttons: {busy: {label: Busy}}}}
    Good:
        name: shop
        entities: {sale: {fields: {no: text}, buttons: {busy: {label: Busy, do: [{note: Busy}]}}}}
    """
    heard = {
        (rule.entity, name)
        for rule in subject.application.automations.values()
        for trigger in rule.on
        for name in trigger.names or ("",)
        if trigger.kind == "pressed"
    }
    for action, button in buttons_of(subject):
        ways = [(*action.path, key) for key in ("do", "ladder", "ask")]
        is_heard = {(action.entity.id, button.id), (action.entity.id, "")} & heard
        if not is_heard and not any(map(subject.was_written, ways)):
            message = f"the button '{button.id}' does nothing"
            hint = "write its steps: `do: [...]`, or a rule with `pressed`"
            yield warning("W823", button.mark, message, hint, button.address)


def check_asked(subject: Subject) -> Iterator[Problem]:
    """An input of a dialog that is no field of the record and has no type.

    Bad:
        name: shop
        entities:
          sale:
            fields: {no: text, next_call: date}
            buttons: {later: {ask: {nxt_call: {required: true}}, do: [{note: Later}]}}
    Good:
        name: shop
        entities:
          sale:
            fields: {no: text, next_call: date}
            buttons: {later: {ask: {next_call: {required: true}}, do: [{note: Later}]}}
    """
    for action, button in buttons_of(subject):
        for ask in button.ask:
            path: Path = (*action.path, "ask", ask.id)
            is_known = ask.id in action.entity.fields or ask.own is not None
            if is_known or subject.is_unclear_field(action.entity.id, ask.id):
                continue
            if not subject.is_spoilt(path):
                message = f"'{ask.id}' is no field of '{action.entity.id}' and has no type"
                close = suggest(ask.id, tuple(action.entity.fields))
                hint = close if close.startswith("did") else f"write its type: `{ask.id}: text`"
                yield Problem("E813", ask.mark, message, hint, address_of(path))


def check_askable(subject: Subject) -> Iterator[Problem]:
    """An input of a dialog that nobody can fill in: a stage, a formula, a number of the engine.

    A readonly field may be asked: a button can be the one way to change it.

    Bad:
        name: shop
        entities:
          deal: {fields: {name: text, stage: stage}, buttons: {win: {ask: {stage: {}}}}}
        pipelines: {sales: {stages: {new: {}, won: {closes: won}}}}
    Good:
        name: shop
        entities:
          deal: {fields: {name: text, stage: stage}, buttons: {win: {do: [{move: won}]}}}
        pipelines: {sales: {stages: {new: {}, won: {closes: won}}}}
    """
    for action, button in buttons_of(subject):
        for ask in button.ask:
            field = ask.own or action.entity.fields.get(ask.id)
            if field and not subject.is_unclear_field(action.entity.id, ask.id):
                why = _why_not_asked(field)
                if why:
                    message = f"'{ask.id}' can't be asked: {why}"
                    yield Problem("E814", ask.mark, message, "leave it out", ask.address)


def _why_not_asked(field: Field) -> str:
    if field.formula:
        return "it is computed"
    return f"nobody fills in a field of type {field.type}" if field.type in UNASKED else ""


def check_keys_of_asked(subject: Subject) -> Iterator[Problem]:
    """An input for a field of the record that says again what the field is.

    Such an input takes over type, options and limits of the field; it may say `required`, `label`,
    `help` and `quick`.

    Bad:
        name: shop
        entities:
          sale:
            fields: {no: text, comment: text}
            buttons: {note: {ask: {comment: long_text}}}
    Good:
        name: shop
        entities:
          sale:
            fields: {no: text, comment: text}
            buttons: {note: {ask: {comment: {required: true}}}}
    """
    for action, button in buttons_of(subject):
        for ask in button.ask:
            path: Path = (*action.path, "ask", ask.id)
            entries = list(subject.keys(path))
            more = [one.key for one in entries if one.key.text not in OF_A_FIELD]
            if ask.id not in action.entity.fields or not (more or ask.own):
                continue
            mark = more[0].mark if more else subject.mark(path)
            what = f"its input can't say '{more[0].text}'" if more else "its type is known"
            message = f"'{ask.id}' is a field of '{action.entity.id}': {what}"
            hint = f"write `{ask.id}: {{}}`, or ask for something of another name"
            yield Problem("E815", mark, message, hint, address_of(path))


def check_pressed_by_somebody(subject: Subject) -> Iterator[Problem]:
    """A button that no role may press: nobody has the verb `press` for its records.

    Bad:
        name: shop
        entities: {sale: {fields: {no: text}, buttons: {busy: {do: [{note: Busy}]}}}}
        roles: {seller: {can: {sale: {see: all, edit: all}}}}
    Good:
        name: shop
        entities: {sale: {fields: {no: text}, buttons: {busy: {do: [{note: Busy}]}}}}
        roles: {seller: {can: {sale: {see: all, edit: all, press: all}}}}
    """
    roles = {
        one.id: one
        for one in subject.application.roles.values()
        if not one.mark.file.startswith(CORE)
    }
    if not roles or any(path[:1] == ("roles",) for path in (*subject.unclear, *subject.later)):
        return
    for action, button in buttons_of(subject):
        known = [roles[one] for one in button.roles or roles if one in roles]
        if known and not any("press" in one.can.get(action.entity.id, ()) for one in known):
            whose = "none of its roles" if button.roles else "no role"
            message = f"{whose} may press '{button.id}' on a {action.entity.id}"
            hint = f"grant it: `{action.entity.id}: {{press: own}}`, together with `see`"
            yield warning("W819", button.mark, message, hint, button.address)
