"""What a press has come to, in a few words: the try, where the record is now, what is next."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from engine.errors import Message, say, verbatim
from engine.metadata.model.button import Button
from engine.metadata.model.text import RecordRef
from engine.runtime.query.records import Record
from engine.runtime.records.buttons import ButtonState
from engine.runtime.records.changes import Saved, Values
from engine.web.parts.card import has_tasks
from engine.web.parts.desk import Desk
from engine.web.parts.moments import short_moment
from engine.web.toasts import Way
from engine.web.urls import record_url

LONGEST = 60  # letters


def done_already(button: Button) -> Message:
    """Say that a press came second."""
    return say("{button}: done already, nothing was done twice.", button=button.label)


def done_words(desk: Desk, pressed: Message, saved: Saved, after: Record | None) -> Message:
    """Say what was done by a press, in the words of whoever pressed."""
    made = made_words(desk, saved)
    parts = [pressed, *changes_of(desk, saved.before, after), *made]
    if after is not None:
        parts += next_words(desk, after)
    return verbatim(" ".join(desk.look.text(one) for one in parts))


def what_was_pressed(button: Button, before: ButtonState | None) -> Message:
    """Return the button; one with a ladder with the number of the try, by its state before."""
    number = 0 if before is None else before.count + 1
    if before is not None and before.tries and number <= before.tries:
        return say(
            "{button}, try {try_} of {tries}.",
            button=button.label,
            try_=number,
            tries=before.tries,
        )
    return verbatim(f"{button.label}.")


def changes_of(desk: Desk, before: Values, after: Record | None) -> Iterator[Message]:
    """Yield where the record is now, where it has moved, as far as this person may know it."""
    if after is None:
        yield say("It is out of your sight now.")
        return
    for one in desk.look.application.entity(after.entity).fields.values():
        value = after.values.get(one.id)
        if one.type == "stage" and value != before.get(one.id):
            stages = desk.look.application.pipelines[one.pipeline or ""].stages
            if value in stages:
                yield say("Moved to {stage}.", stage=stages[str(value)].label)
    if after.archived and not before.get("archived"):
        yield say("Archived.")


def made_words(desk: Desk, saved: Saved) -> Iterator[Message]:
    """Yield the records that were made on the way."""
    titles = made_titles(desk, saved)
    for one in saved.made:
        label = desk.look.application.entity(one.entity).label
        if one in titles:
            yield say("{entity} {title} made.", entity=label, title=titles[one])


def next_words(desk: Desk, record: Record) -> Iterator[Message]:
    """Yield what is promised next."""
    if "see" not in record.may or not has_tasks(desk.look.application.entity(record.entity)):
        return
    task = desk.reader.next_tasks(desk.actor, record.entity, [record.id]).get(record.id)
    due = None if task is None else task.values.get("due")
    if task is not None and isinstance(due, datetime):
        when = short_moment(desk.look, due)
        yield say("Next: {subject}, {when}.", subject=brief(task.title), when=when)


def ways_to(desk: Desk, saved: Saved) -> tuple[Way, ...]:
    """Return the links to the records that were made on the way."""
    titles = made_titles(desk, saved)
    return tuple(
        Way(desk.look.text(say("Open {title}", title=titles[one])), record_url(one.entity, one.id))
        for one in saved.made
        if one in titles
    )


def made_titles(desk: Desk, saved: Saved) -> dict[RecordRef, str]:
    """Return the titles of the records that were made, as far as this person may know them."""
    titles = desk.reader.titles(desk.actor, saved.made) if saved.made else {}
    return {one: brief(title) for one, title in titles.items()}


def brief(text: str) -> str:
    """Return a text short enough to be said: it may have to travel in a cookie."""
    return text if len(text) <= LONGEST else f"{text[:LONGEST].rstrip()}…"
