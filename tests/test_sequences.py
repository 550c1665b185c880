"""Resets, gaps, the same value, sums and counts between bounds: the examples of the language, by hand."""

from datetime import UTC, datetime, timedelta

import pytest

from by_rule import AS_OF, event, points, points_of, score

NOON = datetime(2026, 11, 1, 9, tzinfo=UTC)
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


def day(number, hour=9):
    return datetime(2026, 11, number, hour, tzinfo=UTC)


# --- since -------------------------------------------------------------------------------------------

VISITS = [event("1", "page_visit", at=day(number)) for number in (1, 5, 10)]
RECYCLED = event("1", "stage_change", at=day(5), stage="Recycled")
RESET = "since: {event: stage_change, where: {stage: Recycled}}"


def visited(more="", events=(*VISITS, RECYCLED), **options):
    return points_of(
        f"      - {{name: Visited, event: page_visit, points: 2, count: each, {more}}}",
        events=events,
        **options,
    )


def test_only_what_comes_after_the_reset_counts_and_the_same_second_does_not():
    assert visited(RESET) == 2
    assert visited() == 6
    assert visited("since: none") == 6
    before = event("1", "stage_change", at=day(5) - SECOND, stage="Recycled")
    assert visited(RESET, (*VISITS, before)) == 4


def test_without_a_reset_all_count():
    assert visited(RESET, (*VISITS, event("1", "stage_change", at=day(5), stage="Won"))) == 6
    assert visited(RESET, (*VISITS, event("1", "stage_change", at=AS_OF + SECOND, stage="Recycled"))) == 6


def test_the_latest_reset_of_several_entries_decides():
    since = "since: [{event: stage_change, where: {stage: Recycled}}, {event: [won, lost]}]"
    assert visited(since) == 2
    assert visited(since, (*VISITS, RECYCLED, event("1", "LOST", at=day(10)))) == 0


def test_a_reset_is_that_of_the_contact():
    events = [*VISITS, event("2", "page_visit", at=day(1)), RECYCLED]
    rule = f"      - {{name: Visited, event: page_visit, points: 2, count: each, {RESET}}}"
    contacts = [{"contact_id": each} for each in "12"]
    assert points(score(rule, contacts=contacts, events=events)) == {"1": 2, "2": 2}


INHERITED = """
scores:
  s:
    five_flames: 20
    defaults: {{count: each, {defaults}}}
    groups: {{web: {{{group}}}}}
    rules:
      - {{name: Visited, event: page_visit, points: 2, group: web, {own}}}
"""


@pytest.mark.parametrize(
    ("defaults", "group", "own", "expected"),
    [
        ("", "", "", 6),
        (RESET, "", "", 2),
        ("", RESET, "", 2),
        (RESET, "since: none", "", 6),
        (RESET, "", "since: none", 6),
        ("since: none", RESET, "", 2),
        (RESET, "", "since: {event: other}", 6),
    ],
)
def test_since_is_the_rules_own_else_its_groups_else_the_scores(defaults, group, own, expected):
    rules = INHERITED.format(defaults=defaults, group=group, own=own)
    assert points_of(rules, events=(*VISITS, RECYCLED)) == expected


def test_followers_are_looked_for_among_all_events():
    rule = "      - {name: A, event: page_visit, points: 2, count: each, since: {event: call}, "
    rule += "followed_by: {event: call, within: 1d}}"
    events = [event("1", "page_visit", at=day(1)), event("1", "call", at=day(1, 10))]
    assert points_of(rule, events=events) == 0
    events = [event("1", "page_visit", at=day(2)), *events]
    assert points_of(rule, events=events) == 0  # after the reset, but not followed
    both = "      - {name: A, event: page_visit, points: 2, count: each, since: {event: won}, "
    both += "followed_by: {event: won, within: 0min}}".replace("0min", "1s")
    assert points_of(both, events=[event("1", "page_visit", at=day(1)), event("1", "won", at=day(1))]) == 0


