"""The oracle against examples worked by hand from rule-language.md."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings

from oracle import World, factor_billionths, score, slug, worth
from oracle_conditions import fits
from oracle_words import before, fold, read_instant, read_number
from strategies import FEATURES, ablate, cases, features

AS_OF = datetime(2026, 11, 21, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def event(age, event_type="visit", contact_id="1", **properties):
    return {"contact_id": contact_id, "event": event_type, "at": AS_OF - age, **properties}


def entry(age, tag, action="applied"):
    return {"contact_id": "1", "tag": tag, "at": AS_OF - age, "action": action}


def run(rules, *, contacts=({"contact_id": "1"},), events=(), history=(), **score_keys):
    book = {"scores": {"s": {"five_flames": 20, **score_keys, "rules": rules}}}
    return score(book, contacts, events, history, AS_OF)


def points(rule, **data):
    """Return contact 1's score, in points, under one rule."""
    [row] = run([{"name": "r", "points": 1, **rule}], **data).scores
    return Decimal(row["score"]) / 10_000


def holds_for(predicate, cell):
    return fits(predicate, cell, World({"timezone": "America/New_York"}, [], [], [], AS_OF))


@pytest.mark.parametrize(
    ("decay", "days", "expected"),
    [
        ("none", 4000, 1_000_000_000),
        ("1%", 0, 1_000_000_000),
        ("1%", 37, 630_000_000),
        ("1%", 99, 10_000_000),
        ("1%", 100, 0),
        ("1%", 101, 0),
        ({"linear": "0.25%", "every": "1w"}, 20, 995_000_000),
        ({"compound": "1%", "every": "1d"}, 2, 980_100_000),
        ({"compound": "100%", "every": "2d"}, 1, 1_000_000_000),
        ({"compound": "100%", "every": "2d"}, 2, 0),
        ({"half_life": "1d"}, 10, 976_563),
        ({"half_life": "2w"}, 14, 500_000_000),
        ({"half_life": "2d"}, 1, 707_106_781),
        ({"half_life": "30d"}, 45, 353_553_391),
    ],
)
def test_factors_are_whole_billionths(decay, days, expected):
    assert factor_billionths(decay, days) == expected


def test_contributions_round_halves_away_from_zero():
    assert worth(1, {"half_life": "1d"}, DAY) == 1
    assert worth(-1, {"half_life": "1d"}, DAY) == -1
    assert worth(20_000, "1%", DAY * 37 + DAY * 23 / 24) == 12_600


def test_a_day_is_24_hours_whatever_the_clocks_do():
    assert worth(10_000, "1%", DAY - timedelta(seconds=1)) == 10_000
    assert worth(10_000, "1%", DAY) == 9_900


@pytest.mark.parametrize(("age", "expected"), [(DAY * 28, 0), (DAY * 28 - timedelta(seconds=1), 1)])
def test_an_event_exactly_as_old_as_the_window_has_expired(age, expected):
    assert points({"event": "visit", "count": "once", "expires": "4w"}, events=[event(age)]) == expected


def test_an_event_at_as_of_counts_and_one_after_it_does_not():
    events = [event(0 * DAY), event(-timedelta(seconds=1))]
    assert points({"event": "visit", "count": "each"}, events=events) == 1


def test_months_step_the_local_date_and_cut_the_day():
    zone = ZoneInfo("America/New_York")
    assert before(datetime(2026, 3, 31, 16, tzinfo=UTC), "1mo", zone) == datetime(2026, 2, 28, 17, tzinfo=UTC)
    assert before(datetime(2024, 2, 29, 17, tzinfo=UTC), "1y", zone) == datetime(2023, 2, 28, 17, tzinfo=UTC)


def test_a_step_into_a_gap_reads_with_the_offset_before_and_into_a_repeat_the_earlier():
    zone = ZoneInfo("America/New_York")
    assert before(datetime(2026, 4, 8, 6, 30, tzinfo=UTC), "1mo", zone) == datetime(
        2026, 3, 8, 7, 30, tzinfo=UTC
    )
    assert before(datetime(2026, 12, 1, 6, 30, tzinfo=UTC), "1mo", zone) == datetime(
        2026, 11, 1, 5, 30, tzinfo=UTC
    )


@pytest.mark.parametrize(("count", "expected"), [("once", 1), ("each", 3), (2, 2)])
def test_count(count, expected):
    events = [event(DAY), event(DAY * 2), event(DAY * 3)]
    assert points({"event": "visit", "count": count}, events=events) == expected


