"""What the first users asked for, by hand: each example contains its input and its expected number."""

from datetime import UTC, datetime, timedelta

import pytest

from by_rule import AS_OF, event, points, points_of, score

HOUR, DAY, WEEK, YEAR = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1), timedelta(days=365)

COURSE_SELLER = """
      - {name: Article link, event: link_click, where: {url: {contains: /article}}, points: 1}
      - name: Five minutes on the article
        event: page_visit
        where: {url: {contains: /article}, seconds: {at_least: 300}}
        points: 2
      - {name: Sales link, event: link_click, where: {url: {contains: /sales}}, points: 2}
      - name: Ten minutes on the sales page
        event: page_visit
        where: {url: {contains: /sales}, seconds: {at_least: 600}}
        points: 3
"""
COURSE_SELLER = f"""
scores:
  s:
    five_flames: 20
    defaults: {{count: once, expires: 4w}}
    rules:{COURSE_SELLER}"""
FOUR_ACTIVITIES = [
    event("1", "link_click", age=3 * HOUR, url="https://x.test/article"),
    event("1", "page_visit", age=2 * HOUR, url="https://x.test/article", seconds="300"),
    event("1", "link_click", age=HOUR, url="https://x.test/sales"),
    event("1", "page_visit", url="https://x.test/sales", seconds="600.5"),
]


def test_four_activities_give_8_of_20_points_and_two_flames():
    [row] = score(COURSE_SELLER, events=FOUR_ACTIVITIES).scores.to_dicts()
    assert (row["score"], row["flames"], row["percent_of_ideal"]) == (8.0, 2, 40.0)


def test_28_days_later_they_give_nothing():
    [row] = score(COURSE_SELLER, events=FOUR_ACTIVITIES, as_of=AS_OF + 28 * DAY).scores.to_dicts()
    assert (row["score"], row["flames"], row["last_activity_at"]) == (0.0, 0, None)


def test_a_second_before_that_the_last_of_them_still_counts():
    moment = AS_OF + 28 * DAY - timedelta(seconds=1)
    assert points_of(COURSE_SELLER, events=FOUR_ACTIVITIES, as_of=moment) == 3.0


def test_all_of_the_points_and_no_fewer_are_five_flames():
    rules = """
      - {name: Visits, event: visit, points: 0.0001, count: each}
      - {name: Tag, tag: t, points: %s}"""
    contacts, visit = [{"contact_id": "1", "tags": ["t"]}], event("1", "visit")
    for given, flames in (("20", 5), ("19.9999", 4), ("4", 1), ("3.9999", 0), ("-5", 0), ("1000", 5)):
        [row] = score(rules % given, contacts=contacts).scores.to_dicts()
        assert (given, row["flames"]) == (given, flames)
    [row] = score(rules % "19.9999", contacts=contacts, events=[visit]).scores.to_dicts()
    assert (row["score"], row["flames"]) == (20.0, 5)


def test_a_form_sent_three_times_counts_once():
    rule = "      - {name: Form, event: form_submit, points: 2, count: once}"
    assert points_of(rule, events=[event("1", "form_submit", age=age) for age in (HOUR, DAY, WEEK)]) == 2.0


def test_two_tags_of_one_rule_count_once():
    rule = "      - {name: Prospect, tag: [New Lead, Webinar Regis], points: 1}"
    assert points_of(rule, contacts=[{"contact_id": "1", "tags": ["webinar regis ", "New Lead"]}]) == 1.0


def test_removing_the_tag_takes_the_point_away():
    rule = "      - {name: Prospect, tag: New Lead, points: 1}"
    contacts = [{"contact_id": "1", "tags": ["New Lead"]}]
    applied = ("1", "New Lead", AS_OF - WEEK, "applied")
    removed = ("1", "new lead", AS_OF - DAY, "removed")
    assert points_of(rule, contacts=contacts) == 1.0
    assert points_of(rule, contacts=contacts, history=[applied]) == 1.0
    assert points_of(rule, contacts=contacts, history=[applied, removed]) == 0.0
    assert points_of(rule, contacts=contacts, history=[applied, removed], as_of=AS_OF - 2 * DAY) == 1.0


def test_a_score_switched_off_gives_no_rows():
    rules = """
scores:
  on: {five_flames: 5, rules: [{name: Tag, tag: a, points: 1}]}
  off: {enabled: false, five_flames: 5, rules: [{name: Tag, tag: a, points: 2}]}
"""
    result = score(rules, contacts=[{"contact_id": "1", "tags": ["a"]}])
    assert result.scores["score_name"].to_list() == ["on"]
    assert result.ledger.frame().select("score_name", "points").rows() == [("on", 1.0)]


FIVE_MAILS = """
      - {name: Five mails, event: email_open, per: asset, times: 5, count: once, expires: 5w, points: 20}"""


