"""Authored rules and the literal result of binding them."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from flamescore.columns import Columns
from flamescore.errors import RuleFileError
from flamescore.rules import (
    AllOf,
    AnyOf,
    Branch,
    BranchRule,
    Decay,
    Empty,
    Equals,
    EventMatch,
    EventRule,
    FieldIs,
    Follower,
    Group,
    Happened,
    HasTag,
    Ignored,
    Like,
    Limits,
    Matches,
    Not,
    Order,
    Per,
    Points,
    Predicate,
    Rule,
    SumIs,
    SumOrder,
    TagMatch,
    TagRule,
    Times,
    Within,
    bind_condition,
    bind_events,
    bind_predicates,
    bind_rules,
    date_columns,
    load_condition,
    load_events,
    load_predicates,
    load_rules,
    load_rules_text,
)
from flamescore.units import Period
from flamescore.yaml_tree import parse

COLUMNS = Columns(
    ("contact_id", "email", "country", "employees", "pet_type", "since"),
    ("url", "seconds", "asset", "percent", "delta", "is_bot", "day"),
    has_tags=True,
    has_events=True,
)
PHOENIX = ZoneInfo("America/Phoenix")
URL_SALES = Predicate("url", (Like("contains", ("/sales",)),))
SCORE = """
version: 1
timezone: America/Phoenix
scores:
  interest:
    five_flames: 20
    defaults: {count: once, expires: 4w, decay: 1%}
    groups:
      email: {count: 3, expires: never, limits: {max: 10, min: -2.5}}
      web: {decay: {half_life: 2w}}
    rules:
"""


def book_of(text):
    return bind_rules(load_rules_text(text), COLUMNS).book


def rules_of(*rules):
    return book_of(SCORE + "".join(f"      - {rule}\n" for rule in rules)).scores[0].rules


def subject_of(rule):
    (bound,) = rules_of(rule)
    return bound.subject


def test_the_file_of_the_contract_binds_as_it_stands():
    book = bind_rules(load_rules(Path(__file__).parent / "section_one.yaml"), COLUMNS).book
    assert book.zone == PHOENIX
    assert book.ignore == (
        Ignored(
            EventMatch(("email_open", "link_click"), (Predicate("is_bot", (Equals(booleans=(True,)),)),))
        ),
    )
    (score,) = book.scores
    assert (score.name, score.title, score.ideal, score.bounds) == (
        "interest",
        "Prospect interest",
        200_000,
        None,
    )
    assert score.limits == Limits(None, 1_000_000)
    assert score.groups == (Group("email", Limits(None, 100_000)),)
    assert score.population == Not(HasTag(TagMatch("any", ("Competitor",))))
    month, weeks = Period(30, "d"), Period(4, "w")
    assert score.rules == (
        Rule(
            "submitted-a-web-form",
            "Submitted a web form",
            EventRule(EventMatch(("form_submit",)), Points(20_000), 1, weeks),
            line=18,
        ),
        Rule(
            "stayed-ten-minutes-on-the-sales-page",
            "Stayed ten minutes on the sales page",
            EventRule(
                EventMatch(
                    ("page_visit",), (URL_SALES, Predicate("seconds", (Order("at_least", Decimal(600)),)))
                ),
                Points(30_000),
                None,
                weeks,
            ),
            line=22,
        ),
        Rule(
            "opened-five-different-e-mails-in-five-weeks",
            "Opened five different e-mails in five weeks",
            EventRule(
                EventMatch(("email_open",)),
                Points(100_000),
                1,
                Period(5, "w"),
                Decay("linear", Decimal("0.01"), 1),
                Per(column="asset"),
                times=Times(5),
            ),
            group="email",
            line=28,
        ),
        Rule(
            "reached-for-the-buy-button-and-left",
            "Reached for the buy button and left",
            EventRule(
                EventMatch(("link_click",), (Predicate("url", (Like("contains", ("/checkout",)),)),)),
                Points(60_000),
                1,
                weeks,
                unless_followed_by=Follower(EventMatch(("purchase",)), 172_800),
            ),
            line=36,
        ),
        Rule(
            "prospect-tags",
            "Prospect tags",
            TagRule(TagMatch("any", ("New Lead", "Webinar Regis")), 10_000),
            line=42,
        ),
        Rule(
            "owns-a-dog",
            "Owns a dog",
            BranchRule((Branch(FieldIs((Predicate("pet_type", (Equals(("dog",)),)),)), 30_000),)),
            line=46,
        ),
        Rule(
            "clicked-the-sales-link-and-watched-the-pitch",
            "Clicked the sales link and watched the pitch",
            BranchRule(
                (
                    Branch(
                        AllOf(
                            (
                                Happened(EventMatch(("link_click",), (URL_SALES,)), month),
                                Happened(
                                    EventMatch(
                                        ("video_watch",),
                                        (
                                            Predicate("asset", (Equals(("pitch",)),)),
                                            Predicate("percent", (Order("at_least", Decimal(90)),)),
                                        ),
                                    )
                                ),
                            )
                        ),
                        50_000,
                    ),
                )
            ),
            line=50,
        ),
        Rule(
            "no-e-mail-opened-for-a-month",
            "No e-mail opened for a month",
            BranchRule((Branch(Not(Happened(EventMatch(("email_open",)), month)), -50_000),)),
            line=57,
        ),
        Rule(
            "company-size",
            "Company size",
            BranchRule(
                (
                    Branch(FieldIs((Predicate("employees", (Order("at_least", Decimal(1000)),)),)), 100_000),
                    Branch(FieldIs((Predicate("employees", (Order("at_least", Decimal(100)),)),)), 50_000),
                    Branch(None, 10_000),
                )
            ),
            line=61,
        ),
        Rule(
            "adjusted-by-a-sales-rep",
            "Adjusted by a sales rep",
            EventRule(EventMatch(("adjustment",)), Points(column="delta", multiply_by=10_000), None),
            line=67,
        ),
        Rule(
            "already-a-customer",
            "Already a customer",
            EventRule(EventMatch(("purchase",)), Points(-10_000_000), 1),
            line=73,
        ),
    )


@pytest.mark.parametrize(
    ("words", "count", "window", "decay"),
    [
        ("", 1, Period(4, "w"), Decay("linear", Decimal("0.01"), 1)),
        ("group: email", 3, None, Decay("linear", Decimal("0.01"), 1)),
        ("group: web", 1, Period(4, "w"), Decay("half_life", Decimal(0), 14)),
        ("group: email, count: each, expires: 3mo, decay: none", None, Period(3, "mo"), Decay("none")),
        ("group: email, count: 7", 7, None, Decay("linear", Decimal("0.01"), 1)),
        ("expires: never", 1, None, Decay("linear", Decimal("0.01"), 1)),
        ("decay: {linear: 0.25%, every: 2w}", 1, Period(4, "w"), Decay("linear", Decimal("0.0025"), 14)),
        ("decay: {compound: 100%, every: 3d}", 1, Period(4, "w"), Decay("compound", Decimal(1), 3)),
        ("decay: 0.0001%", 1, Period(4, "w"), Decay("linear", Decimal("0.000001"), 1)),
    ],
)
def test_the_rule_s_own_comes_before_its_group_s_before_the_defaults(words, count, window, decay):
    subject = subject_of(f"{{name: A, event: e, points: 1, {words}}}")
    assert (subject.count, subject.window, subject.decay) == (count, window, decay)


def test_defaults_are_for_event_rules_alone():
    assert subject_of("{name: A, tag: VIP, points: 1, group: email}") == TagRule(
        TagMatch("any", ("VIP",)), 10_000
    )


def test_without_defaults_nothing_expires_or_fades():
    rule = "{name: A, event: e, points: 1, count: each}"
    text = f"version: 1\nscores: {{a: {{flames: [1, 2, 3, 4, 5.5], rules: [{rule}]}}}}"
    (score,) = book_of(text).scores
    assert score.rules[0].subject == EventRule(EventMatch(("e",)), Points(10_000), None)
    assert (score.title, score.ideal, score.bounds) == ("a", 55_000, (10_000, 20_000, 30_000, 40_000, 55_000))


def test_what_is_disabled_is_left_out():
    text = """
version: 1
scores:
  fit: {enabled: false, five_flames: 5, rules: [{name: A, field: {nowhere: 1}, points: 1}]}
  interest:
    five_flames: 5
    rules:
      - {name: A, enabled: false, field: {nowhere: 1}, points: 1}
      - {name: B, tag: VIP, points: 1}
