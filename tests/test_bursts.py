"""Rules and conditions with `burst`: the examples of the language, and how its steps combine."""

from datetime import UTC, datetime, timedelta

import pytest

from by_rule import event, points_of, score

AS_OF = datetime(2026, 11, 21, tzinfo=UTC)
DAY = timedelta(days=1)


def visits(*days, kind="page_visit", **properties):
    return [event("1", kind, at=datetime(2026, 11, day, 9, tzinfo=UTC), **properties) for day in days]


SEVEN = visits(1, 2, 3, 4, 10, 11, 12)
IN_TURN = [row | {"url": url} for row, url in zip(SEVEN, "abababa", strict=True)]


def given_by(rule, events, **more):
    return points_of(f"      - {{name: Came often, event: page_visit, {rule}}}", events=events, **more)


@pytest.mark.parametrize(
    ("also", "points"),
    [
        ("expires: 30d, count: each, burst: {times: 3, within: 2d}", 20),
        ("expires: 14d, count: each, burst: {times: 3, within: 2d}", 10),
        ("expires: 30d, count: once, burst: {times: 3, within: 2d}", 10),
        ("expires: 30d, count: each, decay: 1%, burst: {times: 3, within: 2d}", 17.6),
        ("expires: 30d, times: 2, count: once, burst: {times: 3, within: 2d}", 10),
        ("expires: 30d, count: each, burst: {times: 3, within: 47h}", 0),
        ("expires: 30d, count: each, burst: {times: 3, within: 2d, per: url}", 0),
    ],
)
def test_the_table_of_the_language(also, points):
    assert given_by(f"points: 10, {also}", IN_TURN, as_of=AS_OF) == points


def test_the_ledger_has_bursts_and_when_the_latest_was_complete():
    rule = "points: 10, expires: 30d, count: each, burst: {times: 3, within: 2d}"
    rules = f"      - {{name: Came often, event: page_visit, {rule}}}"
    [row] = score(rules, events=SEVEN, as_of=AS_OF).ledger.frame().to_dicts()
    assert (row["occurrences"], row["points"]) == (2, 20)
    assert row["last_at"] == datetime(2026, 11, 12, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("also", "points"),
    [
        ("times: 1", 20), ("times: 2", 20), ("times: 3", 0),
        ("count: once", 10), ("count: 2", 20), ("count: 3", 20),
    ],
)  # fmt: skip
def test_times_and_count_are_of_bursts(also, points):
    count = "" if "count" in also else "count: each, "
    rule = f"points: 10, {count}{also}, burst: {{times: 3, within: 2d}}"
    assert given_by(rule, SEVEN, as_of=AS_OF) == points


@pytest.mark.parametrize(
    ("per", "points"),
    [("url", 10), ("day", 10), ("week", 0), ("{property: day}", 0)],
)
def test_per_counts_different_values(per, points):
    events = [
        event("1", "page_visit", at=datetime(2026, 11, 10 + number // 2, 9, number, tzinfo=UTC), url=url)
        for number, url in enumerate(("a", "a", "b", None, "", "b"))
    ]
    rule = f"points: 10, count: each, burst: {{times: 3, within: 3d, per: {per}}}"
    columns = [row | {"day": "1"} for row in events]
    assert given_by(rule, columns, as_of=AS_OF) == points


def test_days_are_those_of_the_time_zone():
    at = [datetime(2026, 11, 10, hour, tzinfo=UTC) for hour in (6, 8)]  # 23:00 and 01:00 in Phoenix
    events = [event("1", "page_visit", at=each) for each in at]
    rules = """timezone: {}
scores:
  s:
    five_flames: 20
    rules:
      - {{name: R, event: page_visit, points: 1, count: each, burst: {{times: 2, within: 3h, per: day}}}}
"""
    assert points_of(rules.format("UTC"), events=events, as_of=AS_OF) == 0
    assert points_of(rules.format("America/Phoenix"), events=events, as_of=AS_OF) == 1


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("last: 30d, burst: {times: 3, within: 2d}", True),
        ("last: 8d, burst: {times: 3, within: 2d}", False),  # completed 8 days and 15 hours ago
        ("last: 9d, burst: {times: 3, within: 2d}", True),
        ("last: 9d, times: 2, burst: {times: 3, within: 2d}", False),
        ("times: 2, burst: {times: 3, within: 2d}", True),
        ("times: 3, burst: {times: 3, within: 2d}", False),
        ("burst: {times: 4, within: 3d}", True),
        ("burst: {times: 5, within: 3d}", False),
    ],
)
def test_in_a_condition_last_bounds_the_completion(condition, holds):
    rules = f"      - {{name: R, if: {{event: page_visit, {condition}}}, points: 1}}"
    assert points_of(rules, events=SEVEN, as_of=AS_OF) == holds


@pytest.mark.parametrize(("follower", "points"), [("followed_by", 10), ("unless_followed_by", 0)])
def test_followers_come_before_bursts(follower, points):
    bought = visits(3, 11, 12, kind="purchase")  # follows 2, 3, 10, 11, 12; nothing follows 1 and 4
    rule = f"points: 10, count: each, {follower}: {{event: purchase, within: 1d}}"
    rule += ", burst: {times: 3, within: 2d}"
    assert given_by(rule, [*SEVEN, *bought], as_of=AS_OF) == points


# --- which events are needed


@pytest.mark.parametrize("form", ["rule", "condition"])
@pytest.mark.parametrize(
    ("first", "last", "points"),
    [
        pytest.param(36.5, 29.5, 1, id="both in time"),
        pytest.param(36.5, 30, 0, id="complete at the edge of the window"),
        pytest.param(36.5, 29, 0, id="too far apart"),
    ],
)
def test_a_burst_in_the_window_may_begin_before_it(form, first, last, points):
    rules = {
        "rule": "{name: R, event: e, points: 1, count: each, expires: 30d, burst: {times: 2, within: 7d}}",
        "condition": "{name: R, if: {event: e, last: 30d, burst: {times: 2, within: 7d}}, points: 1}",
    }
    events = [event("1", "e", at=AS_OF - days * DAY) for days in (first, last)]
    assert points_of(f"      - {rules[form]}", events=events, as_of=AS_OF) == points


def test_what_is_older_is_counted_as_old():
    rules = "      - {name: R, event: e, points: 1, count: each, expires: 30d, burst: {times: 2, within: 7d}}"
    second = timedelta(seconds=1)
    events = [event("1", "e", at=AS_OF - 37 * DAY + after) for after in (timedelta(0), second)]
    result = score(rules, events=events, as_of=AS_OF)
    counts = result.observed.sources[-1].counts
    assert (counts.old, counts.kept) == (1, 1)


def test_a_follower_of_what_is_before_the_window_is_there():
    rules = """      - name: R
        event: e
        points: 1
        count: each
        expires: 1d
        burst: {times: 2, within: 7d}
        followed_by: {event: f, within: 1h}"""
    hour = timedelta(hours=1)
    pair = [AS_OF - 7 * DAY, AS_OF - hour]
    events = [event("1", kind, at=at) for at in pair for kind in ("e", "f")]
    assert points_of(rules, events=events, as_of=AS_OF) == 1


def test_a_window_and_a_burst_of_ten_thousand_years():
    burst = "burst: {times: 2, within: 500000w}"
    rules = f"      - {{name: R, event: e, points: 1, count: each, expires: 9000y, {burst}}}"
    events = [event("1", "e", at=datetime(1, 1, 3, tzinfo=UTC)), event("1", "e", at=AS_OF)]
    assert points_of(rules, events=events, as_of=AS_OF) == 1
