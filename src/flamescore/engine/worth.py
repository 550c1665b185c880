"""The worth of an occurrence: exact decay factors in billionths, contributions in ten-thousandths."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from functools import lru_cache
from math import ceil
from typing import TYPE_CHECKING, Final

import numpy as np

from flamescore.engine.calendar import DAY
from flamescore.units import POINT, WHOLE

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from flamescore.engine.exact import Points
    from flamescore.engine.streams import Stream
    from flamescore.rules import Decay

_DIGITS: Final = 80
"""Significant digits of factors during the computation; 9 decimals are kept."""

_CACHED_DECAYS: Final = 1_024
"""Tables of factors that are cached: more than the distinct decays of any known rule book."""

_HALF: Final = WHOLE // 2
_UNDECAYED: Final = np.array([WHOLE], np.int64)


def linear(decay: Decay, step: int) -> Decimal:
    """`max(0, 1 - p*k)`."""
    return max(Decimal(0), 1 - decay.share * step)


def compound(decay: Decay, step: int) -> Decimal:
    """`(1 - p)^k`, and 1 for `k = 0`."""
    return Decimal(1) if step == 0 else (1 - decay.share) ** step


def half_life(decay: Decay, day: int) -> Decimal:
    """`0.5^(whole days / days of the half-life)`, exact where the quotient is whole."""
    whole, rest = divmod(day, decay.days)
    return Decimal("0.5") ** whole * _root(decay.days) ** rest


FACTORS: Final[dict[str, Callable[[Decay, int], Decimal]]] = {
    "linear": linear,
    "compound": compound,
    "half_life": half_life,
}
"""The factor of each decay by its step (for `half_life`: by whole days). A new decay is one entry here."""


def fade_end(decay: Decay) -> int | None:
    """Return the first whole day on which nothing is left, or None for a decay that never ends.

    For `{linear: 10%, every: 30d}` it is day 300.
    """
    return ceil(1 / Fraction(decay.share)) * decay.days if decay.how == "linear" else None


@lru_cache(maxsize=_CACHED_DECAYS)
def decay_factors(decay: Decay, last_day: int) -> NDArray[np.int64]:
    """Return the factors of whole days 0 to `last_day` in billionths, truncated after the first step of 0.

    For `none`, the only factor is 1. The last entry also applies to days past the end of the table.
    """
    if decay.how == "none":
        return _UNDECAYED
    stride = 1 if decay.how == "half_life" else decay.days
    steps: list[int] = []
    with localcontext(prec=_DIGITS):
        for step in range(last_day // stride + 1):
            steps.append(_billionths(FACTORS[decay.how](decay, step)))
            if steps[-1] == 0:
                break
    table = np.repeat(np.array(steps, np.int64), stride)
    return table if steps[-1] == 0 else table[: last_day + 1]


def contributions(points: NDArray[np.int64] | int, factor: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return `round(points * factor)`, halves away from zero: ten-thousandths times billionths.

    The product can overflow 64 bits, so the points are split at 1e9: the upper part times the factor is
    whole.
    """
    size = np.abs(np.asarray(points, np.int64))
    upper, lower = np.divmod(size, WHOLE)
    product: NDArray[np.int64] = upper * factor + (lower * factor + _HALF) // WHOLE
    return np.sign(points) * product


def worth_table(stream: Stream, oldest: int) -> NDArray[np.int64]:
    """Return a table of what a stream's occurrences give at each whole day, up to an age in seconds.

    With fixed points, the entries are contributions (ten-thousandths); with points from a property, they are
    factors (billionths) to multiply the number by. The last entry also applies to days past the end.
    """
    last = oldest if stream.reach is None else min(oldest, stream.reach)
    table = decay_factors(stream.decay, max(0, last) // DAY)
    return table if stream.points.column is not None else contributions(stream.points.fixed, table)


def _billionths(factor: Decimal) -> int:
    return int((factor * WHOLE).quantize(Decimal(1), rounding=ROUND_HALF_UP))


@lru_cache(maxsize=_CACHED_DECAYS)
def _root(days: int) -> Decimal:
    """`0.5^(1/days)`."""
    with localcontext(prec=_DIGITS + 10):
        return (Decimal("0.5").ln() / days).exp()


def left_of(points: Points, factor: NDArray[np.int64]) -> Points:
    """Return `round(points * factor)` for sums, which may exceed 64 bits; sums of 0 or less are unchanged."""
    if points.dtype != object:
        faded: Points = np.where(points > 0, contributions(np.maximum(points, 0), factor), points)
        return faded
    pairs = zip(points.tolist(), factor.tolist(), strict=True)
    left = [sum_ if sum_ <= 0 else (2 * sum_ * by + WHOLE) // (2 * WHOLE) for sum_, by in pairs]
    return np.array(left, np.object_)


def multiplied(
    cells: NDArray[np.int64], multiply_by: int, largest: int
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Multiply numbers in ten-thousandths, rounding halves away from zero, and mark the results in bounds.

    A product above `largest` (ten-thousandths) gives 0 and is out of bounds.
    """
    size = np.abs(cells).astype(np.float64) * (abs(multiply_by) / POINT)
    near = size <= largest * 1.000001  # otherwise the exact product below could overflow 64 bits
    product = np.abs(np.where(near, cells, 0)) * abs(multiply_by)
    rounded = (product + POINT // 2) // POINT
    fits = near & (rounded <= largest)
    sign = np.sign(cells) * (1 if multiply_by >= 0 else -1)
    return np.where(fits, rounded * sign, 0), fits
