"""Periods over months and daylight saving, ten-thousandths, percentages."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from flamescore.units import (
    Period,
    count,
    from_local,
    parse_percent,
    parse_period,
    parse_time,
    show_points,
    start_of_day,
    to_points,
)


def local(text, zone):
    return from_local(datetime.fromisoformat(text), ZoneInfo(zone))


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-21", date(2026, 11, 21)),
        ("2026-11-21T09:00", datetime.fromisoformat("2026-11-21T09:00:00")),
        ("2026-11-21 09:00:07", datetime.fromisoformat("2026-11-21T09:00:07")),
        ("2026-11-21T09:00:07.999999999", datetime.fromisoformat("2026-11-21T09:00:07")),
        ("2026-11-21T09:00Z", datetime(2026, 11, 21, 9, tzinfo=UTC)),
        ("2026-11-21T09:00:00+01:00", datetime(2026, 11, 21, 8, tzinfo=UTC)),
        ("2026-11-21T09:00:00-23:59", datetime(2026, 11, 22, 8, 59, tzinfo=UTC)),
        ("2026-02-30", None),
        ("2026-11-21T24:00", None),
        ("2026-11-21T09:00:60", None),
        ("2026-11-21T09:00+24:00", None),
        ("2026-11-21T09:00+01:60", None),
        ("0001-01-01T00:00+01:00", None),
        ("2026-11-21T09", None),
        ("20261121", None),
        ("2026-W47-6", None),
        (" 2026-11-21", None),
        ("٢026-11-21", None),
        ("now", None),
    ],
)
def test_a_time_is_a_date_a_local_time_or_an_instant_in_utc(text, expected):
    found = parse_time(text)
    assert found == expected
    assert type(found) is type(expected)
    assert getattr(found, "tzinfo", None) is getattr(expected, "tzinfo", None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("90s", Period(90, "s")),
        ("5min", Period(5, "min")),
        ("36h", Period(36, "h")),
        ("30d", Period(30, "d")),
        ("4w", Period(4, "w")),
        ("3mo", Period(3, "mo")),
        ("1y", Period(1, "y")),
        (" 30 d ", Period(30, "d")),
        ("007d", Period(7, "d")),
        ("3m", None),
        ("0d", None),
        ("-1d", None),
        ("1.5d", None),
        ("30", None),
        ("d", None),
        ("30D", None),
        ("30  d", None),
        ("٣d", None),
        ("", None),
    ],
)
def test_a_period(text, expected):
    assert parse_period(text) == expected


@pytest.mark.parametrize(
    ("text", "seconds", "days"),
    [("90s", 90, None), ("2h", 7_200, None), ("3d", 259_200, 3), ("2w", 1_209_600, 14), ("1mo", None, None)],
)
def test_the_length_of_a_period(text, seconds, days):
    period = parse_period(text)
    assert (period.seconds, period.days, str(period)) == (seconds, days, text)


@pytest.mark.parametrize(
    ("at", "period", "expected"),
    [
        ("2026-03-31T12:00", "1mo", "2026-02-28T12:00"),
        ("2024-03-31T12:00", "1mo", "2024-02-29T12:00"),
        ("2026-01-15T12:00", "1mo", "2025-12-15T12:00"),
        ("2026-03-31T12:00", "13mo", "2025-02-28T12:00"),
        ("2024-02-29T12:00", "1y", "2023-02-28T12:00"),
        ("2024-02-29T12:00", "4y", "2020-02-29T12:00"),
        ("2026-11-21T00:00", "3mo", "2026-08-21T00:00"),
    ],
)
def test_months_step_the_local_date(at, period, expected):
    zone = ZoneInfo("America/Phoenix")
    assert parse_period(period).before(local(at, zone.key), zone) == local(expected, zone.key)


@pytest.mark.parametrize(
    ("at", "period", "expected"),
    [
        ("2026-01-31T12:00", "1mo", "2026-02-28T12:00"),
        ("2025-12-31T12:00", "2mo", "2026-02-28T12:00"),
        ("2024-02-29T12:00", "1y", "2025-02-28T12:00"),
    ],
)
def test_months_ahead(at, period, expected):
    zone = ZoneInfo("America/Phoenix")
    assert parse_period(period).after(local(at, zone.key), zone) == local(expected, zone.key)


def test_a_month_over_daylight_saving_keeps_the_clock():
    zone = ZoneInfo("America/New_York")
    assert parse_period("1mo").before(utc("2026-03-20T16:00"), zone) == utc("2026-02-20T17:00")
    assert parse_period("30d").before(utc("2026-03-20T16:00"), zone) == utc("2026-02-18T16:00")


def test_a_time_that_the_clock_skips_is_read_with_the_offset_before_the_gap():
    assert local("2026-03-08T02:30", "America/New_York") == utc("2026-03-08T07:30")
    zone = ZoneInfo("America/New_York")
    assert parse_period("1mo").after(utc("2026-02-08T07:30"), zone) == utc("2026-03-08T07:30")


def test_of_a_time_that_the_clock_repeats_the_earlier_is_taken():
    assert local("2026-11-01T01:30", "America/New_York") == utc("2026-11-01T05:30")
    zone = ZoneInfo("America/New_York")
    assert parse_period("1mo").before(utc("2026-12-01T06:30"), zone) == utc("2026-11-01T05:30")


def test_a_day_that_begins_in_a_gap():
    havana = ZoneInfo("America/Havana")
    assert start_of_day(date(2026, 3, 8), havana) == utc("2026-03-08T05:00")
    assert start_of_day(date(2026, 3, 9), havana) == utc("2026-03-09T04:00")


def test_a_day_that_begins_twice():
    assert start_of_day(date(2026, 11, 1), ZoneInfo("America/Havana")) == utc("2026-11-01T04:00")


def test_periods_that_leave_the_calendar_are_held_at_its_ends():
    zone = ZoneInfo("Asia/Tokyo")
    at = utc("2026-11-21T00:00")
    for text in ("9999y", "120000mo", "9999999d", "999999999999s"):
        assert parse_period(text).before(at, zone).year == 1
        assert parse_period(text).after(at, zone).year == 9999


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1%", Decimal(1)),
        ("0.25%", Decimal("0.25")),
        ("100 %", Decimal(100)),
        ("0%", Decimal(0)),
        ("1", None),
        ("-1%", None),
        ("01%", None),
        (".5%", None),
        ("1.%", None),
        ("%", None),
    ],
)
def test_a_percentage(text, expected):
    assert parse_percent(text) == expected


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (3, 30_000),
        (-5, -50_000),
        (Decimal("0.0001"), 1),
        (Decimal("1.50000"), 15_000),
        (Decimal("1E+3"), 10_000_000),
        (Decimal("0.00001"), None),
        (Decimal("-0.12345"), None),
    ],
)
def test_ten_thousandths(number, expected):
    assert to_points(number) == expected


@pytest.mark.parametrize(
    ("points", "expected"),
    [(0, "0"), (30_000, "3"), (-2_500, "-0.25"), (1, "0.0001"), (-10_000_000, "-1000"), (12_340, "1.234")],
)
def test_points_are_shown_without_needless_zeros(points, expected):
    assert show_points(points) == expected


@pytest.mark.parametrize(
    ("many", "said"), [(0, "0 rows"), (1, "1 row"), (2, "2 rows"), (1_000, "1,000 rows")]
)
def test_a_count_in_words(many, said):
    assert count(many, "row") == said
