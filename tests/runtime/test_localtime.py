"""The client's clock: the hour there, the way to mine, and whether to call."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from engine.metadata.model.application import Workdays
from engine.runtime.localtime import Band, LocalClock, local_clock

SOFIA = ZoneInfo("Europe/Sofia")


def clock(zone: str, *when: int, workdays: Workdays | None = None) -> LocalClock:
    now = datetime(*when, tzinfo=UTC)  # type: ignore[arg-type, misc] # year, month, day ...
    return local_clock(ZoneInfo(zone), SOFIA, now, workdays or Workdays())


def test_the_clock_of_the_design() -> None:
    found = clock("Asia/Almaty", 2026, 3, 10, 9, 32)
    assert (found.time, found.stamp) == ("14:32", "2026-03-10T14:32+05:00")
    assert str(found.where) == "in Almaty, 3 h ahead of you"
    assert (found.is_good, str(found.verdict)) == (True, "A good hour to call")
    assert (found.bands, found.mark) == ((Band(90, 90),), "145.3")
    assert str(found.band_words) == (
        "Working hours there, 9:00 to 18:00, are 6:00 to 15:00 of your day; now it is 11:32"
    )


@pytest.mark.parametrize(
    "zone, when, where, verdict",
    [
        ("Europe/Sofia", (2026, 3, 10, 9, 0), "in Sofia, the same time as yours", "A good"),
        (
            "America/New_York",
            (2026, 3, 10, 9, 0),
            "in New York, 6 h behind you",
            "Early there, better from 15:00 by your clock",
        ),
        (
            "Asia/Kolkata",
            (2026, 3, 10, 16, 0),
            "in Kolkata, 3 h 30 min ahead of you",
            "Late there, better on Wednesday from 5:30 by your clock",
        ),
        (
            "Asia/Tokyo",
            (2026, 3, 13, 20, 0),
            "in Tokyo, 7 h ahead of you, already tomorrow",
            "A day off there, better on Monday from 2:00 by your clock",
        ),
        (
            "America/Los_Angeles",
            (2026, 3, 11, 5, 0),
            "in Los Angeles, 9 h behind you, still yesterday",
            "Late there, better on Wednesday from 18:00 by your clock",
        ),
    ],
)
def test_the_difference_and_the_next_good_hour(
    zone: str, when: tuple[int, ...], where: str, verdict: str
) -> None:
    found = clock(zone, *when)
    assert str(found.where) == where
    assert str(found.verdict).startswith(verdict)


def test_the_difference_follows_each_change_of_the_clock() -> None:
    winter, between, summer = (clock("America/New_York", 2026, 3, day, 12) for day in (7, 9, 30))
    assert [one.minutes_ahead for one in (winter, between, summer)] == [-420, -360, -420]


def test_a_good_hour_begins_after_the_clock_has_changed() -> None:
    friday_night = clock("Europe/London", 2026, 3, 27, 20)  # on Sunday both clocks move
    assert str(friday_night.verdict).endswith("better on Monday from 11:00 by your clock")


@pytest.mark.parametrize(
    "workdays", [Workdays(days=()), Workdays(start=time(9), end=time(9))], ids=["days", "hours"]
)
def test_without_working_hours_no_hour_is_good(workdays: Workdays) -> None:
    assert not clock("Asia/Almaty", 2026, 3, 10, 9, workdays=workdays).is_good
