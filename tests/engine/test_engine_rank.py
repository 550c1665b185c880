from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
import pytest

from flamescore.engine import Clock, flame_bounds, flames_at, ranked
from flamescore.frames import SCORES
from flamescore.points import quotients
from flamescore.rules import Score

AS_OF = datetime(2026, 11, 21, 12, tzinfo=UTC)
CLOCK = Clock(AS_OF, ZoneInfo("UTC"))
TWENTY = Score("s", "S", 200_000, ())


def rank(totals, youngest=None, scored=None, *, ids=None, score=TWENTY):
    count = len(totals)
    names = pl.Series(ids or [str(n) for n in range(count)], dtype=pl.String)
    table, numbers = ranked(
        score,
        np.array(totals, np.int64),
        np.array(youngest or [-1] * count, np.int64),
        np.array([True] * count if scored is None else scored, np.bool_),
        ids=names,
        clock=CLOCK,
    )
    assert names.gather(numbers).to_list() == table["contact_id"].to_list()
    return table


def column(frame, name):
    return frame[name].to_list()


def test_the_order_is_score_then_activity_then_id():
    found = rank([10, 20, 10, 10, 10], [5, 9, -1, 4, 5], ids=["a", "b", "c", "d", "e"])
    assert column(found, "contact_id") == ["b", "d", "a", "e", "c"]
    assert column(found, "last_activity_at") == [
        *(AS_OF - timedelta(seconds=age) for age in (9, 4, 5, 5)),
        None,
    ]


def test_equal_scores_share_rank_and_percentile():
    found = rank([0, 30, 20, 20, -10, 20])
    assert column(found, "rank") == [1, 2, 2, 2, 5, 6]
    assert column(found, "percentile") == [100.0, 40.0, 40.0, 40.0, 20.0, 0.0]
    assert column(found, "score") == [0.003, 0.002, 0.002, 0.002, 0.0, -0.001]


def test_percent_of_ideal_is_not_clamped():
    assert column(rank([300_000, 80_000, -50_000]), "percent_of_ideal") == [150.0, 40.0, -25.0]


def test_those_outside_the_population_are_nowhere():
    found = rank([10, 30, 20], scored=[True, False, True])
    assert column(found, "contact_id") == ["2", "0"]
    assert column(found, "rank") == [1, 2]
    assert column(found, "percentile") == [100.0, 0.0]


def test_a_list_of_one_and_a_list_of_none():
    assert rank([10]).select("rank", "percentile").rows() == [(1, 0.0)]
    assert rank([10], scored=[False]).schema == SCORES
    assert rank([10], scored=[False]).height == rank([]).height == 0


@pytest.mark.parametrize(
    ("total", "expected"),
    [
        (-1, 0),
        (0, 0),
        (39_999, 0),
        (40_000, 1),
        (79_999, 1),
        (80_000, 2),
        (120_000, 3),
        (160_000, 4),
        (199_999, 4),
        (200_000, 5),
        (10**15, 5),
        (-(10**15), 0),
    ],
)
def test_flames_are_fifths_of_the_ideal(total, expected):
    assert flames_at(flame_bounds(TWENTY), pl.Series([total])).item() == expected


@pytest.mark.parametrize(
    ("total", "expected"),
    [(-1, 0), (9_999, 0), (10_000, 1), (10_001, 2), (69_999, 2), (70_000, 3), (80_000, 4), (10**9, 5)],
)
def test_flames_are_the_bounds_that_are_reached(total, expected):
    score = Score("s", "S", 1_000_000, (), bounds=(10_000, 10_001, 70_000, 80_000, 1_000_000))
    assert flames_at(flame_bounds(score), pl.Series([total])).item() == expected


@pytest.mark.parametrize(
    ("whole", "by", "times", "expected"),
    [
        (1, 10_000, 1, 0.0001),
        (-12_345, 10_000, 1, -1.2345),
        (2, 3, 100, 200 / 3),
        (2**53, 10_000, 1, 900719925474.0992),
        (10**16 - 1, 10_000, 1, 999999999999.9999),
        (1 - 10**16, 10_000, 1, -999999999999.9999),
        (10**17, 200_000, 100, 50_000_000_000_000.0),
        (-(10**17), 200_000, 100, -50_000_000_000_000.0),
    ],
)
def test_quotients_are_the_nearest_floats(whole, by, times, expected):
    assert quotients(np.array([0, whole]), by, times=times).tolist() == [0.0, expected]


def test_no_quotients():
    assert quotients(np.zeros(0, np.int64), 3).tolist() == []
