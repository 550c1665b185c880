"""Sums of ten-thousandths that never wrap: 64 bits where they suffice, otherwise Python integers.

Arrays of points are `int64`, or contain Python integers (`object`) if any number needs more than 64 bits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Points = NDArray[Any]
    """`int64`, or `object` for Python integers."""

MAX_SCORE: Final = 2**63 - 1
"""The largest score in ten-thousandths, positive or negative: 922,337,203,685,477 points."""

MAX_INT64_SUM = MAX_SCORE
"""Sums that can't exceed this are computed in 64 bits."""

_HALF: Final = 32
_LOW: Final = (1 << _HALF) - 1


def largest_size(points: NDArray[Any]) -> int:
    """Return the largest absolute value of the numbers, or 0 if there are none."""
    return max(-int(points.min(initial=0)), int(points.max(initial=0)))


def dtype_for(most: int) -> type[np.int64 | np.object_]:
    """Return a type in which no sum wraps if its absolute value is at most `most`."""
    return np.int64 if most <= MAX_INT64_SUM else np.object_


def total(points: NDArray[Any]) -> int:
    """Sum points; the sums of the 32-bit halves don't wrap for fewer than 2^31 points."""
    if points.dtype == object:
        return sum(points.tolist())
    return (int((points >> _HALF).sum()) << _HALF) + int((points & _LOW).sum())


def sum_runs(points: NDArray[np.int64], starts: NDArray[np.int64], *, most: int) -> Points:
    """Sum each run of adjacent points; no sum exceeds `most` in absolute value."""
    if not len(starts):
        return points
    if dtype_for(most) is np.int64:
        return np.add.reduceat(points, starts)
    high, low = (np.add.reduceat(half, starts) for half in (points >> _HALF, points & _LOW))
    return to_int64(high.astype(np.object_) * (1 << _HALF) + low)


def to_int64(points: Points) -> Points:
    """Return the points in 64 bits if all of them fit."""
    return points.astype(np.int64, copy=False) if largest_size(points) <= MAX_SCORE else points
