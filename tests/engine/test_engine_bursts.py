"""Bursts of sorted occurrences: by hand, against their definition, and their invariants."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flamescore.engine.bursts import _kth_smallest, _with_values, find_bursts
from oracle_bursts import bursts, number

NOW = datetime(2026, 11, 21, tzinfo=UTC)
DAY = 86_400

VISITS = [745_200, 831_600, 918_000, 1_436_400, 1_522_800, 1_609_200, 1_695_600]
"""The ages of the example in `bursts`."""


def found(rows, times, within, *, per=False):
    """Find bursts in rows of (run, age, value), as (run, age of the start, age of the completion)."""
    rows = sorted(rows)
    run, age, value = (np.array([row[i] for row in rows], np.int64) for i in range(3))
    spans = find_bursts(run, age, times=times, within=within, value=value.astype(np.uint64) if per else None)
    return [
        (rows[latest][0], rows[earliest][1], rows[latest][1])
        for latest, earliest in zip(spans.latest.tolist(), spans.earliest.tolist(), strict=True)
    ]


def by_definition(rows, times, within, *, per=False):
    """Find the same bursts with the oracle, run by run."""
    return [
        (run, age_of(start), age_of(end))
        for run in sorted({row[0] for row in rows})
        for start, end in bursts(
            occurrences(rows, run, per=per), times, timedelta(seconds=within), distinct=per
        )
    ]


def occurrences(rows, run, *, per):
    return [(NOW - timedelta(seconds=age), value if per else None) for of, age, value in rows if of == run]


def age_of(instant):
    return int((NOW - instant).total_seconds())


def test_the_example():
    rows = [(0, age, 0) for age in VISITS]
    assert found(rows, 3, 2 * DAY) == [(0, 918_000, 745_200), (0, 1_609_200, 1_436_400)]
    assert found(rows, 3, 2 * DAY - 1) == []


def test_the_example_with_values():
    previous = np.array([-1, -1, 0, 2, -1])  # a, b, a, a, c
    rows, last = _with_values(previous, 3)
    assert (rows.tolist(), last.tolist()) == ([0, 1], [4, 4])
    ages = range(5)
    rows = [(0, age, value) for age, value in zip(ages, (1, 2, 1, 1, 3), strict=True)]
    assert found(rows, 3, 4, per=True) == [(0, 4, 0)]
    assert found(rows, 3, 3, per=True) == [(0, 4, 1)]
    assert found(rows, 2, 3, per=True) == [(0, 1, 0), (0, 4, 2)]
    assert found(rows, 4, 9, per=True) == []


@pytest.mark.parametrize(
    ("ages", "times", "within", "expected"),
    [
        pytest.param([], 2, 5, [], id="nothing"),
        pytest.param([3], 2, 5, [], id="one"),
        pytest.param([3, 3], 2, 1, [(3, 3)], id="two of one second"),
        pytest.param([0, 5], 2, 5, [(5, 0)], id="as far apart as may be"),
        pytest.param([0, 6], 2, 5, [], id="a second more"),
        pytest.param([0, 1, 1], 2, 5, [(1, 0)], id="what is of the first second belongs to it"),
        pytest.param([0, 0, 0, 1], 2, 5, [(0, 0)], id="and one is left alone"),
        pytest.param([0, 1, 2, 3], 2, 5, [(1, 0), (3, 2)], id="as many as can be"),
        pytest.param([0, 1, 2, 3, 4], 2, 1, [(1, 0), (3, 2)], id="the earliest is left over"),
        pytest.param([0, 9, 10, 20, 21], 2, 1, [(10, 9), (21, 20)], id="the latest belongs to none"),
    ],
)
def test_by_hand(ages, times, within, expected):
    assert [span[1:] for span in found([(7, age, 0) for age in ages], times, within)] == expected


def test_runs_are_apart():
    rows = [(run, age, 0) for run in (0, 1, 5) for age in (0, 2)]
    assert found(rows, 2, 2) == [(0, 2, 0), (1, 2, 0), (5, 2, 0)]
    assert found(rows, 3, 9) == []


ROWS = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 40), st.integers(0, 3)), max_size=40)


@given(rows=ROWS, times=st.integers(2, 5), within=st.integers(1, 12), per=st.booleans())
def test_they_are_those_of_the_definition(rows, times, within, per):
    assert found(rows, times, within, per=per) == by_definition(rows, times, within, per=per)


@given(rows=ROWS, more=st.tuples(st.integers(0, 2), st.integers(0, 40), st.integers(0, 3)),
       times=st.integers(2, 5), within=st.integers(1, 12), per=st.booleans())  # fmt: skip
def test_one_more_never_makes_them_fewer_nor_the_latest_older(rows, more, times, within, per):
    before = found(rows, times, within, per=per)
    after = found([*rows, more], times, within, per=per)
    assert len(after) >= len(before)
    latest = {run: end for run, _, end in reversed(before)}
    assert all(end <= latest[run] for run, _, end in reversed_first(after) if run in latest)
    assert {run for run, *_ in before} <= {run for run, *_ in after}


def reversed_first(spans):
    """Keep the first span of each run, which is its latest burst."""
    return list({span[0]: span for span in reversed(spans)}.values())


@given(rows=ROWS, times=st.integers(2, 5), within=st.integers(1, 12), per=st.booleans())
def test_disjoint_bursts_could_not_be_more(rows, times, within, per):
    most = sum(
        most_apart(occurrences(rows, run, per=per), times, timedelta(seconds=within), distinct=per)
        for run in {row[0] for row in rows}
    )
    assert len(found(rows, times, within, per=per)) == most


def most_apart(some, times, within, *, distinct):
    """Return the largest number of bursts that share no second, from the best count up to each instant."""
    instants = sorted({at for at, _ in some})
    best = [0]
    for last, end in enumerate(instants):
        ways = [
            best[first] + 1
            for first, start in enumerate(instants[: last + 1])
            if end - start <= within and number(some, start, end, distinct=distinct) >= times
        ]
        best.append(max([best[-1], *ways]))
    return best[-1]


@given(st.permutations(range(13)), st.data())
def test_the_kth_smallest(numbers, data):
    counts = [data.draw(st.integers(1, 13)) for _ in range(5)]
    asked = [data.draw(st.integers(0, count - 1)) for count in counts]
    told = _kth_smallest(np.array(numbers), np.array(counts), np.array(asked))
    assert told.tolist() == [sorted(numbers[:count])[k] for count, k in zip(counts, asked, strict=True)]


@pytest.mark.parametrize("values", [None, 2])
def test_a_contact_with_very_many_is_not_looked_at_pair_by_pair(values):
    many = 300_000
    run, age = np.zeros(many, np.int64), np.arange(many)
    value = None if values is None else np.arange(many, dtype=np.uint64) % np.uint64(values)
    spans = find_bursts(run, age, times=2, within=many, value=value)
    assert spans.latest.tolist() == list(range(0, many, 2))
    assert spans.earliest.tolist() == list(range(1, many, 2))
