"""Copies of exports that can't be read where they lie; they go when the process ends, or earlier."""

from __future__ import annotations

import codecs
import os
import re
import shutil
import stat
import tempfile
import weakref
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from flamescore.input_errors import ENCODING, UNREADABLE, fault
from flamescore.stopping import unbroken

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from filelock import BaseFileLock

BLOCK: Final = 1 << 20
PREFIX: Final = "flamescore-"
LOCK: Final = "of-a-living-run.lock"
"""A name that no other folder has: only one that has it is ever deleted."""
_HIDDEN: Final = re.compile(rf"\.{PREFIX}([0-9]+)-[a-z0-9_]+", re.ASCII)
"""The name of a folder that is being made or deleted: it has the number of the process that does so."""
_OPEN: set[Spool] = set()


class Spool:
    """A private temporary folder, made when it is needed. Lazy frames read from it until it is closed."""

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._delete: Callable[[], object] = lambda: None
        self._files = 0

    def new(self) -> Path:
        """Return the path of a new file."""
        if self._folder is None:
            with unbroken():
                self._folder, lock = _private_folder()
                self._delete = weakref.finalize(self, _give_up, self._folder, lock)
                _OPEN.add(self)
        self._files += 1
        return self._folder / f"{self._files}.csv"

    def close(self) -> None:
        """Delete every copy."""
        self._delete()
        self._folder = None
        _OPEN.discard(self)


def delete_leftovers() -> None:
    """Delete what processes of this account left that are no more: nothing of a living one is ever touched.

    Those are folders whose lock nobody holds, for a lock goes with its process, however that ends; and hidden
    ones, which were just being made or deleted, whose process is gone.
    """
    from filelock import FileLock, Timeout  # noqa: PLC0415 - it takes time to import

    with suppress(OSError), unbroken():
        folder = Path(tempfile.gettempdir())
        for path in folder.glob(f"{PREFIX}*"):
            with suppress(OSError, Timeout):
                if _mine(path) and (path / LOCK).is_file():  # else taking the lock would make it
                    with FileLock(path / LOCK, blocking=False):
                        _delete(path)
        for path in folder.glob(f".{PREFIX}*"):
            with suppress(OSError):
                named = _HIDDEN.fullmatch(path.name)
                if named is not None and _mine(path) and not _lives(int(named[1])):
                    shutil.rmtree(path, ignore_errors=True)


def _mine(path: Path) -> bool:
    state = path.lstat()
    return stat.S_ISDIR(state.st_mode) and state.st_uid == os.geteuid()


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        pass
    return True


def _private_folder() -> tuple[Path, BaseFileLock]:
    """Make a folder that holds a lock; it has a hidden name until this process holds that."""
    from filelock import FileLock  # noqa: PLC0415 - it takes time to import

    hidden = Path(tempfile.mkdtemp(prefix=f".{PREFIX}{os.getpid()}-"))
    lock = FileLock(hidden / LOCK, thread_local=False)
    try:
        try:
            lock.acquire()
        except (OSError, NotImplementedError):  # nothing can be locked there: what a kill leaves will stay
            (hidden / LOCK).unlink(missing_ok=True)
        return hidden.rename(hidden.with_name(hidden.name.removeprefix("."))), lock
    except BaseException:
        shutil.rmtree(hidden, ignore_errors=True)
        raise


def _give_up(folder: Path, lock: BaseFileLock) -> None:
    with unbroken():
        _delete(folder)
        lock.release(force=True)


def _delete(folder: Path) -> None:
    """Delete a folder of copies, hidden first: where a kill comes between, its lock may be gone already."""
    hidden = folder.with_name(f".{PREFIX}{os.getpid()}-{folder.name.rpartition('-')[2]}")
    with suppress(OSError):
        folder = folder.rename(hidden)
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def copying(shown: str) -> Iterator[None]:
    """Turn the system's refusals while a file is copied into an error that names it."""
    try:
        yield
    except OSError as error:
        text = f"`{shown}` can't be copied to {tempfile.gettempdir()}: {error.strerror}."
        raise fault(UNREADABLE, text, "TMPDIR says which folder takes copies.") from None


def take_in(source: BinaryIO, to: Path, *, shown: str) -> int:
    """Write all that comes from a stream to a file; return how many bytes."""
    size = 0
    with copying(shown), to.open("wb") as target:
        while block := source.read(BLOCK):
            size += target.write(block)
    return size


def transcode(path: Path, to: Path, *, encoding: str, shown: str) -> None:
    """Write a file again as UTF-8, byte order mark left out. What does not decode stops with its line."""
    lines = 1
    with (
        copying(shown),
        path.open("rb") as source,
        to.open("w", encoding="utf-8", newline="") as target,
    ):
        try:
            for number, text in enumerate(_decoded(source, encoding)):
                target.write(text.removeprefix("\ufeff") if number == 0 else text)
                lines += text.count("\n")
        except UnicodeDecodeError as error:
            line = lines + error.object[: error.start].decode(encoding, "ignore").count("\n")
            text = f"`{shown}`: about line {line} does not read as {encoding}."
            raise fault(ENCODING, text, "Try another `encoding:`.") from None
        except UnicodeError:
            text = f"`{shown}`: {encoding} gives characters that are none."
            raise fault(ENCODING, text, "Try another `encoding:`.") from None


def _decoded(source: BinaryIO, encoding: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)()
    while block := source.read(BLOCK):
        yield decoder.decode(block)
    yield decoder.decode(b"", final=True)


def copy_ranges(path: Path, to: Path, ranges: Iterable[tuple[int, int]]) -> None:
    """Write byte ranges of a file one after the other."""
    with path.open("rb") as source, to.open("wb") as target:
        for start, end in ranges:
            source.seek(start)
            left = end - start
            while left > 0 and (block := source.read(min(BLOCK, left))):
                target.write(block)
                left -= len(block)


def with_line_feeds(path: Path, to: Path) -> None:
    """Write a file whose lines end with a carriage return alone with line feeds."""
    with path.open("rb") as source, to.open("wb") as target:
        while block := source.read(BLOCK):
            target.write(block.replace(b"\r", b"\n"))
