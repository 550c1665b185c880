"""The record of the engine's steps, and the parts that a run can skip."""

from datetime import timedelta

import polars as pl
import pytest

from by_rule import AS_OF, bound, event, points, score
from flamescore.engine import Clock, Tuning, run

VISITS = """
      - {name: Visited, event: visit, points: 2, count: each}
      - {name: Came once, event: visit, points: 1, count: once}
"""
PEOPLE = [{"contact_id": name} for name in ("1", "2", "3")]
THREE = [event("1", "visit"), event("1", "visit", age=timedelta(days=1)), event("2", "visit")]


def test_each_step_is_noted_with_its_rows():
    steps = score(VISITS, contacts=PEOPLE[:2], events=THREE).observed.steps
    assert [(step.name, step.rows) for step in steps] == [("contacts", 2), ("events", 3), ("counting", 6)]
    assert all(step.seconds >= 0 for step in steps)


@pytest.mark.parametrize("ledger", [True, False])
def test_without_a_ledger_the_totals_are_the_same(ledger):
    book, exports = bound(VISITS, contacts=PEOPLE, events=THREE)
    done = run(book, exports, Clock(AS_OF, book.zone), ledger=ledger)
    assert done.by_score(lambda result: result.summary.totals)["s"].tolist() == [50_000, 30_000, 0]
    assert [len(part.rows().entry) for part in done.ledger] == ([4] if ledger else [])


def test_whom_a_rule_counts_something_of_is_told_over_all_partitions():
    result = score(VISITS, contacts=PEOPLE, events=THREE[1:], tuning=Tuning(bin_bits=0, budget=1))
    asked = [("s", "visited"), ("s", "came-once")]
    found = result.ledger.counting(asked, 3)
    assert {rule: mask.tolist() for rule, mask in found.items()} == {
        rule: [True, True, False] for rule in asked
    }
    one = score(VISITS, contacts=PEOPLE, events=[event("3", "visit")], tuning=Tuning(bin_bits=0, budget=1))
    assert one.ledger.counting([("s", "visited")], 3)["s", "visited"].tolist() == [False, False, True]
    assert one.ledger.of(pl.Series(["3", "9", "1"]))["contact_id"].to_list() == ["3", "3"]


def test_the_past_has_what_was_there_at_its_very_second():
    earlier = AS_OF - timedelta(hours=1)
    events = [event("1", "visit", at=earlier), event("1", "visit", at=earlier + timedelta(seconds=1))]
    result = score(
        "      - {name: V, event: visit, points: 2, count: each}\n", events=events, earlier=earlier
    )
    assert (points(result), result.earlier["s"].tolist()) == ({"1": 4.0}, [20_000])


def test_how_often_each_branch_was_taken():
    rule = """
      - name: Size
        first_of:
          - {if: {field: {size: {at_least: 100}}}, points: 10}
          - {if: {field: {size: {at_least: 10}}}, points: 5}
          - {points: 0}
"""
    people = [{"contact_id": str(n), "size": size} for n, size in enumerate(("100", "99", "10", "9", None))]
    result = score(rule, contacts=people, tuning=Tuning(bin_bits=0, budget=1))
    assert result.observed.taken == {("s", "size"): (1, 2, 2)}
    assert points(result) == {"0": 10.0, "1": 5.0, "2": 5.0, "3": 0.0, "4": 0.0}
