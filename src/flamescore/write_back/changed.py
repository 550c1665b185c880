"""The rows of a write-back that are new to the CRM, judged by the cells delivered last.

The delivered state is `key, column, cell`, one row per cell. For columns `Flames` and `Percentile`:

key        delivered                     now        written
ann@x.com  Flames 4, Percentile 97       5, 98      yes: Flames differs
bob@x.com  Flames 4, Percentile 97       4, 95      no: a percentile alone causes no row
cat@x.com  Flames 4                      4, 91      yes: Percentile is a new column
dan@x.com  -                             1, 40      yes, for the first time
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl
from msgspec import Struct

from flamescore.state import DELIVERED_CELLS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flamescore.write_back.cells import Cells
    from flamescore.write_back.columns import Export

ROWS: Final = pl.Schema(
    {
        "key": pl.String(),
        "contact_id": pl.String(),
        "column": pl.String(),
        "cell": pl.String(),
        "previous": pl.String(),
    }
)
"""The cells of the rows that are written, in order; `previous` is null if nothing was delivered."""


_KEY: Final = "\x00key"
"""A name that no header has."""


class Changed(Struct, frozen=True):
    """The rows to write.

    `rows`: `key, shown, contact_id`, `first_time` (whether the key was never delivered), and for each column
    `cell_0` and `was_0`: the cell, and the one delivered before, null if none.
    """

    export: Export
    rows: pl.DataFrame
    without_key: int
    same_key: int
    bad_key: int

    @property
    def first_time(self) -> int:
        """Return how many rows are written for the first time."""
        return int(self.rows["first_time"].sum())

    def as_rows(self) -> pl.DataFrame:
        """Return `ROWS`: one row per cell."""
        if self.rows.is_empty():
            return pl.DataFrame(schema=ROWS)
        placed = self.rows.with_row_index("\x00place")
        parts = [
            placed.select(
                "\x00place",
                pl.lit(number).alias("\x00column"),
                "key",
                "contact_id",
                column=pl.lit(column.header),
                cell=f"cell_{number}",
                previous=f"was_{number}",
            )
            for number, column in enumerate(self.export.columns)
        ]
        return pl.concat(parts).sort("\x00place", "\x00column").select(ROWS.names())


def changed(export: Export, cells: Cells, delivered: pl.DataFrame) -> Changed:
    """Return the rows with a new key, a new column, or a steady cell that differs from the delivered one."""
    known = _wide(delivered, [column.header for column in export.columns])
    rows = cells.rows.join(known, on="key", how="left", maintain_order="left")
    news = pl.col("known").is_null()
    for number, column in enumerate(export.columns):
        news |= pl.col(f"was_{number}").is_null()
        if column.steady:
            news |= (pl.col(f"cell_{number}") != pl.col(f"was_{number}")).fill_null(value=True)
    written = rows.filter(news).with_columns(first_time=pl.col("known").is_null()).drop("known")
    return Changed(export, written, cells.without_key, cells.same_key, cells.bad_key)


def _wide(delivered: pl.DataFrame, headers: Sequence[str]) -> pl.DataFrame:
    """Return one row per key: `known`, and the cells of the given columns as `was_0` and so on."""
    one_each = delivered.rename({"key": _KEY}).pivot(
        on="column", on_columns=list(headers), index=_KEY, values="cell", aggregate_function="first"
    )
    return one_each.select(
        pl.col(_KEY).alias("key"),
        *(pl.col(header).alias(f"was_{number}") for number, header in enumerate(headers)),
        known=True,
    )


def after_import(delivered: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Return what a CRM has after importing the rows of a run (`ROWS`).

    For their keys, columns that the rows no longer have are dropped.
    """
    others = delivered.join(rows.select("key").unique(), on="key", how="anti")
    return pl.concat([others, rows.select(DELIVERED_CELLS.names())]).sort("key", "column")


def after_undo(before: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Return what a CRM has after importing a run's undo files; `before` was known before its delivery.

    That is `before` itself, unless another run was delivered after this one had been computed. The undo files
    then contain older cells, and none for keys that were new to the run, whose own cells remain.
    """
    undone = rows.select("key", "column", undone=pl.coalesce("previous", "cell"))
    found = before.join(undone, on=["key", "column"], how="left")
    return found.select("key", "column", cell=pl.coalesce("undone", "cell")).sort("key", "column")
