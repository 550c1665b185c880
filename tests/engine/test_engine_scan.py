"""What happens to rows, and what scoring observes in addition to the scores."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from by_rule import AS_OF, event, points, score
from flamescore.columns import Columns
from flamescore.frames import DROP, INSTANT, Counts, EventSource, Exports, SourceRecord
from flamescore.rules import bind_rules, load_rules_text
from flamescore.scoring import score_exports

DAY = timedelta(days=1)

BOTS = """
version: 1
ignore: [{event: open, where: {is_bot: true}}]
scores:
  s:
    five_flames: 5
    rules:
      - {name: Opened, event: open, points: 1, count: each, expires: 30d}
      - {name: Bought, event: buy, points: 3, count: each, expires: never}
"""


def counts(rows, known, *, rules=BOTS):
    """Return the counts, and the points, of a source of rows (contact, event, days old, is a bot, mark)."""
    frame = pl.DataFrame(
        [(who, kind, AS_OF - age * DAY, bot, mark) for who, kind, age, bot, mark in rows],
        schema={
            "contact_id": pl.String,
            "event": pl.String,
            "at": INSTANT,
            "is_bot": pl.String,
            DROP: pl.UInt8,
        },
        orient="row",
    )
    exports = Exports(
        contacts=pl.DataFrame({"contact_id": ["1", "2"]}),
        events=(EventSource(frame.lazy(), SourceRecord("events", "events.csv", counts=known)),),
    )
    columns = Columns(("contact_id",), ("is_bot",), has_events=True)
    result = score_exports(bind_rules(load_rules_text(rules), columns).book, exports, as_of=AS_OF)
    [record] = result.observed.sources
    return record.counts, points(result)


def test_every_row_is_counted_once_under_the_first_that_fits():
    rows = [
        ("1", "open", 30, "yes", 1),  # old, ignored and a duplicate
        ("9", "open", 31, "no", 0),  # old, an unknown contact
        ("9", "open", -1, "yes", 2),  # later, ignored, superseded, an unknown contact
        ("1", "buy", -1, None, 0),  # later
        ("1", "open", 1, "yes", 1),  # ignored, a duplicate
        ("9", "open", 2, "yes", 0),  # ignored, an unknown contact
        ("9", "buy", 400, "yes", 1),  # a duplicate, an unknown contact
        ("1", "buy", 5, None, 1),  # a duplicate
        ("2", "open", 5, None, 1),  # a duplicate
        ("9", "buy", 5, None, 2),  # superseded, an unknown contact
        ("9", "buy", 500, None, 0),  # an unknown contact
        ("", "open", 1, None, 0),  # no contact
        (" 1 ", "open", 29, "no", 0),
        ("2", "OPEN", 0, None, 0),
        ("2", "buy", 900, "yes", 0),
        ("1", "other", 30, None, 0),  # old: outside the longest finite window
        ("1", "other", 29, None, 0),
    ]
    found, scores = counts(rows, Counts(rows=22, rejected=3))
    assert found == Counts(
        rows=22,
        rejected=3,
        old=5,
        later=2,
        ignored=2,
        duplicates=3,
        superseded=1,
        orphans=2,
        kept=4,
    )
    assert scores == {"2": 4.0, "1": 1.0}


def test_rows_that_are_older_than_every_window_are_old_read_or_not():
    rules = BOTS.replace("expires: never", "expires: 60d")
    rows = [("1", kind, age, None, 0) for kind in ("open", "buy", "other") for age in (29, 30, 59, 60, 99)]
    found, _ = counts(rows, Counts(rows=15), rules=rules)
    assert found == Counts(rows=15, old=8, kept=7)


def test_without_an_event_rule_every_row_is_kept():
    rules = "version: 1\nscores: {s: {five_flames: 5, rules: [{name: A, field: {contact_id: 1}, points: 2}]}}"
    found, scores = counts([("1", "open", 99, None, 0), ("9", "x", 0, None, 0)], Counts(rows=2), rules=rules)
    assert found == Counts(rows=2, orphans=1, kept=1)
    assert scores == {"1": 2.0, "2": 0.0}


def test_events_find_their_contact_by_another_key():
    contacts = pl.DataFrame(
        {"contact_id": ["9", "1", "2", "3"], "email": ["A@x.test", "b@x.test", " a@X.test ", None]}
    )
    frame = pl.DataFrame(
        {"contact": ["a@X.TEST", "b@x.test ", "", None, "c@x.test"], "event": "open", "at": AS_OF},
        schema_overrides={"at": INSTANT},
    )
    source = EventSource(frame.lazy(), SourceRecord("events", "e", counts=Counts(rows=5)), key="email")
    rules = load_rules_text(BOTS.replace("ignore: [{event: open, where: {is_bot: true}}]\n", ""))
    book = bind_rules(rules, Columns(("contact_id", "email"), has_events=True)).book
    result = score_exports(book, Exports(contacts, (source,)), as_of=AS_OF)
    assert points(result) == {"1": 1.0, "9": 1.0, "2": 0.0, "3": 0.0}
    assert result.observed.sources[0].counts == Counts(rows=5, orphans=3, kept=2)
    assert result.observed.ambiguous_contacts == 1


def test_cells_that_could_not_be_read_are_counted_by_column():
    rules = """
      - {name: Big, field: {size: {at_least: 5}}, points: 1}
      - {name: Bigger, field: {size: {at_least: 50}}, points: 1}
      - {name: Soon, field: {due: {within_next: 7d}}, points: 1}
      - {name: Long, event: visit, where: {seconds: {more_than: 5}}, points: 1, count: each}
      - {name: Any, event: open, points: 1, count: each}"""
    contacts = [
        {"contact_id": "1", "size": "x", "due": "soon"},
        {"contact_id": "2", "size": "y", "due": None},
        {"contact_id": "3", "size": "6", "due": "2026-11-22"},
    ]
    events = [
        event("1", "visit", seconds="many"),
        event("1", "visit", seconds="9"),
        event("3", "visit", seconds="?"),
        event("8", "visit", seconds="?"),
        event("1", "open", seconds="?"),
        event("1", "visit", seconds=""),
    ]
    result = score(rules, contacts=contacts, events=events)
    assert result.observed.unread == (
        ("contacts", "size", 2),
        ("contacts", "due", 1),
        ("events", "seconds", 2),
    )
    assert points(result) == {"1": 2.0, "3": 2.0, "2": 0.0}


def test_occurrences_without_a_number_are_counted():
    rules = """
      - {name: Value, event: buy, points: {from: total}, count: each}
      - {name: Twice, event: buy, points: {from: total, multiply_by: 2}, count: once}"""
    events = [
        event("1", "buy", age=n * DAY, total=t) for n, t in enumerate(["x", None, "1e9", "2", "1000000001"])
    ]
    result = score(rules, events=events)
    assert result.observed.unvalued == (("s", "value", 3), ("s", "twice", 1))
    assert points(result) == {"1": 1_000_000_002.0}


def test_tags_without_a_date_and_disagreements_are_counted():
    rules = """
      - {name: A, tag: a, points: 2, expires: 30d}
      - {name: B, tag: a, points: 4, expires: 30d, undated: skip}"""
    contacts = [{"contact_id": "1", "tags": ["a"]}, {"contact_id": "2", "tags": ["a"]}, {"contact_id": "3"}]
    history = [("1", "a", AS_OF - DAY, "applied"), ("3", "a", AS_OF - 30 * DAY, "applied")]
    result = score(rules, contacts=contacts, history=history)
    assert points(result) == {"1": 6.0, "2": 2.0, "3": 0.0}
    assert (result.observed.undated, result.observed.tags_disagree) == (1, 1)


def test_event_types_that_no_event_has_are_named():
    rules = """
      - {name: A, event: [open, click], points: 1, count: each}
      - {name: B, event: form, points: 1, count: each}
      - {name: C, event: Sale, points: 1, count: each, expires: 2d}"""
    events = [event("1", "click"), event("1", "sale", age=3 * DAY)]
    assert score(rules, events=events).observed.unseen == ("form",)
    assert score(rules, events=events[:1]).observed.unseen == ("form", "Sale")


def test_what_each_rule_gave_is_summed_up():
    rules = """
