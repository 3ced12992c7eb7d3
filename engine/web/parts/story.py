"""What happened with a record, by day: talks, changes, and what the engine did by itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from types import MappingProxyType

from engine.errors import BadQuery, Message, say
from engine.metadata.model.field import Field
from engine.metadata.model.text import RecordRef, Value
from engine.runtime.query.records import Record
from engine.runtime.records.timeline import Entry, EntryKind, FieldChange, Pressed, TimelinePage
from engine.web.navigation import icon_names
from engine.web.parts.desk import Desk
from engine.web.parts.facts import option_item
from engine.web.parts.look import Look
from engine.web.parts.moments import day_word, long_day, short_moment
from engine.web.parts.related import StageWord, stage_word
from engine.web.parts.task_list import clock_time
from engine.web.urls import record_url, run_url, with_query

SHOWN = 20
TALKS = frozenset({EntryKind.ACTIVITY, EntryKind.TASK_MADE, EntryKind.TASK_DONE})
KINDS: Mapping[str, frozenset[EntryKind]] = MappingProxyType(
    {"": frozenset(EntryKind), "talks": TALKS, "changes": frozenset(EntryKind) - TALKS}
)
LABELS = {"": say("All"), "talks": say("Talks"), "changes": say("Changes")}
SAID: Mapping[EntryKind, Message] = MappingProxyType(
    {
        EntryKind.CREATED: say("made this record"),
        EntryKind.CHANGED: say("changed"),
        EntryKind.MOVED: say("moved"),
        EntryKind.PRESSED: say("pressed"),
        EntryKind.ARCHIVED: say("archived this record"),
        EntryKind.UNARCHIVED: say("took this record out of the archive"),
        EntryKind.DELETED: say("deleted this record"),
        EntryKind.RESTORED: say("restored this record"),
        EntryKind.ACTIVITY: say("wrote"),
        EntryKind.TASK_MADE: say("planned"),
        EntryKind.TASK_DONE: say("did"),
    }
)
# What a rule or button has done: its name is no person that "planned" something.
DONE_BY_ITSELF: Mapping[EntryKind, Message] = MappingProxyType(
    {
        EntryKind.CREATED: say("Made"),
        EntryKind.CHANGED: say("Changed"),
        EntryKind.MOVED: say("Moved"),
        EntryKind.ARCHIVED: say("Archived"),
        EntryKind.UNARCHIVED: say("Taken out of the archive"),
        EntryKind.DELETED: say("Deleted"),
        EntryKind.RESTORED: say("Restored"),
        EntryKind.ACTIVITY: say("Note"),
        EntryKind.TASK_MADE: say("Planned"),
        EntryKind.TASK_DONE: say("Done"),
    }
)
ICONS: Mapping[EntryKind, str] = MappingProxyType(
    {
        EntryKind.CREATED: "plus",
        EntryKind.CHANGED: "note",
        EntryKind.MOVED: "arrow",
        EntryKind.PRESSED: "check",
        EntryKind.ARCHIVED: "archive",
        EntryKind.UNARCHIVED: "undo",
        EntryKind.DELETED: "trash",
        EntryKind.RESTORED: "undo",
        EntryKind.ACTIVITY: "note",
        EntryKind.TASK_MADE: "clock",
        EntryKind.TASK_DONE: "check",
    }
)
TALK_ICONS = {
    "call": "phone",
    "email": "mail",
    "mail": "mail",
    "meeting": "calendar",
    "visit": "pin",
}
TALK_WORDS = {
    "note": say("wrote"),
    "call": say("called"),
    "email": say("wrote an e-mail"),
    "meeting": say("met"),
    "visit": say("visited"),
}
LONGEST = 300  # letters of a value that a line of the story shows


@dataclass(frozen=True, slots=True)
class StoryAsked:
    """Which part of the story is asked for: `show` filters, `before` is the place to go on at.

    `day` is the last day that stands above that place already, where a part is appended.
    """

    show: str = ""
    before: str = ""
    day: str = ""


@dataclass(frozen=True, slots=True)
class ShowChoice:
    """A way to filter the story."""

    label: Message
    href: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class StoryChange:
    """A field with its values before and after, as they read."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class StageChange:
    """A move from one stage to another."""

    before: StageWord
    after: StageWord


