from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from flamescore.engine import Clock
from flamescore.engine.calendar import transitions
from flamescore.units import Period

AS_OF = datetime(2026, 11, 21, 12, tzinfo=UTC)


def clock(zone="UTC", as_of=AS_OF):
    return Clock(as_of, ZoneInfo(zone))


def epoch(text):
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def instants(zone, *local):
    return clock(zone).instants(np.array([epoch(each) for each in local])).tolist()


def days(zone, *utc):
    found = clock(zone).local_days(np.array([epoch(each) for each in utc]))
    return [str(np.datetime64(int(day), "D")) for day in found]


def test_now_and_today():
    assert clock().now == 1_795_262_400
    assert clock().today == 20_778
    assert clock("Pacific/Auckland").today == 20_779
    assert clock("Pacific/Honolulu", datetime(2026, 11, 21, 9, 59, 59, tzinfo=UTC)).today == 20_777


@pytest.mark.parametrize(
    ("window", "seconds"),
    [
        (None, None),
        (Period(90, "s"), 90),
        (Period(4, "w"), 2_419_200),
        (Period(1, "mo"), 31 * 86_400 + 3_600),
        (Period(1, "y"), 365 * 86_400),
    ],
)
def test_the_reach_of_a_window_follows_the_calendar_of_the_zone(window, seconds):
    assert clock("America/New_York").reach(window) == seconds


def test_days_before_and_after_are_local():
    auckland = clock("Pacific/Auckland")  # 2026-11-22 01:00 there
    assert auckland.day_before(Period(1, "d")) == 20_778
    assert auckland.day_after(Period(1, "d")) == 20_780
    assert auckland.day_before(Period(2, "h")) == 20_778
    assert auckland.day_after(Period(1, "mo")) == auckland.today + 30


@pytest.mark.parametrize(
    ("zone", "local", "utc"),
    [
        ("America/New_York", "2026-03-08T01:59:59", "2026-03-08T06:59:59"),
        ("America/New_York", "2026-03-08T02:00:00", "2026-03-08T07:00:00"),  # skipped
        ("America/New_York", "2026-03-08T02:59:59", "2026-03-08T07:59:59"),  # skipped
        ("America/New_York", "2026-03-08T03:00:00", "2026-03-08T07:00:00"),
        ("America/New_York", "2026-11-01T00:59:59", "2026-11-01T04:59:59"),
        ("America/New_York", "2026-11-01T01:00:00", "2026-11-01T05:00:00"),  # repeated
        ("America/New_York", "2026-11-01T01:59:59", "2026-11-01T05:59:59"),  # repeated
        ("America/New_York", "2026-11-01T02:00:00", "2026-11-01T07:00:00"),
        ("America/Havana", "2026-03-08T00:00:00", "2026-03-08T05:00:00"),  # skipped midnight
        ("America/Havana", "2026-11-01T00:30:00", "2026-11-01T04:30:00"),  # repeated midnight
        ("Africa/Casablanca", "2026-02-15T02:30:00", "2026-02-15T01:30:00"),
        ("Pacific/Apia", "2011-12-30T12:00:00", "2011-12-30T22:00:00"),  # a skipped day
        ("America/New_York", "1800-01-01T00:00:00", "1800-01-01T04:56:02"),
        ("Asia/Kolkata", "2026-01-01T00:00:00", "2025-12-31T18:30:00"),
    ],
)
def test_local_times(zone, local, utc):
    assert instants(zone, local) == [epoch(utc)]


def test_local_times_are_what_python_makes_of_them():
    zone = ZoneInfo("Europe/Berlin")
    local = np.arange(epoch("2025-10-25T00:00:00"), epoch("2026-04-01T00:00:00"), 1_777)
    naive = [datetime.fromtimestamp(each, UTC).replace(tzinfo=zone) for each in local.tolist()]
    expected = [int(each.astimezone(UTC).timestamp()) for each in naive]
    assert clock("Europe/Berlin").instants(local).tolist() == expected


@pytest.mark.parametrize(
    ("zone", "utc", "day"),
    [
        ("America/Havana", "2026-03-08T04:59:59", "2026-03-07"),
        ("America/Havana", "2026-03-08T05:00:00", "2026-03-08"),
        ("America/Havana", "2026-11-01T04:00:00", "2026-11-01"),
        ("America/Havana", "2026-11-01T05:59:59", "2026-11-01"),
        ("America/Havana", "2026-11-02T04:59:59", "2026-11-01"),
        ("UTC", "1969-12-31T23:59:59", "1969-12-31"),
        ("America/New_York", "1850-01-01T04:56:01", "1849-12-31"),
        ("America/New_York", "1850-01-01T04:56:02", "1850-01-01"),
        ("Asia/Kolkata", "2026-11-20T18:29:59", "2026-11-20"),
        ("Asia/Kolkata", "2026-11-20T18:30:00", "2026-11-21"),
    ],
)
def test_local_days(zone, utc, day):
    assert days(zone, utc) == [day]


def test_the_second_of_a_change_has_the_new_offset():
    # In Sao Paulo the clock went back from midnight to 23:00 on the 17th.
    utc = ("2018-02-18T01:59:59", "2018-02-18T02:00:00", "2018-02-18T02:59:59", "2018-02-18T03:00:00")
    expected = ["2018-02-17", "2018-02-17", "2018-02-17", "2018-02-18"]
    assert days("America/Sao_Paulo", *utc) == expected


def test_local_days_of_many_years_at_once():
    zone = ZoneInfo("America/New_York")
    at = np.arange(epoch("1899-12-31T00:00:00"), epoch("2040-01-01T00:00:00"), 9_999_991)
    expected = [datetime.fromtimestamp(each, UTC).astimezone(zone).date().isoformat() for each in at.tolist()]
    found = clock("America/New_York").local_days(at)
    assert [str(np.datetime64(int(day), "D")) for day in found] == expected


def test_no_instants_are_none():
    nothing = np.zeros(0, np.int64)
    assert clock("Europe/Berlin").instants(nothing).tolist() == []
    assert clock("Europe/Berlin").local_days(nothing).tolist() == []


def test_transitions_are_found_to_the_second():
    found = transitions(ZoneInfo("America/New_York"), 2026, 2026)
    assert found.instants.tolist() == [epoch("2026-03-08T07:00:00"), epoch("2026-11-01T06:00:00")]
    assert found.offsets.tolist() == [-18_000, -14_400, -18_000]
    assert found.local_ends.tolist() == [epoch("2026-03-08T03:00:00"), epoch("2026-11-01T02:00:00")]
