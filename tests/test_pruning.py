"""Events that are older than the rules look back change nothing; a day less would."""

from dataclasses import replace
from datetime import timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from by_rule import AS_OF, event, points_of
from flamescore.engine import Clock, prepare
from oracle_conditions import as_list, event_types
from oracle_counting import setting
from oracle_words import before, fixed_length, fold
from product import as_bytes, book_of, exports_of, scored
from strategies import ablation, cases


def needed(case):
    """Give, by folded event type, the instant at or before which nothing is needed; None: all is."""
    found, book = {}, enabled(case.book)
    for score in book["scores"].values():
        for rule in score["rules"]:
            if "event" in rule:
                since = setting("since", rule, score, "none")
                _note(found, rule | {"since": since}, setting("expires", rule, score, "never"), case)
            elif "since" in rule:
                _note(found, {"since": rule["since"]}, rule.get("expires", "never"), case)
    for condition in ablation.conditions(book):
        if "event" in condition:
            _note(found, condition, condition.get("last", "never"), case)
    return found


def enabled(book):
    """Give the book without scores and rules that are disabled."""
    scores = {
        name: score | {"rules": [rule for rule in score["rules"] if rule.get("enabled", True)]}
        for name, score in book["scores"].items()
        if score.get("enabled", True)
    }
    return book | {"scores": scores}


def _note(found, spec, window, case):
    zone = ZoneInfo(case.book.get("timezone", "UTC"))
    limit = None
    if window != "never":
        limit = before(case.as_of, window, zone)
        limit -= fixed_length(spec["burst"]["within"]) if "burst" in spec else timedelta(0)
    beside = [spec[key] for key in ("followed_by", "unless_followed_by") if key in spec]
    resets = [] if spec.get("since", "none") == "none" else as_list(spec["since"])
    events = [spec] if "event" in spec else []
    for kind in (kind for each in (*events, *beside, *resets) for kind in event_types(each["event"])):
        known = found.get(kind, limit)
        found[kind] = None if known is None or limit is None else min(known, limit)


@given(case=cases(), seed=st.integers(0, 2**32))
def test_what_is_older_may_go_or_come(case, seed):
    dice, limits = Random(seed), needed(case)

    def is_old(row):
        limit = limits.get(fold(row["event"]))
        return limit is not None and row["at"] <= limit

    kept = [row for row in case.events if not is_old(row)]
    more = [
        row | {"at": limit - timedelta(seconds=dice.choice((0, 0, 1, 3600, 90_000)))}
        for row in case.events
        if (limit := limits.get(fold(row["event"]))) is not None and dice.random() < 0.5
    ]
    expected = as_bytes(scored(case))
    assert as_bytes(scored(replace(case, events=kept))) == expected
    assert (
        as_bytes(scored(replace(case, events=dice.sample([*kept, *more], len(kept) + len(more))))) == expected
    )


@given(case=cases())
def test_streams_reach_as_far_as_that(case):
    """What is one second younger is kept, and nothing that is older."""
    limits = needed(case)
    clock = Clock(case.as_of, ZoneInfo(case.book.get("timezone", "UTC")))
    streams = prepare(book_of(case.book), exports_of(case), clock).streams
    reaches = {}
    for stream in streams.all:
        for text in stream.where[0].tests[0].texts:
            known = reaches.get(fold(text), stream.reach)
            reaches[fold(text)] = None if None in (known, stream.reach) else max(known, stream.reach)
    assert {
        kind: None if limit is None else int((case.as_of - limit).total_seconds())
        for kind, limit in limits.items()
    } == reaches


BURST = "burst: {times: 2, within: 7d}"
EDGES = {
    "an event rule": ("{event: e, count: each, expires: 30d, points: 1}", {"e": [29.9]}),
    "a follower": (
        "{event: e, count: each, expires: 30d, points: 1, followed_by: {event: f, within: 1h}}",
        {"e": [29.9], "f": [29.9]},
    ),
    "a reset": (
        "{event: e, count: each, expires: 30d, points: 1, since: {event: f}}",
        {"e": [29.95, 28], "f": [29.9]},
    ),
    "a follower of a condition": (
        "{if: {event: e, last: 30d, followed_by: {event: f, within: 1h}}, points: 1}",
        {"e": [29.9], "f": [29.9]},
    ),
    "a reset of a condition": (
        "{if: {event: e, last: 30d, times: {at_least: 1, at_most: 1}, since: {event: f}}, points: 1}",
        {"e": [29.95, 28], "f": [29.9]},
    ),
    "a reset with burst": (
        f"{{event: e, count: each, expires: 30d, points: 1, since: {{event: f}}, {BURST}}}",
        {"e": [36.95, 29.96, 27, 26], "f": [36.9]},
    ),
    "a condition": ("{if: {event: e, last: 30d}, points: 1}", {"e": [29.9]}),
    "a burst": (
        "{event: e, count: each, expires: 30d, points: 1, burst: {times: 2, within: 7d}}",
        {"e": [29.9, 36.9]},
    ),
    "a follower with burst": (
        f"{{event: e, count: each, expires: 30d, points: 1, followed_by: {{event: f, within: 1h}}, {BURST}}}",
        {"e": [29.9, 36.9], "f": [29.9, 36.9]},
    ),
    "a burst in a condition": (
        "{if: {event: e, last: 30d, burst: {times: 2, within: 7d}}, points: 1}",
        {"e": [29.9, 36.9]},
    ),
}


@pytest.mark.parametrize("what", EDGES)
def test_with_a_day_less_a_score_would_change(what):
    rule, ages = EDGES[what]

    def points(oldest):
        return points_of(
            f"      - {{name: R, {rule[1:]}",
            events=[
                event("1", kind, at=AS_OF - timedelta(days=age))
                for kind, each in ages.items()
                for age in each
                if age < oldest[kind]
            ],
        )

    limits = dict.fromkeys(ages, 37 if "burst" in rule else 30)
    assert points(limits) == 1
    for kind in ["f"] if "reset" in what else ages:
        assert points(limits | {kind: limits[kind] - 1}) != 1
