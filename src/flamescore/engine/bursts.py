"""Bursts: at least so many occurrences within so long, counted as one, found from the latest backwards.

Rows are the occurrences of runs (`passes.Occurrences`), by run, then age, the latest first. A burst is
complete at the instant of a row if the row `times - 1` places further on is of the same run and at most
`within` seconds older; there it begins, and what has that row's age belongs to it too. The latest burst of a
run is complete at the first such row, and the one before it at the first such row of an earlier second.

An example: visits at 09:00 on the 1st to 4th and the 10th to 12th, `{times: 3, within: 2d}`, as of the 21st
at 00:00. Two days are 172,800 s.

    row    day    age          two rows on           complete    next row that is earlier
    0      12th     745,200    row 2, 172,800 older  yes         3
    1      11th     831,600    row 3, 604,800 older  no
    2      10th     918,000    row 4, 604,800 older  no
    3       4th   1,436,400    row 5, 172,800 older  yes         6
    4       3rd   1,522,800    row 6, 172,800 older  yes         7, beyond the last
    5       2nd   1,609,200    none                  no
    6       1st   1,695,600    none                  no

Rows 0, 3 and 4 are complete. From row 0 the next to look at is row 3 and what comes after it; that is
complete itself, and from row 6 on nothing is. So there are two bursts: of the rows 0 to 2, complete on the
12th, and 3 to 5, complete on the 4th. The visit of the 1st belongs to none.

To follow such a chain a burst at a time would be slow for a contact with 500,000 of them. So all chains are
followed at once, 1 step, 2 steps, 4 steps at a time (`_reached`): 20 rounds do for a million bursts.

Under `per` different values count. Row e is the first from row p on with its value exactly where the row
before it that has the same value (`previous`) comes before p. All rows before p are such rows as well, so the
row at which the `times`-th value appears is the (p + times)-th of all rows whose `previous` is below p, or is
missing. The visits of rows 0 to 4 are of the pages a, b, a, a, c, and `times` is 3:

    row         0    1    2    3    4
    page        a    b    a    a    c
    previous   -1   -1    0    2   -1

    p = 0: previous below 0 have the rows 0, 1, 4; the third is row 4
    p = 1: previous below 1 have 0, 1, 2, 4; the fourth is row 4 again: b, a, c

Sorted by `previous` the rows are 0, 1, 4, 2, 3, so those below some p are the first few of them, and what is
asked is the k-th smallest of the first m of an array: `_kth_smallest`, a wavelet matrix, takes a pass over
the bits of a row number for all p at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct

from flamescore.engine.alike import previous_of_each

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from flamescore.engine.alike import Values

    Rows = NDArray[np.int64]


class Bursts(Struct, frozen=True):
    """Bursts as rows of sorted occurrences: the latest of each, where it is complete, and its earliest.

    All rows from the one to the other belong to it. Rows rise, so the latest burst of a run is the first.
    """

    latest: Rows
    earliest: Rows


def find_bursts(
    run: NDArray[np.int64],
    age: NDArray[np.int64],
    *,
    times: int,
    within: int,
    value: Values | None = None,
) -> Bursts:
    """Find the bursts of every run: `times` (at least 2) occurrences at most `within` seconds apart.

    Rows are sorted by run, then age in seconds. With `value` so many different values of it are meant.
    """
    if value is None:
        complete, begun = _complete(run, age, times, within)
    else:
        complete, begun = _complete_with_values(run, age, value, times, within)
    if not len(complete):
        return Bursts(complete, begun)
    seconds = np.flatnonzero((run[1:] != run[:-1]) | (age[1:] != age[:-1])) + 1
    after = np.append(seconds, len(run))[np.searchsorted(seconds, begun, side="right")]
    following = np.searchsorted(complete, after)
    whose = run[complete]
    here = np.append(whose, -1)[following] == whose
    taken = _reached(np.append(True, whose[1:] != whose[:-1]), np.where(here, following, len(complete)))
    return Bursts(complete[taken], after[taken] - 1)


def _complete(run: NDArray[np.int64], age: NDArray[np.int64], times: int, within: int) -> tuple[Rows, Rows]:
    """Return the rows at which enough occurrences are complete, and the last row that each needs."""
    far = times - 1
    near = (run[far:] == run[:-far]) & (age[far:] - age[:-far] <= within)
    rows = np.flatnonzero(near)
    return rows, rows + far


def _complete_with_values(
    run: NDArray[np.int64], age: NDArray[np.int64], value: Values, times: int, within: int
) -> tuple[Rows, Rows]:
    """Return the same of enough different values.

    Most rows are in no window of enough occurrences, whatever their values; they are left out first.
    """
    rows, _ = _complete(run, age, times, within)
    start = np.full(len(run), -1)
    start[rows] = rows
    start = np.maximum.accumulate(start)
    kept = np.flatnonzero((start >= 0) & (run == run[start]) & (age - age[start] <= within))
    run, age = run[kept], age[kept]
    first, last = _with_values(previous_of_each(run, value[kept]), times)
    near = (run[first] == run[last]) & (age[last] - age[first] <= within)
    return kept[first[near]], kept[last[near]]


def _with_values(previous: Rows, times: int) -> tuple[Rows, Rows]:
    """Return the rows from which there are so many different values, and where the last of these appears.

    `previous` is the row before each that has the same value, -1 where there is none.
    """
    rows = np.arange(len(previous))
    new = previous < 0
    next_ = np.full(len(previous), -1)
    next_[previous[~new]] = rows[~new]
    again = next_ >= 0
    by_previous = np.concatenate([rows[new], next_[again]])
    below = np.count_nonzero(new) + np.cumsum(again) - again
    found = rows[rows + times <= below]
    return found, _kth_smallest(by_previous, below[found], found + times - 1)


def _kth_smallest(numbers: Rows, counts: Rows, k: Rows) -> Rows:
    """Return, for each query, the k-th smallest (from 0) of the first `count` of different numbers.

    A wavelet matrix: bit by bit, from the highest on, the numbers are parted into those without the bit and
    those with it, each part in its order, and a query goes into the part that its answer is in.
    """
    first, last, k = np.zeros_like(counts), counts, k.copy()
    found = np.zeros_like(counts)
    for bit in range(len(numbers).bit_length() - 1, -1, -1):
        has = numbers >> bit & 1 == 1
        without = np.concatenate([[0], np.cumsum(~has)])
        low, high = without[first], without[last]
        up = k >= high - low
        k -= np.where(up, high - low, 0)
        first = np.where(up, without[-1] + first - low, low)
        last = np.where(up, without[-1] + last - high, high)
        found |= up.astype(np.int64) << bit
        numbers = np.concatenate([numbers[~has], numbers[has]])
    return found


def _reached(start: NDArray[np.bool_], following: Rows) -> NDArray[np.bool_]:
    """Mark what is reached from the marked places by going on to `following`, over and over.

    A place that nothing follows has the number of places. Hops double: what is 1 step on from the starts,
    then what is 2 steps on from all those, then 4.
    """
    end = len(following)
    reached, hop = np.append(start, False), np.append(following, end)
    while True:
        further = hop[np.flatnonzero(reached)]
        if np.all(further == end):
            return reached[:end]
        reached[further] = True
        hop = hop[hop]
