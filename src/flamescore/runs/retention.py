"""Which runs stay: leftovers of killed runs, superseded runs and old ones go; the others as a table."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from flamescore.findings import Finding, Severity
from flamescore.frames import INSTANT
from flamescore.runs.catalog import BESIDE, RUNS, Run, all_runs, latest_run
from flamescore.runs.contents import damages, strangers
from flamescore.runs.disk import reading, remove
from flamescore.runs.failed import BESIDE_FAILED
from flamescore.runs.record import DamagedRunError
from flamescore.stopping import unbroken

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from pathlib import Path

    from flamescore.runs.record import RunRecord
    from flamescore.runs.store import RunStore

TEMPORARY: Final = ".tmp-"
GONE: Final = ".gone-"
UNDELETED: Final = "O105"


def sweep(output: Path) -> None:
    """Remove what killed runs left: temporary folders, half-deleted runs, links that were not yet renamed."""
    leftovers = [
        *(output / RUNS).glob(f"{TEMPORARY}*"),
        *(output / RUNS).glob(f"{GONE}*"),
        *output.glob(f"{BESIDE}*"),
        *output.glob(f"{BESIDE_FAILED}*"),
    ]
    for path in leftovers:
        remove(path)


def retire(output: Path, made: Run, *, keep_runs: int | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Delete superseded runs, then the oldest until `keep_runs` are left (None: all are kept).

    Neither the run just made nor the latest is ever among them. Returns the ids of the deleted, and of those
    that could not be.
    """
    latest = latest_run(output)
    spared = {made.run_id} | ({latest.run_id} if latest else set())
    unwanted = [*_superseded(all_runs(output), made)]
    kept = [run for run in all_runs(output) if run not in unwanted or run.run_id in spared]
    unwanted += _too_old(kept, spared, keep_runs)
    return _discarded(run for run in unwanted if run.run_id not in spared)


def prune(output: Path, keep_runs: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Delete the oldest runs until `keep_runs` are left, never the latest; return as `retire` does."""
    latest = latest_run(output)
    spared = {latest.run_id} if latest else set()
    return _discarded(_too_old(list(all_runs(output)), spared, keep_runs))


def _superseded(runs: Collection[Run], made: Run) -> Iterator[Run]:
    """Yield all but the newest run of each `as_of`: a killed run may have left one of another `as_of` too."""
    for _, same in groupby(runs, key=lambda run: run.as_of):
        yield from sorted(same, key=lambda run: (run == made, _age(run)))[:-1]


def _age(run: Run) -> int:
    """Return when a run's folder was last written to, in nanoseconds: before it was put in its place."""
    return run.path.stat().st_mtime_ns


def _too_old(runs: list[Run], spared: Collection[str], keep_runs: int | None) -> list[Run]:
    if keep_runs is None:
        return []
    surplus = max(0, len(runs) - keep_runs)
    return [run for run in runs if run.run_id not in spared][:surplus]


def _discarded(runs: Iterable[Run]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Take runs away; return the ids of those that are gone, and of those that resisted."""
    done = {run.run_id: _discard(run.path) for run in runs}
    return tuple(name for name, gone in done.items() if gone), tuple(
        name for name, gone in done.items() if not gone
    )


def _discard(path: Path) -> bool:
    """Take a run away: first out of sight, in one step, so that nobody meets half a run."""
    gone = path.with_name(f"{GONE}{path.name}")
    with unbroken():
        try:
            path.rename(gone)
        except OSError:
            return False
        return remove(gone)


# --- the runs as tables


LISTED: Final = pl.Schema(
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
    """Return `LISTED`, newest `as_of` first, and what is seen to be damaged by the sizes of the files.

    What a damaged record does not tell is null.
    """
    latest = store.latest()
    with reading(store.output):
        found = [(run, next(damages(run, whole=False), None)) for run in reversed(store.runs())]
        rows = [_row(run, damaged, latest=run == latest) for run, damaged in found]
    return pl.DataFrame(rows, schema=LISTED), tuple(damaged for _, damaged in found if damaged)


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
        recorded = _of_record(run.record)
    except DamagedRunError:
        recorded = {}
    of_folder = {
        "run_id": run.run_id,
        "as_of": run.as_of,
        "latest": latest,
        "bytes": _bytes(run.path),
        "damaged": None if damaged is None else damaged.file,
    }
    return dict.fromkeys(LISTED) | recorded | of_folder


def _of_record(record: RunRecord) -> dict[str, Any]:
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


def undeleted(run_id: str) -> Finding:
    """Return the warning of a run that could not be deleted."""
    cure = "give the account the right to delete it, or delete its folder"
    return Finding(UNDELETED, Severity.WARNING, "runs", f"The old run {run_id} can't be deleted.", do=cure)
