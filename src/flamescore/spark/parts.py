"""Writes one part of a run's table, sorted, into a folder that all workers share. Nothing here uses Spark.

A worker has the rows of one range of the order, in any order, and sorts them. It writes under a hidden name
and renames, so that a task that was killed leaves no half part behind; a task that runs twice writes two
parts, of which the driver takes the one it is told about.
"""

from __future__ import annotations

import json
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Final

import polars as pl
from msgspec import Struct

from flamescore.engine import entry_table
from flamescore.frames import INSTANT, POINTS, SCORES
from flamescore.runs import describe_file
from flamescore.tables import write_parquet

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flamescore.spark.plan import Columns, Plan

WRITTEN: Final[Columns] = (
    ("name", "string"),
    ("rows", "bigint"),
    ("first", "string"),
    ("last", "string"),
    ("bytes", "bigint"),
    ("sha256", "string"),
)
"""The layout of what is told of a part: its name, and its first and last place in the order as JSON."""

_TAGS: Final = pl.Struct({"t": pl.List(pl.String())})


class PartPlan(Struct, frozen=True):
    """A table to write: its folder, the order of its rows, and how they become those of the run's table.

    `order` has the columns by which rows are sorted, and whether each is descending. `made` is one of
    `SCORES_TABLE`, `POINTS_TABLE`, `CONTACTS_TABLE` and `IDS_TABLE`; `names` are the columns beyond the
    table's own: kept ones of scores, those of contacts.
    """

    folder: str
    made: str
    order: tuple[tuple[str, bool], ...]
    plan: Plan
    names: tuple[tuple[str, str], ...] = ()


def write_part(parts: PartPlan, batches: Iterable[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """Write the rows as a part of the table; yield one row of `WRITTEN`, or none without rows."""
    some = [batch for batch in batches if batch.height]
    if not some:
        return
    names, down = [name for name, _ in parts.order], [descending for _, descending in parts.order]
    rows = pl.concat(some).sort(names, descending=down, nulls_last=True)
    name = f"{secrets.token_hex(8)}.parquet"
    folder = Path(parts.folder)
    hidden = folder / f".{name}"
    write_parquet(MADE[parts.made](parts, rows), hidden)
    written = describe_file(hidden, name)
    hidden.rename(folder / name)
    first, last = (
        json.dumps([row[key] for key in names]) for row in (rows.row(0, named=True), rows.row(-1, named=True))
    )
    yield pl.DataFrame(
        {
            "name": [name],
            "rows": [rows.height],
            "first": [first],
            "last": [last],
            "bytes": [written.bytes],
            "sha256": [written.sha256],
        }
    )


def _at(plan: Plan) -> pl.Expr:
    """Return the instant that an age in seconds stands for."""
    at = pl.from_epoch(plan.clock.now - pl.col("age"), "s").cast(pl.Datetime("us"))
    return at.dt.replace_time_zone("UTC").cast(INSTANT)


def scores_of(parts: PartPlan, rows: pl.DataFrame) -> pl.DataFrame:
    """Return `frames.SCORES` and the kept columns from ranked totals."""
    own = (
        (_at(parts.plan) if name == "last_activity_at" else pl.col(name)).cast(dtype).alias(name)
        for name, dtype in SCORES.items()
    )
    return rows.select(*own, *(pl.col(slot).alias(name) for slot, name in parts.names))


def points_of(parts: PartPlan, rows: pl.DataFrame) -> pl.DataFrame:
    """Return `frames.POINTS` from rows of the ledger."""
    names = entry_table(parts.plan.entries).select("score_name", "entry", "rule_id")
    named = pl.concat([rows, names[rows["number"].cast(pl.Int64)]], how="horizontal")
    return named.select(
        (_at(parts.plan) if name == "last_at" else pl.col(name)).cast(dtype).alias(name)
        for name, dtype in POINTS.items()
    )


def contacts_of(parts: PartPlan, rows: pl.DataFrame) -> pl.DataFrame:
    """Return contacts with the columns that a run stores, tags as a list."""
    tags = pl.col("tags").str.json_decode(_TAGS).struct.field("t").fill_null([])
    return rows.select((tags if name == "tags" else pl.col(slot)).alias(name) for slot, name in parts.names)


def ids_of(_parts: PartPlan, rows: pl.DataFrame) -> pl.DataFrame:
    """Return only the ids."""
    return rows.select("contact_id")


SCORES_TABLE, POINTS_TABLE, CONTACTS_TABLE, IDS_TABLE = "scores", "points", "contacts", "ids"

MADE: Final = {
    SCORES_TABLE: scores_of,
    POINTS_TABLE: points_of,
    CONTACTS_TABLE: contacts_of,
    IDS_TABLE: ids_of,
}