@dataclass(frozen=True, slots=True)
class PressWords:
    """A button that was pressed, and which try it was."""

    label: str
    note: Message | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened; `why` is the address that tells what did it, or what followed.

    `rule` is the name of the rule or button that did it by itself, '' where a person did.
    """

    id: int
    icon: str
    who: str
    said: Message
    at: datetime
    time: str
    text: str = ""
    title: str = ""
    href: str = ""
    changes: tuple[StoryChange, ...] = ()
    stage: StageChange | None = None
    pressed: PressWords | None = None
    why: str = ""
    rule: str = ""
    is_auto: bool = False
    is_quote: bool = False


@dataclass(frozen=True, slots=True)
class StoryDay:
    """What happened on one day."""

    date: date
    label: str
    events: tuple[Event, ...]
    goes_on: bool = False


@dataclass(frozen=True, slots=True)
class Story:
    """One page of the story, newest first, and the way to older ones."""

    choices: tuple[ShowChoice, ...]
    days: tuple[StoryDay, ...]
    older: str
    is_older: bool


def read_asked(show: str, before: str, day: str = "") -> StoryAsked:
    """Return what the address asks for."""
    if show not in KINDS:
        raise BadQuery("show", say("There is no such part of the story: {name}", name=show))
    return StoryAsked(show, before, day)


def story_of(desk: Desk, record: Record, asked: StoryAsked) -> Story:
    """Return the story of a record as far as this person may read it."""
    here = RecordRef(record.entity, record.id)
    page = desk.timeline.page(desk.actor, here, asked.before or None, SHOWN, KINDS[asked.show])
    titles = linked_titles(desk, page)
    address = record_url(record.entity, record.id)
    show = [("show", asked.show)] if asked.show else []
    days = days_of(desk.look, here, page.entries, titles, asked.day)
    rest = [*show, ("before", page.older or ""), ("day", str(days[-1].date))] if page.older else []
    return Story(
        choices=tuple(choice(address, name, asked.show) for name in KINDS),
        days=days,
        older=with_query(address, rest) if rest else "",
        is_older=bool(asked.before),
    )


def choice(address: str, name: str, current: str) -> ShowChoice:
    """Return one way to filter."""
    href = with_query(address, [("show", name)] if name else [])
    return ShowChoice(LABELS[name], href, is_current=name == current)


Titles = Mapping[RecordRef, str]


def linked_titles(desk: Desk, page: TimelinePage) -> Titles:
    """Return the titles of linked records that this person may know."""
    wanted = set(page.references())
    return desk.reader.titles(desk.actor, wanted) if wanted else {}


def days_of(
    look: Look, here: RecordRef, entries: Iterable[Entry], titles: Titles, last: str
) -> tuple[StoryDay, ...]:
    """Return entries by the viewer's days; the day that stands above already needs no heading."""
    by_day = groupby(entries, key=lambda one: look.local(one.at).date())
    return tuple(
        StoryDay(
            date=day,
            label=day_label(look, day),
            events=tuple(event(look, here, one, titles) for one in some),
            goes_on=str(day) == last,
        )
        for day, some in by_day
    )


def day_label(look: Look, day: date) -> str:
    """Return a day as a heading."""
    word = day_word(day, look.today)
    if word is not None:
        return look.text(word)
    shown = long_day(look, day)
    return shown if day.year == look.today.year else f"{shown} {day.year}"