def test_a_tie_goes_to_the_larger_contribution_then_to_the_first_row():
    rule = {"name": "r", "event": "visit", "points": {"from": "n"}, "count": "once"}
    events = [event(DAY, n="-5"), event(DAY, n="2"), event(DAY, n="2.0"), event(DAY, n="x")]
    assert run([rule], events=events).counted == {("1", "s", "r"): [(1, 20_000)]}


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("2.00005", "2.0001"),
        ("-2.00005", "-2.0001"),
        ("1e9", "1000000000"),
        ("1000000000.0001", 0),
        ("$5", 0),
        (None, 0),
    ],
)
def test_points_from_a_property(cell, expected):
    rule = {"event": "visit", "count": "once", "points": {"from": "n"}}
    assert points(rule, events=[event(DAY, n=cell)]) == Decimal(expected)


def test_the_cell_is_rounded_before_it_is_multiplied():
    rule = {"event": "visit", "count": "once", "points": {"from": "n", "multiply_by": Decimal("0.5")}}
    assert points(rule, events=[event(DAY, n="0.00014999")]) == Decimal("0.0001")


def test_per_takes_missing_as_one_value_and_the_others_exactly_as_they_are():
    cells = ["a", "A", "a ", None, "", "  ", "a"]
    events = [event(DAY, asset=cell) for cell in cells]
    assert points({"event": "visit", "count": "each", "per": "asset"}, events=events) == 4


def test_times_counts_what_per_has_left():
    rule = {"event": "visit", "count": "each", "per": "day", "times": 2}
    assert points(rule, events=[event(timedelta(hours=1)), event(timedelta(hours=2))]) == 0
    assert points(rule, events=[event(timedelta(hours=1)), event(timedelta(hours=13))]) == 2


def test_a_follower_of_the_same_type_must_be_later():
    rule = {"event": "visit", "count": "each", "followed_by": {"event": "Visit", "within": "1d"}}
    assert points(rule, events=[event(DAY * 3), event(DAY * 3)]) == 0
    assert points(rule, events=[event(DAY * 3), event(DAY * 2)]) == 1


def test_a_follower_of_another_type_may_be_of_the_same_instant():
    rule = {"event": "visit", "count": "each", "followed_by": {"event": "buy", "within": "1d"}}
    assert points(rule, events=[event(DAY * 3), event(DAY * 3, "buy")]) == 1
    assert points(rule, events=[event(DAY * 3), event(DAY * 2 - timedelta(seconds=1), "buy")]) == 0


@pytest.mark.parametrize(("age", "expected"), [(2 * DAY, 1), (2 * DAY - timedelta(seconds=1), 0)])
def test_nobody_knows_that_nothing_followed_before_the_time_is_up(age, expected):
    rule = {"event": "visit", "count": "once", "unless_followed_by": {"event": "buy", "within": "2d"}}
    assert points(rule, events=[event(age)]) == expected
    assert points(rule, events=[event(age), event(age, "buy")]) == 0


def test_ignored_events_are_no_followers_either():
    book = {
        "ignore": [{"event": "buy", "where": {"bot": True}}],
        "scores": {"s": {"five_flames": 1, "rules": []}},
    }
    rule = {"name": "r", "event": "visit", "points": 1, "count": "once"}
    book["scores"]["s"]["rules"] = [{**rule, "followed_by": {"event": "buy", "within": "2d"}}]
    events = [event(DAY), event(DAY, "buy", bot="YES")]
    assert score(book, [{"contact_id": "1"}], events, [], AS_OF).scores[0]["score"] == 0


def test_settings_come_from_the_rule_then_its_group_then_the_defaults():
    rules = [{"name": "r", "event": "visit", "points": 1, "group": "g"}]
    keys = {"groups": {"g": {"count": "each"}}, "defaults": {"count": "once", "decay": "50%"}}
    [row] = run(rules, events=[event(DAY), event(DAY)], **keys).scores
    assert row["score"] == 10_000


def test_the_history_alone_decides_where_it_has_an_entry():
    contacts = [{"contact_id": "1", "tags": ["VIP"]}]
    later = [entry(-DAY, "vip")]
    removed = [entry(DAY, "vip", "applied"), entry(DAY, "VIP ", "removed")]
    assert points({"tag": "vip"}, contacts=contacts) == 1
    assert points({"tag": "vip"}, contacts=contacts, history=later) == 0
    assert points({"tag": "vip"}, contacts=contacts, history=removed) == 0
    assert points({"tag": "vip"}, contacts=contacts, history=removed[::-1]) == 1


