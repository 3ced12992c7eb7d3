"""Moments as people write them, in three languages."""

from contextlib import suppress
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.metadata.model.application import Workdays
from engine.metadata.moments import (
    Length,
    add_length,
    next_workdays,
    parse_length,
    parse_moment,
    resolve_moment,
)

SOFIA = ZoneInfo("Europe/Sofia")
NOW = datetime(2026, 3, 4, 15, 50, tzinfo=UTC)  # a Wednesday, 17:50 in Sofia
WEEK = Workdays(holidays=frozenset({date(2026, 3, 6)}))


def said(text: str, now: datetime = NOW) -> str:
    moment = resolve_moment(parse_moment(text), now, SOFIA, WEEK)
    assert moment.tzinfo is UTC
    return f"{moment.astimezone(SOFIA):%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    "text, meant",
    [
        ("now", "2026-03-04 17:50"),
        ("in 5 min", "2026-03-04 17:55"),
        ("in 3 days", "2026-03-07 17:50"),
        ("in 3 d 9:30", "2026-03-07 09:30"),
        ("in 1 mo", "2026-04-04 17:50"),
        ("12 d ago 10:20", "2026-02-20 10:20"),
        ("2 h ago", "2026-03-04 15:50"),
        ("today 9:00", "2026-03-04 09:00"),
        ("yesterday 16:40", "2026-03-03 16:40"),
        ("Tomorrow at 10:00", "2026-03-05 10:00"),
        ("tomorrow", "2026-03-05 00:00"),
        ("next monday 9:00", "2026-03-09 09:00"),
        ("next wednesday 9:00", "2026-03-11 09:00"),
        ("wed", "2026-03-11 00:00"),
        ("2026-03-02 10:00", "2026-03-02 10:00"),
        ("2026-03-02T10:00", "2026-03-02 10:00"),
        ("2026-03-02", "2026-03-02 00:00"),
        ("14:30", "2026-03-04 14:30"),
        ("in 15 workmin", "2026-03-05 09:05"),
        ("in 2 workh", "2026-03-05 10:50"),
        ("in 2 workd", "2026-03-09 17:50"),
        ("next workday 9:00", "2026-03-05 09:00"),
        ("утре 10:00", "2026-03-05 10:00"),
        ("утре в 10:00", "2026-03-05 10:00"),
        ("вдругиден", "2026-03-06 00:00"),
        ("след 3 дни", "2026-03-07 17:50"),
        ("преди 2 часа", "2026-03-04 15:50"),
        ("следващия понеделник", "2026-03-09 00:00"),
        ("в петък 9:00", "2026-03-06 09:00"),
        ("завтра, 10:00", "2026-03-05 10:00"),
        ("послезавтра", "2026-03-06 00:00"),
        ("через 3 дня", "2026-03-07 17:50"),
        ("через 2 недели 9:00", "2026-03-18 09:00"),
        ("2 часа назад", "2026-03-04 15:50"),
        ("следующий вторник", "2026-03-10 00:00"),
        ("в пятницу в 9:00", "2026-03-06 09:00"),
    ],
)
def test_a_moment_is_read(text: str, meant: str) -> None:
    assert said(text) == meant


def test_days_keep_the_clock_and_hours_do_not() -> None:
    before_spring = datetime(2026, 3, 28, 8, 0, tzinfo=UTC)  # 10:00, and the night has 23 hours
    assert said("in 1 d", before_spring) == "2026-03-29 10:00"
    assert said("in 24 h", before_spring) == "2026-03-29 11:00"


def test_working_time_begins_with_the_working_day() -> None:
    assert said("in 15 workmin", datetime(2026, 3, 4, 5, tzinfo=UTC)) == "2026-03-04 09:15"
    assert said("in 15 workmin", datetime(2026, 3, 7, 5, tzinfo=UTC)) == "2026-03-09 09:15"


@pytest.mark.parametrize(
    "text, sentence",
    [
        ("", "is no moment"),
        ("soon", "is no moment"),
        ("in 3 parsecs", "is no moment"),
        ("in 999999 d", "is no moment"),
        ("2026-02-30", "there is no day 2026-02-30"),
        ("tomorrow 25:00", "there is no time 25:00"),
        ("in 5 min 10:00", "a time of day goes with days"),
    ],
)
def test_what_is_no_moment_is_said_so(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        parse_moment(text)


@pytest.mark.parametrize(
    "text, unit",
    [
        ("5 min", "min"),
        ("2h", "h"),
        ("3 d", "d"),
        ("1 mo", "mo"),
        ("2 workd", "workd"),
        ("5 мин", "min"),
    ],
)
def test_a_length_is_read(text: str, unit: str) -> None:
    assert parse_length(text) == Length(int(text[0]), unit)


@pytest.mark.parametrize("text", ["5", "min", "-5 min", "5 min 3", "123456 h", "1.5 h"])
def test_what_is_no_length_is_said_so(text: str) -> None:
    with pytest.raises(ValueError, match="is no length of time"):
        parse_length(text)


@given(st.integers(0, 3000))
def test_working_time_is_spent_in_working_hours(minutes: int) -> None:
    end = add_length(NOW, Length(minutes, "workmin"), SOFIA, WEEK).astimezone(SOFIA)
    spent = (end.hour - 9) * 60 + end.minute
    days = [date(2026, 3, 4), date(2026, 3, 5), *next_workdays(date(2026, 3, 6), 9, WEEK)]
    assert time(9) <= end.time() <= time(18)
    assert days.index(end.date()) * 540 + spent - 530 == minutes  # 530 were over at 17:50


def test_a_company_without_working_hours_says_so() -> None:
    closed = Workdays(start=time(9), end=time(9))
    with pytest.raises(ValueError, match="no working hours"):
        add_length(NOW, Length(1, "workmin"), SOFIA, closed)


WORDS = (
    *("in", "ago", "next", "at", "след", "через", "назад", "преди", "в", "следующий", ","),
    *("0", "1", "99999", "9:00", "24:00", "25:61", "2026-02-29", "0001-01-01", "9999-12-31"),
    *("s", "min", "d", "mo", "workmin", "workd", "дни", "now", "today", "monday", "неделя", "x"),
)


@given(st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join) | st.text(max_size=40))
def test_no_text_breaks_the_reader(text: str) -> None:
    with suppress(ValueError):
        assert resolve_moment(parse_moment(text), NOW, SOFIA, WEEK).tzinfo is UTC