scores:
  s:
    five_flames: 5
    limits: {max: 5}
    groups: {g: {limits: {max: 2}}}
    rules:
      - {name: A, event: a, points: 1, count: each, limits: {max: 3}, group: g}
      - {name: B, tag: b, points: 4}
      - {name: C, tag: none, points: 9}
"""
    contacts = [{"contact_id": "1", "tags": ["b"]}, {"contact_id": "2"}]
    result = score(rules, contacts=contacts, events=[event("1", "a")] * 5 + [event("2", "a")])
    assert result.observed.rules.rows() == [
        ("s", "rule", "a", "A", 2, 6, 6.0),
        ("s", "rule_limit", "a", "A", 1, 0, -2.0),
        ("s", "rule", "b", "B", 1, 0, 4.0),
        ("s", "rule", "c", "C", 0, 0, 0.0),
        ("s", "group_limit", "g", "g", 1, 0, -1.0),
        ("s", "score_limit", "s", "s", 1, 0, -1.0),
    ]
    ledger = result.ledger.frame()
    assert ledger.select("contact_id", "entry", "rule_id", "occurrences", "points").rows() == [
        ("1", "rule", "a", 5, 5.0),
        ("1", "rule_limit", "a", 0, -2.0),
        ("1", "rule", "b", 0, 4.0),
        ("1", "group_limit", "g", 0, -1.0),
        ("1", "score_limit", "s", 0, -1.0),
        ("2", "rule", "a", 1, 1.0),
    ]
    assert result.ledger.of(pl.Series(["2", "7"])).equals(ledger.filter(contact_id="2"))


def test_ages_past_32_bits_are_kept():
    rule = "      - {name: A, event: a, points: 1, count: once, decay: 0.0001%}"
    events = [event("1", "a", at=datetime(1800, 1, 1, tzinfo=UTC)), event("2", "a", age=DAY)]
    result = score(rule, contacts=[{"contact_id": "1"}, {"contact_id": "2"}], events=events)
    assert result.scores["last_activity_at"].to_list() == [AS_OF - DAY, datetime(1800, 1, 1, tzinfo=UTC)]
    assert points(result) == {"2": 1.0, "1": 0.9171}


def test_properties_of_other_types_are_read_as_their_text():
    frame = pl.DataFrame(
        {
            "contact_id": [1, 1, 1],
            "event": "a",
            "at": [AS_OF, AS_OF - DAY, AS_OF - 2 * DAY],
            "n": [5.0, 2.5, None],
            "flag": [True, False, None],
        },
        schema_overrides={"at": INSTANT},
    )
    rules = """
