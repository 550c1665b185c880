"""Bursts: at least N occurrences within a period, counted as one, found from the latest backwards.

Rows are the occurrences of runs (`passes.Occurrences`), sorted by run, then age, the latest first. A burst is
complete at the instant of a row if the row `times - 1` places further on belongs to the same run and is at
most `within` seconds older. The burst starts there, and rows with the same age as that row belong to it too.
The latest burst of a run is complete at the first such row, and the one before it at the first such row of an
earlier second.

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

Rows 0, 3 and 4 are complete. After row 0, the next candidates are row 3 and later rows. Row 3 is complete
itself, and from row 6 on no row is. So there are two bursts: rows 0 to 2, complete on the 12th, and rows 3 to
5, complete on the 4th. The visit of the 1st belongs to no burst.

Following such a chain one burst at a time would be slow for a contact with 500,000 bursts. Instead, all
chains are followed at once, 1 step, 2 steps, 4 steps at a time (`_reached`): 20 rounds suffice for a million
bursts.

Under `per`, distinct values count. Row e is the first from row p on with its value if and only if the
previous row with the same value (`previous`) comes before p. All rows before p satisfy this too, so the row
at which the `times`-th value appears is the (p + times)-th of all rows whose `previous` is below p or
missing. Suppose the visits of rows 0 to 4 are to the pages a, b, a, a, c, and `times` is 3:

    row         0    1    2    3    4
    page        a    b    a    a    c
    previous   -1   -1    0    2   -1

    p = 0: rows 0, 1, 4 have `previous` below 0; the third is row 4
    p = 1: rows 0, 1, 2, 4 have it below 1; the fourth is row 4 again: b, a, c

Sorted by `previous`, the rows are 0, 1, 4, 2, 3, so the rows below some p are a prefix of them, and the
question is the k-th smallest of the first m numbers of an array. `_kth_smallest`, a wavelet matrix, answers
it for all p at once with one pass per bit of a row number.
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
    """Bursts as indices of sorted occurrences: each one's latest row, where it is complete, and earliest row.

    All rows from one to the other belong to the burst. Rows ascend, so the latest burst of a run comes first.
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
    """Find the bursts of every run: `times` (at least 2) occurrences within at most `within` seconds.

    Rows are sorted by run, then age in seconds. With `value`, a burst needs `times` distinct values.
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
    """Return the same for enough distinct values.

    Rows that are in no window with enough occurrences, whatever their values, are filtered out first; that is
    most rows.
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
    """Return the rows from which `times` distinct values follow, and where the last of these appears.

    `previous` is the index of the previous row with the same value, or -1.
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
    """Return, for each query, the k-th smallest (from 0) of the first `count` of distinct numbers.

    A wavelet matrix: bit by bit, from the highest down, the numbers are split stably into those without the
    bit and those with it, and each query continues in the part that contains its answer.
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
    """Mark the places that can be reached from the marked ones by following `following` repeatedly.

    If nothing follows a place, its entry is the number of places. Hops double: first what is 1 step from the
    starts, then what is 2 steps from all of those, then 4.
    """
    end = len(following)
    reached, hop = np.append(start, False), np.append(following, end)
    while True:
        further = hop[np.flatnonzero(reached)]
        if np.all(further == end):
            return reached[:end]
        reached[further] = True
        hop = hop[hop]
