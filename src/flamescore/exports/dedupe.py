"""Mark events that don't count: superseded by their event id, or exact duplicates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from flamescore.exports.validate import check_floats, counting, id_column, with_reasons
from flamescore.frames import DUPLICATE, SUPERSEDED
from flamescore.project import EventsSource

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flamescore.exports.plan import Plan
    from flamescore.exports.validate import LoadOptions, Validated

_SEEDS = (0, 1)
_ID = [f"id{seed}" for seed in _SEEDS]
_ALL = [f"all{seed}" for seed in _SEEDS]


def repeated_rows(validated: Validated, options: LoadOptions) -> dict[int, pl.Series]:
    """Return for each file, by its index, the mark of each row (`frames.DROP`): a duplicate, superseded or 0.

    Of one event id the row of the newest file stands, in it the last; rows without one are not touched. Of
    rows equal in every mapped column one stands. Rows that are rejected or left out take no part; old
    ones do. Rows are told apart by 128-bit hashes: 32 bytes a row at most, odds of a mistake below 1e-18 for
    100 M rows.
    """
    spec, plans = validated.spec, validated.plans
    assert isinstance(spec, EventsSource)
    with_ids = any("event_id" in plan for plan in plans)
    if not (with_ids or spec.distinct):
        return {}
    order = sorted(range(len(plans)), key=lambda index: plans[index].table.found.age_key)
    every = pl.concat(_keys(index, validated, options, with_ids=with_ids) for index in order)
    mark = pl.lit(0, pl.UInt8())
    if with_ids:
        later = pl.col(_ID[0]).is_not_null() & ~pl.struct(_ID).is_last_distinct()
        mark = pl.when(later).then(pl.lit(SUPERSEDED, pl.UInt8())).otherwise(mark)
    if spec.distinct:
        mark = (
            pl.when(~pl.struct(_ALL).is_first_distinct()).then(pl.lit(DUPLICATE, pl.UInt8())).otherwise(mark)
        )
    dropped = every.select("file", "row", mark=mark).filter(pl.col("mark") > 0)
    sound = [each.rows - each.damaged for each in validated.files]
    return {index: _marks(dropped.filter(pl.col("file") == index), rows) for index, rows in enumerate(sound)}


def _marks(dropped: pl.DataFrame, rows: int) -> pl.Series:
    return pl.zeros(rows, pl.UInt8, eager=True).scatter(dropped["row"], dropped["mark"])


def _keys(index: int, validated: Validated, options: LoadOptions, *, with_ids: bool) -> pl.DataFrame:
    """Return `file, row` and the hashes of a file's sound rows."""
    plan, spec = validated.plans[index], validated.spec
    table = plan.table
    assert isinstance(spec, EventsSource)
    hashes = []
    if with_ids:
        event_id = id_column("event_id", plan) if "event_id" in plan else pl.lit(None, pl.String())
        hashes += [
            pl.when(event_id.is_not_null()).then(event_id.hash(seed)).alias(name)
            for seed, name in zip(_SEEDS, _ID, strict=True)
        ]
    if spec.distinct:
        row = pl.struct(_mapped_cells(plan, validated.source.names))
        hashes += [row.hash(seed).alias(name) for seed, name in zip(_SEEDS, _ALL, strict=True)]
    check_floats(plan)
    rows = with_reasons(table.scan().with_row_index("row"), plan, options).filter(counting())
    return table.collect(rows.select("row", *hashes).with_columns(file=pl.lit(index, pl.UInt32())))


def _mapped_cells(plan: Plan, names: Sequence[str]) -> list[pl.Expr]:
    """Return the columns that the project file maps, and the canonical ones, of every file of the source."""
    spec, nothing = plan.source, pl.lit(None, pl.String())
    wanted = (
        each for each in names if each in spec.columns or each in spec.CANONICAL or each in spec.constants
    )
    return [(plan.column(name) if name in plan else nothing).alias(name) for name in wanted]
