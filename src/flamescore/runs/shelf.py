"""The runs there are, as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl

from flamescore.frames import INSTANT
from flamescore.runs.contents import damages, strangers
from flamescore.runs.damage import DamagedRunError
from flamescore.runs.failures import reading

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from flamescore.runs.catalog import Run
    from flamescore.runs.record import RunRecord
    from flamescore.runs.store import RunStore

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
        "damaged": pl.String(),
    }
)
"""One row a run. `hot` is of its default score, by the run's own `hot_flames`; `damaged` names a file."""

CHECKED: Final = pl.Schema(
    {
        "run_id": pl.String(),
        "as_of": INSTANT,
        "latest": pl.Boolean(),
        "files": pl.Int64(),
        "result": pl.String(),
        "damage": pl.String(),
    }
)
"""One row a run: how many files were held against their checksums, `RESULTS`, and every file's damage."""

SOUND, DAMAGED, NO_CHECKSUMS = "sound", "damaged", "no checksums"
RESULTS: Final = (SOUND, DAMAGED, NO_CHECKSUMS)


def listed(store: RunStore) -> tuple[pl.DataFrame, tuple[DamagedRunError, ...]]:
    """Return `SHELF`, newest `as_of` first, and what is seen to be damaged by the sizes of the files.

    What a damaged record does not tell is null.
    """
    latest = store.latest()
    with reading(store.output):
        found = [(run, next(damages(run, whole=False), None)) for run in reversed(store.runs())]
        rows = [_row(run, damaged, latest=run == latest) for run, damaged in found]
    return pl.DataFrame(rows, schema=SHELF), tuple(damaged for _, damaged in found if damaged)


def checked(store: RunStore) -> tuple[pl.DataFrame, tuple[DamagedRunError, ...]]:
    """Read every byte of every run; return `CHECKED`, newest `as_of` first, and the first damage of each.

    Runs that are deleted meanwhile are left out.
    """
    latest = store.latest()
    rows: list[dict[str, Any]] = []
    firsts: list[DamagedRunError] = []
    for run in reversed(store.runs()):
        found = [*damages(run), *strangers(run)]
        if found and not run.path.exists():
            continue
        rows.append(_of_check(run, found, latest=run == latest))
        firsts += found[:1]
    return pl.DataFrame(rows, schema=CHECKED), tuple(firsts)


def _of_check(run: Run, found: Sequence[DamagedRunError], *, latest: bool) -> dict[str, Any]:
    try:
        files = len(run.record.files)
    except DamagedRunError:
        files = 0
    return {
        "run_id": run.run_id,
        "as_of": run.as_of,
        "latest": latest,
        "files": files,
        "result": DAMAGED if found else SOUND if files else NO_CHECKSUMS,
        "damage": "; ".join(f"{each.file} {each.why}" for each in found) or None,
    }


def _row(run: Run, damaged: DamagedRunError | None, *, latest: bool) -> dict[str, Any]:
    try:
        told = _told(run.record)
    except DamagedRunError:
        told = {}
    of_folder = {
        "run_id": run.run_id,
        "as_of": run.as_of,
        "latest": latest,
        "bytes": _bytes(run.path),
        "damaged": None if damaged is None else damaged.file,
    }
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
