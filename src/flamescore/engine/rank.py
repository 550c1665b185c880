"""Computes the ranked table from totals: flames, percent of the ideal, rank and percentile."""

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
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from flamescore.engine.calendar import Clock
    from flamescore.rules import AccountScore, Score

TOTAL, MANY = "total", "contacts"
"""The columns of counts: a total in ten-thousandths, and the number of contacts that have it."""

_NUMBER = "number"


def ranked(
    score: Score,
    totals: NDArray[np.int64],
    youngest: NDArray[np.int64],
    scored: NDArray[np.bool_],
    *,
    ids: pl.Series,
    clock: Clock,
) -> tuple[pl.DataFrame, pl.Series]:
    """Return the population of a score in ranked order (`frames.SCORES`), and the contacts' numbers.

    `totals` are ten-thousandths and `youngest` are ages of the last activity in seconds, both by contact in
    order of contact id, which breaks the last ties. Equal scores share a rank.
    """
    frame = pl.DataFrame({TOTAL: totals, "age": youngest}).with_row_index(_NUMBER)
    frame = frame.filter(pl.Series(scored)).sort(
        pl.col(TOTAL), pl.when(pl.col("age") != NO_AGE).then("age"), _NUMBER,
        descending=[True, False, False], nulls_last=True,
    )  # fmt: skip
    at = pl.when(pl.col("age") != NO_AGE).then(clock.now - pl.col("age"))
    counts = (
        frame[TOTAL].rle().struct.unnest().select(pl.col("value").alias(TOTAL), pl.col("len").alias(MANY))
    )
    table = frame.select(
        *placed(standings(score, counts), counts[MANY]),
        contact_id=ids.gather(frame[_NUMBER]),
        score_name=pl.lit(score.name),
        last_activity_at=instant_of(at),
    ).select(SCORES.names())
    return table.pipe(conform, SCORES, name="scores"), frame[_NUMBER]


def standings(score: Score, counts: pl.DataFrame) -> pl.DataFrame:
    """Return the standing of each total of a score: one row per total, the highest first.

    `counts` has each distinct `TOTAL` (Int64, ten-thousandths) once, and the number of contacts of the
    population that have it (`MANY`, an integer above 0), in any order. The result has `TOTAL` and the columns
    of `frames.SCORES` from `score` to `rank`. These few rows are enough to rank any number of contacts
    exactly.

    Three contacts with 50,000, 20,000 and 20,000: rank 1 and percentile 100 for the first total, since two of
    two others have less; rank 2 and percentile 0 for the second.
    """
    rows = counts.sort(TOTAL, descending=True)
    total, many = rows[TOTAL], rows[MANY].cast(pl.Int64).to_numpy()
    reached = np.cumsum(many)
    everyone = int(reached[-1]) if len(reached) else 0
    found = _standing(
        score,
        total,
        total.to_numpy().astype(np.int64),
        lower=everyone - reached,
        others=max(everyone - 1, 1),
        rank=pl.Series(reached - many + 1, dtype=pl.Int32),
    )
    return pl.DataFrame([total, *found])


def placed(standing: pl.DataFrame, many: pl.Series) -> list[pl.Series]:
    """Repeat each row of `standings` for the contacts that have its total: columns from `score` to `rank`."""
    rows = pl.Series(np.repeat(np.arange(standing.height), many.to_numpy()))
    return standing.drop(TOTAL).select(pl.all().gather(rows)).get_columns()


def standing(
    score: Score | AccountScore, total: pl.Series, numbers: NDArray[np.int64] | NDArray[np.object_]
) -> list[pl.Series]:
    """Return the standing of each total of a full list: columns of `frames.SCORES` from `score` to `rank`.

    `total` and `numbers` are the same ten-thousandths, as a Polars series and as a numpy array.
    """
    lower, others = _lower(total)
    rank = total.rank("min", descending=True).cast(pl.Int32)
    return _standing(score, total, numbers, lower=lower, others=others, rank=rank)


def _standing(
    score: Score | AccountScore,
    total: pl.Series,
    numbers: NDArray[np.int64] | NDArray[np.object_],
    *,
    lower: NDArray[np.int64],
    others: int,
    rank: pl.Series,
) -> list[pl.Series]:
    none = pl.Series([None], dtype=pl.Float64).new_from_index(0, len(total))
    columns = {
        "score": pl.Series(quotients(numbers, POINT)),
        "flames": _flames(score, total, lower, others),
        "percent_of_ideal": none
        if score.ideal is None
        else pl.Series(quotients(numbers, score.ideal, times=100)),
        "percentile": pl.Series(quotients(lower, others, times=100)),
        "rank": rank,
    }
    return [column.rename(name) for name, column in columns.items()]


def _lower(total: pl.Series) -> tuple[NDArray[np.int64], int]:
    """Return how many others are lower than each, and how many others there are (1 in a list of one)."""
    return (total.rank("min") - 1).to_numpy().astype(np.int64), max(len(total) - 1, 1)


def _flames(
    score: Score | AccountScore, total: pl.Series, lower: NDArray[np.int64], others: int
) -> pl.Series:
    """Return 0 to 5 flames (Int32); `lower` is how many of the `others` have a lower score."""
    bounds = flame_bounds(score)
    if bounds is not None:
        return flames_at(bounds, total)
    assert score.percentiles is not None
    # 100 * lower / others >= p, in ten-thousandths of a percent and whole numbers.
    reached = sum((100 * POINT * lower >= p * others).astype(np.int32) for p in score.percentiles)
    return pl.Series(np.where((total > 0).to_numpy(), reached, 0), dtype=pl.Int32)


def flames_of_all(score: Score, totals: NDArray[np.int64], scored: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return the flames of each contact from all totals (ten-thousandths); -1 outside the population."""
    total = pl.Series(TOTAL, totals[scored])
    found = np.full(len(totals), -1, np.int64)
    found[scored] = _flames(score, total, *_lower(total)).to_numpy()
    return found


def flame_bounds(score: Score | AccountScore) -> tuple[int, ...] | None:
    """Return the lowest totals with 1 to 5 flames, as the rule file defines them; None if by percentile.

    For an ideal of 1 point, 10,000 ten-thousandths, fifths are 2,000 to 10,000; for 0.0003 points they are 1,
    2, 2, 3 and 3: a fifth is not reached before the whole ten-thousandth above it.
    """
    if score.bounds is not None:
        return score.bounds
    return None if score.ideal is None else tuple(-(-flame * score.ideal // 5) for flame in range(1, 6))


def flames_at(bounds: Sequence[int | None], total: pl.Series) -> pl.Series:
    """Return 0 to 5 flames (Int32) for totals: the number of bounds they reach; None is never reached."""
    found = pl.Series([0], dtype=pl.Int32).new_from_index(0, len(total))
    for bound in bounds:
        if bound is not None:
            found += (total >= bound).cast(pl.Int32)
    return found


def bounds_reached(rows: pl.DataFrame) -> tuple[float | None, ...]:
    """Return the lowest scores (of `score, flames`) with at least 1 to 5 flames; None where there is none."""
    least = (rows.filter(pl.col("flames") >= flame)["score"].min() for flame in range(1, 6))
    return tuple(None if each is None else float(str(each)) for each in least)
