"""Retention: delete leftovers of killed runs, superseded runs and old runs; list the others as a table."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

import polars as pl
from msgspec import Struct

from flamescore.errors import FlamescoreError
from flamescore.findings import Finding, Severity
from flamescore.frames import INSTANT
from flamescore.runs.catalog import BESIDE, BESIDE_FAILED, RUNS, Run, all_runs, latest_run
from flamescore.runs.contents import PARTIAL, damages, strangers
from flamescore.runs.disk import reading, remove
from flamescore.runs.keep_runs import kept
from flamescore.runs.record import DamagedRunError
from flamescore.stopping import unbroken

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path

    from flamescore.project import KeepRuns
    from flamescore.runs.record import RunRecord
    from flamescore.runs.remote import Remote
    from flamescore.runs.store import RunStore

TEMPORARY: Final = ".tmp-"
GONE: Final = ".gone-"
UNDELETED: Final = "O105"


def sweep(output: Path) -> None:
    """Remove leftovers of killed runs: temporary folders, partly deleted runs, links not renamed yet."""
    leftovers = [
        *(output / RUNS).glob(f"{TEMPORARY}*"),
        *(output / RUNS).glob(f"{GONE}*"),
        *output.glob(f"{BESIDE}*"),
        *output.glob(f"{BESIDE_FAILED}*"),
    ]
    for path in leftovers:
        remove(path)


def retire(
    output: Path,
    made: Run,
    *,
    keep_runs: int | KeepRuns | None,
    spared: Collection[str] = (),
    remote: Remote | None = None,
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Delete superseded runs, then those that `keep_runs` does not keep (None: all are kept).

    Never delete the run just made, the latest, the run that the new one was compared with, or runs whose id
    is in `spared`. Days are those of the new run's time zone. Return the ids of the deleted runs, and of
    those that could not be deleted.
    """
    spared = {*spared, made.run_id, *_id(latest_run(output)), *_held_against(made)}
    runs = all_runs(output)
    unwanted = [run for run in _superseded(runs, made) if run.run_id not in spared]
    left = [run for run in runs if run not in unwanted]
    return _discarded([*unwanted, *_not_kept(left, spared, keep_runs, _zone(made))], remote)


