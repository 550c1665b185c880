"""Sums of ten-thousandths that never wrap: 64 bits where they suffice, Python's integers where they may not.

Arrays of points are `int64`, or hold Python's integers (`object`) where a number needs more bits than that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Points = NDArray[Any]
    """`int64`, or `object` for Python's integers."""

MAX_SCORE: Final = 2**63 - 1
"""The most ten-thousandths that a score can have, either way: 922,337,203,685,477 points."""

MAX_INT64_SUM = MAX_SCORE
"""Sums that can't be larger than this are worked out in 64 bits."""

_HALF: Final = 32
_LOW: Final = (1 << _HALF) - 1


def largest_size(points: NDArray[Any]) -> int:
    """Return the largest size of any of the numbers, 0 where there are none."""
    return max(-int(points.min(initial=0)), int(points.max(initial=0)))


def dtype_for(most: int) -> type[np.int64 | np.object_]:
    """Return the type in which no sum wraps that is at most so large, either way."""
    return np.int64 if most <= MAX_INT64_SUM else np.object_


def total(points: NDArray[Any]) -> int:
    """Sum up points; of halves of 64 bits no sum wraps for fewer than 2^31 of them."""
    if points.dtype == object:
        return sum(points.tolist())
    return (int((points >> _HALF).sum()) << _HALF) + int((points & _LOW).sum())


def sum_runs(points: NDArray[np.int64], starts: NDArray[np.int64], *, most: int) -> Points:
    """Sum up each run of neighbouring points; no sum is larger than `most`, either way."""
    if not len(starts):
        return points
    if dtype_for(most) is np.int64:
        return np.add.reduceat(points, starts)
    high, low = (np.add.reduceat(half, starts) for half in (points >> _HALF, points & _LOW))
    return to_int64(high.astype(np.object_) * (1 << _HALF) + low)


def to_int64(points: Points) -> Points:
    """Return the points in 64 bits if all of them fit."""
    return points.astype(np.int64, copy=False) if largest_size(points) <= MAX_SCORE else points
