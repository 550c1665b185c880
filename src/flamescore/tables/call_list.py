"""The layout of call lists for people, shared by `hot_leads*.csv` and `search`."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

import polars as pl

from flamescore import shown_points
from flamescore.columns import REASONS
from flamescore.tables.columns import HOT_SINCE, MOVED, ROUTED, format_points, local_time, whole_percent

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from zoneinfo import ZoneInfo

AT: Final = {"last_activity": "last_activity_at"}
"""The names of the exact columns behind columns of call lists, if they differ."""


def columns_of_call_list(
    *,
    people: Sequence[str],
    labels: Sequence[str] = (),
    scores: Sequence[str] = (),
    own: Collection[str] = (),
) -> tuple[str, ...]:
    """Return the columns of a call list in their order.

    `people` are the contacts' columns, `labels` the columns of labels, `scores` the names of further scores.
    `own` are the ones of `hot_since`, `ROUTED`, `why` and `trend` that the list has.
    """
    further = (f"{name}_{measure}" for name in scores for measure in ("flames", "score"))
    ends = (name for name in (HOT_SINCE, *ROUTED, "why") if name in own)
    return (
        *("rank", "contact_id", *people, "flames", "score", "percentile", *labels, *REASONS, "last_activity"),
        *(*MOVED, *ends, *further, *(name for name in ("trend",) if name in own)),
    )


def as_read(
    rows: pl.DataFrame, columns: Sequence[str], zone: ZoneInfo, decimals: int, *, commas: bool = False
) -> pl.DataFrame:
    """Return columns of exact values formatted for people; `commas` separate thousands of points.

    Scores are rounded down and differences to the nearest, to `decimals`. Percentiles are whole, rounded
    down. Times are local, to the minute, and true is `yes`. Null stays null. `last_activity` is read from
    `last_activity_at`.
    """
    return rows.select(_formatted(rows, columns, zone, decimals, commas=commas))


def _formatted(
    rows: pl.DataFrame, columns: Sequence[str], zone: ZoneInfo, decimals: int, *, commas: bool
) -> Iterator[pl.Expr]:
    for name in columns:
        column = rows[AT.get(name, name)]
        cells = pl.lit(column)
        if name == "percentile":
            cells = whole_percent(cells)
        elif name == "change":
            cells = pl.lit(
                format_points(
                    column,
                    partial(shown_points.given, decimals=decimals, commas=commas),
                    partial(shown_points.canonical_given, decimals=decimals),
                )
            )
        elif column.dtype.is_float() and name != "trend":
            cells = pl.lit(
                format_points(
                    column,
                    partial(shown_points.score, decimals=decimals, commas=commas),
                    partial(shown_points.alike_as_scores, decimals=decimals),
                )
            )
        elif isinstance(column.dtype, pl.Datetime):
            cells = local_time(cells, zone)
        elif column.dtype == pl.Boolean:
            cells = pl.when(cells).then(pl.lit("yes"))
        yield cells.alias(name)