def prune(
    output: Path,
    keep_runs: int | KeepRuns,
    spared: Collection[str] = (),
    remote: Remote | None = None,
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Delete the runs that `keep_runs` does not keep, never the latest or `spared`; return as `retire` does.

    Days are those in the time zone of the run with the latest `as_of`.
    """
    runs = all_runs(output)
    zone = _zone(runs[-1]) if runs else ZoneInfo("UTC")
    return _discarded(_not_kept(runs, {*spared, *_id(latest_run(output))}, keep_runs, zone), remote)


def _id(run: Run | None) -> tuple[str, ...]:
    return () if run is None else (run.run_id,)


def _held_against(run: Run) -> tuple[str, ...]:
    """Return the id of the run that a run was compared with, if any, and if its record can be read."""
    try:
        changes = run.record.changes
    except FlamescoreError:
        return ()
    return () if changes is None else (changes.run_id,)


def _zone(run: Run) -> ZoneInfo:
    """Return the time zone of a run's rule file; UTC if the record is damaged."""
    try:
        return ZoneInfo(run.record.timezone)
    except FlamescoreError:
        return ZoneInfo("UTC")


def _superseded(runs: Collection[Run], made: Run) -> Iterator[Run]:
    """Yield all but the newest run of each `as_of`; a killed run may have left one of any `as_of`."""
    for _, same in groupby(runs, key=lambda run: run.as_of):
        yield from sorted(same, key=lambda run: (run == made, _age(run)))[:-1]


def _age(run: Run) -> int:
    """Return when a run's folder was last modified, in nanoseconds: before it was published."""
    return run.path.stat().st_mtime_ns


def _not_kept(
    runs: Sequence[Run], spared: Collection[str], keep_runs: int | KeepRuns | None, zone: ZoneInfo
) -> list[Run]:
    if keep_runs is None:
        return []
    stay = {run.run_id for run in kept(runs, keep_runs, zone, spared)}
    return [run for run in runs if run.run_id not in stay]


def _discarded(runs: Sequence[Run], remote: Remote | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Delete runs, from the store first; return the ids of the deleted, and of those that failed."""
    left = () if remote is None else remote.delete(run.run_id for run in runs)
    done = {run.run_id: run.run_id not in left and _discard(run.path) for run in runs}
    return tuple(name for name, gone in done.items() if gone), tuple(
        name for name, gone in done.items() if not gone
    )


def _discard(path: Path) -> bool:
    """Delete a run: rename it first, so that readers never see a partly deleted run."""
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
        "to_call": pl.Int64(),
    }
)
"""One row per run. `hot` and `to_call` are of its default score; `damaged` is the name of a file.

`hot` uses the run's own `hot_flames`; `to_call` counts the hot contacts on the call list.
"""

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
"""One row per run: how many files were verified, the result (see `RESULTS`), and the damage of every file."""

SOUND, DAMAGED, NO_CHECKSUMS = "sound", "damaged", "no checksums"
RESULTS: Final = (SOUND, DAMAGED, NO_CHECKSUMS)


class RunList(Struct, frozen=True):
    """The existing runs: `table` is `LISTED`, newest `as_of` first; `zones` are the time zones, row by row.

    `damaged` are the runs found damaged by their files' sizes. What a damaged record does not tell is null.
    """

    table: pl.DataFrame
    zones: tuple[ZoneInfo, ...]
    damaged: tuple[DamagedRunError, ...]


def listed(store: RunStore) -> RunList:
    """Return the existing runs, from their records; of the tables only sizes are checked."""
    latest = store.latest(whole=False)
    with reading(store.output):
        found = [(run, next(damages(run, whole=False), None)) for run in reversed(store.runs())]
        rows = [_row(run, damaged, latest=run == latest) for run, damaged in found]
        zones = tuple(_zone(run) for run, _ in found)
    return RunList(
        pl.DataFrame(rows, schema=LISTED), zones, tuple(damaged for _, damaged in found if damaged)
    )


def checked(store: RunStore) -> tuple[pl.DataFrame, tuple[DamagedRunError, ...]]:
    """Read every byte of every run; return `CHECKED`, newest `as_of` first, and the first damage of each.

    Runs deleted in the meantime are left out.
    """
    latest = store.latest(whole=False)
    rows: list[dict[str, Any]] = []
    firsts: list[DamagedRunError] = []
    for run in map(store.whole, reversed(store.runs())):
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
        "bytes": _bytes(run),
        "damaged": None if damaged is None else damaged.file,
    }
    return dict.fromkeys(LISTED) | recorded | of_folder


def _of_record(record: RunRecord) -> dict[str, Any]:
    default = record.scores[0] if record.scores else None
    # Parts of a step, such as `score: events`, would count twice.
    seconds = sum(step.seconds for step in record.steps if ": " not in step.step)
    return {
        "contacts": record.contacts,
        "hot": None if default is None else record.hot_contacts,
        "to_call": None if default is None else record.to_call,
        "seconds": round(seconds, 3),
        "started_at": record.started_at,
    }


def _bytes(run: Run) -> int:
    if (run.path / PARTIAL).exists():
        return sum(each.bytes for each in run.record.files)
    return sum(path.stat().st_size for path in run.path.rglob("*") if path.is_file())


def undeleted(run_id: str) -> Finding:
    """Return the warning about a run that could not be deleted."""
    cure = "give the account the right to delete it, or delete its folder"
    return Finding(UNDELETED, Severity.WARNING, "runs", f"The old run {run_id} can't be deleted.", do=cure)
