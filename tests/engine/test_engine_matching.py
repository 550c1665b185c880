"""From strings to signatures, and from signatures to the streams that an event is live for."""

from datetime import UTC, datetime
from decimal import Decimal
from random import Random
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
import pytest

from flamescore.cells import folded
from flamescore.engine import FOREVER, Clock, Stream, Streams, matching
from flamescore.engine.matching import (
    Codes,
    ColumnCoder,
    Liveness,
    Matcher,
    PairTable,
    SignatureMatches,
    Signatures,
)
from flamescore.engine.needed import window_of
from flamescore.frames import ISO, Window
from flamescore.rules import Empty, Equals, Like, Order, Predicate

CLOCK = Clock(datetime(2026, 11, 21, 12, tzinfo=UTC), ZoneInfo("UTC"))
SALES = Predicate("url", (Like("contains", ("sales",)),))
PRESENT = Predicate("url", (Empty(value=False),))
LONG = Predicate("seconds", (Order("at_least", Decimal(600)),))
LONG_MINUTE = Predicate("seconds", (Order("at_least", Decimal(60)),))
THERE = Predicate("seconds", (Empty(value=False),))
VISIT = Predicate("event", (Equals(texts=("visit",)),))


def meanings(coder, cells, iso=None):
    codes = coder.encode(
        pl.Series(cells, dtype=pl.String),
        None if iso is None else pl.DataFrame({ISO: iso}, schema={ISO: pl.String}),
    )
    return [coder.codes.pairs[code] for code in codes.tolist()]


def test_a_cell_is_coded_by_what_holds_for_it():
    coder = ColumnCoder("url", [SALES, PRESENT], CLOCK)
    cells = ["/sales", "/SALES?x=1", "/home", None, "", "/sales"]
    assert meanings(coder, cells) == [(3, 0), (3, 0), (2, 0), (0, 0), (0, 0), (3, 0)]
    assert len(coder.codes.pairs) == 3


def test_cells_that_cannot_be_read_have_a_code_of_their_own():
    coder = ColumnCoder("seconds", [LONG], CLOCK)
    assert meanings(coder, ["600", "x", None, "5"]) == [(1, 0), (0, 1), (0, 0), (0, 0)]


def test_numbers_are_coded_by_their_text():
    coder = ColumnCoder("seconds", [LONG], CLOCK)
    codes = coder.encode(pl.Series([600.0, 599.5, None, 600.5]))
    assert [coder.codes.pairs[code][0] for code in codes.tolist()] == [1, 0, 0, 1]


@pytest.mark.parametrize("dtype", [pl.UInt8, pl.Int16, pl.UInt32, pl.Int64])
@pytest.mark.parametrize(
    "batches",
    [
        [[60, 59, None, 61, 60], [61, 62, None], [60]],
        [[None, None], [99], [100], [98, 99, 100, 101], [98, None]],
        [[0, 99], [0, 98], [98, None], [None, 0]],
        [[], [0], []],
    ],
)
def test_whole_numbers_are_coded_as_their_texts_are(monkeypatch, batches, dtype):
    monkeypatch.setattr(
        matching, "_SMALL_NUMBERS", 100
    )  # numbers up to 98 have a slot in a table; slot 99 is for null
    whole, text = (ColumnCoder("seconds", [LONG_MINUTE, THERE], CLOCK) for _ in range(2))
    for batch in batches:
        codes = whole.encode(pl.Series(batch, dtype=dtype)).tolist()
        texts = [None if number is None else str(number) for number in batch]
        assert [whole.codes.pairs[code] for code in codes] == meanings(text, texts)


def test_whole_numbers_below_nothing_have_no_place_in_the_table():
    coder = ColumnCoder("seconds", [LONG_MINUTE, THERE], CLOCK)
    for batch, expected in (([70, -1, None], [3, 2, 0]), ([-70, 5], [2, 2]), ([70], [3])):
        codes = coder.encode(pl.Series(batch, dtype=pl.Int64)).tolist()
        assert [coder.codes.pairs[code] for code in codes] == [(holds, 0) for holds in expected]