"""
    book = book_of(text)
    assert [score.name for score in book.scores] == ["interest"]
    assert [rule.id for rule in book.scores[0].rules] == ["b"]


def test_a_rule_s_own_words():
    words = "id: a_1, note: Why, group: email, limits: {min: -1}, if: {tag: X}"
    (rule,) = rules_of(f"{{name: ' A ', tag: VIP, points: -0.25, {words}}}")
    assert (rule.id, rule.name, rule.note, rule.group, rule.line) == ("a_1", "A", "Why", "email", 12)
    assert rule.limits == Limits(-10_000, None)
    assert rule.condition == HasTag(TagMatch("any", ("X",)))
    assert rule.subject == TagRule(TagMatch("any", ("VIP",)), -2_500)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("dog", (Equals(("dog",)),)),
        ("' Dog '", (Equals(("Dog",)),)),
        ("5", (Equals(numbers=(Decimal(5),)),)),
        ("5.0", (Equals(numbers=(Decimal("5.0"),)),)),
        ("true", (Equals(booleans=(True,)),)),
        ("[US, 1, false]", (Equals(("US",), (Decimal(1),), (False,)),)),
        ("{equals: '5'}", (Equals(("5",)),)),
        ("{not_equals: US}", (Equals(("US",), negate=True),)),
        ("{in: [US, CA]}", (Equals(("US", "CA")),)),
        ("{not_in: [1, 2]}", (Equals(numbers=(Decimal(1), Decimal(2)), negate=True),)),
        ("{contains: ' a '}", (Like("contains", (" a ",)),)),
        ("{not_contains: [a, b]}", (Like("contains", ("a", "b"), negate=True),)),
        ("{starts_with: a, ends_with: [b]}", (Like("starts_with", ("a",)), Like("ends_with", ("b",)))),
        ("{matches: '^a+$'}", (Matches("^a+$"),)),
        (
            "{more_than: 0.1, less_than: 1e3}",
            (Order("more_than", Decimal("0.1")), Order("less_than", Decimal(1000))),
        ),
        ("{at_least: 2026-11-21}", (Order("at_least", date(2026, 11, 21)),)),
        ("{at_most: ' 2026-11-21 '}", (Order("at_most", date(2026, 11, 21)),)),
        ("{at_least: 2026-11-21T09:00}", (Order("at_least", datetime(2026, 11, 21, 16, tzinfo=UTC)),)),
        (
            "{at_least: '2026-11-21 09:00:30.9Z'}",
            (Order("at_least", datetime(2026, 11, 21, 9, 0, 30, tzinfo=UTC)),),
        ),
        (
            "{at_least: 2026-11-21T09:00+05:30}",
            (Order("at_least", datetime(2026, 11, 21, 3, 30, tzinfo=UTC)),),
        ),
        ("{between: [60, 600.5]}", (Order("at_least", Decimal(60)), Order("at_most", Decimal("600.5")))),
        (
            "{between: [2026-11-21, 2026-11-21T09:00]}",
            (
                Order("at_least", date(2026, 11, 21)),
                Order("at_most", datetime(2026, 11, 21, 16, tzinfo=UTC)),
            ),
        ),
        ("{between: [5, 5]}", (Order("at_least", Decimal(5)), Order("at_most", Decimal(5)))),
        ("{within_last: 30d}", (Within(Period(30, "d"), ahead=False),)),
        ("{within_next: 3mo}", (Within(Period(3, "mo"), ahead=True),)),
        ("{empty: true}", (Empty(value=True),)),
        ("{empty: false, not_in: ['', x]}", (Empty(value=False), Equals(("", "x"), negate=True))),
    ],
)
def test_a_predicate(written, expected):
    subject = subject_of(f"{{name: A, field: {{since: {written}}}, points: 1}}")
    assert subject == BranchRule((Branch(FieldIs((Predicate("since", expected),)), 10_000),))


def test_case_sensitive():
    subject = subject_of("{name: A, event: e, where: {url: {equals: A, case_sensitive: true}}, points: 1}")
    assert subject.match.where == (Predicate("url", (Equals(("A",)),), case_sensitive=True),)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("A", TagMatch("any", ("A",))),
        ("[A, B]", TagMatch("any", ("A", "B"))),
        ("{all: [A, B]}", TagMatch("all", ("A", "B"))),
        ("{like: 'Prospect*'}", TagMatch("like", ("Prospect*",))),
        ("{like: ['A*', 'B?']}", TagMatch("like", ("A*", "B?"))),
    ],
)
def test_the_forms_of_tag(written, expected):
    assert subject_of(f"{{name: A, tag: {written}, points: 1}}") == TagRule(expected, 10_000)


def test_a_tag_rule_that_expires_and_fades():
    assert subject_of("{name: A, tag: A, points: 1, expires: 60d, decay: 2%, undated: skip}") == TagRule(
        TagMatch("any", ("A",)), 10_000, Period(60, "d"), Decay("linear", Decimal("0.02"), 1), "skip"
    )


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("day", Per("day")),
        ("week", Per("week")),
        ("month", Per("month")),
        ("asset", Per(column="asset")),
        ("at", Per(column="at")),
        ("{property: day}", Per(column="day")),
    ],
)
def test_per(written, expected):
    assert subject_of(f"{{name: A, event: e, points: 1, per: {written}}}").per == expected


@pytest.mark.parametrize(
    ("event", "follower", "strict"),
    [
        ("purchase", "purchase", True),
        ("' Purchase '", "PURCHASE", True),
        ("[a, b]", "[c, B]", True),
        ("cafe\u0301", "CAF\u00c9", True),
        ("[a, b]", "[c, d]", False),
    ],
)
def test_a_follower_of_a_type_that_the_rule_names_must_be_later(event, follower, strict):
    subject = subject_of(
        f"{{name: A, event: {event}, points: 1, followed_by: {{event: {follower}, within: 2h}}}}"
    )
    assert (subject.followed_by.within, subject.followed_by.after) == (7_200, int(strict))


def test_a_follower_after_a_gap_and_of_the_same_value():
    follows = "{event: [a, b], after: 2min, within: 2h, same: asset}"
    condition = f"{{event: a, unless_followed_by: {follows}}}"
    expected = Follower(EventMatch(("a", "b")), 7_200, 120, "asset")
    assert subject_of(f"{{name: A, event: a, points: 1, followed_by: {follows}}}").followed_by == expected
    [branch] = subject_of(f"{{name: A, if: {condition}, points: 1}}").branches
    assert branch.condition.unless_followed_by == expected


def test_resets_of_rules_tags_and_conditions():
    since = "[{event: a, where: {url: x}}, {event: [b, c]}]"
    expected = (EventMatch(("a",), (Predicate("url", (Equals(("x",)),)),)), EventMatch(("b", "c")))
    assert subject_of(f"{{name: A, event: e, points: 1, since: {since}}}").since == expected
    tag = subject_of(f"{{name: A, tag: T, points: 1, since: {since}, undated: skip}}")
    assert (tag.since, tag.dated) == (expected, True)
    assert not subject_of("{name: A, tag: T, points: 1, since: none, undated: skip}").dated
    [branch] = subject_of(f"{{name: A, if: {{event: e, since: {since}}}, points: 1}}").branches
    assert branch.condition.since == expected
    assert subject_of("{name: A, event: e, points: 1, since: {event: a}}").since == (EventMatch(("a",)),)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("3", Times(3)),
        ("{at_least: 3}", Times(3)),
        ("{at_most: 3}", Times(0, 3)),
        ("{at_least: 2, at_most: 5}", Times(2, 5)),
    ],
)
def test_times(written, expected):
    assert subject_of(f"{{name: A, event: e, points: 1, times: {written}}}").times == expected
    [branch] = subject_of(f"{{name: A, if: {{event: e, times: {written}}}, points: 1}}").branches
    assert branch.condition.times == expected


def test_none_at_all_is_few_enough_in_a_condition():
    [branch] = subject_of("{name: A, if: {event: e, times: {at_most: 0}}, points: 1}").branches
    assert branch.condition.times == Times(0, 0)


def test_sums():
    sums = "{seconds: {at_least: 1.5, less_than: +2}, delta: {more_than: -1}}"
    [branch] = subject_of(f"{{name: A, if: {{event: e, sum: {sums}}}, points: 1}}").branches
    assert branch.condition.sums == (
        SumIs("seconds", (SumOrder("at_least", 15_000), SumOrder("less_than", 20_000))),
        SumIs("delta", (SumOrder("more_than", -10_000),)),
    )


def test_points_from_a_property():
    subject = subject_of("{name: A, event: e, points: {from: delta, multiply_by: -0.5}}")
    assert subject.points == Points(column="delta", multiply_by=-5_000)


def test_what_every_event_has_may_be_asked():
    rule = "{name: A, event: e, points: 1, where: {event: e, contact_id: 5, at: {at_least: 2026-01-01}}}"
    assert [each.column for each in subject_of(rule).match.where] == ["event", "contact_id", "at"]


def test_conditions():
    condition = "{any: [{all: [{tag: {all: [A]}}]}, {event: [a, b], last: 1y, per: week, times: 3}]}"
    assert subject_of(f"{{name: A, if: {condition}, points: 1}}").branches == (
        Branch(
            AnyOf(
                (
                    AllOf((HasTag(TagMatch("all", ("A",))),)),
                    Happened(EventMatch(("a", "b")), Period(1, "y"), Per("week"), Times(3)),
                )
            ),
            10_000,
        ),
    )


def test_ignored_events_need_no_events_export():
    text = """
