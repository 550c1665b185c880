"""Rows of which nobody has seen whether they are sound."""

from dataclasses import replace
from datetime import UTC, datetime

import polars as pl
import pytest

from flamescore.engine import KEY
from flamescore.engine.doubts import AGE, DOUBTFUL, Doubts, doubtful_rows, settle
from flamescore.errors import InputError, Problem
from flamescore.frames import DROP, INSTANT, ODD, REJECTS, Counts, EventSource, Settled, SourceRecord, Window

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
ALL = Window()
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
    seen = Doubts(ALL)
    rows = [("1", "visit", 5, True), (" ", "visit", 5, True), ("1", "visit", None, True), ("1", "", 5, True)]
    assert seen.without(batch(*rows, ("2", "buy", 5, False))).rows() == [
        ("1", "visit", 5, True),
        ("2", "buy", 5, False),
    ]
    assert (seen.faulty, seen.odd) == (3, False)
    seen.without(batch(("1", "visit", 5, False), ("1", "visit", 6, False), odd=[0, 3]))
    seen.without(batch(("1", "visit", 5, False), odd=[0]))
    assert (seen.faulty, seen.odd) == (3, True)


def test_what_was_looked_at_before_is_let_through():
    seen, rows = Doubts(ALL), batch((None, "visit", None, True)).drop(DOUBTFUL)
    assert seen.without(rows) is rows
    assert seen == Doubts(ALL)


def test_old_rows_are_not_told_of_whatever_is_wrong_with_them():
    window = Window(0, (("visit", 10), ("deal", None), ("long", 90)), 90)
    seen = Doubts(window)
    rows = [
        ("", "visit", 9, True), ("", " Visit", 10, True), ("", "deal", 999, True), ("", "", 89, True),
        ("", None, 90, True), ("", "other", 91, True), ("", "visit", None, True), ("1", "visit", 11, False),
    ]  # fmt: skip
    assert seen.without(batch(*rows)).height == 1
    assert (seen.faulty, seen.old) == (4, 1)  # those past 90 s may not have been read


def test_rows_that_are_marked_are_taken_out():
    seen = Doubts(Window(0, (("visit", 10),), 10))
    rows = batch(*[("1", "visit", age, False) for age in (1, 1, 1, 1, 12, 1)]).drop(DOUBTFUL)
    rows = rows.with_columns(pl.Series(DROP, [0, 1, 3, 4, 3, 2], dtype=pl.UInt8))
    assert seen.without(rows)[DROP].to_list() == [0, 1, 2]
    assert (seen.left_out, seen.faulty, seen.old) == (1, 1, 0)


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
        [settled] = settle([(replace(some, record=record), Doubts(ALL))])
        assert settled.record is record
        assert settled.rejects.schema == REJECTS
        assert settled.rejects.is_empty()


@pytest.mark.parametrize(
    ("known", "seen"), [(1, Doubts(ALL)), (0, Doubts(ALL, faulty=3)), (0, Doubts(ALL, odd=True))]
)
def test_a_source_with_any_fault_is_settled(known, seen):
    record = replace(RECORD, counts=Counts(rows=9, rejected=known))
    [settled] = settle([(source(settle=told(known + seen.faulty), record=record), seen)])
    assert settled.record.counts.rejected == known + seen.faulty
    assert settled.rejects.height == 1


def test_a_source_that_is_another_meanwhile_is_an_error():
    with pytest.raises(InputError, match=r"`events\.csv` has changed while it was read"):
        settle([(source(settle=told(5)), Doubts(ALL, faulty=3))])


def test_the_faults_of_all_sources_are_told_at_once():
    first, second = (Problem("I007", text) for text in ("the first", "the second"))
    some = [(source(settle=told(1, problem)), Doubts(ALL, faulty=1)) for problem in (first, second)]
    with pytest.raises(InputError) as error:
        settle([some[0], (source(settle=told(2)), Doubts(ALL, faulty=1)), some[1]])
    assert error.value.problems == (first, second)