@pytest.mark.parametrize(
    ("applied", "more", "expected"),
    [
        (day(5), "", 0),
        (day(5) + SECOND, "", 3),
        (day(4), "", 0),
        (None, "", 3),
        (None, "undated: skip", 0),
        (None, "undated: keep", 3),
        (day(4), "undated: keep", 0),
        (day(6), "expires: 14d", 0),
        (day(10), "expires: 14d, decay: 1%", 2.67),
    ],
)
def test_a_tag_counts_if_it_was_applied_after_the_reset(applied, more, expected):
    history = [] if applied is None else [("1", "Quote", applied, "applied")]
    contacts = [{"contact_id": "1", "tags": ["Quote"]}]
    rule = f"      - {{name: Quote, tag: Quote, points: 3, since: {{event: stage_change}}, {more}}}"
    assert points_of(rule, contacts=contacts, history=history, events=[RECYCLED]) == expected


def test_a_tag_rule_inherits_no_reset_and_without_one_the_tag_counts():
    rules = INHERITED.format(defaults=RESET, group="", own="")
    rules += "      - {name: Quote, tag: Quote, points: 3}\n"
    contacts = [{"contact_id": "1", "tags": []}]
    history = [("1", "Quote", day(1), "applied")]
    assert points_of(rules, contacts=contacts, history=history, events=(*VISITS, RECYCLED)) == 5
    rule = "      - {name: Quote, tag: Quote, points: 3, since: {event: other}}"
    assert points_of(rule, contacts=contacts, history=history, events=[RECYCLED]) == 3
    assert (
        points_of(rule.replace("{event: other}", "none, undated: skip"), contacts=contacts, history=history)
        == 3
    )


def test_a_condition_looks_at_what_came_after_the_latest_purchase():
    rule = (
        "      - {name: Reads again, if: {event: email_open, since: {event: purchase}, times: 3}, points: 5}"
    )
    opens = [event("1", "email_open", at=day(number)) for number in (1, 2, 6, 7)]
    assert points_of(rule, events=opens) == 5
    assert points_of(rule, events=[*opens, event("1", "purchase", at=day(1))]) == 5
    assert points_of(rule, events=[*opens, event("1", "purchase", at=day(2))]) == 0


# --- after, same -------------------------------------------------------------------------------------

READ = "      - {name: Read it, event: email_open, count: each, points: 3, %s: %s}"
LATER = "{event: link_click, after: 1h, within: 2d, same: asset}"


def read(*follows, key="followed_by", follower=LATER, asset="mail", **options):
    clicks = [event("1", "link_click", at=NOON + gap, asset=value) for gap, value in follows]
    return points_of(
        READ % (key, follower), events=[event("1", "email_open", at=NOON, asset=asset), *clicks], **options
    )


@pytest.mark.parametrize(
    ("gap", "asset", "expected"),
    [
        (timedelta(minutes=59, seconds=59), "mail", 0),
        (timedelta(hours=1), "mail", 3),
        (timedelta(days=2), "mail", 3),
        (timedelta(days=2, seconds=1), "mail", 0),
        (timedelta(hours=1), "other", 0),
        (timedelta(hours=1), "Mail", 0),
        (timedelta(hours=1), "mail ", 0),
        (timedelta(hours=1), None, 0),
        (timedelta(hours=1), " ", 0),
    ],
)
def test_an_hour_later_at_the_earliest_and_of_the_same_asset(gap, asset, expected):
    assert read((gap, asset)) == expected
    assert read((timedelta(0), "mail"), (gap, asset), (DAY * 3, "mail")) == expected


@pytest.mark.parametrize("asset", [None, "", " "])
def test_a_missing_value_equals_none_not_even_another_missing_one(asset):
    assert read((timedelta(hours=1), asset), asset=asset) == 0
    assert read((timedelta(hours=1), asset), asset=asset, key="unless_followed_by") == 3


def test_unless_followed_by_still_waits_until_within_is_over():
    end = NOON + 2 * DAY
    early = (timedelta(minutes=59, seconds=59), "mail")
    for follows, expected in (((), 3), ((early,), 3), (((timedelta(hours=1), "mail"),), 0)):
        assert read(*follows, key="unless_followed_by", as_of=end) == expected
        assert read(*follows, key="unless_followed_by", as_of=end - SECOND) == 0


def test_a_follower_of_the_rules_own_type_must_be_later_with_same_too():
    follower = "{event: [email_open, link_click], within: 2d, same: asset}"
    assert read(follower=follower) == 0
    assert read((timedelta(0), "mail"), follower=follower) == 0
    assert read((SECOND, "mail"), follower=follower) == 3