def event(look: Look, here: RecordRef, entry: Entry, titles: Titles) -> Event:
    """Return one entry as it stands in the story."""
    values = entry.values or {}
    is_talk = entry.kind is EntryKind.ACTIVITY
    is_task = entry.kind in (EntryKind.TASK_MADE, EntryKind.TASK_DONE)
    result = str(values.get("result") or "") if entry.kind is EntryKind.TASK_DONE else ""
    is_new = entry.kind is EntryKind.CREATED
    is_of_rule = entry.who.kind == "rule" or (entry.who.kind == "engine" and entry.run)
    by_itself = DONE_BY_ITSELF.get(entry.kind) if is_of_rule else None
    return Event(
        id=entry.id,
        icon=icon_of(look, here, entry),
        who=entry.who.name,
        said=by_itself or deed(entry),
        at=entry.at,
        time=clock_time(look, entry.at),
        text=entry.text or result,
        title=entry.title if is_task else "",
        href=record_url(entry.subject.entity, entry.subject.id)
        if is_task and entry.subject
        else "",
        changes=() if is_new else tuple(change(look, one, titles) for one in entry.changes),
        stage=stage_change(look, entry.stage),
        pressed=press_words(look, entry.pressed),
        why=run_url(here.entity, here.id, entry.run) if entry.run else "",
        rule=entry.who.name if by_itself else "",
        is_auto=entry.who.kind != "user",
        is_quote=is_talk,
    )


def icon_of(look: Look, here: RecordRef, entry: Entry) -> str:
    """Return the icon of an entry: of a talk by its kind, of a press that of the button."""
    if entry.kind is EntryKind.ACTIVITY:
        return TALK_ICONS.get(str((entry.values or {}).get("type") or ""), ICONS[entry.kind])
    if entry.pressed is None:
        return ICONS[entry.kind]
    buttons = look.application.buttons(here.entity).values()
    named = next((one.icon for one in buttons if one.address == entry.pressed.address), "")
    return named if named in icon_names() else ICONS[entry.kind]


def press_words(look: Look, pressed: Pressed | None) -> PressWords | None:
    """Return a button that was pressed, with its try."""
    if pressed is None:
        return None
    return PressWords(pressed.label, try_words(look, pressed) if pressed.tries else None)


def try_words(look: Look, pressed: Pressed) -> Message:
    """Say which try of a ladder it was, and when the next one was to be."""
    if pressed.number > pressed.tries:
        return say("After the last of {tries} tries", tries=pressed.tries)
    numbers: Mapping[str, object] = {"number": pressed.number, "tries": pressed.tries}
    if pressed.next_try is None:
        return say("Try {number} of {tries}", **numbers)
    is_today = look.local(pressed.next_try).date() == look.today
    time = (clock_time if is_today else short_moment)(look, pressed.next_try)
    return say("Try {number} of {tries}, the next one at {time}", **numbers, time=time)


def deed(entry: Entry) -> Message:
    """Return the verb of an entry: wrote, moved, pressed Busy."""
    if entry.kind is EntryKind.ACTIVITY:
        return TALK_WORDS.get(str((entry.values or {}).get("type") or ""), SAID[entry.kind])
    if entry.pressed is not None:
        return say("pressed {button}", button=entry.pressed.label)
    return SAID[entry.kind]


def change(look: Look, one: FieldChange, titles: Titles) -> StoryChange:
    """Return a changed field with its values as they read."""
    return StoryChange(
        one.field.label,
        said(look, one.field, one.before, titles),
        said(look, one.field, one.after, titles),
    )


def said(look: Look, field: Field, value: Value, titles: Titles) -> str:
    """Return a value as it reads; a link by the title of its record, if this person may know it."""
    if value is None or value == ():
        return ""
    if field.to is not None and isinstance(value, int):
        return titles.get(RecordRef(field.to, value)) or look.text(say("not visible to you"))
    if isinstance(value, RecordRef):
        return titles.get(value) or look.text(say("not visible to you"))
    if field.options:
        chosen = value if isinstance(value, tuple) else (value,)
        return ", ".join(option_item(field, str(one)).label for one in chosen)
    text = look.show(value, field)
    return text if len(text) <= LONGEST else f"{text[:LONGEST].rstrip()}…"


def stage_change(look: Look, one: FieldChange | None) -> StageChange | None:
    """Return a move with both stages in their colours."""
    if one is None:
        return None
    before, after = (stage_word(look, one.field, value) for value in (one.before, one.after))
    return StageChange(before, after) if before and after else None
