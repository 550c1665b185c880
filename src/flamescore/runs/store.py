"""The output folder: hold it, begin a run in it, commit the run."""

from __future__ import annotations

import secrets
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from filelock import FileLock, Timeout

from flamescore.errors import LockedError, Problem
from flamescore.runs.catalog import (
    RUNS,
    Run,
    all_runs,
    check_link,
    find_run,
    latest_run,
    moves,
    point,
    stamp,
)
from flamescore.runs.disk import (
    Modes,
    flush,
    flush_tree,
    make_folder,
    modes,
    private,
    reading,
    remove,
    writing,
)
from flamescore.runs.failed import forget_failed
from flamescore.runs.retention import TEMPORARY, prune, retire, sweep
from flamescore.stopping import finish, unbroken

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from pathlib import Path

    from flamescore.project import KeepRuns

LOCK: Final = ".lock"


@dataclass(frozen=True, slots=True)
class Published:
    """What a commit did: the run, whether `latest` moved to it, the runs deleted, and those that resisted.

    `stays` is the run that `latest` leads to where it did not move, None where there is none.
    """

    run: Run
    latest: bool
    deleted: tuple[str, ...] = ()
    undeleted: tuple[str, ...] = ()
    stays: Run | None = None


@dataclass(frozen=True, slots=True)
class RunStore:
    """An output folder. `mode` gives the permissions of files, and of folders (see `disk.modes`)."""

    output: Path
    mode: int = 0o600

    def runs(self) -> tuple[Run, ...]:
        """Return every published run, oldest `as_of` first."""
        with reading(self.output):
            return all_runs(self.output)

    def latest(self) -> Run | None:
        """Return the run that `latest` points to, or None."""
        with reading(self.output):
            return latest_run(self.output)

    def find(self, run: str) -> Run:
        """Return a run by id, start of id, time, local day, or `latest`; else `NotFoundError`."""
        with reading(self.output):
            return find_run(self.output, run)

    @contextmanager
    def hold(self, timeout: float = 0.0) -> Iterator[HeldStore]:
        """Hold the output against other runs, and tidy up after killed ones.

        Waits `timeout` seconds, then raises `LockedError`. The kernel frees the lock with the process,
        however that ends: the file `.lock` stays, and blocks nobody.
        """
        bits = modes(self.mode)
        with writing(self.output):
            make_folder(self.output, bits.folder)
            lock = FileLock(self.output / LOCK, mode=0o600)
            try:
                lock.acquire(timeout=max(timeout, 0.0))
            except Timeout as error:
                raise _held(self.output, timeout) from error
        try:
            with writing(self.output):
                check_link(self.output)
                make_folder(self.output / RUNS, bits.folder)
                sweep(self.output)
            yield HeldStore(self.output, bits)
        finally:
            lock.release()


@dataclass(frozen=True, slots=True)
class HeldStore:
    """An output folder that this process holds."""

    output: Path
    bits: Modes

    @contextmanager
    def begin(self, as_of: datetime) -> Iterator[RunFolder]:
        """Make the hidden folder of a new run; only writing goes inside.

        Whatever leaves the block before `commit`, an interrupt too, removes the folder; an error of the disk
        becomes an `OutputError`.
        """
        with writing(self.output), private():
            run_id = self._free_id(as_of)
            path = self.output / RUNS / f"{TEMPORARY}{run_id}"
            try:
                with unbroken():
                    path.mkdir(mode=0o700)
                    path.chmod(0o700)
                yield RunFolder(path, run_id, as_of.astimezone(UTC).replace(microsecond=0), self)
            finally:
                with unbroken():
                    remove(path)

    def prune(
        self, keep_runs: int | KeepRuns, spared: Collection[str] = ()
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Delete the runs that are not to be kept, never the latest or `spared`; return as `retire` does."""
        with writing(self.output):
            return prune(self.output, keep_runs, spared)

    def _free_id(self, as_of: datetime) -> str:
        """Return an id that no run has. It is random: the same inputs scored twice are two runs."""
        while True:
            run_id = f"{stamp(as_of)}-{secrets.token_hex(3)}"
            if not (self.output / RUNS / run_id).exists():
                return run_id


@dataclass(frozen=True, slots=True)
class RunFolder:
    """A run that is being written: put files into `path`, then `commit`."""

    path: Path
    run_id: str
    as_of: datetime
    held: HeldStore = field(repr=False)

    def commit(
        self,
        *,
        make_latest: bool = False,
        ahead: bool = False,
        keep_runs: int | KeepRuns | None = None,
        meanwhile: Callable[[Run], Collection[str] | None] = lambda _: (),
    ) -> Published:
        """Publish the run: flush it, put it in its place, move `latest`, delete what it supersedes, prune.

        `latest` moves if the run is not earlier than the present one and not `ahead` of the clock, or if
        `make_latest`. An error before that leaves nothing published; after it, runs that can't be deleted are
        only told. `meanwhile` is called once the run is published and before anything is deleted; it returns
        the ids of further runs that must stay, None where none may be deleted.
        """
        output = self.held.output
        with writing(output):
            check_link(output)
            latest = make_latest or (not ahead and moves(output, self.as_of))
            flush_tree(self.path, self.held.bits)
            with unbroken():
                run = self._put_in_place(latest=latest)
                finish()
        spared = meanwhile(run)
        try:
            forget_failed(output)
            deleted, undeleted = (
                ((), ()) if spared is None else retire(output, run, keep_runs=keep_runs, spared=spared)
            )
        except OSError:  # it is published: what can't even be listed stays for the next run
            deleted, undeleted = (), ()
        return Published(run, latest, deleted, undeleted, None if latest else latest_run(output))

    def _put_in_place(self, *, latest: bool) -> Run:
        place = self.path.with_name(self.run_id)
        self.path.rename(place)
        try:
            flush(place.parent)
            if latest:
                point(self.held.output, self.run_id)
        except BaseException:
            if latest_run(self.held.output) != Run(self.run_id, self.as_of, place):
                place.rename(self.path)
            raise
        return Run(self.run_id, self.as_of, place)


def _held(output: Path, timeout: float) -> LockedError:
    text = f"another run holds {output} (waited {timeout:g} s); nothing was published"
    return LockedError(Problem("O001", text, hint="let it end, or wait longer with --lock-timeout SECONDS"))
