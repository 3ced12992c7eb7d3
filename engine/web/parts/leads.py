"""Records that are new: those that others made mine, and those that nobody has taken yet.

What nobody has taken is shown where this person can press something on it, such as "Take"; how long
it may still wait comes first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.errors import Message, say
from engine.metadata.model.button import Button
from engine.metadata.model.entity import Entity
from engine.metadata.model.step import AssignOwner, SetFields
from engine.metadata.model.text import RecordRef
from engine.runtime.query.records import Record
from engine.runtime.query.stays import stays_of
from engine.web.navigation import known_icon
from engine.web.parts.acts import Act, acts_of_each
from engine.web.parts.desk import Desk
from engine.web.parts.look import Look
from engine.web.parts.mine import found
from engine.web.parts.moments import distance, short_moment
from engine.web.parts.task_list import clock_time
from engine.web.urls import record_url

FEW, SHOWN = "6", 6
BY_AGE = {"sort": "-created_at", "size": FEW, "columns": "title"}
NEW = {"created_at": "last_2_days", "created_by.ne": "me", **BY_AGE}
STAMPS = frozenset({"created_at", "created_by", "updated_at", "updated_by"})
NOT_NEWS = frozenset({"task", "activity", "notification", "user", "team"})
VERY_SOON, SOON, FAR = timedelta(minutes=5), timedelta(hours=1), timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Left:
    """How long a record may still stay where it is; `kind` is late, soon or ''."""

    words: Message
    kind: str


@dataclass(frozen=True, slots=True)
class Lead:
    """A new record: `press` is the one thing to do with it, `acts` what can be pressed else."""

    url: str
    title: str
    note: str
    icon: str
    left: Left | None
    press: Act | None
    acts: tuple[Act, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A new record with its kind, and until when it may stay in its stage."""

    entity: Entity
    record: Record
    due_at: datetime | None = None

    @property
    def ref(self) -> RecordRef:
        """Return which record it is."""
        return RecordRef(self.record.entity, self.record.id)


def fresh(desk: Desk, back: str) -> tuple[Lead, ...]:
    """Return records that others have made mine in the last days, the newest first."""
    all_of_them = tuple(
        one for entity, owner in owned_entities(desk) for one in new_ones(desk, entity, owner, "me")
    )
    newest = sorted(all_of_them, key=lambda one: created(one, desk.look), reverse=True)[:SHOWN]
    acts = acts_of_each(desk, (one.record for one in newest), back)
    notes = desk.reader.subtitles(desk.actor, [one.ref for one in newest])
    return tuple(lead(desk, one, notes, None, acts.get(one.ref, ())) for one in newest)


def free(desk: Desk, back: str) -> tuple[Lead, ...]:
    """Return open records that nobody has and this person can do something with."""
    waiting = [
        one
        for entity, owner in owned_entities(desk)
        if desk.look.application.buttons(entity.id)
        for one in new_ones(desk, entity, owner, "-")
    ]
    acts = acts_of_each(desk, (one.record for one in waiting), back)
    takes = {one.ref: taking(desk, one, acts.get(one.ref, ())) for one in waiting}
    mine = [one for one in waiting if takes[one.ref] is not None]
    mine.sort(key=lambda one: (one.due_at is None, one.due_at, created(one, desk.look)))
    shown = mine[:SHOWN]
    notes = desk.reader.subtitles(desk.actor, [one.ref for one in shown])
    return tuple(lead(desk, one, notes, takes[one.ref], ()) for one in shown)


def owned_entities(desk: Desk) -> Iterator[tuple[Entity, str]]:
    """Yield the kinds of records that are somebody's, with the field that says whose."""
    for entity_id in desk.access.entities(desk.actor):
        entity = desk.look.application.entity(entity_id)
        if entity_id in NOT_NEWS or entity.owner is None:
            continue
        if {entity.owner, *STAMPS} <= desk.access.readable(desk.actor, entity_id):
            yield entity, entity.owner


