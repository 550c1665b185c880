"""Rows of which nobody has seen whether they are sound."""

from dataclasses import replace
from datetime import UTC, datetime

import polars as pl
import pytest

from flamescore.engine import doubts as doubts_module
from flamescore.engine.doubts import AGE, DOUBTFUL, Doubts, doubtful_rows, settle
from flamescore.engine.people import KEY
from flamescore.errors import InputError, Problem
from flamescore.frames import INSTANT, ODD, REJECTS, Counts, EventSource, Settled, SourceRecord

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
RECORD = SourceRecord("events", "events.csv", counts=Counts(rows=9, rejected=1))


def source(*rows, odd=True, settle=None, record=RECORD):
    """Make a source of rows (contact, event, is the time there, odd)."""
    frame = pl.DataFrame(
        [(who, kind, NOW if timed else None, mark) for who, kind, timed, mark in rows],
        schema={"contact_id": pl.String, "event": pl.String, "at": INSTANT, ODD: pl.UInt8},
        orient="row",
    )
    return EventSource((frame if odd else frame.drop(ODD)).lazy(), record, settle=settle)


ROWS = (
    ("1", "visit", True, 0),
    (None, "visit", True, 0),
    (" 1", "visit", True, 0),
    ("1", "", True, 0),
    ("1", None, True, 0),
    ("1", "\u00a0visit", True, 0),
    ("1", "visit", False, 0),
    ("1", "visit", True, 2),
    ("~1", "visit~", True, 0),
    ("!", "!", True, 0),
)


@pytest.mark.parametrize(
    ("odd", "expected"),
    [
        (True, [False, True, True, True, True, True, True, True, True, False]),
        (False, [False, True, True, True, True, True, True, False, True, False]),
    ],
)
def test_each_thing_that_may_lack_makes_a_row_doubtful(odd, expected):
    some = source(*ROWS, odd=odd)
    assert some.frame.select(doubtful_rows(some)).collect().to_series().to_list() == expected


def batch(*rows, odd=None):
    """Make a batch of rows (key, event, age, is it doubtful)."""
    schema = {KEY: pl.String, "event": pl.String, AGE: pl.Int64, DOUBTFUL: pl.Boolean}
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    return frame if odd is None else frame.with_columns(pl.Series(ODD, odd, dtype=pl.UInt8))


def test_faulty_rows_are_taken_out_and_counted():
    seen = Doubts()
    rows = [("1", "visit", 5, True), (" ", "visit", 5, True), ("1", "visit", None, True), ("1", "", 5, True)]
    assert seen.without(batch(*rows, ("2", "buy", 5, False)), source()).rows() == [
        ("1", "visit", 5, True),
        ("2", "buy", 5, False),
    ]
    assert (seen.rows, seen.faulty, seen.odd) == (5, 3, False)
    seen.without(batch(("1", "visit", 5, False), ("1", "visit", 6, False), odd=[0, 3]), source())
    seen.without(batch(("1", "visit", 5, False), odd=[0]), source())
    assert (seen.rows, seen.faulty, seen.odd) == (8, 3, True)


def test_what_was_looked_at_before_is_let_through():
    seen, rows = Doubts(), batch((None, "visit", None, True)).drop(DOUBTFUL)
    assert seen.without(rows, source()) is rows
    assert seen == Doubts()


@pytest.mark.parametrize(
    ("faulty", "sound", "given_up"), [(4, 0, False), (5, 5, False), (5, 6, False), (6, 5, True), (5, 4, True)]
)
def test_a_source_that_holds_little_else_is_settled_at_once(monkeypatch, faulty, sound, given_up):
    monkeypatch.setattr(doubts_module, "_ENOUGH", 4)
    called = []
    some = source(settle=lambda _: called.append(1))
    rows = [*[("", "visit", 5, True)] * faulty, *[("1", "visit", 5, False)] * sound]
    Doubts().without(batch(*rows), some)
    assert bool(called) == given_up
    Doubts().without(batch(*rows), replace(some, settle=None))


def told(rejected, problem=None):
    """Settle with so many rejects, or not at all."""

    def tell(_window):
        if problem is not None:
            raise InputError(problem)
        record = replace(RECORD, counts=Counts(rows=9, rejected=rejected))
        return Settled(record, pl.DataFrame({name: ["x"] for name in REJECTS}))

    return tell


def test_a_source_without_faults_is_not_settled():
    never = source(settle=lambda _: pytest.fail("settled"))
    clean = replace(RECORD, counts=Counts(rows=9))
    kinds = (never, clean), (replace(never, settle=None), RECORD)
    for some, record in kinds:
        [settled] = settle([(replace(some, record=record), Doubts(rows=9))])
        assert settled.record is record
        assert settled.rejects.schema == REJECTS
        assert settled.rejects.is_empty()


@pytest.mark.parametrize(("known", "seen"), [(1, Doubts()), (0, Doubts(faulty=3)), (0, Doubts(odd=True))])
def test_a_source_with_any_fault_is_settled(known, seen):
    record = replace(RECORD, counts=Counts(rows=9, rejected=known))
    [settled] = settle([(source(settle=told(known + seen.faulty), record=record), seen)])
    assert settled.record.counts.rejected == known + seen.faulty
    assert settled.rejects.height == 1


def test_a_source_that_is_another_meanwhile_is_an_error():
    with pytest.raises(InputError, match=r"`events\.csv` has changed while it was read"):
        settle([(source(settle=told(5)), Doubts(faulty=3))])


def test_the_faults_of_all_sources_are_told_at_once():
    first, second = (Problem("I007", text) for text in ("the first", "the second"))
    some = [(source(settle=told(1, problem)), Doubts(faulty=1)) for problem in (first, second)]
    with pytest.raises(InputError) as error:
        settle([some[0], (source(settle=told(2)), Doubts(faulty=1)), some[1]])
    assert error.value.problems == (first, second)
