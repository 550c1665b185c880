"""From totals to the ranked table: flames, percent of the ideal, rank and percentile."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from flamescore.engine.ledger import NO_AGE
from flamescore.engine.readings import instant_of
from flamescore.frames import SCORES, conform
from flamescore.points import quotients
from flamescore.units import POINT

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from flamescore.engine.calendar import Clock
    from flamescore.rules import Score

_TOTAL, _NUMBER = "total", "number"


def ranked(
    score: Score,
    totals: NDArray[np.int64],
    youngest: NDArray[np.int64],
    scored: NDArray[np.bool_],
    *,
    ids: pl.Series,
    clock: Clock,
) -> tuple[pl.DataFrame, pl.Series]:
    """Return the contacts of a score's population in ranked order (`frames.SCORES`), and their numbers.

    `totals` are ten-thousandths and `youngest` ages of the last activity in seconds, by contact in order of
    contact id, which breaks the last ties. Equal scores share a rank.
    """
    frame = pl.DataFrame({_TOTAL: totals, "age": youngest}).with_row_index(_NUMBER)
    frame = frame.filter(pl.Series(scored)).sort(
        pl.col(_TOTAL), pl.when(pl.col("age") != NO_AGE).then("age"), _NUMBER,
        descending=[True, False, False], nulls_last=True,
    )  # fmt: skip
    total = frame[_TOTAL]
    number = total.to_numpy().astype(np.int64)
    lower = (total.rank("min") - 1).to_numpy().astype(np.int64)
    at = pl.when(pl.col("age") != NO_AGE).then(clock.now - pl.col("age"))
    table = frame.select(
        contact_id=ids.gather(frame[_NUMBER]),
        score_name=pl.lit(score.name),
        score=pl.Series(quotients(number, POINT)),
        flames=flames(score, pl.col(_TOTAL)).cast(pl.Int32),
        percent_of_ideal=pl.Series(quotients(number, score.ideal, times=100)),
        percentile=pl.Series(quotients(lower, max(frame.height - 1, 1), times=100)),
        rank=total.rank("min", descending=True).cast(pl.Int32),
        last_activity_at=instant_of(at),
    )
    return table.pipe(conform, SCORES, name="scores"), frame[_NUMBER]


def flames(score: Score, total: pl.Expr) -> pl.Expr:
    """Return 0 to 5 flames: by the five bounds, or by fifths of the ideal, rounded down."""
    if score.flames is not None:
        reached = [(total >= bound).cast(pl.Int64) for bound in score.flames]
        return pl.sum_horizontal(reached)
    return (total.clip(0, score.ideal) * 5) // score.ideal