def new_ones(desk: Desk, entity: Entity, owner: str, whose: str) -> tuple[Found, ...]:
    """Return the newest records of somebody, or of nobody; these only while they are open."""
    query = {owner: whose, **(NEW if whose == "me" else {**BY_AGE, **still_open(desk, entity)})}
    records = found(desk.actor, entity.id, query)
    until = waits_until(desk, records)
    return tuple(Found(entity, one, until.get(one.id)) for one in records)


def still_open(desk: Desk, entity: Entity) -> Mapping[str, str]:
    """Return the filters that leave out records at the end of their stages."""
    readable = desk.access.readable(desk.actor, entity.id)
    filters: dict[str, str] = {}
    for one in entity.fields.values():
        pipeline = desk.look.application.pipelines.get(one.pipeline or "")
        if pipeline is not None and one.id in readable:
            going_on = (stage.id for stage in pipeline.stages.values() if stage.closes is None)
            filters[one.id] = ",".join(going_on) or "-"
    return filters


def waits_until(desk: Desk, records: Sequence[Record]) -> Mapping[int, datetime]:
    """Return until when records of one kind may stay in their stages, where that is limited."""
    if not records or not is_limited(desk, records[0].entity):
        return {}
    readable = desk.access.readable(desk.actor, records[0].entity)
    ends: dict[int, datetime] = {}
    for number, stays in stays_of(desk.database, records).items():
        known = [one.due_at for one in stays if one.field in readable and one.due_at is not None]
        if known:
            ends[number] = min(known)
    return ends


def is_limited(desk: Desk, entity_id: str) -> bool:
    """Say whether records of a kind may stay in some stage for a while only."""
    pipelines = desk.look.application.pipelines
    fields = desk.look.application.entity(entity_id).fields.values()
    walks = (walk for one in fields if (walk := pipelines.get(one.pipeline or "")))
    return any(stage.sla for walk in walks for stage in walk.stages.values())


def created(one: Found, look: Look) -> datetime:
    """Return when a record was made."""
    return one.record.created_at or look.now


def taking(desk: Desk, one: Found, acts: Iterable[Act]) -> Act | None:
    """Return what is to be pressed on a record of nobody: what gives it to somebody, if anything.

    Else it is the first that can be pressed; None where nothing can.
    """
    possible = [each for each in acts if each.reason is None]
    buttons = desk.look.application.buttons(one.entity.id)
    takers = (each for each in possible if gives_away(buttons[each.id], one.entity.owner or ""))
    return next(takers, possible[0] if possible else None)


def gives_away(button: Button, owner: str) -> bool:
    """Say whether a button gives its record to somebody."""
    return any(
        isinstance(step, AssignOwner) or (isinstance(step, SetFields) and owner in step.values)
        for step in button.do
    )


def lead(
    desk: Desk,
    one: Found,
    notes: Mapping[RecordRef, str],
    press: Act | None,
    acts: tuple[Act, ...],
) -> Lead:
    """Return a new record as it stands in its list."""
    at = made(desk.look, created(one, desk.look))
    return Lead(
        url=record_url(one.record.entity, one.record.id),
        title=one.record.title,
        note=f"{notes.get(one.ref) or one.entity.label}, {at}",
        icon=known_icon(one.entity.icon),
        left=left_of(desk.look, one.due_at),
        press=press,
        acts=acts,
    )


def made(look: Look, at: datetime) -> str:
    """Return when a record was made: today the hour says it."""
    is_today = look.local(at).date() == look.today
    return clock_time(look, at) if is_today else short_moment(look, at)


def left_of(look: Look, due_at: datetime | None) -> Left | None:
    """Return how long or until when something may still wait, or how late it is."""
    if due_at is None:
        return None
    apart = due_at - look.now
    length = distance(apart)
    if apart < timedelta():
        return Left(say("late {length}", length=length), "late")
    if apart >= FAR:  # working time pauses: the moment says more than the length
        return Left(say("by {when}", when=short_moment(look, due_at)), "")
    kind = "late" if apart <= VERY_SOON else "soon" if apart <= SOON else ""
    return Left(say("{length} left", length=length), kind)
