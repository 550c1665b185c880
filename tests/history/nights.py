"""Runs whose scores are kept in the history of a folder, without a scoring."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import polars as pl

from flamescore.frames import SCORES
from flamescore.history import write_history
from flamescore.runs import modes

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

Row = tuple[str, str, float, int]
"""Contact, score, points, flames."""


def run_id(as_of: datetime, tail: str = "3f9a1c") -> str:
    return f"{as_of.astimezone(UTC):%Y-%m-%dT%H%M%SZ}-{tail}"


def utc(*when: int) -> datetime:
    return datetime(*when, tzinfo=UTC)  # type: ignore[misc,arg-type]


def scores(rows: Iterable[Row]) -> pl.DataFrame:
    """Make `frames.SCORES` of rows; what the history does not look at is nothing."""
    told = pl.DataFrame(list(rows), schema=["contact_id", "score_name", "score", "flames"], orient="row")
    others = [pl.lit(None, kind).alias(name) for name, kind in SCORES.items() if name not in told.columns]
    return told.select(*(pl.col(name).cast(SCORES[name]) for name in told.columns), *others)


def keep(output: Path, as_of: datetime, rows: Iterable[Row], tail: str = "3f9a1c") -> str:
    name = run_id(as_of, tail)
    write_history(output, name, scores(rows), modes(0o600))
    return name
