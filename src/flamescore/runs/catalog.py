"""The published runs: their ids, finding one, and `latest`.

`latest` is a symbolic link, replaced atomically, so that it always points to a complete run.
"""

from __future__ import annotations

import os
import re
import secrets
from contextlib import suppress
from datetime import UTC, date, datetime
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from msgspec import Struct

from flamescore.errors import FlamescoreError, NotFoundError, OutputError, Problem
from flamescore.runs.disk import flush
from flamescore.runs.record import NAME, DamagedRunError, RunRecord, read_record
from flamescore.units import to_local

LATEST: Final = "latest"
RUNS: Final = "runs"
FAILED: Final = "failed"
BESIDE_FAILED: Final = ".failed-"
BESIDE: Final = ".latest-"
"""The prefix of the link's temporary name, before it is renamed."""

_NAME = re.compile(r"(\d{4}-\d{2}-\d{2}T\d{6}Z)-[0-9a-f]{6}", re.ASCII)
_NEAREST: Final = 3


class Run(Struct, frozen=True, dict=True):
    """A published run: its id, its `as_of` (UTC) and its folder, which is never a path through `latest`."""

    run_id: str
    as_of: datetime
    path: Path

    @cached_property
    def record(self) -> RunRecord:
        """Read its `run.json`; raise `DamagedRunError` if it is damaged or belongs to another run."""
        record = read_record(self.path)
        if (record.run_id, record.as_of.replace(microsecond=0)) != (self.run_id, self.as_of):
            raise DamagedRunError(self.path, NAME, "is the record of another run")
        return record

    @property
    def day(self) -> date:
        """The calendar day of its `as_of` in its rule file's time zone; in UTC if the record is damaged."""
        try:
            return to_local(self.as_of, ZoneInfo(self.record.timezone)).date()
        except FlamescoreError:
            return self.as_of.date()


def stamp(as_of: datetime) -> str:
    """Return `2026-11-21T020000Z` for an aware instant; fractions of a second are dropped."""
    utc = as_of.astimezone(UTC)
    return f"{utc.year:04d}-{utc:%m-%dT%H%M%SZ}"


def to_run(path: Path, *, there: bool = True) -> Run | None:
    """Return the run of a folder, or None if its name is not a run id; with `there` the folder must exist."""
    as_of = instant_of(path.name)
    if as_of is None or (there and (path.is_symlink() or not path.is_dir())):
        return None
    return Run(path.name, as_of, path)


def instant_of(run_id: str) -> datetime | None:
    """Return the `as_of` (UTC) contained in a run id; None if the text is not a run id."""
    found = _NAME.fullmatch(run_id)
    if found is None:
        return None
    try:
        return datetime.strptime(found[1], "%Y-%m-%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None


def all_runs(output: Path) -> tuple[Run, ...]:
    """Return every published run, oldest `as_of` first; empty if there is no output yet."""
    folder = output / RUNS
    if not folder.is_dir():
        return ()
    found = [run for path in folder.iterdir() if (run := to_run(path))]
    return tuple(sorted(found, key=lambda run: run.run_id))


def latest_run(output: Path) -> Run | None:
    """Return the run that `latest` points to, or None if the link is missing or dangling."""
    link = output / LATEST
    if not link.is_symlink():
        return None
    return to_run(output / RUNS / link.readlink().name)


def find_run(output: Path, text: str) -> Run:
    """Return a run by `latest`, its id, the start of its id, a time, or the local day of its `as_of`.

    If several match, return the one with the latest `as_of`. If none does, raise a `NotFoundError` that names
    the nearest.
    """
    if text == LATEST:
        return _latest(output)
    runs = all_runs(output)
    if not runs:
        raise _no_run(output)
    fitting = [run for run in runs if _fits(run, text)]
    if not fitting:
        raise _unknown(runs, text)
    return fitting[-1]


def _latest(output: Path) -> Run:
    run = latest_run(output)
    if run is None:
        raise _no_run(output)
    return run


def _fits(run: Run, text: str) -> bool:
    day = _day(text)
    if day is not None:
        return run.day == day
    return bool(text) and run.run_id.startswith(text.replace(":", "").removesuffix("+0000"))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == len("2026-01-01") else None
    except ValueError:
        return None


def _no_run(output: Path) -> NotFoundError:
    return NotFoundError(
        Problem("O004", f"there is no run in {output} yet", hint="flamescore score makes one")
    )


def _unknown(runs: tuple[Run, ...], text: str) -> NotFoundError:
    nearest = ", ".join(_nearest(runs, text))
    return NotFoundError(Problem("O004", f"there is no run {text!r}", hint=f"the nearest: {nearest}"))


def _nearest(runs: tuple[Run, ...], text: str) -> list[str]:
    day = _day(text)
    if day is None:
        ids = [run.run_id for run in runs]
        return get_close_matches(text, ids, n=_NEAREST, cutoff=0) or ids[-_NEAREST:]
    by_distance = sorted(runs, key=lambda run: (abs(run.day - day), run.run_id))
    return [run.run_id for run in by_distance[:_NEAREST]]


# --- the link `latest`


def check_link(output: Path) -> None:
    """Raise `OutputError` if `latest` exists but is not a link."""
    link = output / LATEST
    if os.path.lexists(link) and not link.is_symlink():
        text = f"{link} exists but is not a link, so it was left alone"
        raise OutputError(
            Problem("O003", text, hint="Move it, or use another output. Nothing was published.")
        )


def moves(output: Path, as_of: datetime) -> bool:
    """Return whether a run becomes the latest by default: its `as_of` is not before the current latest's."""
    present = latest_run(output)
    return present is None or as_of >= present.as_of


def point(output: Path, run_id: str) -> None:
    """Point `latest` at a published run."""
    check_link(output)
    beside = output / f"{BESIDE}{secrets.token_hex(4)}"
    beside.symlink_to(Path(RUNS) / run_id)
    try:
        beside.replace(output / LATEST)
    except OSError:
        beside.unlink(missing_ok=True)
        raise
    # From here on the run is the latest, even if the flush fails.
    with suppress(OSError):
        flush(output)