def test_tag_forms():
    contacts = [{"contact_id": "1", "tags": ["Prospect A", "b.c"]}]
    forms = {"x": 0, "b?c": 0, "B.C": 1}
    assert {form: points({"tag": form}, contacts=contacts) for form in forms} == forms
    assert points({"tag": {"all": ["b.c", "x"]}}, contacts=contacts) == 0
    assert points({"tag": {"like": ["prospect*", "b?c"]}}, contacts=contacts) == 1
    assert points({"tag": {"like": "b.?"}}, contacts=contacts) == 1
    assert points({"tag": {"like": "ros*"}}, contacts=contacts) == 0


def test_a_tag_ages_from_its_latest_application_and_undated_ones_keep_or_skip():
    rule = {"tag": ["a", "b"], "decay": "10%"}
    listed = [{"contact_id": "1", "tags": ["a"]}]
    assert points(rule, history=[entry(DAY * 5, "a"), entry(DAY * 2, "b")]) == Decimal("0.8")
    assert points(rule, contacts=listed) == 1
    assert points({**rule, "undated": "skip"}, contacts=listed) == 0
    expired = {"tag": ["a", "b"], "expires": "2d"}
    assert points(expired, contacts=listed, history=[entry(DAY * 2, "b")]) == 0


def test_first_of_takes_the_first_branch_that_holds():
    branches = [
        {"if": {"field": {"size": {"at_least": 1000}}}, "points": 10},
        {"if": {"field": {"size": {"at_least": 100}}}, "points": 5},
        {"points": 1},
    ]
    sizes = {"1000": 10, "1,000": 1, "999.9": 5, "1e3": 10, None: 1}
    for size, expected in sizes.items():
        contacts = [{"contact_id": "1", "size": size}]
        assert points({"first_of": branches}, contacts=contacts) == expected


def test_limits_are_rows_of_the_ledger_that_add_up():
    rules = [
        {"name": "Big", "if": {"not": {"tag": "x"}}, "points": 30, "limits": {"max": 20}, "group": "g"},
        {"name": "None", "tag": "x", "points": 5},
    ]
    result = run(rules, groups={"g": {"limits": {"max": 12}}}, limits={"max": 10})
    rows = [(row["entry"], row["rule_id"], row["points"]) for row in result.ledger]
    assert rows == [
        ("rule", "big", 300_000),
        ("rule_limit", "big", -100_000),
        ("group_limit", "g", -80_000),
        ("score_limit", "s", -20_000),
    ]
    assert result.scores[0]["score"] == sum(row["points"] for row in result.ledger) == 100_000


@pytest.mark.parametrize(
    ("total", "expected"),
    [("8", 2), ("7.9999", 1), ("3.9999", 0), ("4", 1), ("20", 5), ("19.9999", 4), ("-9", 0)],
)
def test_flames_of_twenty(total, expected):
    [row] = run([{"name": "r", "if": {"not": {"tag": "x"}}, "points": Decimal(total)}]).scores
    assert row["flames"] == expected
    assert row["percent_of_ideal"] == Fraction(total) * 5


def test_rank_and_percentile_share_places_and_order_breaks_ties():
    contacts = [{"contact_id": name, "n": n} for name, n in [("z", "1"), ("a", "1"), ("b", "2"), ("c", None)]]
    rules = [
        {"name": "n1", "field": {"n": 1}, "points": 1},
        {"name": "n2", "field": {"n": 2}, "points": 2},
        {"name": "v", "event": "visit", "points": 1, "count": "once"},
        {"name": "w", "field": {"n": {"empty": True}}, "points": 1},
    ]
    rows = run(rules, contacts=contacts, events=[event(DAY, contact_id="z")]).scores
    assert [(row["contact_id"], row["rank"], row["percentile"]) for row in rows] == [
        ("z", 1, Fraction(200, 3)),
        ("b", 1, Fraction(200, 3)),
        ("a", 3, 0),
        ("c", 3, 0),
    ]
    assert rows[0]["last_activity_at"] == AS_OF - DAY


def test_a_list_of_one_has_percentile_0_and_population_leaves_the_rest_out():
    contacts = [{"contact_id": "1"}, {"contact_id": "2", "tags": ["Competitor"]}]
    rows = run([], contacts=contacts, population={"not": {"tag": "competitor"}}).scores
    assert [(row["contact_id"], row["percentile"], row["rank"]) for row in rows] == [("1", 0, 1)]


