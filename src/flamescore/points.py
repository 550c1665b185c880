"""Points between whole ten-thousandths, in which scores are worked out, and floats, as tables hold them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl

from flamescore.units import PLAIN, POINT

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_EXACT: Final = 2**53
"""Whole numbers up to this size are floats as they are."""

_FEW: Final = 1_000
"""So many numbers are divided by Python, to the same floats, before numpy has been imported."""


def quotients(whole: NDArray[Any], by: int, *, times: int = 1) -> NDArray[np.float64]:
    """Return `times * whole / by`, the nearest floats, of whole numbers (`object`: Python's own).

    Polars is no help: it divides by a constant by way of its reciprocal, now and then one digit off.
    Numbers that no float holds exactly are divided one by one.
    """
    import numpy as np  # noqa: PLC0415 - takes 40 ms, and who reads a stored run needs none

    if max(-int(whole.min(initial=0)), int(whole.max(initial=0))) * times <= _EXACT:
        return whole.astype(np.int64) * times / by
    return np.array([times * number / by for number in whole.tolist()], np.float64)


def in_points(whole: pl.Series) -> pl.Series:
    """Return whole ten-thousandths (Int64 or Int128) as points (Float64); null stays null."""
    if len(whole) <= _FEW:
        points = [None if each is None else each / POINT for each in whole.to_list()]
        return pl.Series(whole.name, points, pl.Float64)
    import numpy as np  # noqa: PLC0415 - the same

    numbers = whole.fill_null(0)
    held = np.array(numbers.to_list(), np.object_) if whole.dtype == pl.Int128 else numbers.to_numpy()
    return pl.Series(whole.name, quotients(held, POINT)).set(whole.is_null(), None)


def difference_type(*columns: pl.Series) -> pl.DataType:
    """Return the type in which differences of columns are exact: Int64, or Int128 for large points.

    The columns are points (Float64) or whole ten-thousandths (Int64).
    """
    return pl.Int64() if all(_size(column) <= PLAIN for column in columns) else pl.Int128()


def as_published(whole: pl.Series, kind: pl.DataType) -> pl.Series:
    """Return whole ten-thousandths (Int64) as a table gives them, in the type `difference_type` returned."""
    if kind == pl.Int64:
        return whole
    points = pl.col(whole.name)
    return in_points(whole).to_frame().select(ten_thousandths(points, kind)).to_series()


def ten_thousandths(points: pl.Expr, kind: pl.DataType) -> pl.Expr:
    """Read points (Float64) as the ten-thousandths that they stand for, in a `difference_type`."""
    if kind == pl.Int64:
        return (points * POINT).round(0).cast(kind)
    whole = points.truncate()  # large floats times 10,000 are rounded, by more than a point
    return whole.cast(kind) * POINT + ((points - whole) * POINT).round(0).cast(kind)


def _size(column: pl.Series) -> float:
    """Return the largest size in a column, in points."""
    largest = max(abs(float(each)) for each in (column.min() or 0, column.max() or 0))  # type: ignore[arg-type]
    return largest if column.dtype.is_float() else largest / POINT
