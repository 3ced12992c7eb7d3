"""One-press days and hours."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from engine.metadata.model.application import Workdays
from engine.web.quick import (
    Now,
    bound,
    bound_words,
    quick_days,
    quick_hours,
    quick_moments,
)


def now(language: str = "en", *, holidays: frozenset[date] = frozenset()) -> Now:
    """Returns a Tuesday, late enough that it is another day in Sofia."""
    at = datetime(2026, 3, 9, 22, 30, tzinfo=UTC)
    return Now(at, ZoneInfo("Europe/Sofia"), Workdays(holidays=holidays), language)


def test_days_are_counted_on_the_viewers_clock_and_skip_days_off() -> None:
    days = quick_days(now(holidays=frozenset({date(2026, 3, 12)})), date(2026, 3, 13), str)

    assert [(one.label, one.note) for one in days] == [
        ("Today", "Tue 10"),
        ("Tomorrow", "Wed 11"),
        ("Fri", "13 Mar"),
        ("Mon", "16 Mar"),
        ("In a week", "Tue 17"),
        ("Wed", "18 Mar"),
        ("In 2 weeks", "Tue 24"),
    ]
    assert [one.value for one in days if one.chosen] == ["2026-03-13"]


def test_days_are_named_in_the_language_of_the_page() -> None:
    assert [one.note for one in quick_days(now("ru"), None, str)][2] == "12 мар."


def test_hours_are_those_of_a_working_day() -> None:
    hours = quick_hours(now(), time(10))

    assert [one.label for one in hours][:3] == ["9:00", "10:00", "11:00"]
    assert [one.value for one in hours if one.chosen] == ["10:00"]


def test_a_long_working_day_leaves_hours_out() -> None:
    night = Now(now().at, now().zone, Workdays(start=time(0), end=time(23)), "en")

    assert [one.label for one in quick_hours(night, None)][:3] == ["0:00", "3:00", "6:00"]


def test_moments_of_the_configuration_say_their_day() -> None:
    texts = ("tomorrow 9:00", "in 1 w", "in 3 d 10:00", "next monday 9:00")
    moments = quick_moments(now(), texts, "2026-03-11 09:00", str, timed=True)

    assert [(one.value, one.label) for one in moments] == [
        ("2026-03-11 09:00", "Tomorrow 9:00"),
        ("2026-03-17 00:30", "In a week"),
        ("2026-03-13 10:00", "In 3 days 10:00"),
        ("2026-03-16 09:00", "next monday 9:00"),
    ]
    assert moments[0].chosen


def test_days_outside_the_bounds_are_not_offered() -> None:
    past = quick_days(now(), None, str, high=bound(now(), "today", date.max))
    soon = quick_days(now(), None, str, low=bound(now(), "2026-03-16", date.min))

    assert [one.label for one in past] == ["Yesterday", "Today"]
    assert next(one.value for one in soon) == "2026-03-16"
    assert bound_words(now(), "today", str) == "today"
    assert bound_words(now(), "2026-03-16", str) == "16 March 2026"
