"""The folder of the state: its lock, its permissions, and the database in it."""

from __future__ import annotations

import secrets
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from filelock import FileLock, Timeout
from msgspec import Struct

from flamescore.errors import LockedError, Problem
from flamescore.runs import Modes, flush, make_folder, modes, private, remove
from flamescore.state.database import FILE, converting_errors, make, opened

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from pathlib import Path

    from flamescore.project import Project

LOCK: Final = ".lock"
_OF_OTHERS: Final = frozenset(("cache", "runs", "latest", "failed", "history", ".output.lock"))
WAIT: Final = 130.0
"""How many seconds a scoring waits for the lock: sending ends after 120."""


class StateStore(Struct, frozen=True):
    """The folder of a project's state. `mode` has the permissions of its files, as for runs."""

    folder: Path
    mode: int = 0o600

    @classmethod
    def of(cls, project: Project) -> StateStore:
        """Return the store of a project: `state` in the project file, else `state` in the output folder."""
        return cls(project.state_folder, project.settings.mode)

    @property
    def file(self) -> Path:
        """Return the path of `state.sqlite`, which may not exist."""
        return self.folder / FILE

    @property
    def bits(self) -> Modes:
        """Return the permissions of files and folders in it."""
        return modes(self.mode)

    def exists(self) -> bool:
        """Return whether the database exists."""
        return self.file.exists()

    def left_behind(self) -> bool:
        """Return whether the folder exists, unless it contains only other output such as caches and runs."""
        if not self.folder.is_dir():
            return False
        names = {path.name for path in self.folder.iterdir()}
        return not names or not names <= _OF_OTHERS

    @contextmanager
    def hold(self, timeout: float = 0.0) -> Iterator[None]:
        """Lock the state against changes by other processes; wait up to `timeout` seconds for the lock.

        The folder must exist. The kernel releases the lock when the process ends, even after a crash.

        Raises:
            LockedError: another process holds the lock.
            StateDamagedError: the folder can't be written to.
        """
        lock = FileLock(self.folder / LOCK, mode=0o600)
        with converting_errors():
            try:
                lock.acquire(timeout=max(timeout, 0.0))
            except Timeout as error:
                text = f"another command is using {self.folder} (waited {timeout:g} s)"
                hint = "let it end, or wait longer with --lock-timeout SECONDS"
                raise LockedError(Problem("O001", text, hint=hint)) from error
        try:
            yield
        finally:
            lock.release()

    @contextmanager
    def hold_patiently(self) -> Iterator[None]:
        """Lock the state as a scoring does, which waits until a process that sends messages has finished."""
        with self.hold(WAIT):
            yield

    def make(self) -> None:
        """Create the folder and an empty database if they don't exist; a new folder is created atomically.

        Raises:
            StateDamagedError: they can't be written.
        """
        if self.exists():
            return
        with converting_errors(), private():
            if self.folder.is_dir():
                self._make_in(self.folder)
                return
            make_folder(self.folder.parent, self.bits.folder)
            beside = self.folder.with_name(f".{self.folder.name}-{secrets.token_hex(4)}")
            try:
                beside.mkdir(mode=0o700)
                self._make_in(beside)
                beside.chmod(self.bits.folder)
                beside.rename(self.folder)
                flush(self.folder.parent)
            finally:
                remove(beside)

    def _make_in(self, folder: Path) -> None:
        make(folder / FILE)
        (folder / FILE).chmod(self.bits.file)
        flush(folder / FILE)
        flush(folder)

    @contextmanager
    def open(self, *, write: bool = True) -> Iterator[sqlite3.Connection]:
        """Open the existing database: see `database.opened`."""
        with opened(self.file, write=write) as connection:
            yield connection
