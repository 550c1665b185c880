"""What idleness subtracts, and flames by percentile: the examples of the specification, by hand."""

from datetime import timedelta

import pytest

from by_rule import event, score

DAY = timedelta(days=1)


def idle_book(points, idle, *, where="score"):
    silence = f"idle: {idle}"
    groups = f"groups: {{g: {{{silence}}}}}" if where == "group" else silence
    group = ", group: g" if where == "group" else ""
    return f"""
scores:
  s:
    five_flames: 20
    {groups}
    rules:
      - {{name: Given, field: {{contact_id: "1"}}, points: {points}{group}}}
      - {{name: Visit, event: visit, points: 0.0001, expires: 1s, count: once{group}}}
"""


CASES = [
    ("123.4567", "{compound: 10%, every: 30d}", 62, 99.9999, -23.4568),
    ("50", "1%", 30, 35, -15),
    ("50", "{half_life: 30d}", 15, 35.3553, -14.6447),
    ("50", "{linear: 100%, every: 90d}", 89, 50, None),
    ("50", "{linear: 100%, every: 90d}", 90, 0, -50),
    ("5", "{compound: 10%, every: 30d}", None, 0, -5),
    ("5", "1%", None, 0, -5),
    ("-1000", "{compound: 10%, every: 30d}", 62, -1000, None),
]


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("where", ["score", "group"])
def test_what_silence_takes(case, where):
    before, idle, days, after, row = case
    visits = [] if days is None else [event("1", "visit", age=days * DAY + timedelta(hours=23))]
    found = score(idle_book(before, idle, where=where), events=visits)
    assert found.scores["score"].to_list() == [after]
    taken = found.ledger.frame().filter(found.ledger.frame()["entry"] == f"{where}_idle")
    expected = [] if row is None else [("g" if where == "group" else "s", 0, row)]
    assert taken.select("rule_id", "occurrences", "points").rows() == expected
    latest = None if not visits or days == 90 else visits[0]["at"]
    assert taken["last_at"].to_list() == [latest] * len(expected)


def test_a_rule_that_earns_points_is_activity_though_its_window_is_over():
    ages = [40 * DAY, 3 * DAY]
    found = score(idle_book("50", "1%"), events=[event("1", "visit", age=age) for age in ages])
    assert found.scores["score"].to_list() == [48.5]


def test_activity_is_what_is_named():
    idle = (
        "{linear: 1%, every: 1d, activity: [{event: call, where: {seconds: {at_least: 60}}}, {event: mail}]}"
    )
    events = [
        event("1", "call", age=9 * DAY, seconds="60"),
        event("1", "call", seconds="59"),
        event("1", "visit"),
    ]
    found = score(idle_book("50", idle), events=events)
    assert found.scores["score"].to_list() == [45.5001]


def test_silence_comes_after_the_limit_of_the_same_sum():
    book = idle_book("50", "1%").replace("    idle:", "    limits: {max: 40}\n    idle:")
    found = score(book, events=[event("1", "visit", age=50 * DAY)])
    assert found.ledger.frame().select("entry", "points").rows() == [
        ("rule", 50.0),
        ("score_limit", -10.0),
        ("score_idle", -20.0),
    ]


TEN = [0, 0, 0, 0, 1, 2, 3, 3, 5, 8]
PERCENTILES = "{percentile: [50, 75, 90, 95, 99]}"


def ranked(numbers, flames=PERCENTILES):
    rules = "\n".join(
        f"      - {{name: Has {n}, field: {{n: {n}}}, points: {n}}}" for n in sorted(set(numbers))
    )
    contacts = [{"contact_id": str(i), "n": str(n)} for i, n in enumerate(numbers)]
    return score(f"scores:\n  s:\n    flames: {flames}\n    rules:\n{rules}", contacts=contacts)


def test_flames_of_ten_scores():
    found = ranked(TEN)
    rows = found.scores.sort("score").select("score", "percentile", "flames").rows()
    assert [(s, round(p, 1), f) for s, p, f in rows] == [
        *[(0, 0, 0)] * 4, (1, 44.4, 0), (2, 55.6, 1), (3, 66.7, 1), (3, 66.7, 1), (5, 88.9, 2), (8, 100, 5)
    ]  # fmt: skip
    assert found.flames_from(found.book.scores[0]) == (2, 5, 8, 8, 8)
    assert found.scores["percent_of_ideal"].to_list() == [None] * 10


def test_a_score_of_nothing_has_no_flame_whatever_its_percentile():
    found = ranked([-3, -2, 0], "{percentile: [0, 10, 20, 30, 40]}")
    assert found.scores["flames"].to_list() == [0, 0, 0]
    assert found.flames_from(found.book.scores[0]) == (None,) * 5


def test_a_list_of_one_has_the_percentile_nought():
    assert ranked([7], "{percentile: [0, 10, 20, 30, 40]}").scores["flames"].to_list() == [1]


def test_a_percentile_is_reached_exactly():
    # Three of the nine others are below 4: 100 * 3 / 9 is between 33.3333 and 33.3334.
    numbers = [1, 2, 3, *[4] * 7]
    for bound, flames in (("33.3333", 1), ("33.3334", 0)):
        found = ranked(numbers, f"{{percentile: [{bound}, 90, 95, 99, 100]}}")
        assert found.scores["flames"].to_list() == [flames] * 7 + [0] * 3


def test_frozen_flames_are_the_same_flames():
    found = ranked([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], "{percentile: [20, 40, 60, 80, 100]}")
    bounds = [int(each) for each in found.flames_from(found.book.scores[0])]
    assert bounds == [2, 4, 6, 8, 9]
    frozen = ranked([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], str(bounds))
    assert frozen.scores["flames"].to_list() == found.scores["flames"].to_list()


@pytest.mark.parametrize(
    ("flames", "bounds"),
    [
        ("[4, 8, 12, 16, 20.5]", (4, 8, 12, 16, 20.5)),
    ],
)
def test_the_bounds_of_a_file_are_told_as_they_are(flames, bounds):
    found = ranked(TEN, flames)
    assert found.flames_from(found.book.scores[0]) == bounds


def test_fifths_of_an_ideal_begin_at_the_first_points_that_reach_them():
    found = score("scores: {s: {five_flames: 0.0003, rules: [{name: a, tag: t, points: 1}]}}")
    assert found.flames_from(found.book.scores[0]) == (0.0001, 0.0002, 0.0002, 0.0003, 0.0003)
