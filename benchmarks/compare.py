"""Compare a peer's output with the product's: every score and every row of the ledger."""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl


def differences(ours: Path, theirs: Path) -> tuple[int, int]:
    """Return the number of contacts whose scores differ and the number of ledger rows that differ."""
    return _apart(_scores(ours), _scores(theirs)), _apart(_points(ours), _points(theirs))


def _apart(ours: pl.LazyFrame, theirs: pl.LazyFrame) -> int:
    """Return the number of rows that only one side has. The rows of each side are distinct."""
    keys = ours.collect_schema().names()
    lone = (
        left.join(right, on=keys, how="anti").select(pl.len())
        for left, right in ((ours, theirs), (theirs, ours))
    )
    return sum(int(each.collect().item()) for each in lone)


def _scores(folder: Path) -> pl.LazyFrame:
    score = (pl.col("score") * 10_000).round().cast(pl.Int64)
    return pl.scan_parquet(folder / "scores.parquet").select(
        "contact_id", score, pl.col("rank").cast(pl.Int64)
    )


def _points(folder: Path) -> pl.LazyFrame:
    frame = pl.scan_parquet(folder / "points.parquet")
    limit = pl.col("entry") == "score_limit" if "entry" in frame.collect_schema() else pl.lit(value=False)
    name = pl.col("rule_id").str.to_lowercase().str.replace_all(" ", "-", literal=True)
    return frame.select(
        "contact_id",
        pl.when(limit).then(pl.lit("score_limit")).otherwise(name).alias("rule"),
        pl.col("occurrences").cast(pl.Int64),
        (pl.col("points") * 10_000).round().cast(pl.Int64),
    )


if __name__ == "__main__":
    found = differences(Path(sys.argv[1]), Path(sys.argv[2]))
    print("{} scores and {} ledger rows differ".format(*found))
    if len(sys.argv) > 3:
        Path(sys.argv[3]).write_text("{} {}".format(*found), encoding="utf-8")
