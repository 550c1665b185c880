"""Which events are needed: those older than every window change no score; all others may."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given

from by_rule import AS_OF, bound, event, points_of
from flamescore.scoring import score_exports
from oracle import World
from oracle_needed import Needed
from product import expected_ledger, scored
from strategies import cases

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


@given(case=cases())
def test_what_is_older_than_the_table_says_changes_nothing_and_is_counted_as_old(case):
    scores_alone = {key: case.book[key] for key in ("version", "timezone", "scores") if key in case.book}
    case = case.with_book(scores_alone)
    plain = (case.contacts, [], case.tag_history, case.as_of)
    needed = Needed(case.book, World(case.book, *plain, files=case.files))

    def is_old(row):
        return row["at"] <= case.as_of and needed.is_old(row["event"], row["at"], [])

    def is_named(row):
        return needed.is_named(row["event"])

    named = [row for row in case.events if not (is_old(row) and is_named(row))]
    whole = case.scored()
    assert replace(case, events=named).scored().ledger == whole.ledger
    [source] = [each for each in scored(case).observed.sources if each.kind == "events"]
    assert source.counts.old == sum(map(is_old, case.events))
    older = [row | {"at": row["at"] - gap * DAY} for row in case.events for gap in (30, 400)]
    more = replace(case, events=[*case.events, *(row for row in older if is_old(row) and is_named(row))])
    assert scored(more).ledger.frame().to_dicts() == expected_ledger(whole.ledger)


RESET = "since: {event: won}"


@pytest.mark.parametrize(
    ("rule", "kind"),
    [
        (f"event: visit, count: each, expires: 30d, {RESET}", "won"),
        ("event: visit, count: each, expires: 30d, followed_by: {event: won, within: 5s}", "won"),
        (f"tag: VIP, expires: 30d, {RESET}", "won"),
        (f"if: {{event: visit, last: 30d, {RESET}}}", "won"),
        ("if: {event: visit, last: 30d, followed_by: {event: won, within: 5s}}", "won"),
        ("if: {event: won, last: 30d, sum: {amount: {at_least: 5}}}", "won"),
    ],
)
def test_the_limits_are_tight(rule, kind):
    """A second inside the window, the event decides; at its edge, it is old and changes nothing."""

    def given_by(age):
        events = [event("1", "visit", age=30 * DAY - SECOND)]
        events += [] if age is None else [event("1", kind, age=age, amount="5")]
        events += [event("1", "never seen", amount="0")]
        text = f"      - {{name: A, points: 1, {rule}}}"
        history = [("1", "VIP", AS_OF - 30 * DAY + SECOND, "applied")]
        book, exports = bound(
            text, contacts=[{"contact_id": "1", "tags": []}], events=events, history=history
        )
        result = score_exports(book, exports, as_of=AS_OF)
        return result.scores["score"][0], sum(each.counts.old for each in result.observed.sources)

    without, inside, outside = given_by(None), given_by(30 * DAY - SECOND), given_by(30 * DAY)
    assert inside[0] != without[0]
    assert (inside[1] - without[1], outside[1] - without[1]) == (0, 1)
    assert outside[0] == without[0]


BURST = "burst: {times: 2, within: 7d}"
WITH_BURSTS = {
    "a burst": (f"event: e, count: each, expires: 30d, {BURST}", {"e": [29.9, 36.9]}, "e"),
    "its follower": (
        f"event: e, count: each, expires: 30d, followed_by: {{event: f, within: 1h}}, {BURST}",
        {"e": [29.9, 36.9], "f": [29.9, 36.9]},
        "f",
    ),
    "its reset": (
        f"event: e, count: each, expires: 30d, since: {{event: f}}, {BURST}",
        {"e": [36.95, 29.96, 27, 26], "f": [36.9]},
        "f",
    ),
    "a burst of a condition": (f"if: {{event: e, last: 30d, {BURST}}}", {"e": [29.9, 36.9]}, "e"),
}


@pytest.mark.parametrize("what", WITH_BURSTS)
def test_the_limits_of_bursts_are_tight_to_the_day(what):
    rule, ages, kind = WITH_BURSTS[what]

    def given_by(days):
        events = [
            event("1", each, age=age * DAY)
            for each in ages
            for age in ages[each]
            if each != kind or age < days
        ]
        return points_of(f"      - {{name: A, points: 1, {rule}}}", events=events)

    assert given_by(37) == 1
    assert given_by(36) != 1


def test_one_reset_of_two_windows_reaches_as_far_as_the_wider():
    rules = f"""      - {{name: A, event: visit, points: 1, count: each, expires: 10d, {RESET}}}
      - {{name: B, event: visit, points: 10, count: each, expires: 30d, {RESET}}}
"""
    visits = [event("1", "visit", age=age * DAY) for age in (5, 20, 29)]
    assert points_of(rules, events=visits) == 31
    assert points_of(rules, events=[*visits, event("1", "won", age=20 * DAY)]) == 11
    assert points_of(rules, events=[*visits, event("1", "won", age=30 * DAY - SECOND)]) == 31
    assert points_of(rules, events=[*visits, event("1", "won", age=5 * DAY)]) == 0
