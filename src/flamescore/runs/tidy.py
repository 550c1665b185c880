"""Taking away what is no longer wanted: leftovers of killed runs, superseded runs, old runs."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final

from flamescore.runs.catalog import RUNS, Run, all_runs, latest_run
from flamescore.runs.disk import remove
from flamescore.runs.latest import BESIDE
from flamescore.stopping import unbroken

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

TEMPORARY: Final = ".tmp-"
GONE: Final = ".gone-"


def sweep(output: Path) -> None:
    """Remove what killed runs left: temporary folders, half-deleted runs, links that were not yet renamed."""
    leftovers = [
        *(output / RUNS).glob(f"{TEMPORARY}*"),
        *(output / RUNS).glob(f"{GONE}*"),
        *output.glob(f"{BESIDE}*"),
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
    doomed = [run for run in unwanted if run.run_id not in spared]
    done = {run.run_id: _discard(run.path) for run in doomed}
    return tuple(name for name, gone in done.items() if gone), tuple(
        name for name, gone in done.items() if not gone
    )


def prune(output: Path, keep_runs: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Delete the oldest runs until `keep_runs` are left, never the latest; return as `retire` does."""
    latest = latest_run(output)
    spared = {latest.run_id} if latest else set()
    done = {run.run_id: _discard(run.path) for run in _too_old(list(all_runs(output)), spared, keep_runs)}
    return tuple(name for name, gone in done.items() if gone), tuple(
        name for name, gone in done.items() if not gone
    )


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


def _discard(path: Path) -> bool:
    """Take a run away: first out of sight, in one step, so that nobody meets half a run."""
    gone = path.with_name(f"{GONE}{path.name}")
    with unbroken():
        try:
            path.rename(gone)
        except OSError:
            return False
        return remove(gone)
