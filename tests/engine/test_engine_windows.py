from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from flamescore.cells import folded
from flamescore.engine import Clock, Stream, Streams
from flamescore.engine.matching import FOREVER, Liveness, Matcher, SignatureMatches, Signatures, window_of
from flamescore.frames import Window
from flamescore.rules import Equals, Order, Predicate

CLOCK = Clock(datetime(2026, 11, 21, 12, tzinfo=UTC), ZoneInfo("UTC"))


def kind(*texts):
    return Predicate("event", (Equals(texts=texts),))


AT_LEAST_5 = Predicate("n", (Order("at_least", Decimal(5)),))


def matched(streams, ignored, rows):
    """Match rows of (event, n): what each means, and the predicates seen."""
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
