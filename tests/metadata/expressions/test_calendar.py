"""Counting days: the quick way gives what counting on one's fingers gives."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from engine.metadata.expressions.calendar import (
    is_workday,
    local,
    localise,
    shift_instant,
    shift_months,
    shift_workdays,
)
from engine.metadata.model.application import Workdays

SOFIA = ZoneInfo("Europe/Sofia")
WEEKS = st.sets(st.integers(0, 6), min_size=1).map(lambda days: tuple(sorted(days)))
DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))


def counted(day: date, amount: int, workdays: Workdays) -> date:
    step = timedelta(days=1 if amount > 0 else -1)
    left = abs(amount)
    while left:
        day += step
        left -= is_workday(day, workdays)
    return day


@given(day=DAYS, amount=st.integers(-60, 60), days=WEEKS, holidays=st.frozensets(DAYS, max_size=9))
def test_working_days_are_counted(
    day: date, amount: int, days: tuple[int, ...], holidays: frozenset[date]
) -> None:
    workdays = Workdays(days=days, holidays=holidays)
    assert shift_workdays(day, amount, workdays) == counted(day, amount, workdays)


def test_a_company_that_never_works_has_no_next_working_day() -> None:
    assert shift_workdays(date(2026, 3, 2), 1, Workdays(days=())) is None
    assert shift_workdays(date(2026, 3, 2), 0, Workdays(days=())) == date(2026, 3, 2)


@given(day=st.dates(), amount=st.integers(-30_000, 30_000))
def test_months_clamp_and_never_drift(day: date, amount: int) -> None:
    moved = shift_months(day, amount)
    months = day.year * 12 + day.month - 1 + amount
    assert (moved is None) == (not 12 <= months < 120_000)
    if moved is not None:
        assert (moved.year * 12 + moved.month - 1) == months
        assert moved.day == day.day or (moved + timedelta(days=1)).day == 1


def test_a_clock_time_that_is_skipped_or_repeated_is_read_one_way() -> None:
    assert localise(datetime(2026, 3, 29, 3, 30), SOFIA) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)  # noqa: DTZ001 - clocks show no zone
    assert localise(datetime(2026, 10, 25, 3, 30), SOFIA) == datetime(  # noqa: DTZ001 - likewise
        2026, 10, 25, 1, 30, tzinfo=UTC
    )


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)),  # noqa: DTZ001 - clock times
    st.integers(-400, 400),
)
def test_days_keep_the_clock_time_over_changes_of_the_clock(at: datetime, days: int) -> None:
    instant = localise(at, SOFIA)
    moved = shift_instant(instant, days, "day", SOFIA, Workdays())
    assert moved is not None
    wanted = local(instant, SOFIA) + timedelta(days=days)
    if local(localise(wanted, SOFIA), SOFIA) == wanted:  # the clock shows it that day
        assert local(moved, SOFIA) == wanted
