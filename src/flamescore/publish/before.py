"""The run before another, as what a new one is held against."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
from polars.exceptions import PolarsError

from flamescore.errors import FlamescoreError
from flamescore.insight.changes import Before

if TYPE_CHECKING:
    from datetime import datetime

    from flamescore.publish.runs import Run
    from flamescore.publish.store import RunStore


def run_before(store: RunStore, as_of: datetime) -> Run | None:
    """Return the run of the latest `as_of` before this one, whatever `latest` is; None for the first."""
    return next((run for run in reversed(store.runs()) if run.as_of < as_of), None)


def before(store: RunStore, as_of: datetime) -> tuple[Before | None, tuple[str, ...]]:
    """Read the run before, or say why it can't be read: a damaged one stops no new run."""
    run = run_before(store, as_of)
    if run is None:
        return None, ()
    try:
        record = run.record
        scores = pl.read_parquet(run.path / "scores.parquet", glob=False)
    except (FlamescoreError, PolarsError, OSError):
        return None, (f"the run before, {run.run_id}, can't be read: what changed is not told",)
    found = Before.of(
        run.run_id,
        record.as_of,
        scores=scores,
        names=[score.name for score in record.scores],
        text=record.rules.text,
        path=record.rules.path,
    )
    return found, ()