def test_same_stands_beside_per_and_another_same():
    rule = "      - {name: A, event: open, count: each, points: 1, per: url, "
    rule += "followed_by: {event: click, within: 1h, same: asset}, "
    rule += "unless_followed_by: {event: leave, within: 2h, same: url}}"
    events = [
        event("1", "open", at=NOON, asset="a", url="x"),
        event("1", "open", at=NOON + SECOND, asset="b", url="y"),
        event("1", "open", at=NOON + 2 * SECOND, asset="a", url="x"),
        event("1", "click", at=NOON + DAY / 24, asset="a", url="q"),
        event("1", "click", at=NOON + DAY / 24, asset="b", url="q"),
        event("1", "leave", at=NOON + DAY / 12, asset="z", url="y"),
    ]
    assert points_of(rule, events=events) == 1


# --- times, sum, followers in conditions -------------------------------------------------------------

PURCHASES = [
    event("1", "purchase", at=datetime(2026, 10, 1, tzinfo=UTC), amount="300"),
    event("1", "purchase", at=day(1, 0), amount="150.5"),
    event("1", "purchase", at=day(2, 0), amount="n/a"),
    event("1", "purchase", at=day(20, 0), amount="49.5"),
]
TONIGHT = datetime(2026, 11, 21, tzinfo=UTC)


def holds(more, events=PURCHASES, **options):
    rule = f"      - {{name: A, if: {{event: purchase, {more}}}, points: 1}}"
    return points_of(rule, events=events, as_of=TONIGHT, **options) == 1


@pytest.mark.parametrize(
    ("more", "expected", "of_none"),
    [
        ("sum: {amount: {at_least: 500}}", True, False),
        ("sum: {amount: {at_least: +500}}", True, False),
        ("sum: {amount: {more_than: 500}}", False, False),
        ("sum: {amount: {at_most: 500, at_least: 499.9999}}", True, False),
        ("last: 30d, sum: {amount: {at_least: 200}}", True, False),
        ("last: 30d, sum: {amount: {more_than: 200}}", False, False),
        ("times: {at_most: 3}", False, True),
        ("times: {at_most: 4}", True, True),
        ("times: {at_least: 2, at_most: 4}", True, False),
        ("times: {at_least: 5}", False, False),
        ("times: {at_most: 0}", False, True),
        ("sum: {amount: {less_than: 500}}", False, False),
        ("sum: {amount: {less_than: 501}}", True, False),
        ("times: {at_most: 9}, sum: {amount: {less_than: 501}}", True, True),
        ("times: {at_most: 9}, sum: {amount: {more_than: 0}}", True, False),
        ("sum: {amount: {at_least: 500}, tax: {at_least: 1}}", False, False),
        ("sum: {amount: {at_least: 500}, tax: {at_most: 0}}", True, False),
    ],
)
def test_sums_and_counts_between_bounds(more, expected, of_none):
    events = [{**each, "tax": "x"} for each in PURCHASES]
    assert holds(more, events) == expected
    assert holds(more, [event("1", "visit", amount="1", tax="1")]) == of_none


def test_who_never_bought_is_among_those_who_did_not_spend_so_much():
    rule = "      - {name: A, if: {not: {event: purchase, sum: {amount: {at_least: 500}}}}, points: 1}"
    assert points_of(rule, events=[event("1", "visit", amount="1")]) == 1
    assert points_of(rule, events=PURCHASES[1:]) == 1
    assert points_of(rule, events=PURCHASES) == 0


def test_of_equal_times_under_per_the_larger_is_summed_up():
    events = [event("1", "purchase", at=day(1), amount=amount) for amount in ("5", "7", "6")]
    assert holds("per: day, sum: {amount: {at_least: 7, at_most: 7}}", events)
    assert holds("per: day, times: {at_most: 1}", events)
    assert holds("per: amount, sum: {amount: {at_least: 18, at_most: 18}}", events)


def test_what_is_past_a_thousand_million_is_0():
    events = [event("1", "purchase", at=day(1), amount=amount) for amount in ("1000000000.0001", "2.00005")]
    assert holds("sum: {amount: {at_least: 2.0001, at_most: 2.0001}}", events)


