"""The record of the engine's steps, and the parts that a run can leave out."""

from datetime import timedelta

import pytest

from by_rule import AS_OF, bound, event, score
from flamescore.engine import Clock, run

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
