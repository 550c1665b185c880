"""Runs whose scores are kept in the history of a folder, without scoring."""

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
"""Contact, score name, points and flames."""


def run_id(as_of: datetime, tail: str = "3f9a1c") -> str:
    return f"{as_of.astimezone(UTC):%Y-%m-%dT%H%M%SZ}-{tail}"


def utc(*when: int) -> datetime:
    return datetime(*when, tzinfo=UTC)  # type: ignore[misc,arg-type]


def scores(rows: Iterable[Row]) -> pl.DataFrame:
    """Return rows as `frames.SCORES`. Columns that the history doesn't read are null."""
    told = pl.DataFrame(list(rows), schema=["contact_id", "score_name", "score", "flames"], orient="row")
    others = [pl.lit(None, kind).alias(name) for name, kind in SCORES.items() if name not in told.columns]
    return told.select(*(pl.col(name).cast(SCORES[name]) for name in told.columns), *others)


def keep(output: Path, as_of: datetime, rows: Iterable[Row], tail: str = "3f9a1c") -> str:
    name = run_id(as_of, tail)
    write_history(output, name, scores(rows), modes(0o600))
    return name
