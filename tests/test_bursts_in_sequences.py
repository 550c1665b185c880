"""Bursts together with resets, gaps, the same value, and counts between bounds."""

from datetime import UTC, datetime, timedelta

import pytest

from by_rule import event, points_of

AS_OF = datetime(2026, 11, 21, tzinfo=UTC)


def at(day, hour=9, kind="visit", **properties):
    return event("1", kind, at=datetime(2026, 11, day, hour, tzinfo=UTC), **properties)


def given_by(keys, *events):
    rule = f"      - {{name: R, event: visit, points: 10, count: each, {keys}}}"
    return points_of(rule, events=events, as_of=AS_OF)


THREE = "burst: {times: 3, within: 2d}"
SEVEN = [at(day) for day in (1, 2, 3, 4, 10, 11, 12)]


@pytest.mark.parametrize(
    ("reset", "points"),
    [
        pytest.param((9, 9), 10, id="between the bursts"),
        pytest.param((2, 9), 10, id="in the second of the first event of the older one"),
        pytest.param((1, 23), 20, id="before both"),
        pytest.param((10, 9), 0, id="in the younger one: it can't begin before it"),
    ],
)
def test_a_reset_comes_before_bursts(reset, points):
    assert given_by(f"since: {{event: reset}}, {THREE}", *SEVEN, at(*reset, kind="reset")) == points


def test_a_reset_before_the_window_is_looked_for_as_far_as_a_burst_can_reach():
    keys = "expires: 10d, since: {event: reset}, burst: {times: 2, within: 20d}"
    visits = [at(2), at(20)]
    assert given_by(keys, *visits) == 10
    assert given_by(keys, *visits, at(2, 9, "reset")) == 0
    assert given_by(keys, *visits, at(2, 8, "reset")) == 10


def test_followers_with_a_gap_and_the_same_value():
    follower = "followed_by: {event: buy, after: 1h, within: 1d, same: page}"
    visits = [at(day, page=page) for day, page in ((10, "a"), (11, "b"), (12, "a"))]
    soon = [at(day, 9, "buy", page=page) for day, page in ((10, "a"), (11, "b"), (12, "a"))]
    later = [row | {"at": row["at"] + timedelta(hours=1)} for row in soon]
    assert given_by(f"{follower}, {THREE}", *visits, *soon) == 0
    assert given_by(f"{follower}, {THREE}", *visits, *later) == 10
    assert given_by(f"{follower}, {THREE}", *visits, *later[:2], later[2] | {"page": "b"}) == 0
    with_values = "burst: {times: 2, within: 2d, per: page}"
    assert given_by(f"{follower}, {with_values}", *visits, *later) == 10
    assert given_by(f"{follower}, {with_values}", *visits, later[0], later[2]) == 0


@pytest.mark.parametrize(
    ("times", "points"),
    [
        ("{at_least: 2}", 20), ("{at_most: 2}", 20), ("{at_most: 1}", 0), ("{at_least: 3, at_most: 9}", 0),
    ],
)  # fmt: skip
def test_bounds_are_on_the_number_of_bursts(times, points):
    assert given_by(f"times: {times}, {THREE}", *SEVEN) == points


@pytest.mark.parametrize(
    ("keys", "holds"),
    [
        (f"times: {{at_most: 2}}, {THREE}", True),
        (f"times: {{at_most: 1}}, {THREE}", False),
        (f"last: 14d, times: {{at_most: 1}}, {THREE}", True),
        (f"last: 1d, times: {{at_most: 1}}, {THREE}", True),  # 0 is few enough
        (f"since: {{event: reset}}, times: {{at_most: 1}}, {THREE}", True),
        (f"since: {{event: reset}}, {THREE}", True),
        (f"since: {{event: reset}}, times: 2, {THREE}", False),
        (f"unless_followed_by: {{event: visit, within: 30h}}, {THREE}", False),
        ("unless_followed_by: {event: visit, within: 30h}, burst: {times: 2, within: 10d}", True),
    ],
)
def test_in_conditions(keys, holds):
    rule = f"      - {{name: R, if: {{event: visit, {keys}}}, points: 1}}"
    assert points_of(rule, events=[*SEVEN, at(9, kind="reset")], as_of=AS_OF) == holds
