"""The output folder: lock it, begin a run in it, commit the run."""

from __future__ import annotations

import secrets
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from filelock import FileLock, Timeout
from msgspec import Struct
from msgspec.structs import replace

from flamescore.errors import LockedError, OutputError, Problem
from flamescore.findings import Severity, of_problem
from flamescore.project import S3
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
from flamescore.runs.remote import Moved, Remote
from flamescore.runs.retention import TEMPORARY, prune, retire, sweep
from flamescore.stopping import finish, unbroken

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from pathlib import Path

    from flamescore.findings import Finding
    from flamescore.project import KeepRuns, Project

LOCK: Final = ".lock"
REMOTE_LOCK: Final = ".output.lock"
"""The lock of an output in S3: it is in the state's folder, next to the state's own lock."""


class Published(Struct, frozen=True):
    """The result of a commit: the run, whether `latest` moved, and the ids of deleted and undeletable runs.

    `stays` is the run that `latest` points to if it did not move, None if there is none.
    """

    run: Run
    latest: bool
    deleted: tuple[str, ...] = ()
    undeleted: tuple[str, ...] = ()
    stays: Run | None = None
    place: str = ""
    """The location of the run: its folder, or its address in S3."""

    late: tuple[Finding, ...] = ()
    """Findings about what failed after the run was published."""


class RunStore(Struct, frozen=True):
    """An output folder. `mode` gives the permissions of files, and of folders (see `disk.modes`)."""

    output: Path
    mode: int = 0o600
    remote: Remote | None = None
    """The location of the runs, if it is S3; the folder then caches them."""

    @classmethod
    def of(cls, project: Project) -> RunStore:
        """Return the store of a project. For an output in S3, the folder is that of the state."""
        settings = project.settings
        if not settings.output.startswith(S3):
            return cls(project.output_folder, settings.mode)
        folder = project.output_folder
        return cls(folder, settings.mode, Remote(settings.output, folder, settings.mode))

    def runs(self) -> tuple[Run, ...]:
        """Return every published run, oldest `as_of` first; runs in S3 may have only their record locally."""
        self._look()
        with reading(self.output):
            return all_runs(self.output)

    def latest(self, *, whole: bool = True) -> Run | None:
        """Return the run that `latest` points to, or None; unless `whole`, only its record may be local."""
        self._look()
        with reading(self.output):
            found = latest_run(self.output)
        return self.whole(found) if found is not None and whole else found

    def find(self, run: str) -> Run:
        """Return a run by id, start of id, time, local day, or `latest`; else raise `NotFoundError`."""
        self._look()
        with reading(self.output):
            found = find_run(self.output, run)
        return self.whole(found)

    def whole(self, run: Run) -> Run:
        """Return a run whose files are all local; those of a run in S3 are fetched."""
        return run if self.remote is None else self.remote.whole(run)

    def _look(self) -> None:
        if self.remote is not None:
            with writing(self.output):
                self.remote.look()

    @contextmanager
    def hold(self, timeout: float = 0.0) -> Iterator[HeldStore]:
        """Lock the output against other runs, and clean up after killed ones.

        Wait up to `timeout` seconds, then raise `LockedError`. The kernel releases the lock when the process
        ends, in whatever way: the file `.lock` remains, but does not block anyone.
        """
        bits = modes(self.mode)
        with writing(self.output):
            make_folder(self.output, bits.folder)
            lock = FileLock(self.output / (LOCK if self.remote is None else REMOTE_LOCK), mode=0o600)
            try:
                lock.acquire(timeout=max(timeout, 0.0))
            except Timeout as error:
                raise _held(self.output, timeout) from error
        try:
            with writing(self.output):
                check_link(self.output)
                make_folder(self.output / RUNS, bits.folder)
                sweep(self.output)
                if self.remote is not None:
                    self.remote.look()
                    self.remote.tidy()
            yield HeldStore(self.output, bits, self.remote)
        finally:
            lock.release()


class HeldStore(Struct, frozen=True):
    """An output folder that this process has locked."""

    output: Path
    bits: Modes
    remote: Remote | None = None

    @contextmanager
    def begin(self, as_of: datetime) -> Iterator[RunFolder]:
        """Create the hidden folder of a new run; only write to disk inside the block.

        Leaving the block before `commit`, even by an interrupt, removes the folder. A disk error becomes an
        `OutputError`.
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
        """Delete the runs that `keep_runs` does not keep, never the latest or `spared`; see `retire`."""
        with writing(self.output):
            return prune(self.output, keep_runs, spared, self.remote)

    def _free_id(self, as_of: datetime) -> str:
        """Return an unused run id. It is random: scoring the same inputs twice makes two runs."""
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
        """Publish the run: flush it, put it in place, move `latest`, delete superseded runs, prune.

        `latest` moves if the run is not earlier than the current latest and not `ahead` of the clock, or with
        `make_latest`. An error before that leaves nothing published; after it, runs that can't be deleted are
        only reported. `meanwhile` is called once the run is published and before anything is deleted; it
        returns the ids of further runs to keep, or None if no run may be deleted.
        """
        output, remote = self.held.output, self.held.remote
        with writing(output):
            check_link(output)
            latest = make_latest or (not ahead and moves(output, self.as_of))
            flush_tree(self.path, self.held.bits)
            moved = latest if remote is None else self._upload(remote, wanted=latest, make_latest=make_latest)
            with unbroken():
                run = self._put_in_place(latest=moved)
                finish()
        # If another machine was faster, what was computed for the state is no longer valid.
        spared = meanwhile(run) if moved == latest else None
        late = () if remote is None else self._late(remote)
        try:
            from flamescore.runs.failed import forget_failed  # noqa: PLC0415 - it imports the tables

            forget_failed(output)
            deleted, undeleted = (
                ((), ())
                if spared is None
                else retire(output, run, keep_runs=keep_runs, spared=spared, remote=remote)
            )
        except OSError:  # the run is published; the next run deletes what can't even be listed now
            deleted, undeleted = (), ()
        place = str(run.path) if remote is None else remote.place(run.run_id)
        stays = None if moved else latest_run(output)
        return Published(run, moved, deleted, undeleted, stays, place, late)

    def _upload(self, remote: Remote, *, wanted: bool, make_latest: bool) -> bool:
        remote.upload(self.path, self.run_id)
        run = Run(self.run_id, self.as_of, self.path)
        return remote.move_latest(run, wanted=wanted, make_latest=make_latest) is Moved.TO_IT

    def _late(self, remote: Remote) -> tuple[Finding, ...]:
        """Upload the history; return errors as warnings, since the run is already published."""
        try:
            remote.history_changed()
        except OutputError as error:
            return tuple(
                replace(of_problem(each, "history"), severity=Severity.WARNING) for each in error.problems
            )
        return ()

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
    text = f"another run is writing to {output} (waited {timeout:g} s); nothing was published"
    return LockedError(Problem("O001", text, hint="let it end, or wait longer with --lock-timeout SECONDS"))
