"""Which occurrences count, and the order in which they are examined."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from flamescore.engine import FOREVER, Clock, Stream, aggregate, alike
from flamescore.engine.aggregate import _in_order
from flamescore.engine.passes import (
    CALENDAR,
    PASSES,
    CarriedValues,
    Occurrences,
    Timeline,
    counted,
    keep_after_reset,
    keep_followed,
    keep_frequent,
    keep_latest_per,
    keep_newest,
    number_pairs,
    runs,
)
from flamescore.engine.streams import FollowerLink
from flamescore.rules import Per

CLOCK = Clock(datetime(2026, 11, 21, 12, tzinfo=UTC), ZoneInfo("UTC"))
HOUR, DAY = 3_600, 86_400
EMPTY = Timeline(np.zeros(0, np.int64), 4, 30)


def some(*rows, values=None):
    """Return occurrences of stream 0 from (contact, age) pairs."""
    pairs = np.array(rows, np.int64).reshape(-1, 2)
    value = None if values is None else np.array(values, np.uint64)
    return Occurrences(pairs[:, 0], pairs[:, 1], value, row=np.arange(len(pairs)))


def timeline(*rows):
    """Return a timeline from (stream, contact, age) triples."""
    keys = np.array([(stream << 4 | contact) << 30 | age for stream, contact, age in rows], np.int64)
    return Timeline(np.sort(keys), 4, 30)


def marks(keep):
    return None if keep is None else "".join("+" if each else "-" for each in keep)


def test_runs():
    starts, lengths = runs(np.array([0, 0, 2, 5, 5, 5]))
    assert (starts.tolist(), lengths.tolist()) == ([0, 2, 3], [2, 1, 3])
    starts, lengths = runs(np.zeros(0, np.int64))
    assert (starts.tolist(), lengths.tolist()) == ([], [])


def test_the_passes_stand_in_the_order_of_the_contract():
    assert list(PASSES) == ["since", "follower", "per", "burst", "expired", "times", "count"]


@pytest.mark.parametrize(
    ("count", "expected"), [(None, None), (1, "+-++--"), (2, "+++++-"), (3, "++++++"), (6, None), (9, None)]
)
def test_count_keeps_the_latest_of_each_contact(count, expected):
    rows = some((0, 1), (0, 1), (1, 9), (2, 1), (2, 2), (2, 3))
    assert marks(keep_newest(rows, Stream((), count=count), EMPTY, CLOCK)) == expected


@pytest.mark.parametrize(("times", "expected"), [(1, None), (2, "++-+++"), (3, "---+++"), (4, "------")])
def test_times_keeps_runs_that_are_long_enough(times, expected):
    rows = some((0, 1), (0, 1), (1, 9), (2, 1), (2, 2), (2, 3))
    assert marks(keep_frequent(rows, Stream((), times=times), EMPTY, CLOCK)) == expected


@pytest.mark.parametrize(
    ("unit", "ages", "expected"),
    [
        ("day", [0, 12 * HOUR, 12 * HOUR + 1, 36 * HOUR], "+-+-"),
        ("week", [0, 5 * DAY + 12 * HOUR, 5 * DAY + 12 * HOUR + 1], "+-+"),  # since Monday 2026-11-16
        ("month", [0, 20 * DAY + 12 * HOUR, 20 * DAY + 12 * HOUR + 1], "+-+"),  # since 2026-11-01
    ],
)
def test_per_calendar_keeps_the_latest_of_each(unit, ages, expected):
    rows = some(*((0, age) for age in ages), *((1, age) for age in ages))
    assert marks(keep_latest_per(rows, Stream((), per=Per(unit)), EMPTY, CLOCK)) == expected * 2


def test_days_and_weeks_are_those_of_the_zone():
    auckland = Clock(CLOCK.as_of, ZoneInfo("Pacific/Auckland"))  # 01:00 on Sunday the 22nd
    rows = some(
        (0, 0), (0, HOUR), (0, HOUR + 1), (0, 25 * HOUR), (0, 6 * DAY + HOUR), (0, 6 * DAY + HOUR + 1)
    )
    assert marks(keep_latest_per(rows, Stream((), per=Per("day")), EMPTY, auckland)) == "+-+-++"
    assert marks(keep_latest_per(rows, Stream((), per=Per("week")), EMPTY, auckland)) == "+----+"


def test_calendar_numbers():
    days = np.array([-4, -3, 0, 3, 4, 10, 11])  # 1970-01-01 was a Thursday
    assert CALENDAR["week"](days).tolist() == [-1, 0, 0, 0, 1, 1, 2]
    assert CALENDAR["month"](np.array([-1, 0, 30, 31, 58, 59])).tolist() == [-1, 0, 0, 1, 1, 2]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1, 1, 1], "+--"),
        ([3, 2, 1], "+++"),
        ([1, 2, 1], "++-"),
        ([2, 1, 2], "++-"),
        ([1, 2**63, 2**63], "++-"),
        ([2**63, 1, 2**63], "++-"),
    ],
)
def test_per_a_property_keeps_the_latest_of_each_value(values, expected):
    rows = some((0, 1), (0, 2), (0, 3), (1, 1), (1, 2), (1, 3), values=values * 2)
    assert marks(keep_latest_per(rows, Stream((), per=Per(column="asset")), EMPTY, CLOCK)) == expected * 2


@pytest.mark.parametrize("odd", [0, 1 << 63, 1 << 62])
@pytest.mark.parametrize(
    ("values", "expected"),
    [([1, 2, 1], "++-"), ([2, 1, 2], "++-"), ([3, 1, 2], "+++"), ([1, 3, 5], "+++"), ([7, 9, 7], "++-")],
)
def test_values_whose_hashes_are_alike_are_told_apart(monkeypatch, values, expected, odd):
    monkeypatch.setattr(alike, "_MIX_ALL", np.uint64(odd))  # leaves one, two or four distinct hashes
    rows = some(*((contact, age) for contact in (0, 1, 2) for age in (1, 2, 3)), values=values * 3)
    assert marks(keep_latest_per(rows, Stream((), per=Per(column="asset")), EMPTY, CLOCK)) == expected * 3


def test_without_per_all_are_left():
    assert keep_latest_per(some((0, 1), (0, 1)), Stream(()), EMPTY, CLOCK) is None


@pytest.mark.parametrize(
    ("ages", "expected"),
    [([100], "+"), ([90], "+"), ([89], "-"), ([101], "-"), ([], "-"), ([200, 95, 1], "+")],
)
def test_followed_by_another_type_within_ten_seconds(ages, expected):
    followers = timeline(*((3, 2, age) for age in ages), (3, 1, 95), (2, 2, 95), (4, 2, 95))
    stream = Stream((), followed_by=FollowerLink(3, 10))
    assert marks(keep_followed(some((2, 100)), stream, followers, CLOCK)) == expected


@pytest.mark.parametrize(("age", "expected"), [(100, "-"), (99, "+"), (90, "+"), (89, "-")])
def test_a_follower_that_must_be_later(age, expected):
    stream = Stream((), followed_by=FollowerLink(3, 10, after=1))
    assert marks(keep_followed(some((2, 100)), stream, timeline((3, 2, 100), (3, 2, age)), CLOCK)) == expected


@pytest.mark.parametrize(
    ("age", "follower", "expected"),
    [(100, 89, "+"), (100, 90, "-"), (10, None, "+"), (9, None, "-"), (9, 5, "-"), (10, 0, "-")],
)
def test_unless_followed_by_waits_until_it_is_known(age, follower, expected):
    followers = timeline(*([] if follower is None else [(3, 2, follower)]))
    stream = Stream((), unless_followed_by=FollowerLink(3, 10))
    assert marks(keep_followed(some((2, age)), stream, followers, CLOCK)) == expected


def test_both_followers_must_hold():
    stream = Stream(
        (),
        followed_by=FollowerLink(3, 10),
        unless_followed_by=FollowerLink(4, 10),
    )
    rows = some((0, 100), (1, 100), (2, 100), (3, 5))
    followers = timeline((3, 0, 95), (3, 1, 95), (4, 1, 95), (4, 2, 95), (3, 3, 1))
    assert marks(keep_followed(rows, stream, followers, CLOCK)) == "+---"


def test_without_followers_all_are_left():
    assert keep_followed(some((0, 1)), Stream(()), EMPTY, CLOCK) is None


@pytest.mark.parametrize(
    ("times", "most", "expected"), [(1, 2, "+++---"), (2, 2, "++----"), (1, 3, "++++++")]
)
def test_times_keeps_runs_that_are_short_enough(times, most, expected):
    rows = some((0, 1), (0, 1), (1, 9), (2, 1), (2, 2), (2, 3))
    assert marks(keep_frequent(rows, Stream((), times=times, most=most), EMPTY, CLOCK)) == expected


def test_what_is_as_old_as_the_reset_or_older_is_dropped():
    resets = timeline((3, 0, 50), (3, 0, 90), (3, 2, 10), (4, 1, 50), (4, 2, 30), (5, 3, 1))
    rows = some((0, 49), (0, 50), (0, 51), (1, 51), (2, 9), (2, 10), (3, 7))
    assert marks(keep_after_reset(rows, Stream((), resets=(3,)), resets, CLOCK)) == "+--++-+"
    assert marks(keep_after_reset(rows, Stream((), resets=(3, 4)), resets, CLOCK)) == "+---+-+"
    assert keep_after_reset(rows, Stream(()), resets, CLOCK) is None


def test_the_latest_event_of_each_contact_is_looked_for_once():
    resets = timeline((3, 0, 50), (3, 0, 90), (3, 2, 10), (4, 1, 50))
    latest = resets.latest(3)
    assert latest[:4].tolist() == [50, FOREVER, 10, FOREVER]
    assert resets.latest(3) is latest
    assert set(EMPTY.latest(0).tolist()) == {FOREVER}


@pytest.mark.parametrize(("age", "expected"), [(100, "+"), (95, "+"), (94, "-"), (105, "+"), (106, "-")])
def test_a_follower_after_a_gap(age, expected):
    stream = Stream((), followed_by=FollowerLink(3, 15, after=5))
    assert marks(keep_followed(some((0, age)), stream, timeline((3, 0, 90), (3, 1, 97)), CLOCK)) == expected


def test_a_follower_to_come_is_none_of_the_contact_before():
    stream = Stream((), followed_by=FollowerLink(3, 15, after=5))
    followers = timeline((3, 0, (1 << 30) - 1), (3, 1, 0))
    assert marks(keep_followed(some((1, 4), (1, 5)), stream, followers, CLOCK)) == "-+"


def test_a_follower_of_the_same_value():
    values = np.array([7, 8, 0, 7, 7, 0, 8], np.uint64)  # 0 means missing
    carried = CarriedValues(
        contact=np.array([0, 0, 0, 1, 0, 0, 0]),
        age=np.array([100, 100, 100, 100, 99, 99, 80]),
        rows={3: np.array([4, 5, 6])},
        values={"asset": lambda rows: values[rows]},
        missing=0,
    )
    stream = Stream((), followed_by=FollowerLink(3, 10, after=1, same="asset"), carried=("asset",))
    rows = some((0, 100), (0, 100), (0, 100), (1, 100))
    alike = Timeline(EMPTY.keys, 4, 30, carried)
    assert marks(keep_followed(rows, stream, alike, CLOCK)) == "+---"
    far = Stream((), followed_by=FollowerLink(3, 20, same="asset"), carried=("asset",))
    assert marks(keep_followed(rows, far, alike, CLOCK)) == "++--"
    nothing = Stream((), followed_by=FollowerLink(9, 20, same="asset"), carried=("asset",))
    assert marks(keep_followed(rows, nothing, alike, CLOCK)) == "----"


def test_pairs_are_numbered():
    first, second = np.array([5, 0, 5, 5]), np.array([1, 1, 2, 1], np.uint64)
    numbers = number_pairs(first, second).tolist()
    assert numbers[0] == numbers[3]
    assert sorted({*numbers}) == [0, 1, 2]
    assert number_pairs(first[:0], second[:0]).tolist() == []


def test_times_counts_what_per_has_left_and_count_comes_last():
    stream = Stream((), per=Per(column="asset"), times=2, count=1)
    rows = some((0, 1), (0, 2), (1, 1), (1, 2), (2, 7), values=[5, 5, 5, 6, 5])
    assert counted(rows, stream, EMPTY, CLOCK).row.tolist() == [2]


def test_none_are_counted_of_none():
    stream = Stream((), per=Per("day"), times=2, count=1, followed_by=FollowerLink(0, 1, after=1))
    assert counted(some(), stream, EMPTY, CLOCK).run.tolist() == []


@pytest.mark.parametrize("stream", [0, 5, 700])
@pytest.mark.parametrize("age_bits", [20, 31, 47, 48, 49, 50, 51, 52])
@pytest.mark.parametrize("rows", [1, 2, 255, 256])
def test_rows_are_put_in_order_by_run_then_age_then_place(monkeypatch, stream, age_bits, rows):
    dice = np.random.default_rng(rows)
    contact = dice.integers(0, 16, rows)
    run = stream << 8 | contact
    age = dice.integers(0, (3, 1 << age_bits)[rows % 2], rows)
    age[-1] = (1 << age_bits) - 1
    expected = np.lexsort((np.arange(rows), age, run)).tolist()
    assert _in_order(run, age, age_bits).tolist() == expected
    monkeypatch.setattr(aggregate, "KEY_BITS", 0)
    assert _in_order(run, age, age_bits).tolist() == expected


def test_the_order_of_no_rows():
    none = np.zeros(0, np.int64)
    assert _in_order(none, none, 20).tolist() == []


@pytest.mark.parametrize(("age_bits", "quick"), [(40, True), (53, True), (54, False)])
def test_what_fits_in_63_bits_is_sorted_as_one_number(monkeypatch, age_bits, quick):
    slow = []
    monkeypatch.setattr(aggregate.np, "lexsort", lambda keys: slow.append(1) or np.argsort(keys[0]))
    run = np.full(15, 9 << 20) + np.arange(15) * 4  # 6 bits from the first run on, 4 for the position
    _in_order(run, np.arange(15), age_bits)
    assert bool(slow) == (not quick)
