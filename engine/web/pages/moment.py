"""A moment in words, read back: "in 3 days" -> Friday, 13 March, 10:00; asked for while typing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from flask import Blueprint, Response, request

from engine.errors import BadQuery, Message, say, say_many
from engine.metadata.model.text import Value
from engine.runtime.records.reading.base import Reading, Unreadable
from engine.runtime.records.reading.times import read_date, read_instant
from engine.runtime.writing import written_day
from engine.web.htmx import show
from engine.web.parts.look import Look, current_look
from engine.web.parts.moments import beginning_large, day_word, distance
from engine.web.parts.person import zone_named
from engine.web.quick import Now, hour_there
from engine.web.request import read_values

bp = Blueprint("moment", __name__)

READERS = {"date": read_date, "datetime": read_instant}


@dataclass(frozen=True, slots=True)
class MomentContext:
    """A moment in full, how far it is, its hour elsewhere; what is wrong where it can't be read."""

    words: str
    away: str
    wrong: str = ""
    there: str = ""


@bp.get("/search/moment")
def moment() -> Response:
    """Answer with the moment that the words mean for this person."""
    values = read_values(request.args, ("text", "kind", "there"))
    read = READERS.get(values["kind"])
    if read is None:
        raise BadQuery("kind", say("Write date or datetime."))
    look = current_look()
    try:
        value = read(values["text"], Reading(look.now, look.zone, look.application.workdays))
    except Unreadable as unreadable:
        return show("parts/moment.html", MomentContext("", "", look.text(unreadable.message)))
    context = replace(said(look, value), there=said_there(look, value, values["there"]))
    return show("parts/moment.html", context)


def said_there(look: Look, value: Value, name: str) -> str:
    """Return the hour of a moment in another zone, '' where none is asked for."""
    zone = zone_named(name) if name else None
    if name and zone is None:
        raise BadQuery("there", say("There is no such time zone: {name}", name=name))
    now = Now(look.now, look.zone, look.application.workdays, look.language, zone)
    words = hour_there(now, value) if isinstance(value, datetime) else None
    return look.text(words) if words else ""


def said(look: Look, value: Value) -> MomentContext:
    """Return a moment in full, on the viewer's clock."""
    match value:
        case datetime():
            local = look.local(value)
            words = f"{full_day(look, local.date())}, {local.hour}:{local.minute:02}"
            return MomentContext(words, look.text(away(look, value, local.date())))
        case date():
            return MomentContext(full_day(look, value), look.text(days_away(look, value)))
        case _:
            return MomentContext("", "")


def full_day(look: Look, day: date) -> str:
    """Return a day with its weekday, and its year where it is not this one."""
    pattern = "EEEE, d MMMM" if day.year == look.today.year else "EEEE, d MMMM y"
    return beginning_large(written_day(day, pattern, look.language))


def away(look: Look, at: datetime, day: date) -> Message:
    """Say how far an instant is: in hours on the same day, else in days."""
    if day != look.today:
        return days_away(look, day)
    length = look.text(distance(at - look.now))
    return (
        say("{length} ago", length=length) if at < look.now else say("in {length}", length=length)
    )


def days_away(look: Look, day: date) -> Message:
    """Say how many days a day is away."""
    count = (day - look.today).days
    word = day_word(day, look.today)
    if word is not None:
        return word
    if count > 0:
        return say_many("in {number} day", "in {number} days", count)
    return say_many("{number} day ago", "{number} days ago", -count)
