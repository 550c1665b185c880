"""`expires_at` is the first instant at which the occurrence no longer counts."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl
import pytest

import flamescore
from flamescore.engine import Clock
from flamescore.explanations import expires_at, expiry_days
from flamescore.units import parse_period

FULL = os.environ.get("FLAMESCORE_TESTS") == "full"
RULES = """\
version: 1
timezone: {zone}
scores: {{s: {{five_flames: 5, rules: [{{name: R, event: e, points: 1, count: each, expires: {window}}}]}}}}
"""
CONTACTS = pl.DataFrame({"contact_id": ["1"]})


def explained(zone, window, at, as_of):
    events = pl.DataFrame({"contact_id": ["1"], "event": ["e"], "at": [at]})
    rules = flamescore.load_rules(RULES.format(zone=zone, window=window))
    return flamescore.explain(rules, "1", CONTACTS, events, as_of=as_of).scores[0]


CASES = [
    ("UTC", "4w", "2026-11-20T10:00:00Z", "2026-12-18T10:00:00Z"),
    ("UTC", "90s", "2026-11-20T10:00:00Z", "2026-11-20T10:01:30Z"),
    ("America/New_York", "1d", "2026-03-07T12:00:00-05:00", "2026-03-08T13:00:00-04:00"),
    ("America/New_York", "1mo", "2026-02-20T12:00:00-05:00", "2026-03-20T12:00:00-04:00"),
    ("UTC", "1mo", "2026-11-20T10:00:00Z", "2026-12-20T10:00:00Z"),
    ("UTC", "1mo", "2026-01-31T12:00:00Z", "2026-03-01T00:00:00Z"),
    ("UTC", "1mo", "2026-02-28T12:00:00Z", "2026-03-28T12:00:00Z"),
    ("UTC", "1y", "2024-02-29T12:00:00Z", "2025-03-01T00:00:00Z"),
    ("UTC", "1y", "2025-11-20T10:00:00Z", "2026-11-20T10:00:00Z"),
]


@pytest.mark.parametrize(("zone", "window", "at", "expires"), CASES)
def test_by_hand(zone, window, at, expires):
    occurrence = explained(zone, window, at, at).entries[0].counted[0]
    assert occurrence.expires_at == datetime.fromisoformat(expires)


ZONES = ("UTC", "America/New_York", "Australia/Lord_Howe", "America/Santiago")
INSTANTS = [
    "2026-03-08T06:59:59Z", "2026-03-08T07:00:00Z", "2026-11-01T05:30:00Z", "2026-11-01T06:30:00Z",
    "2026-01-31T23:59:59Z", "2026-08-31T04:00:00Z", "2026-04-04T15:00:00Z", "2026-10-03T15:45:00Z",
    "2026-09-06T03:59:59Z", "2024-02-29T00:00:00Z",
]  # fmt: skip


@pytest.mark.parametrize("window", ["1d", "3w", "1mo", "13mo", "1y"])
@pytest.mark.parametrize("zone", ZONES)
def test_then_it_counts_no_more_and_a_second_before_it_did(zone, window):
    for at in INSTANTS if FULL else INSTANTS[:: len(INSTANTS) // 2]:
        then = explained(zone, window, at, at).entries[0].counted[0].expires_at
        assert then.tzinfo is UTC or then.utcoffset() == timedelta(0)
        assert explained(zone, window, at, then).score == 0, at
        assert explained(zone, window, at, then - timedelta(seconds=1)).score == 1, at


def test_what_never_expires_has_no_such_instant():
    assert (
        explained("UTC", "never", "2020-01-01T00:00:00Z", "2026-11-21").entries[0].counted[0].expires_at
        is None
    )


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("window", ["1d", "3w", "1mo", "1y", "9000y"])
def test_the_days_are_those_of_the_instants(zone, window):
    clock, period = Clock(datetime(2026, 11, 21, tzinfo=UTC), ZoneInfo(zone)), parse_period(window)
    ages = [timedelta(minutes=30) * number for number in range(-60, 60)]
    at = [datetime.fromisoformat(each) + age for each in INSTANTS for age in ages]
    ends = [expires_at(each, period, clock) for each in at]
    days = [None if each is None else each.astimezone(clock.zone).date() for each in ends]
    told = expiry_days(pl.Series([None, *at], dtype=pl.Datetime("us", "UTC")), period, clock)
    assert told.to_list() == [None, *days]
