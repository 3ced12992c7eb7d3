"""The card of one record: everything its page shows, as far as this person may know it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from engine.metadata.model.entity import Entity
from engine.runtime.query.records import Record
from engine.web.parts.acts import acts_of
from engine.web.parts.desk import ELSEWHERE, Desk
from engine.web.parts.doing import Doing, doing_of
from engine.web.parts.facts import (
    Fact,
    FactSection,
    Item,
    Standing,
    fact_of,
    fact_sections,
)
from engine.web.parts.forms import new_token
from engine.web.parts.judging import Sight
from engine.web.parts.layout import is_person
from engine.web.parts.moments import short_moment
from engine.web.parts.path import StagePath, stage_path
from engine.web.parts.person import Person, person_beside
from engine.web.parts.related import Related, related_lists
from engine.web.parts.standing import sight_for_card, signs_of, stand_of, standing_of
from engine.web.parts.story import Story, StoryAsked, story_of
from engine.web.parts.task_list import TaskLine, TasksPanel, task_line, tasks_panel
from engine.web.urls import list_url, record_url

TASK = "task"
FIRST_VERSION = 1
NOT_TALKED_ABOUT = frozenset({"activity", "notification"})


@dataclass(frozen=True, slots=True)
class Crumb:
    """A way back."""

    label: str
    href: str


@dataclass(frozen=True, slots=True)
class Owner:
    """Who answers for the record."""

    label: str
    name: str
    is_me: bool


@dataclass(frozen=True, slots=True)
class Stamp:
    """When something was done to the record, and by whom."""

    at: datetime
    text: str
    who: str


@dataclass(frozen=True, slots=True)
class Can:
    """What this person may do with the record as it is now."""

    edit: bool = False
    archive: bool = False
    delete: bool = False
    restore: bool = False
    create: bool = False
    note: bool = False
    ask_why: bool = False


@dataclass(frozen=True, slots=True)
class NoteDraft:
    """A note as it was typed, and what is wrong with it."""

    token: str = ""
    text: str = ""
    step: str = ""
    step_due: str = ""
    errors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CardContext:
    """What `parts/record.html` draws."""

    entity: Entity
    record: Record
    address: str
    title: str
    subtitle: str
    crumbs: tuple[Crumb, ...]
    owner: Owner | None
    badges: tuple[Item, ...]
    total: Fact | None
    state: str
    is_seen: bool
    can: Can
    paths: tuple[StagePath, ...]
    doing: Doing | None
    sections: tuple[FactSection, ...]
    made: Stamp | None
    changed: Stamp | None
    person: Person | None
    related: tuple[Related, ...]
    tasks: TasksPanel | None
    story: Story | None
    note: NoteDraft


def card(
    desk: Desk,
    entity_id: str,
    record_id: int,
    *,
    note: NoteDraft | None = None,
    asked: StoryAsked | None = None,
) -> CardContext:
    """Return the card of a record; of one that is only peeked at, what a peek shows."""
    opened = desk.opened(entity_id, record_id)
    record = opened.record
    entity = desk.look.application.entity(entity_id)
    is_seen = "see" in record.may
    sight = sight_for_card(desk, record)
    stand = stand_of(desk, opened)
    standing = standing_of(desk, record, sight, stand.fields)
    person = person_beside(desk, record, standing) if is_seen else None
    tasks = tasks_panel(desk, record) if is_seen and has_tasks(entity) else None
    acts = acts_of(desk.look, record, stand.buttons)
    return CardContext(
        entity=entity,
        record=record,
        address=record_url(entity_id, record_id),
        title=record.title,
        subtitle=sight.text(entity.subtitle) if is_seen else "",
        crumbs=(Crumb(entity.plural, list_url(entity_id)),),
        owner=owner_of(desk, record),
        badges=warnings_of(entity, record),
        total=total_of(desk, record, standing),
        state=state_of(record),
        is_seen=is_seen,
        can=can_of(desk, record),
        paths=paths_of(desk, record, sight, standing),
        doing=doing_of(next_task(desk, record, tasks), person, acts),
        sections=sections_of(desk, record, standing, beside=person is not None),
        made=stamp(desk, record, record.created_at, "created_by"),
        changed=changed_stamp(desk, record),
        person=person,
        related=related_lists(desk, record) if is_seen else (),
        tasks=tasks,
        story=story_of(desk, record, asked or StoryAsked()) if is_seen else None,
        note=with_token(note or NoteDraft()),
    )


def with_token(note: NoteDraft) -> NoteDraft:
    """Return the note with a token that saves it once."""
    return note if note.token else replace(note, token=new_token())


def state_of(record: Record) -> str:
    """Return in which of the three states a record is."""
    return "trashed" if record.trashed else "archived" if record.archived else "active"


def owner_of(desk: Desk, record: Record) -> Owner | None:
    """Return who answers for the record, where there is such a field."""
    entity = desk.look.application.entity(record.entity)
    target = record.links.get(entity.owner) if entity.owner else None
    if entity.owner is None or target is None:
        return None
    return Owner(entity.fields[entity.owner].label, target.title, target.id == desk.actor.user_id)


def warnings_of(entity: Entity, record: Record) -> tuple[Item, ...]:
    """Return the yes-or-no fields that are true: whoever opens the record should see them."""
    return tuple(
        Item(one.label, "orange")
        for one in entity.fields.values()
        if one.type == "bool" and record.values.get(one.id) is True
    )


def total_of(desk: Desk, record: Record, standing: Standing) -> Fact | None:
    """Return the record's first computed amount: it stands beside the title."""
    entity = desk.look.application.entity(record.entity)
    for one in entity.fields.values():
        is_total = one.type == "money" and one.formula is not None
        if is_total and record.values.get(one.id) is not None:
            return fact_of(desk.look, record, one, standing)
    return None


