"""What can be pressed on a record: buttons in the groups of the configuration, and why not.

The states come from the record service, which judges them once more when somebody presses.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from engine.errors import Message, say
from engine.metadata.model.button import Button, Ladder
from engine.metadata.model.pipeline import Stage
from engine.metadata.model.step import ArchiveRecord, MakeTask, MoveTo
from engine.metadata.model.text import Literal, RecordRef
from engine.metadata.moments import parse_length
from engine.runtime.actor import Actor
from engine.runtime.query.records import Record
from engine.runtime.records.buttons import ButtonState
from engine.runtime.records.context import Setting
from engine.runtime.records.ladders import next_due
from engine.web.navigation import icon_names
from engine.web.parts.desk import Desk
from engine.web.parts.forms import new_token
from engine.web.parts.look import Look
from engine.web.parts.moments import distance, short_moment
from engine.web.urls import press_url, with_query

ROOM = 3  # buttons of a group that stand open, beside a call; the rest go into its menu


@dataclass(frozen=True, slots=True)
class Act:
    """One button as it stands on a record; `key` tells it from those of other records.

    `reason` says why it can't be pressed, `next` when the next try of its ladder would be. `stage`
    and `number` are what the person sees: the press says them, so that a late one changes nothing.
    `back` is the page to draw anew where that is not the record's.
    """

    key: str
    id: str
    label: str
    href: str
    group: str = ""
    icon: str = ""
    color: str = ""
    help: str = ""
    is_asked: bool = False
    is_ladder: bool = False
    counter: Message | None = None
    count: int = 0
    tries: int = 0
    next: Message | None = None
    reason: Message | None = None
    stage: str = ""
    number: int = 0
    token: str = ""
    back: str = ""

    @property
    def ask_href(self) -> str:
        """Return the address of what the button asks for."""
        return with_query(self.href, [("_next", self.back)]) if self.back else self.href

    @property
    def is_told(self) -> bool:
        """Say whether something has to be read before pressing."""
        return bool(self.reason or self.next or self.help)


@dataclass(frozen=True, slots=True)
class ActGroup:
    """Presses that belong together: those that stand open, and the others in a menu."""

    label: str
    open: tuple[Act, ...]
    more: tuple[Act, ...] = ()

    @property
    def has_ladder(self) -> bool:
        """Say whether somebody is being called here, try by try."""
        return any(one.is_ladder for one in (*self.open, *self.more))


def acts_of(look: Look, record: Record, states: Iterable[ButtonState]) -> tuple[Act, ...]:
    """Return what this person can press on a record, in the order of the configuration."""
    return tuple(act(look, record, one) for one in states) if is_pressable(record) else ()


def acts_of_each(
    desk: Desk, records: Iterable[Record], back: str
) -> Mapping[RecordRef, tuple[Act, ...]]:
    """Return what this person can press on each of many records, the ladders first."""
    pressable: dict[str, list[Record]] = {}
    for one in records:
        if is_pressable(one):
            pressable.setdefault(one.entity, []).append(one)
    found: dict[RecordRef, tuple[Act, ...]] = {}
    for entity_id, some in pressable.items():
        states = desk.records.buttons(desk.actor, entity_id, [one.id for one in some])
        for record in some:
            acts = [act(desk.look, record, one, back) for one in states.get(record.id, ())]
            acts.sort(key=lambda one: not one.is_ladder)
            found[RecordRef(entity_id, record.id)] = tuple(acts)
    return found


def is_pressable(record: Record) -> bool:
    """Say whether there may be anything to press: on records in use, for those who may press."""
    return "press" in record.may and not record.archived and not record.trashed


def is_for(button: Button, actor: Actor) -> bool:
    """Say whether a button is meant for this person: hidden where their roles are others."""
    return not button.roles or bool(set(button.roles) & set(actor.roles))


def act(look: Look, record: Record, state: ButtonState, back: str = "") -> Act:
    """Return one button as it stands on a record."""
    button = state.button
    return Act(
        key=f"{record.entity}-{record.id}-{button.id}",
        id=button.id,
        label=button.label,
        href=press_url(record.entity, record.id, button.id),
        group=button.group,
        icon=button.icon if button.icon in icon_names() else "",
        color=button.color,
        help=button.help,
        is_asked=bool(button.ask),
        is_ladder=button.ladder is not None,
        counter=counter_of(look, button.ladder, state),
        count=min(state.count, state.tries),
        tries=state.tries,
        next=next_try_words(look, button.ladder, state),
        reason=state.reason,
        stage=state.seen.stage,
        number=state.seen.number,
        token=new_token(),
        back=back,
    )


def counter_of(look: Look, ladder: Ladder | None, state: ButtonState) -> Message | None:
    """Return how often a ladder was pressed: 2 of 3; at its end also what the next press does."""
    if ladder is None:
        return None
    numbers: Mapping[str, object] = {"count": min(state.count, state.tries), "tries": state.tries}
    if state.count < state.tries:
        return say("{count} of {tries}", **numbers)
    for step in ladder.then:
        if isinstance(step, ArchiveRecord):
            return say("{count} of {tries}, next archives", **numbers)
        stage = stage_of(look, step) if isinstance(step, MoveTo) else None
        if stage is not None:
            return say("{count} of {tries}, next: {stage}", **numbers, stage=stage.label)
    return say("{count} of {tries}, next is the end", **numbers)


def stage_of(look: Look, step: MoveTo) -> Stage | None:
    """Return the stage that a step moves to."""
    pipelines = look.application.pipelines
    named = pipelines.get(step.pipeline or "")
    among = (named,) if named else pipelines.values()
    return next((one.stages[step.stage] for one in among if step.stage in one.stages), None)


def next_try_words(look: Look, ladder: Ladder | None, state: ButtonState) -> Message | None:
    """Say when the next try would be if the button were pressed now."""
    due = next_try(look, ladder, state)
    if ladder is None or due is None:
        return None
    time, length = try_time(look, due), distance(due - look.now)
    if is_calling(ladder):
        return say("Next call at {time} (in {length})", time=time, length=length)
    return say("Next try at {time} (in {length})", time=time, length=length)


def next_try(look: Look, ladder: Ladder | None, state: ButtonState) -> datetime | None:
    """Return when the next try would be due, None behind the last one."""
    if ladder is None or state.count >= len(ladder.tries):
        return None
    setting = Setting(look.now, look.company_zone, look.application.workdays, look.actor)
    return next_due(ladder, parse_length(ladder.tries[state.count]), setting)


def is_calling(ladder: Ladder) -> bool:
    """Say whether the tries of a ladder are calls."""
    kinds = (one.values.get("type") for one in ladder.each if isinstance(one, MakeTask))
    return any(isinstance(one, Literal) and one.text == "call" for one in kinds)


def try_time(look: Look, at: datetime) -> str:
    """Return the hour of a try, with its day where that is another one."""
    local = look.local(at)
    is_today = local.date() == look.today
    return f"{local.hour}:{local.minute:02}" if is_today else short_moment(look, at)


def grouped(acts: Iterable[Act]) -> tuple[ActGroup, ...]:
    """Return acts in their groups, those with a ladder first."""
    found: dict[str, list[Act]] = {}
    for one in acts:
        found.setdefault(one.group, []).append(one)
    groups = [group(label, some) for label, some in found.items()]
    return tuple(sorted(groups, key=lambda one: not one.has_ladder))


def group(label: str, acts: Iterable[Act]) -> ActGroup:
    """Return one group with so many acts open as there is room for; ladders go last."""
    ordered = tuple(sorted(acts, key=lambda one: not one.is_ladder))
    return ActGroup(label, ordered[:ROOM], ordered[ROOM:])