@pytest.mark.parametrize("remembered", [0, 1, 3, 1_000_000])
def test_what_is_not_remembered_is_worked_out_again(monkeypatch, remembered):
    monkeypatch.setattr(matching, "REMEMBERED", remembered)
    coder = ColumnCoder("url", [SALES, PRESENT], CLOCK)
    for _ in range(2):
        assert meanings(coder, ["/sales", "/a", "/b"]) == [(3, 0), (2, 0), (2, 0)]
        assert meanings(coder, ["/b", "/sales/2", None]) == [(2, 0), (3, 0), (0, 0)]
    assert len(coder.codes.pairs) == 3


def test_the_companion_of_a_column_is_part_of_the_cell():
    later = Predicate("when", (Order("more_than", datetime(2026, 1, 1, tzinfo=UTC)),))
    coder = ColumnCoder("when", [later], CLOCK)
    cells, iso = ["1/2/26", "1/2/26", "2026-05-01"], ["2026-02-01", None, None]
    assert meanings(coder, cells, iso) == [(1, 0), (0, 1), (1, 0)]
    whole = coder.encode(pl.Series([1, 1, 2]), pl.DataFrame({ISO: ["2026-02-01", None, "2025-12-01"]}))
    assert [coder.codes.pairs[code] for code in whole.tolist()] == [(1, 0), (0, 1), (0, 0)]


@pytest.mark.parametrize("dense", [0, 64, 1 << 22])
def test_pairs_of_codes_have_one_number_each(monkeypatch, dense):
    monkeypatch.setattr(matching, "_TABLE_CELLS", dense)
    dice = Random(5)
    pairs = PairTable()
    seen = set()
    for rows, columns in ((5, 7), (50, 7), (3, 40), (2, 2)):  # the table grows both ways, or is too small
        first = np.array([dice.randrange(rows) for _ in range(500)], np.int64)
        second = np.array([dice.randrange(columns) for _ in range(500)], np.uint32)
        expected = list(zip(first.tolist(), second.tolist(), strict=True))
        assert [pairs.codes.pairs[number] for number in pairs.numbers(first, second).tolist()] == expected
        seen.update(expected)
        assert len(pairs.codes.pairs) == len(seen)


def test_no_pairs():
    nothing = np.zeros(0, np.int64)
    assert PairTable().numbers(nothing, nothing.astype(np.uint32)).tolist() == []


def test_codes_are_numbers_in_order_of_appearance():
    codes = Codes()
    assert [codes.number(thing) for thing in [(5, 0), (1, 1), (5, 0), (0, 0)]] == [0, 1, 0, 2]


def test_signatures_of_several_columns():
    predicates = (VISIT, SALES, LONG, PRESENT)
    made = Signatures(predicates, CLOCK)
    assert [coder.column for coder in made.coders] == ["event", "url", "seconds"]
    columns = (["visit", "Visit ", "buy", "buy"], ["/sales", "/x", "/sales", None], ["600", "x", "5", "900"])
    cells = [(pl.Series(each, dtype=pl.String), None) for each in columns]
    codes = made.encode(cells, 4)
    assert [made.sets(code) for code in codes.tolist()] == [
        (0b1111, 0),
        (0b1001, 0b0100),
        (0b1010, 0),
        (0b0100, 0),
    ]
    assert made.count == 4
    assert made.encode(cells, 4).tolist() == codes.tolist()
    assert made.count == 4


def test_without_predicates_there_is_one_signature():
    made = Signatures((), CLOCK)
    assert made.encode([], 3).tolist() == [0, 0, 0]
    assert (made.count, made.sets(0)) == (1, (0, 0))


CLOCK = Clock(datetime(2026, 11, 21, 12, tzinfo=UTC), ZoneInfo("UTC"))


def kind(*texts):
    return Predicate("event", (Equals(texts=texts),))


AT_LEAST_5 = Predicate("n", (Order("at_least", Decimal(5)),))


def matched(streams, ignored, rows):
    """Match rows of (event, n); return the meaning of each row, and the predicates seen."""
    every = Streams(streams, ignored, {}, {})
    signatures = Signatures(every.predicates, CLOCK)
    matcher = Matcher(every, signatures)
    frame = pl.DataFrame(rows, schema={"event": pl.String, "n": pl.String}, orient="row")
    codes = signatures.encode([(frame[c.column], None) for c in signatures.coders], frame.height)
    matching = matcher.update()
    return [
        (
            bool(matching.ignored[code]),
            int(matching.reach[code]),
            matching.streams[code],
            matching.unread[code] != 0,
        )
        for code in codes.tolist()
    ], matcher.seen