version: 1
ignore: [{event: e, where: {is_bot: true}}]
scores: {a: {five_flames: 5, rules: [{name: A, field: {country: US}, points: 1}]}}
"""
    assert bind_rules(load_rules_text(text), Columns(("country",))).book.ignore == ()


def exclude():
    text = "call_list:\n  exclude: {any: [{tag: A}, {field: {since: {within_last: 30d}}}]}\n"
    return load_condition(parse(text, "flamescore.yaml", letter="P").document, ("call_list", "exclude"))


def test_a_condition_of_the_project_file():
    assert bind_condition(exclude(), COLUMNS, PHOENIX) == AnyOf(
        (
            HasTag(TagMatch("any", ("A",))),
            FieldIs((Predicate("since", (Within(Period(30, "d"), ahead=False),)),)),
        )
    )


_EASTERN = "2026-02-28 01:29:59-03:30"
_LOCAL = "2026-02-28 02:30"
"""04:59:59 in UTC; 07:30 in UTC where the zone is New York's, and 01:30 where it is Berlin's."""


def between(low, high):
    return f'{{between: ["{low}", "{high}"]}}'


def condition_of(test):
    text = f"exclude: {{field: {{since: {test}}}}}\n"
    loaded = load_condition(parse(text, "flamescore.yaml", letter="P").document, ("exclude",))
    return lambda zone: bind_condition(loaded, COLUMNS, zone).where


def search_of(test):
    loaded = load_predicates([f"since: {test}"])
    return lambda zone: bind_predicates(loaded, COLUMNS, zone)


def alert_of(test):
    text = f"alert: {{event: e, where: {{day: {test}}}}}\n"
    document = parse(text, "flamescore.yaml", letter="P").document
    loaded = load_events(document, ("alert",), {"event", "where"}, None)
    return lambda zone: bind_events(loaded, COLUMNS, zone).match.where


OUTSIDE = pytest.mark.parametrize("load", [condition_of, search_of, alert_of])


@OUTSIDE
def test_which_end_of_a_range_is_the_lower_one_may_depend_on_the_zone(load):
    forward, backward = load(between(_EASTERN, _LOCAL)), load(between(_LOCAL, _EASTERN))
    new_york, berlin = ZoneInfo("America/New_York"), ZoneInfo("Europe/Berlin")
    (predicate,) = forward(new_york)
    assert [test.operand for test in predicate.tests] == [
        datetime(2026, 2, 28, 4, 59, 59, tzinfo=UTC), datetime(2026, 2, 28, 7, 30, tzinfo=UTC)
    ]  # fmt: skip
    backward(berlin)
    for bind, zone in ((forward, berlin), (backward, new_york)):
        with pytest.raises(RuleFileError, match="R076 `between` goes from"):
            bind(zone)


@OUTSIDE
@pytest.mark.parametrize(
    ("low", "high"),
    [
        (_LOCAL, "2026-02-28 02:29"), ("2026-03-01", _LOCAL), (_EASTERN, "2026-02-28T00:00Z"),
        ("2026-03-01", "2026-02-28"),
    ],
)  # fmt: skip
def test_a_range_that_goes_down_in_any_zone_is_a_fault_at_once(load, low, high):
    with pytest.raises(RuleFileError, match="R076 `between` goes from"):
        load(between(low, high))


def test_the_columns_that_are_read_as_dates():
    text = (
        SCORE
        + """
      - {name: A, field: {employees: {at_least: 5}, renewal: {within_next: 30d}}, points: 1}
      - {name: B, event: e, where: {shipped: {at_least: 2026-01-01}, seconds: {more_than: 5}}, points: 1}
      - name: C
        event: e
        followed_by: {event: f, where: {due: {less_than: 2026-01-01}}, within: 1d}
        points: 1
      - {name: D, if: {not: {event: e, where: {paid: {within_last: 1y}}}}, points: 1}
      - {name: E, enabled: false, field: {never: {within_next: 30d}}, points: 1}
      - {name: F, first_of: [{if: {field: {born: {at_most: 2000-01-01T00:00Z}}}, points: 1}]}
"""
    )
    found = date_columns(load_rules_text(text), exclude(), load_predicates(["joined={at_least: 2026-01-01}"]))
    assert found.contacts == {"renewal", "born", "since", "joined"}
    assert found.events == {"shipped", "due", "paid"}
