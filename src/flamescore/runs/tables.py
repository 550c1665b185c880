"""What the Parquet tables of a run hold, and whether a table found in a run's folder can be one of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from flamescore.changes import CHANGES, KINDS
from flamescore.changes import FILE as CHANGES_FILE
from flamescore.frames import POINTS, SCORES
from flamescore.merged import FILE as MERGED_FILE

if TYPE_CHECKING:
    from collections.abc import Mapping

_TEXT: Final = (pl.String(), pl.List(pl.String()))
"""What columns of contacts are: text, tags a list."""

_MOST_POINTS: Final = 2**63 / 10_000
_MOST_FLAMES: Final = 5


@dataclass(frozen=True)
class Table:
    """One table: the columns that it has, what further ones may be, and what holds of every row.

    `key` are columns that together tell the rows apart.
    """

    schema: pl.Schema
    further: tuple[pl.DataType, ...] = ()
    present: tuple[str, ...] = ()
    holds: tuple[pl.Expr, ...] = ()
    key: tuple[str, ...] = ()

    def odd(self, found: pl.Schema) -> str | None:
        """Say which column is missing, of another type or none of the table's; None where all fit."""
        for name, kind in self.schema.items():
            if name not in found:
                return f"it has no column {name}"
            if found[name] != kind:
                return f"its column {name} is {found[name].base_type()}, not {kind.base_type()}"
        others = [name for name in found if name not in self.schema and found[name] not in self.further]
        return f"{len(others)} of its columns are of no type that it has" if others else None

    def odd_rows(self, frame: pl.LazyFrame) -> str | None:
        """Say what is wrong with the rows; None where they may be a run's. Every column is read."""
        missing = pl.sum_horizontal(pl.lit(0), *(pl.col(name).null_count() for name in self.present))
        wrong = pl.sum_horizontal(pl.lit(0), *((~each).fill_null(value=True).sum() for each in self.holds))
        told = pl.struct(self.key).n_unique() if self.key else pl.len()
        sums = frame.select(
            pl.len().alias("\x00rows"),
            missing.alias("\x00missing"),
            wrong.alias("\x00wrong"),
            told.alias("\x00told"),
            pl.sum_horizontal(pl.all().null_count()).alias("\x00read"),
        )
        rows, absent, odd, different, _ = sums.collect(engine="streaming").row(0)
        if absent or odd:
            return f"{max(absent, odd):,} cells are none that a run writes"
        return "rows stand in it twice" if different != rows else None


TABLES: Final[Mapping[str, Table]] = {
    "scores.parquet": Table(
        SCORES,
        further=(*_TEXT, pl.Float64()),
        present=("contact_id", "score_name", "score", "flames", "percent_of_ideal", "percentile", "rank"),
        holds=(
            pl.col("score").is_finite() & (pl.col("score").abs() < _MOST_POINTS),
            pl.col("flames").is_between(0, _MOST_FLAMES),
        ),
        key=("contact_id", "score_name"),
    ),
    "contacts.parquet": Table(
        pl.Schema({"contact_id": pl.String()}), further=_TEXT, present=("contact_id",), key=("contact_id",)
    ),
    "excluded.parquet": Table(pl.Schema({"contact_id": pl.String()}), present=("contact_id",)),
    "points.parquet": Table(
        POINTS,
        present=("contact_id", "score_name", "entry", "rule_id", "occurrences", "points"),
        holds=(pl.col("points").is_finite(),),
    ),
    CHANGES_FILE: Table(
        CHANGES,
        further=_TEXT,
        present=("contact_id", "score_name", "change"),
        holds=(pl.col("change").is_in(KINDS),),
    ),
    MERGED_FILE: Table(
        pl.Schema({"merged_id": pl.String(), "contact_id": pl.String()}),
        further=_TEXT,
        present=("merged_id", "contact_id"),
    ),
}
"""By file, in the order in which damage is looked for."""