version: 1
scores:
  s:
    five_flames: 5
    rules:
      - {name: Number, event: a, where: {n: 5}, points: 1, count: each}
      - {name: Flag, event: a, where: {flag: true}, points: 10, count: each}
      - {name: Sum, event: a, points: {from: n, multiply_by: 100}, count: each}
      - {name: Different, event: a, per: n, points: 1000, count: each}
"""
    book = bind_rules(load_rules_text(rules), Columns(("contact_id",), ("n", "flag"), has_events=True)).book
    source = EventSource(frame.lazy(), SourceRecord("events", "e", counts=Counts(rows=3)))
    result = score_exports(book, Exports(pl.DataFrame({"contact_id": ["1"]}), (source,)), as_of=AS_OF)
    assert points(result) == {"1": 3_761.0}
    assert book.zone == ZoneInfo("UTC")


def test_the_points_of_a_rule_may_be_more_than_a_whole_number_of_the_machine_holds():
    people = 1_000_000
    rules = """
version: 1
scores: {s: {five_flames: 5, rules: [{name: A, field: {contact_id: {empty: false}}, points: 1000000000}]}}
"""
    contacts = pl.DataFrame({"contact_id": pl.int_range(people, eager=True).cast(pl.String)})
    book = bind_rules(load_rules_text(rules), Columns(("contact_id",))).book
    observed = score_exports(book, Exports(contacts), as_of=AS_OF).observed
    assert observed.rules["points"].to_list() == [1e15]
