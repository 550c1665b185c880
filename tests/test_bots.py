"""Entries of `ignore` in sequence and `bots`, end to end: edges, both actions, what each entry sees."""

from datetime import UTC, datetime, timedelta
from random import Random

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flamescore import load_rules, score
from flamescore.engine import Tuning
from flamescore.scoring import score_exports
from oracle_conditions import World
from oracle_ignored import patterns_of
from oracle_needed import Needed
from product import as_bytes, book_of, exports_of, scored
from scanners import log
from strategies import Case, cases

AS_OF = "2026-11-21"
NINE = datetime(2026, 11, 16, 9, tzinfo=UTC)
RULES = """
version: 1
{head}
scores:
  interest:
    five_flames: 20
    defaults: {{count: each, expires: 4w}}
    rules:
      - {{name: Clicked, event: link_click, points: 1}}
      - {{name: Pricing, event: link_click, where: {{url: {{contains: /pricing}}}}, points: 3}}
      - {{name: Opened, event: email_open, points: 1}}
"""


def events(*rows):
    """Return events from `(contact, type, seconds after nine, url, asset)`; the last two are optional."""
    made = [(*row, *(None,) * (5 - len(row))) for row in rows]
    return pl.DataFrame(
        [(who, kind, NINE + timedelta(seconds=at), url, asset) for who, kind, at, url, asset in made],
        schema={
            "contact_id": pl.String,
            "event": pl.String,
            "at": pl.Datetime("us", "UTC"),
            "url": pl.String,
            "asset": pl.String,
        },
        orient="row",
    )


def result(head, frame, contacts=("b", "h")):
    return score(
        load_rules(RULES.format(head=head)), pl.DataFrame({"contact_id": contacts}), frame, as_of=AS_OF
    )


def points(head, *rows):
    """Return the points of contact `b`."""
    return result(head, events(*rows)).scores.filter(pl.col("contact_id") == "b")["score"].item()


def scanner():
    """Return six clicks and an open a second after each of three e-mails, and a click by another contact."""
    pages = ("/pricing", "/a", "/b", "/c", "/d", "/e")
    rows = []
    for week in range(3):
        at = -week * 7 * 86_400
        rows.append(("b", "email_delivered", at, None, f"m{week}"))
        rows += [("b", "link_click", at + 1, page, f"m{week}") for page in pages]
        rows.append(("b", "email_open", at + 1, None, f"m{week}"))
    return events(*rows, ("h", "link_click", 7_920, "/pricing", "m0"))


@pytest.mark.parametrize(("action", "left"), [("show", 30.0), ("remove", 0.0)])
def test_a_scanner_is_told_the_same_whether_it_is_shown_or_removed(action, left):
    done = result(f"bots: {action}", scanner())
    assert dict(done.scores.select("contact_id", "score").iter_rows()) == {"b": left, "h": 4.0}
    assert done.bots.to_dicts() == [
        {"contact_id": "b", "score_name": "interest", "events": 21, "points_lost": 30.0}
    ]
    found = done.scored.bots
    assert (found.action, found.contacts, found.events) == (action, 1, 21)
    assert [many for _, many in found.patterns] == [21, 21]
    (interest,) = found.scores
    assert (interest.contacts, interest.points_lost, interest.flames_lost) == (1, 300_000, (0, 1, 1, 1, 1, 1))
    counts = done.scored.observed.sources[-1].counts
    assert (counts.ignored, counts.kept) == ((0, 25) if action == "show" else (21, 4))


def test_without_the_key_there_is_nothing():
    done = result("ignore: []", scanner())
    assert done.bots is None
    assert done.scored.bots is None


def test_a_standard_pattern_needs_its_property():
    found = result("bots: show", scanner().drop("asset")).scored.bots
    assert [many for _, many in found.patterns] == [21]
    assert '"at_once"' in found.patterns[0][0]
    assert result("bots: show", scanner().drop("asset", "url").with_columns(url=pl.lit("")))
    bare = RULES.format(head="bots: show").replace("url: {contains: /pricing}", "event: {empty: false}")
    done = score(
        load_rules(bare), pl.DataFrame({"contact_id": ["b"]}), scanner().drop("url", "asset"), as_of=AS_OF
    )
    assert (done.scored.bots.patterns, done.bots.height) == ((), 0)