def sections_of(
    desk: Desk, record: Record, standing: Standing, *, beside: bool
) -> tuple[FactSection, ...]:
    """Return the facts in sections; how to reach the record itself stands beside them."""
    entity = desk.look.application.entity(record.entity)
    layout = desk.facts_of(record)
    own_contact = beside and is_person(entity)
    shown = tuple(one for one in layout if not (own_contact and one.id == "contact"))
    return fact_sections(desk.look, record, shown, standing)


def can_of(desk: Desk, record: Record) -> Can:
    """Return what this person may do now; a record out of use is only brought back."""
    active = not record.archived and not record.trashed
    edit, delete = "edit" in record.may, "delete" in record.may
    here = record.entity not in ELSEWHERE
    return Can(
        edit=edit and not record.trashed,
        archive=edit and active and here,
        delete=delete and not record.trashed and here,
        restore=(edit and record.archived) or (delete and record.trashed),
        create=here and desk.access.may(desk.actor, record.entity, "create"),
        note="see" in record.may
        and record.entity not in NOT_TALKED_ABOUT
        and not record.trashed
        and desk.access.may(desk.actor, "activity", "create"),
        ask_why="see" in record.may and has_rules(desk, record.entity),
    )


def has_rules(desk: Desk, entity_id: str) -> bool:
    """Say whether rules or buttons may have done something to records of this kind."""
    application = desk.look.application
    rules = (one.entity == entity_id for one in application.automations.values())
    return any(rules) or bool(application.buttons(entity_id))


def paths_of(desk: Desk, record: Record, sight: Sight, standing: Standing) -> tuple[StagePath, ...]:
    """Return the path of each stage field that this person may read."""
    entity = desk.look.application.entity(record.entity)
    fields = [
        one
        for one in entity.fields.values()
        if one.type == "stage" and one.pipeline is not None and one.id in record.values
    ]
    stays = desk.stays(record) if fields and "see" in record.may else {}
    return tuple(
        stage_path(
            desk.look,
            record,
            one,
            signs_of(desk, record, one, sight, standing),
            stays.get(one.id),
        )
        for one in fields
    )


def has_tasks(entity: Entity) -> bool:
    """Say whether there may be tasks about records of this kind; a task is one itself."""
    return entity.id != TASK and entity.id not in NOT_TALKED_ABOUT


def next_task(desk: Desk, record: Record, tasks: TasksPanel | None) -> TaskLine | None:
    """Return the task that comes next; on its own page that is the task itself."""
    if record.entity != TASK:
        return tasks.next if tasks else None
    is_open = not record.values.get("done") and not record.archived and not record.trashed
    return task_line(desk, record) if is_open and "see" in record.may else None


def stamp(desk: Desk, record: Record, at: datetime | None, by: str) -> Stamp | None:
    """Return when and by whom, as far as it may be known."""
    if at is None:
        return None
    person = record.links.get(by)
    who = person.title if person else ""
    return Stamp(at, short_moment(desk.look, at), who)


def changed_stamp(desk: Desk, record: Record) -> Stamp | None:
    """Return the last change, where there was one since the record was made."""
    if record.version <= FIRST_VERSION or record.updated_at is None:
        return None
    return stamp(desk, record, record.updated_at, "updated_by")