def test_events_are_old_at_the_widest_reach_that_names_their_type():
    streams = (
        Stream((kind("a", "B"),), reach=10),
        Stream((kind("a"), AT_LEAST_5), reach=30),
        Stream((kind("d"), AT_LEAST_5)),
        Stream((kind("d"),), reach=60),
    )
    window = window_of(Streams(streams, (), {}, {}), CLOCK)
    assert window == Window(CLOCK.now, (("a", 30), ("b", 10), ("d", None)), 60)
    assert (window.lasting, window.since) == ({"d"}, datetime(2026, 11, 21, 11, 59, 1, tzinfo=UTC))
    rows = [
        (text, age) for text in ("a", " A ", "b", "d", "c", "", None) for age in (9, 10, 29, 30, 59, 60, None)
    ]
    frame = pl.DataFrame(rows, ["event", "age"], orient="row")
    old = frame.select(window.old(pl.col("age"), folded(pl.col("event")))).to_series()
    found, _ = matched(streams, (), [(text, "1") for text, _ in rows])
    reaches = [reach for _, reach, _, _ in found]
    assert old.to_list() == [
        age is not None and age >= reach for (_, age), reach in zip(rows, reaches, strict=True)
    ]


def test_nothing_is_old_where_no_window_ends():
    window = window_of(Streams((Stream((kind("a"),)),), (), {}, {}), CLOCK)
    assert (window.widest, window.since) == (None, None)
    assert not pl.select(window.old(pl.lit(10**12), pl.lit("b"))).item()


def test_what_signatures_mean():
    streams = (
        Stream((kind("a"),), reach=10),
        Stream((kind("a"), AT_LEAST_5), reach=100),
        Stream((kind("b"), AT_LEAST_5)),
    )
    rows = [("a", "7"), ("a", "3"), ("a", "x"), ("b", "7"), ("b", None), ("c", "7"), ("c", "x"), ("A ", "5")]
    found, _ = matched(streams, ((kind("c"), AT_LEAST_5),), rows)
    assert found == [
        (False, 100, (0, 1), False),
        (False, 100, (0,), False),
        (False, 100, (0,), True),
        (False, FOREVER, (2,), False),
        (False, FOREVER, (), False),
        (True, 100, (), False),
        (False, 100, (), False),
        (False, 100, (0, 1), False),
    ]


def test_seen_predicates_are_remembered():
    streams = (Stream((kind("a"),)), Stream((kind("b"),)), Stream((kind("c"),)))
    _, seen = matched(streams, (), [("a", None), ("c", None)])
    assert seen == 0b101


def test_an_event_that_nothing_names_is_old_when_no_window_reaches_it():
    assert matched((Stream((kind("a"),), reach=10),), (), [("z", None)])[0] == [(False, 10, (), False)]
    assert matched((Stream((kind("a"),)),), (), [("z", None)])[0] == [(False, FOREVER, (), False)]


def test_live_sets_by_bucket_of_age():
    liveness = Liveness([Stream((), reach=10), Stream((), reach=100), Stream((), reach=10), Stream(())])
    assert liveness.edges.tolist() == [10, 100]
    none = np.zeros(0, np.bool_)
    table = liveness.table(SignatureMatches(none, none, ((0, 1, 2, 3), (0,), (3,), ()), ()))
    sets = [[liveness.sets[number] for number in row] for row in table.tolist()]
    assert sets == [
        [(0, 1, 2, 3), (1, 3), (3,)],
        [(0,), (), ()],
        [(3,), (3,), (3,)],
        [(), (), ()],
    ]
    assert liveness.sets[0] == ()
    assert liveness.lengths.tolist() == [len(streams) for streams in liveness.sets]
    more = liveness.table(SignatureMatches(none, none, ((0, 1, 2, 3), (0,), (3,), (), (1, 3)), ()))
    assert more[:4].tolist() == table.tolist()
    assert [liveness.sets[number] for number in more[4].tolist()] == [(1, 3), (1, 3), (3,)]
    assert len(liveness.sets) == 5


def test_without_windows_there_is_one_bucket():
    liveness = Liveness([Stream(())])
    none = np.zeros(0, np.bool_)
    assert liveness.table(SignatureMatches(none, none, ((0,),), ())).shape == (1, 1)
    assert liveness.table(SignatureMatches(none, none, ((0,),), ())).tolist() == [[1]]