# --- follows

FOLLOWS = "ignore: [{event: email_open, follows: {event: email_delivered, within: 10s}}]"
SAME = "ignore: [{event: email_open, follows: {event: email_delivered, within: 10s, same: asset}}]"
TWICE = "ignore: [{event: [email_open, link_click], follows: {event: email_open, within: 10s}}]"


@pytest.mark.parametrize(("at", "left"), [(-1, 1), (0, 0), (10, 0), (11, 1)])
def test_what_follows_comes_at_the_same_time_or_within_both_ends_included(at, left):
    assert points(FOLLOWS, ("b", "email_delivered", 0), ("b", "email_open", at)) == left


@pytest.mark.parametrize(("at", "left"), [(-1, 1), (0, 2), (1, 1), (10, 1), (11, 2)])
def test_of_one_type_it_must_come_later(at, left):
    assert points(TWICE, ("b", "email_open", 0), ("b", "email_open", at)) == left


def test_where_types_overlap_another_type_must_come_later_too():
    assert points(TWICE, ("b", "email_open", 0), ("b", "link_click", 0)) == 2
    assert points(TWICE, ("b", "email_open", 0), ("b", "link_click", 1)) == 1


@pytest.mark.parametrize(
    ("mine", "its", "left"), [("m", "m", 0), ("m", "M", 1), ("m", "n", 1), ("", "", 1), (None, None, 1)]
)
def test_the_same_value_is_there_on_both_and_exactly_as_it_is(mine, its, left):
    rows = (("b", "email_delivered", 0, None, its), ("b", "email_open", 5, None, mine))
    assert points(SAME, *rows) == left


def test_only_the_contacts_own_events_count():
    assert points(FOLLOWS, ("h", "email_delivered", 0), ("b", "email_open", 5)) == 1


# --- at once

THREE = "ignore: [{event: link_click, at_once: {times: 3, within: 5s}}]"
PAGES = "ignore: [{event: link_click, at_once: {times: 3, within: 5s, per: url}}]"


@pytest.mark.parametrize(
    ("ats", "left"),
    [
        ((0, 2, 5), 0),
        ((0, 2, 6), 3),
        ((0, 0, 0), 0),
        ((0, 0), 2),
        ((0, 3, 5, 8, 10), 0),
        ((0, 3, 5, 11, 14, 20), 3),
        ((0, 4, 5, 9, 10, 15), 1),
    ],
)
def test_all_in_a_time_with_enough_of_them_are_named(ats, left):
    assert points(THREE, *(("b", "link_click", at) for at in ats)) == left


@pytest.mark.parametrize(
    ("pages", "left"),
    [
        (("/a", "/b", "/c"), 0),
        (("/a", "/b", "/b"), 3),
        (("/a", "/b", "/b", "/a", "/c"), 0),
        (("/a", "/b", None), 0),
        (("/a", None, ""), 3),
        (("/a", "/A", "/a "), 0),
    ],
)
def test_per_counts_different_values_of_which_a_missing_one_is_one(pages, left):
    assert points(PAGES, *(("b", "link_click", at, page) for at, page in enumerate(pages))) == left


def test_a_window_is_named_whole_and_no_more():
    rows = [("/a", 0), ("/a", 1), ("/b", 2), ("/c", 6), ("/c", 7), ("/c", 8)]
    # From 1 to 6 there are three pages; the windows from 0 and from 2 contain only two.
    assert points(PAGES, *(("b", "link_click", at, page) for page, at in rows)) == 3