@pytest.mark.parametrize(
    ("predicate", "cell", "expected"),
    [
        (5, " 5.0 ", True),
        (5, "five", False),
        ("5", "5.0", False),
        (Decimal("0.1"), "1e-1", True),
        ({"not_equals": 5}, "five", True),
        ({"not_equals": 5}, None, False),
        (True, "Y", True),
        (True, "maybe", False),
        ({"not_equals": True}, "maybe", True),
        (["cafe\u0301"], "CAF\u00c9", True),
        ({"equals": "US", "case_sensitive": True}, "us", False),
        ({"contains": "a "}, "a", False),
        ({"not_contains": ["x", "b"]}, "abc", False),
        ({"matches": "^b|C$"}, " abc ", True),
        ({"matches": "C$", "case_sensitive": True}, "abc", False),
        ({"empty": True}, " \u2003", True),
        ({"empty": False}, "\x1c", True),
        ({"at_least": 5, "less_than": 6}, "5.999", True),
        ({"at_least": 5}, "2026-01-01", False),
        ({"at_most": "2026-11-20"}, "2026-11-21T04:59:59Z", True),
        ({"at_most": "2026-11-20"}, "2026-11-21T05:00:00Z", False),
        ({"more_than": "2026-11-20T04:59:59Z"}, "2026-11-20", True),
        ({"more_than": "2026-11-20T05:00:00Z"}, "2026-11-20", False),
        ({"between": [5, Decimal("6.5")]}, "5", True),
        ({"between": [5, Decimal("6.5")]}, "6.50", True),
        ({"between": [5, Decimal("6.5")]}, "6.51", False),
        ({"between": [5, Decimal("6.5")]}, None, False),
        ({"between": ["2026-11-19", "2026-11-20"]}, "2026-11-21T04:59:59Z", True),
        ({"between": ["2026-11-19", "2026-11-20"]}, "2026-11-21T05:00:00Z", False),
        ({"between": ["2026-11-19", "2026-11-20T05:00:00Z"]}, "2026-11-20", True),
        ({"between": ["2026-11-19", "2026-11-20T05:00:00Z"]}, "2026-11-20T05:00:01Z", False),
        ({"within_last": "1d"}, "2026-11-21", True),
        ({"within_last": "1d"}, "2026-11-20", False),
        ({"within_next": "1d"}, "2026-11-22", True),
        ({"within_next": "1d"}, "2026-11-23", False),
    ],
)
def test_predicates(predicate, cell, expected):
    assert holds_for(predicate, cell) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("+5", 5),
        (".5", Fraction(1, 2)),
        ("1e12", 10**12),
        ("1000000000001", None),
        ("5.", None),
        ("1_000", None),
        ("٣", None),
        ("NaN", None),
        ("0e99999999999", 0),
    ],
)
def test_numbers(text, expected):
    assert read_number(text) == expected


def test_instants():
    havana = ZoneInfo("America/Havana")
    assert read_instant("2026-03-08", havana) == datetime(2026, 3, 8, 5, tzinfo=UTC)
    assert read_instant("2026-11-01 00:30", havana) == datetime(2026, 11, 1, 4, 30, tzinfo=UTC)
    assert read_instant("2026-11-21T12:00:00.999-05:30", havana) == datetime(2026, 11, 21, 17, 30, tzinfo=UTC)
    for offset in ("Z", "z", " UTC", "GMT", "+0000", " +00:00", "+00"):
        assert read_instant(f"2026-11-21 12:00:00,5{offset}", havana) == datetime(
            2026, 11, 21, 12, tzinfo=UTC
        )
    assert read_instant("2026-11-21 12:00 PST", havana) is None
    assert read_instant("2026-02-30", havana) is None


def test_ids_and_folding():
    assert slug("  Opened 5 e-mails (Café)! ") == "opened-5-e-mails-café"
    assert fold("\u00a0E\u0301 x\u2029") == "é x"


def test_an_event_condition_counts_after_per():
    condition = {"event": "visit", "last": "2d", "per": "asset", "times": 2}
    world = World(
        {},
        [{"contact_id": "1"}],
        [event(DAY, asset=a) for a in "aab"] + [event(2 * DAY, asset="c")],
        [],
        AS_OF,
    )
    assert world.holds(condition, "1")
    assert not world.holds({**condition, "times": 3}, "1")


few = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@few
@given(cases())
def test_a_ledger_adds_up_to_its_score(case):
    result = case.scored()
    for row in result.scores:
        owner = (row["contact_id"], row["score_name"])
        entries = [entry for entry in result.ledger if (entry["contact_id"], entry["score_name"]) == owner]
        assert sum(entry["points"] for entry in entries) == row["score"]


@few
@given(cases())
def test_the_order_of_contacts_and_events_changes_nothing(case):
    turned = score(
        case.book, case.contacts[::-1], case.events[::-1], case.tag_history, case.as_of, files=case.files
    )
    assert (turned.scores, turned.ledger) == (case.scored().scores, case.scored().ledger)


@few
@given(cases())
def test_a_book_uses_what_it_would_differ_without(case):
    used = features(case.book)
    assert all((ablate(case.book, feature) != case.book) == (feature in used) for feature in FEATURES)
