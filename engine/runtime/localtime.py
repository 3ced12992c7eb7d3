"""The client's clock: the hour there, how far it is from mine, and whether it is one to call at.

The working hours are the company's, read on the client's clock: a seller who may call from nine
to six calls a client when it is nine to six where the client is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from engine.errors import Message, say
from engine.metadata.expressions.calendar import local, localise
from engine.metadata.model.application import Workdays
from engine.runtime.spoken import Clock, Place, Weekday

BAND = 240  # units of the drawing for a day of 24 hours
MORNING, NIGHT = time(8), time(21)  # before and after, nobody likes to be called
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Band:
    """A stretch of working time on a day's scale of 240 units."""

    x: float
    width: float


@dataclass(frozen=True, slots=True)
class LocalClock:
    """What one needs to know of another place before calling there.

    `minutes_ahead` of the viewer (negative: behind); `where` says place and difference, `verdict`
    whether the hour is good and when it will be; at night it is a poor one wherever people work.
    `bands` and `mark` draw working hours and now.
    """

    zone: str
    stamp: str
    hours: str
    minutes: str
    place: Place
    minutes_ahead: int
    where: Message
    short: Message
    is_good: bool
    is_night: bool
    verdict: Message
    bands: tuple[Band, ...]
    mark: str
    band_words: Message

    @property
    def time(self) -> str:
        """Return the time there."""
        return f"{self.hours}:{self.minutes}"


def local_clock(
    zone: ZoneInfo, viewer_zone: ZoneInfo, now: datetime, workdays: Workdays
) -> LocalClock:
    """Return the clock of a place for a viewer."""
    there, here = local(now, zone), local(now, viewer_zone)
    ahead = round((there - here).total_seconds() / 60)
    place = Place(zone.key)
    return LocalClock(
        zone=zone.key,
        stamp=now.astimezone(zone).isoformat(timespec="minutes"),
        hours=str(there.hour),
        minutes=f"{there.minute:02}",
        place=place,
        minutes_ahead=ahead,
        where=_where(place, ahead, (there.date() - here.date()).days),
        short=_short(place, ahead),
        is_good=_is_working(there, workdays),
        is_night=not MORNING <= there.time() < NIGHT,
        verdict=_verdict(there, zone, viewer_zone, workdays),
        bands=_bands(workdays),
        mark=f"{_at(there.time()):.1f}",
        band_words=_band_words(there, here, zone, viewer_zone, workdays),
    )


def _where(place: Place, ahead: int, days: int) -> Message:
    if ahead == 0:
        return say("in {place}, the same time as yours", place=place)
    length = _length(abs(ahead))
    if ahead > 0 and days > 0:
        return say(
            "in {place}, {length} ahead of you, already tomorrow", place=place, length=length
        )
    if ahead < 0 and days < 0:
        return say("in {place}, {length} behind you, still yesterday", place=place, length=length)
    if ahead > 0:
        return say("in {place}, {length} ahead of you", place=place, length=length)
    return say("in {place}, {length} behind you", place=place, length=length)


def _short(place: Place, ahead: int) -> Message:
    if ahead == 0:
        return say("in {place}", place=place)
    sign = "+" if ahead > 0 else "−"
    return say("in {place}, {sign}{length}", place=place, sign=sign, length=_length(abs(ahead)))


def _length(minutes: int) -> Message:
    hours, rest = divmod(minutes, 60)
    if not rest:
        return say("{hours} h", hours=hours)
    if not hours:
        return say("{minutes} min", minutes=rest)
    return say("{hours} h {minutes} min", hours=hours, minutes=rest)


def _is_working(there: datetime, workdays: Workdays) -> bool:
    return there.weekday() in workdays.days and workdays.start <= there.time() < workdays.end


def _verdict(there: datetime, zone: ZoneInfo, viewer_zone: ZoneInfo, workdays: Workdays) -> Message:
    """Say whether to call now, and if not, why and when by the viewer's clock."""
    if _is_working(there, workdays):
        return say("A good hour to call")
    good = _next_good(there, workdays)
    if good is None:
        return say("No working hours are set")
    shown = local(localise(good, zone), viewer_zone)
    start, day = Clock(shown.time()), Weekday(shown.date())
    if there.weekday() not in workdays.days:
        return say(
            "A day off there, better on {day} from {time} by your clock", day=day, time=start
        )
    if good.date() == there.date():
        return say("Early there, better from {time} by your clock", time=start)
    return say("Late there, better on {day} from {time} by your clock", day=day, time=start)


def _next_good(there: datetime, workdays: Workdays) -> datetime | None:
    for ahead in range(8):
        start = datetime.combine(there.date() + ahead * _DAY, workdays.start)
        if start.weekday() in workdays.days and start > there:
            return start
    return None


def _bands(workdays: Workdays) -> tuple[Band, ...]:
    start, end = _at(workdays.start), _at(workdays.end)
    return (Band(start, round(end - start, 1)),) if start < end else ()


def _at(moment: time) -> float:
    return round((moment.hour * 60 + moment.minute) / 1440 * BAND, 1)


def _band_words(
    there: datetime, here: datetime, zone: ZoneInfo, viewer_zone: ZoneInfo, workdays: Workdays
) -> Message:
    start, end = (
        Clock(local(localise(datetime.combine(there.date(), one), zone), viewer_zone).time())
        for one in (workdays.start, workdays.end)
    )
    return say(
        "Working hours there, {start} to {end}, are {from_} to {to} of your day; now it is {now}",
        start=Clock(workdays.start),
        end=Clock(workdays.end),
        from_=start,
        to=end,
        now=Clock(here.time()),
    )