def test_per_may_be_of_the_calendar():
    head = "ignore: [{event: link_click, at_once: {times: 2, within: 10h, per: day}}]"
    day = 86_400
    assert points(head, ("b", "link_click", 0), ("b", "link_click", 60)) == 2
    assert points(head, ("b", "link_click", day // 2), ("b", "link_click", 16 * 3_600)) == 0


def test_both_tests_must_hold():
    head = (
        "ignore: [{event: link_click, follows: {event: email_delivered, within: 3s}, "
        "at_once: {times: 2, within: 5s}}]"
    )
    rows = [("b", "email_delivered", 0), ("b", "link_click", 3), ("b", "link_click", 4)]
    assert points(head, *rows) == 1
    assert points(head, rows[0], rows[1], ("b", "link_click", 9)) == 2


# --- what is ignored, and for which entries

CHAIN = (
    "{event: email_open, follows: {event: email_delivered, within: 10s}}",
    "{event: link_click, follows: {event: email_open, within: 10s}}",
)


@pytest.mark.parametrize("entries", [CHAIN, CHAIN[::-1]])
def test_no_entry_in_sequence_sees_what_another_did(entries):
    rows = (("b", "email_delivered", 0), ("b", "email_open", 5), ("b", "link_click", 9))
    assert points(f"ignore: [{', '.join(entries)}]", *rows) == 0


@pytest.mark.parametrize("first", [0, 1])
def test_plain_entries_go_first_wherever_they_stand(first):
    entries = ["{event: email_open, where: {asset: bot}}", CHAIN[1]]
    rows = (("b", "email_open", 0, None, "bot"), ("b", "link_click", 5))
    assert points(f"ignore: [{entries[first]}, {entries[1 - first]}]", *rows) == 1


def test_what_is_named_is_no_follower_either():
    rules = load_rules("""
version: 1
ignore: [{event: link_click, follows: {event: email_delivered, within: 10s}}]
scores:
  interest:
    five_flames: 20
    rules:
      - name: Left
        event: email_open
        unless_followed_by: {event: link_click, within: 1h}
        count: each
        points: 5
""")
    frame = events(("b", "email_open", 0), ("b", "email_delivered", 60), ("b", "link_click", 65))
    done = score(rules, pl.DataFrame({"contact_id": ["b"]}), frame, as_of=AS_OF)
    assert done.scores["score"].item() == 5


def test_events_of_nobody_in_the_list_are_not_judged():
    done = result(THREE, events(*(("x", "link_click", 0) for _ in range(3))))
    counts = done.scored.observed.sources[-1].counts
    assert (counts.ignored, counts.orphans) == (0, 3)


def test_rows_are_counted_as_ignored_at_their_own_source():
    case = Case(
        book={
            "version": 1,
            "ignore": [{"event": "link_click", "at_once": {"times": 2, "within": "1h"}}],
            "scores": {
                "fit": {
                    "five_flames": 5,
                    "rules": [{"name": "A", "event": "link_click", "count": "each", "points": 1}],
                }
            },
        },
        contacts=[{"contact_id": "1", "tags": None}, {"contact_id": "2", "tags": None}],
        events=[
            {"contact_id": who, "event": "link_click", "at": NINE + timedelta(seconds=at)}
            for who, at in [("1", 0), ("1", 9), ("2", 0), ("1", 60), ("2", 9_000), ("9", 0)]
        ],
        tag_history=[],
        as_of=datetime(2026, 11, 21, tzinfo=UTC),
    )
    done = scored(case, exports_of(case, sources=2), tuning=Tuning(batch=1, bin_bits=0, budget=1))
    counts = [each.counts for each in done.observed.sources if each.kind == "events"]
    assert [(each.rows, each.ignored, each.orphans, each.kept) for each in counts] == [
        (3, 1, 0, 2),
        (3, 2, 1, 0),
    ]


def test_plain_patterns_go_before_those_in_sequence():
    head = (
        "ignore: [{{event: link_click, follows: {{event: email_open, within: 10s}}}}]\n"
        "bots: {{action: {0}, patterns: [{{event: email_open, where: {{asset: bot}}}}]}}"
    )
    rows = events(("b", "email_open", 0, None, "bot"), ("b", "link_click", 5))
    shown, removed = (result(head.format(action), rows) for action in ("show", "remove"))
    # Without the open, nothing precedes the click, so the click is kept.
    assert shown.scores.filter(pl.col("contact_id") == "b")["score"].item() == 1
    assert removed.scores.filter(pl.col("contact_id") == "b")["score"].item() == 1
    row = {"contact_id": "b", "score_name": "interest", "events": 1, "points_lost": 0.0}
    assert shown.bots.to_dicts() == removed.bots.to_dicts() == [row]


def test_who_loses_most_comes_first():
    rows = [("a", "link_click", 0, f"/{n}") for n in range(3)] + [
        ("c", "link_click", 0, f"/{n}") for n in range(5)
    ]
    done = result(
        "bots: show", events(*rows, *(("b", "link_click", 0, f"/{n}") for n in range(3))), ("a", "b", "c")
    )
    assert done.bots.select("contact_id", "events", "points_lost").rows() == [
        ("c", 5, 5.0),
        ("a", 3, 3.0),
        ("b", 3, 3.0),
    ]


# --- laws

SEQUENCES = cases().filter(lambda case: "bots" in case.book or _in_sequence(case.book))


def _in_sequence(book):
    return any({"follows", "at_once"} & set(entry) for entry in book.get("ignore", ()))


@given(case=SEQUENCES, seed=st.integers(0, 2**32))
def test_the_order_of_entries_means_nothing(case, seed):
    dice, book = Random(seed), dict(case.book)
    if "ignore" in book:
        book["ignore"] = dice.sample(book["ignore"], len(book["ignore"]))
    if isinstance(book.get("bots"), dict):
        patterns = book["bots"]["patterns"]
        book["bots"] = book["bots"] | {"patterns": dice.sample(patterns, len(patterns))}
    mine, other = scored(case), scored(case.with_book(book))
    assert as_bytes(mine) == as_bytes(other)
    if mine.bots is not None:
        assert mine.bots.table.equals(other.bots.table)
        assert sorted(mine.bots.patterns) == sorted(other.bots.patterns)


@given(case=SEQUENCES, data=st.data())
def test_rows_that_are_older_than_any_entry_looks_at_change_nothing(case, data):
    plain = {**case.book, "ignore": [], "bots": "show"}
    world = World(plain, case.contacts, case.events, [], case.as_of, files=case.files)
    needed = Needed(case.book, world)
    entries = [*case.book.get("ignore", ()), *patterns_of(case.book)]
    new = [{**row, "at": row["at"] - timedelta(days=data.draw(st.integers(0, 800)))} for row in case.events]
    old = [row for row in new if needed.is_old(row["event"], row["at"], entries)]
    mine = score_exports(book_of(case.book), exports_of(case), as_of=case.as_of)
    more = Case(case.book, case.contacts, [*case.events, *old], case.tag_history, case.as_of)
    other = scored(more)
    assert as_bytes(mine) == as_bytes(other)
    if mine.bots is not None:
        assert mine.bots.table.equals(other.bots.table)
    assert more.scored().scores == case.scored().scores


def test_what_lies_just_beyond_a_window_decides_what_is_named_in_it():
    edge = -23 * 86_400 - 9 * 3_600  # four weeks before as_of
    outside = [("b", "link_click", edge, "/a"), ("b", "link_click", edge - 4, "/b")]
    rows = [("b", "link_click", edge + 1, "/c"), *outside]
    assert points(PAGES, *rows) == 0
    assert points(PAGES, rows[0], *(("b", "link_click", edge - 5, page) for page in ("/a", "/b"))) == 1


# --- a simulated log


@pytest.mark.parametrize("seed", [1])
def test_of_a_made_log_the_standard_patterns_find_what_they_are_meant_to(seed):
    kinds = ("at_once", "later", "one_link", "slow", "person", "machine")
    contacts, frame = log(Random(seed))
    rules = "version: 1\nbots: show\nscores:\n"
    for kind in kinds:
        for event in ("link_click", "email_open"):
            where = f"{{event: {event}, where: {{by: {kind}}}, points: 1, count: each}}"
            rules += f"  {kind} {event}:\n    five_flames: 5\n    rules: [{{name: A, {where[1:]}]\n"
    done = score(load_rules(rules), contacts, frame, as_of="2026-12-31")
    named = {each.name: each.points_lost // 10_000 for each in done.scored.bots.scores}
    whole = dict(done.scores.group_by("score_name").agg(pl.col("score").sum()).iter_rows())
    clicks = {kind: named[f"{kind} link_click"] for kind in kinds}
    first = kinds[:3]
    precision = sum(clicks[kind] for kind in kinds[:4]) / sum(clicks.values())
    recall = sum(clicks[kind] for kind in first) / sum(whole[f"{kind} link_click"] for kind in first)
    assert precision >= 0.995
    assert recall >= 0.97
    assert (clicks["slow"], whole["slow link_click"] > 0) == (0, True)
    assert named["person email_open"] / whole["person email_open"] <= 0.005