@pytest.mark.parametrize(
    ("apart", "assets", "expected"),
    [
        (WEEK, "abcde", (20.0, 5)),
        (YEAR, "abcde", (0.0, 0)),
        (WEEK, "aaaaa", (0.0, 0)),
        (WEEK, "abcda", (0.0, 0)),
    ],
    ids=["in five weeks", "in five years", "of one mail", "of four mails"],
)
def test_five_different_mails_in_five_weeks_are_hot(apart, assets, expected):
    events = [event("1", "email_open", age=HOUR + n * apart, asset=asset) for n, asset in enumerate(assets)]
    [row] = score(FIVE_MAILS, events=events).scores.to_dicts()
    assert (row["score"], row["flames"]) == expected


def test_five_opens_of_one_mail_are_one():
    rule = "      - {name: Opens, event: email_open, per: asset, count: each, points: 1}"
    assert (
        points_of(rule, events=[event("1", "email_open", age=n * DAY, asset="m1") for n in range(5)]) == 1.0
    )


def test_twenty_visits_of_yesterday_beat_twenty_of_a_year_ago():
    rule = "      - {name: Visits, event: page_visit, points: 1, count: each, decay: 1%}"
    contacts = [{"contact_id": "old"}, {"contact_id": "new"}]
    events = [
        event(who, "page_visit", age=age) for who, age in (("old", YEAR), ("new", DAY)) for _ in range(20)
    ]
    assert list(points(score(rule, contacts=contacts, events=events)).items()) == [
        ("new", 19.8),
        ("old", 0.0),
    ]


@pytest.mark.parametrize(("days", "expected"), [(0, 3.0), (1, 2.97), (99, 0.03), (100, 0.0), (101, 0.0)])
def test_an_action_100_days_old_is_worth_nothing_at_1_percent(days, expected):
    rule = "      - {name: Visits, event: page_visit, points: 3, count: each, decay: 1%}"
    assert points_of(rule, events=[event("1", "page_visit", age=days * DAY)]) == expected


def test_a_dog_owner_is_a_dog_owner_a_year_later():
    rules = """
scores:
  s:
    five_flames: 10
    defaults: {expires: 4w, decay: 1%, count: each}
    rules:
      - {name: Has a dog, field: {pet_type: dog}, points: 3}
      - {name: Visits, event: page_visit, points: 1}
"""
    contacts, events = [{"contact_id": "1", "pet_type": " Dog"}], [event("1", "page_visit", age=DAY)]
    assert points_of(rules, contacts=contacts, events=events) == 3.99
    assert points_of(rules, contacts=contacts, events=events, as_of=AS_OF + YEAR) == 3.0


def test_a_buyer_never_tops_the_list_also_a_year_after_buying():
    rules = """
scores:
  s:
    five_flames: 10
    defaults: {expires: 4w, decay: 1%, count: each}
    rules:
      - {name: Visits, event: page_visit, points: 3}
      - {name: Customer, event: purchase, points: -1000, expires: never, decay: none}
"""
    contacts = [{"contact_id": "buyer"}, {"contact_id": "idle"}]
    bought = [event("buyer", "purchase", age=DAY)]
    visits = [event("buyer", "page_visit", age=HOUR) for _ in range(30)]
    later = [event("buyer", "page_visit", at=AS_OF + YEAR - DAY) for _ in range(30)]
    now = score(rules, contacts=contacts, events=bought + visits + later)
    then = score(rules, contacts=contacts, events=bought + visits + later, as_of=AS_OF + YEAR)
    assert list(points(now).items()) == [("idle", 0.0), ("buyer", -910.0)]
    assert list(points(then).items()) == [("idle", 0.0), ("buyer", -910.9)]


def test_93_percent_means_better_than_93_percent_of_the_rest():
    rule = "      - {name: Given, event: adjustment, points: {from: delta}, count: each}"
    ranks = [42, 41, *range(60, 53, -1), *([1] * 92)]  # of the other 100, 7 are above and 93 below
    contacts = [{"contact_id": f"{n:03}"} for n in range(101)]
    events = [event(f"{n:03}", "adjustment", delta=str(delta)) for n, delta in enumerate(ranks)]
    [row] = [r for r in score(rule, contacts=contacts, events=events).scores.to_dicts() if r["score"] == 42]
    assert (row["percentile"], row["rank"]) == (93.0, 8)


def test_the_activity_is_the_latest_that_gave_points():
    rules = """
      - {name: Opened, event: email_open, points: 1, count: each}
      - {name: Unsubscribed, event: unsubscribe, points: -1, count: each}"""
    events = [event("1", "email_open", age=2 * DAY), event("1", "unsubscribe", age=DAY)]
    [row] = score(rules, events=events).scores.to_dicts()
    assert (row["score"], row["last_activity_at"]) == (0.0, datetime(2026, 11, 19, 12, tzinfo=UTC))
