"""The runs there are, as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl

from flamescore.errors import FlamescoreError
from flamescore.frames import INSTANT
from flamescore.publish.failures import reading

if TYPE_CHECKING:
    from pathlib import Path

    from flamescore.publish.record import RunRecord
    from flamescore.publish.runs import Run
    from flamescore.publish.store import RunStore

SHELF: Final = pl.Schema(
    {
        "run_id": pl.String(),
        "as_of": INSTANT,
        "latest": pl.Boolean(),
        "contacts": pl.Int64(),
        "hot": pl.Int64(),
        "bytes": pl.Int64(),
        "seconds": pl.Float64(),
        "started_at": INSTANT,
    }
)
"""One row a run. `hot` is of its default score, by the run's own `hot_flames`."""


def listed(store: RunStore) -> pl.DataFrame:
    """Return `SHELF`, newest `as_of` first; what a damaged record does not tell is null."""
    latest = store.latest()
    with reading(store.output):
        rows = [_row(run, latest=run == latest) for run in reversed(store.runs())]
    return pl.DataFrame(rows, schema=SHELF)


def _row(run: Run, *, latest: bool) -> dict[str, Any]:
    try:
        told = _told(run.record)
    except FlamescoreError:
        told = {}
    of_folder = {"run_id": run.run_id, "as_of": run.as_of, "latest": latest, "bytes": _bytes(run.path)}
    return dict.fromkeys(SHELF) | told | of_folder


def _told(record: RunRecord) -> dict[str, Any]:
    default = record.scores[0] if record.scores else None
    # Parts of a step, such as `score: events`, would count twice.
    seconds = sum(step.seconds for step in record.steps if ": " not in step.step)
    return {
        "contacts": record.contacts,
        "hot": None if default is None else sum(default.flames[record.hot_flames :]),
        "seconds": round(seconds, 3),
        "started_at": record.started_at,
    }


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