def test_present_cells_without_a_number_are_counted_as_unread():
    rule = "      - {name: A, if: {event: purchase, last: 30d, sum: {amount: {at_least: 1}}}, points: 1}\n"
    old = event("1", "purchase", at=datetime(2026, 10, 1, tzinfo=UTC), amount="old")
    other = event("1", "visit", at=day(20), amount="other")
    empty = event("1", "purchase", at=day(20), amount=" ")
    told = score(rule, events=[*PURCHASES, old, other, empty], as_of=TONIGHT).observed.unread
    assert told == (("events", "amount", 1),)
    also = (
        rule
        + "      - {name: B, if: {event: purchase, where: {amount: {at_least: 1}}, last: 30d}, points: 1}\n"
    )
    also += "      - {name: C, if: {event: purchase, last: 20d, sum: {amount: {at_most: 1}}}, points: 1}"
    assert score(also, events=[*PURCHASES, empty], as_of=TONIGHT).observed.unread == (
        ("events", "amount", 1),
    )


@pytest.mark.parametrize(("visits", "expected"), [(0, 0), (1, 2), (2, 2), (3, 5), (5, 5), (6, 10), (9, 10)])
def test_frequency_brackets(visits, expected):
    rule = """      - name: Visits this month
        first_of:
          - {if: {event: page_visit, last: 30d, times: 6}, points: 10}
          - {if: {event: page_visit, last: 30d, times: {at_least: 3, at_most: 5}}, points: 5}
          - {if: {event: page_visit, last: 30d, times: {at_least: 1, at_most: 2}}, points: 2}
"""
    events = [event("1", "page_visit", age=DAY * number) for number in range(visits)]
    events += [event("1", "page_visit", age=DAY * 30), event("1", "other")]
    assert points_of(rule, events=events) == expected


@pytest.mark.parametrize(
    ("times", "expected"),
    [("3", 6), ("4", 0), ("{at_most: 3}", 6), ("{at_most: 2}", 0), ("{at_least: 3, at_most: 3}", 6),
     ("{at_least: 1, at_most: 2}", 0)],
)  # fmt: skip
def test_an_event_rule_counts_between_bounds(times, expected):
    assert visited(f"times: {times}") == expected


def test_an_upper_bound_is_held_against_what_per_leaves():
    events = [event("1", "page_visit", at=day(1, hour)) for hour in (1, 2, 3)]
    assert visited("times: {at_most: 1}, per: day", events) == 2
    assert visited("times: {at_most: 1}", events) == 0


def test_followers_in_conditions():
    left = "{event: link_click, last: 9d, unless_followed_by: {event: purchase, within: 2d}}"
    rule = f"      - {{name: Left, if: {left}, points: 1}}"
    click, as_of = event("1", "link_click", at=day(10)), day(12)
    assert points_of(rule, events=[click], as_of=as_of) == 1
    assert points_of(rule, events=[click], as_of=as_of - SECOND) == 0
    assert points_of(rule, events=[click, event("1", "purchase", at=as_of)], as_of=as_of) == 0
    assert points_of(rule, events=[click], as_of=day(19) - SECOND) == 1
    assert points_of(rule, events=[click], as_of=day(19)) == 0
    twice = (
        "{event: link_click, followed_by: {event: link_click, after: 1min, within: 1h}, times: {at_most: 1}}"
    )
    rule = f"      - {{name: Twice, if: {twice}, points: 1}}"
    clicks = [event("1", "link_click", at=NOON + timedelta(seconds=each)) for each in (0, 59, 60, 119)]
    assert points_of(rule, events=clicks) == 0  # the first and the second are followed
    assert points_of(rule, events=clicks[:3]) == 1
    assert points_of(rule, events=clicks[:2]) == 1


# --- where a number is needed ------------------------------------------------------------------------


def test_an_unquoted_sign_before_a_number():
    rules = """
scores:
  s:
    five_flames: +4
    limits: {max: +2.5, min: -1}
    rules:
      - {name: A, event: a, points: +5, count: each}
      - {name: B, field: {phone: {starts_with: +49}}, points: +1}
"""
    scored = score(rules, contacts=[{"contact_id": "1", "phone": "+49 30"}], events=[event("1", "a")])
    assert scored.scores["score"].to_list() == [2.5]
    assert scored.scores["flames"].to_list() == [3]
    assert scored.ledger.frame()["points"].to_list() == [5, 1, -3.5]
