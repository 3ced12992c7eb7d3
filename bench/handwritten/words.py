"""Values in words: money, moments and days as the pages show them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import phonenumbers

ZONE = ZoneInfo("Europe/Sofia")
WEEK = 7
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
LONG_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
LONG_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def now() -> datetime:
    """Return the instant."""
    return datetime.now(UTC)


def today() -> date:
    """Return the company's day."""
    return datetime.now(ZONE).date()


def money(cents: int | None) -> str:
    """Write a sum."""
    return "–" if cents is None else f"{cents / 100:,.2f} €"


def cents(value: int | None) -> str:
    """Write a sum into an input."""
    return "" if value is None else f"{value / 100:.2f}"


def decimal(value: int | None) -> str:
    """Write hundredths without closing noughts."""
    return "" if value is None else f"{value / 100:.2f}".rstrip("0").rstrip(".")


def tenths(value: int | None) -> str:
    """Write tenths."""
    return "" if value is None else f"{value / 10:.1f}".removesuffix(".0")


def clock(value: datetime) -> str:
    """Write the time of day."""
    local = value.astimezone(ZONE)
    return f"{local.hour}:{local.minute:02}"


def long(value: datetime) -> str:
    """Write a moment in full."""
    local = value.astimezone(ZONE)
    day, month = DAYS[local.weekday()], LONG_MONTHS[local.month - 1]
    return f"{day} {local.day} {month}, {local.hour}:{local.minute:02}"


def short(value: datetime) -> str:
    """Write a moment as short as it can be understood."""
    local = value.astimezone(ZONE)
    time = f"{local.hour}:{local.minute:02}"
    away = (local.date() - today()).days
    match away:
        case 0:
            return time
        case 1:
            return f"Tomorrow {time}"
        case -1:
            return f"Yesterday {time}"
    if 0 < away < WEEK:
        return f"{DAYS[local.weekday()]} {local.day} {time}"
    year = "" if local.year == today().year else f" {local.year}"
    return f"{local.day} {MONTHS[local.month - 1]}{year} {time}"


def day(value: date, full: bool = False) -> str:  # noqa: FBT002 - a filter's argument
    """Write a day."""
    year = f" {value.year}" if full or value.year != today().year else ""
    return f"{value.day} {MONTHS[value.month - 1]}{year}"


def dayword(value: datetime | date) -> str:
    """Write a day as people call it."""
    local = value.astimezone(ZONE).date() if isinstance(value, datetime) else value
    near = {0: "Today", 1: "Tomorrow", -1: "Yesterday"}
    return near.get((local - today()).days) or f"{local.day} {LONG_MONTHS[local.month - 1]}"


def since(value: datetime) -> str:
    """Write how far away a moment is."""
    gap = abs(now() - value)
    if gap.days:
        return f"{gap.days} day" if gap.days == 1 else f"{gap.days} days"
    hours, minutes = divmod(gap.seconds // 60, 60)
    return f"{hours} h {minutes:02}" if hours else f"{minutes} min"


def typed(value: datetime | None) -> str:
    """Write a moment into an input."""
    return "" if value is None else value.astimezone(ZONE).strftime("%Y-%m-%d %H:%M")


def native(value: datetime | None) -> str:
    """Write a moment into the browser's own input."""
    return "" if value is None else value.astimezone(ZONE).strftime("%Y-%m-%dT%H:%M")


def initials(name: str) -> str:
    """Return the letters of an avatar."""
    return "".join(part[0] for part in name.split()[:2])


def phone(number: str) -> str:
    """Write a number as it is dialled at home."""
    parsed = phonenumbers.parse(number)
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)


def heading() -> str:
    """Return the name of the day."""
    here = today()
    return f"{LONG_DAYS[here.weekday()]}, {here.day} {LONG_MONTHS[here.month - 1]}"


def moments() -> tuple[tuple[str, str, str], ...]:
    """Return when a task can be put off to."""
    here = datetime.now(ZONE)
    nine = here.replace(hour=9, minute=0)
    in_an_hour = clock(here + timedelta(hours=1))
    return (
        ("in 1 h", "In an hour", f"Today {in_an_hour}"),
        ("tomorrow 09:00", "Tomorrow", "Tomorrow 9:00"),
        ("in 3 d 09:00", "In 3 days", short(nine + timedelta(days=3))),
        ("in 1 w 09:00", "In a week", short(nine + timedelta(days=7))),
    )


def days() -> Iterator[tuple[str, str, str]]:
    """Yield the days that a form offers."""
    here = today()
    for gap in (0, 1, 2, 3, 4, 5, 7, 14):
        one = here + timedelta(days=gap)
        name = {0: "Today", 1: "Tomorrow", 7: "In a week", 14: "In 2 weeks"}.get(gap)
        small = f"{one.day} {MONTHS[one.month - 1]}" if name is None else f"{_dated(one)}"
        yield one.isoformat(), name or DAYS[one.weekday()], small


def quick_moments() -> Iterator[tuple[str, str, str]]:
    """Yield the moments that a form offers."""
    here = datetime.now(ZONE)
    tomorrow = (here + timedelta(days=1)).replace(hour=10, minute=0)
    known = (
        ("Tomorrow 10:00", tomorrow),
        ("In 3 days", here + timedelta(days=3)),
        ("In a week", here + timedelta(days=7)),
    )
    for label, one in known:
        yield one.strftime("%Y-%m-%d %H:%M"), label, f"{_dated(one)} {MONTHS[one.month - 1]}"


def quick_days() -> Iterator[tuple[str, str, str]]:
    """Yield the days of promise that a form offers."""
    for weeks in (4, 6):
        one = today() + timedelta(weeks=weeks)
        yield one.isoformat(), f"In {weeks} weeks", f"{_dated(one)} {MONTHS[one.month - 1]}"


def _dated(one: date) -> str:
    return f"{DAYS[one.weekday()]} {one.day}"


FILTERS = {
    one.__name__: one
    for one in (
        *(money, cents, decimal, tenths, clock, long, short, day, dayword, since, typed, native),
        *(initials, phone),
    )
}
