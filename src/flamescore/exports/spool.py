"""Copies of exports that can't be read where they lie; they go when the process ends, or earlier."""

from __future__ import annotations

import codecs
import os
import shutil
import stat
import tempfile
import weakref
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from flamescore.exports.faults import ENCODING, UNREADABLE, fault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from filelock import BaseFileLock

BLOCK: Final = 1 << 20
PREFIX: Final = "flamescore-"
LOCK: Final = "of-a-living-run.lock"
"""A name that no other folder has: only one that has it is ever deleted."""
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
    """Delete what killed processes of this account left: folders whose lock nobody holds.

    A lock goes with its process, however that ends; and a folder is locked before it has the name that is
    looked for here. So no folder of a living process is ever touched.
    """
    from filelock import FileLock, Timeout  # noqa: PLC0415 - it takes time to import

    with suppress(OSError):
        for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
            with suppress(OSError, Timeout):
                state = folder.lstat()
                mine = stat.S_ISDIR(state.st_mode) and state.st_uid == os.geteuid()
                if mine and (folder / LOCK).is_file():  # else taking the lock would make it
                    with FileLock(folder / LOCK, blocking=False):
                        shutil.rmtree(folder, ignore_errors=True)


def _private_folder() -> tuple[Path, BaseFileLock]:
    """Make a folder that holds a lock; it has a hidden name until this process holds that."""
    from filelock import FileLock  # noqa: PLC0415 - it takes time to import

    hidden = Path(tempfile.mkdtemp(prefix=f".{PREFIX}"))
    lock = FileLock(hidden / LOCK, thread_local=False)
    try:
        lock.acquire()
    except OSError:  # nothing can be locked there: what a kill leaves will stay
        (hidden / LOCK).unlink(missing_ok=True)
    return hidden.rename(hidden.with_name(hidden.name.removeprefix("."))), lock


def _give_up(folder: Path, lock: BaseFileLock) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    lock.release(force=True)


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
