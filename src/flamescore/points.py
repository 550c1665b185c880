"""Points as integers of ten-thousandths, used to compute scores, and as floats, used in tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl

from flamescore.units import PLAIN, POINT

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_EXACT: Final = 2**53
"""Integers up to this size are exact as floats."""

_FEW: Final = 1_000
"""Up to this many numbers are divided by Python, with the same result, which avoids importing numpy."""


def quotients(whole: NDArray[Any], by: int, *, times: int = 1) -> NDArray[np.float64]:
    """Return `times * whole / by`, the nearest floats, for integers (`object`: Python's own).

    Polars can't be used: it divides by a constant via its reciprocal, which is sometimes off by one digit.
    Numbers that no float represents exactly are divided one by one.
    """
    import numpy as np  # noqa: PLC0415 - takes 40 ms, and reading a stored run does not need it

    if max(-int(whole.min(initial=0)), int(whole.max(initial=0))) * times <= _EXACT:
        return whole.astype(np.int64) * times / by
    return np.array([times * number / by for number in whole.tolist()], np.float64)


def in_points(whole: pl.Series) -> pl.Series:
    """Return integer ten-thousandths (Int64 or Int128) as points (Float64); null stays null."""
    if len(whole) <= _FEW:
        points = [None if each is None else each / POINT for each in whole.to_list()]
        return pl.Series(whole.name, points, pl.Float64)
    import numpy as np  # noqa: PLC0415 - the same

    numbers = whole.fill_null(0)
    held = np.array(numbers.to_list(), np.object_) if whole.dtype == pl.Int128 else numbers.to_numpy()
    return pl.Series(whole.name, quotients(held, POINT)).set(whole.is_null(), None)


def difference_type(*columns: pl.Series) -> pl.DataType:
    """Return the type in which differences of columns are exact: Int64, or Int128 for large points.

    The columns are points (Float64) or integer ten-thousandths (Int64).
    """
    return pl.Int64() if all(_size(column) <= PLAIN for column in columns) else pl.Int128()


def as_published(whole: pl.Series, kind: pl.DataType) -> pl.Series:
    """Return integer ten-thousandths (Int64) as stored in tables, in the type from `difference_type`."""
    if kind == pl.Int64:
        return whole
    points = pl.col(whole.name)
    return in_points(whole).to_frame().select(ten_thousandths(points, kind)).to_series()


def ten_thousandths(points: pl.Expr, kind: pl.DataType) -> pl.Expr:
    """Convert points (Float64) to the ten-thousandths they represent, in a `difference_type`."""
    if kind == pl.Int64:
        return (points * POINT).round(0).cast(kind)
    whole = points.truncate()  # large floats times 10,000 are rounded, by more than a point
    return whole.cast(kind) * POINT + ((points - whole) * POINT).round(0).cast(kind)


def _size(column: pl.Series) -> float:
    """Return the largest absolute value in a column, in points."""
    largest = max(abs(float(each)) for each in (column.min() or 0, column.max() or 0))  # type: ignore[arg-type]
    return largest if column.dtype.is_float() else largest / POINT
