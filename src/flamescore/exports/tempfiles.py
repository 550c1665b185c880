"""Temporary copies of exports that can't be read in place: compressed files, streams, other encodings.

They are deleted when the process ends, or earlier.
"""

from __future__ import annotations

import codecs
import gzip
import os
import re
import shutil
import stat
import tempfile
import weakref
import zlib
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from msgspec.structs import replace

from flamescore.input_errors import ENCODING, UNREADABLE, fault
from flamescore.stopping import unbroken

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from filelock import BaseFileLock

    from flamescore.exports.find import Found

BLOCK: Final = 1 << 20
PREFIX: Final = "flamescore-"
LOCK: Final = "of-a-living-run.lock"
"""A file name that no other folder contains: without it, a visible folder is never deleted."""
_HIDDEN: Final = re.compile(rf"\.{PREFIX}([0-9]+)-[a-z0-9_]+", re.ASCII)
"""The name of a folder that is being created or deleted, with the id of the process that does so."""
_OPEN: set[Spool] = set()

ALWAYS_ALLOWED: Final = 1 << 28
MOST_TIMES: Final = 200
"""A file is refused if it unpacks to over `ALWAYS_ALLOWED` bytes and over this many times its size."""
_ZSTD_STEP: Final = 1 << 11
"""Bytes of Zstandard to unpack at a time: this few can't expand to more than about 64 MB."""


class _BrokenError(Exception):
    """The compressed data is malformed or truncated."""


class Spool:
    """A private temporary folder, created when first needed. Lazy frames read from it until it is closed."""

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
    """Delete what dead processes of this account left behind; folders of live processes are never touched.

    These are folders with an unheld lock, since a lock is released when its process ends, however it ends,
    and hidden folders that were being created or deleted by a process that no longer exists.
    """
    from filelock import FileLock, Timeout  # noqa: PLC0415 - slow to import

    with suppress(OSError), unbroken():
        folder = Path(tempfile.gettempdir())
        for path in folder.glob(f"{PREFIX}*"):
            with suppress(OSError, Timeout):
                if _mine(path) and (path / LOCK).is_file():  # or locking would create it
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
    """Create a folder with a lock; its name is hidden until this process holds the lock."""
    from filelock import FileLock  # noqa: PLC0415 - slow to import

    hidden = Path(tempfile.mkdtemp(prefix=f".{PREFIX}{os.getpid()}-"))
    lock = FileLock(hidden / LOCK, thread_local=False)
    try:
        try:
            lock.acquire()
        except (OSError, NotImplementedError):  # no locking there: leftovers of a killed process stay
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
    """Delete a folder of copies. It is hidden first: if killed midway, its lock may already be gone."""
    hidden = folder.with_name(f".{PREFIX}{os.getpid()}-{folder.name.rpartition('-')[2]}")
    with suppress(OSError):
        folder = folder.rename(hidden)
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def copying(shown: str) -> Iterator[None]:
    """Turn OS errors while a file is copied into an error that names it."""
    try:
        yield
    except OSError as error:
        text = f"`{shown}` can't be copied to {tempfile.gettempdir()}: {error.strerror}."
        raise fault(UNREADABLE, text, "TMPDIR says which folder takes copies.") from None


def take_in(source: BinaryIO, to: Path, *, shown: str) -> int:
    """Write everything from a stream to a file, and return the number of bytes."""
    size = 0
    with copying(shown), to.open("wb") as target:
        while block := source.read(BLOCK):
            size += target.write(block)
    return size


def transcode(path: Path, to: Path, *, encoding: str, shown: str) -> None:
    """Rewrite a file as UTF-8 without a byte order mark. If text does not decode, the error has its line."""
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
    """Write byte ranges of a file to another one, in order."""
    with path.open("rb") as source, to.open("wb") as target:
        _copy(source, target, ranges)


def cut_and_add(copy: Path, cut: int, path: Path, ranges: Iterable[tuple[int, int]]) -> None:
    """Cut the last `cut` bytes off a copy, and append byte ranges of a file."""
    with path.open("rb") as source, copy.open("r+b") as target:
        target.seek(-cut, os.SEEK_END)
        target.truncate()
        _copy(source, target, ranges)


def _copy(source: BinaryIO, target: BinaryIO, ranges: Iterable[tuple[int, int]]) -> None:
    for start, end in ranges:
        source.seek(start)
        left = end - start
        while left > 0 and (block := source.read(min(BLOCK, left))):
            target.write(block)
            left -= len(block)


def with_line_feeds(path: Path, to: Path) -> None:
    """Copy a file whose lines end with only a carriage return, with line feeds instead."""
    with path.open("rb") as source, to.open("wb") as target:
        while block := source.read(BLOCK):
            target.write(block.replace(b"\r", b"\n"))


# --- unpacking -----------------------------------------------------------------------------------------


def unpacked(found: Found, spool: Spool) -> Found:
    """Return the file with an unpacked copy as its path; its size and time stay those of the packed file.

    A file that is truncated, has trailing data, or unpacks to too much raises `InputError`.
    """
    if found.packed is None:
        return found
    path, written = spool.new(), 0
    allowed = max(ALWAYS_ALLOWED, MOST_TIMES * found.path.stat().st_size)
    unpack = _gzip if found.packed == "gz" else _zstandard(found.shown)
    try:
        with copying(found.shown), found.path.open("rb") as source, path.open("wb") as target:
            for piece in unpack(source):
                written += len(piece)
                if written > allowed:
                    text = f"`{found.shown}` unpacks to more than {MOST_TIMES} times its size."
                    raise fault(UNREADABLE, text, "Unpack it by hand if that is right.")
                target.write(piece)
    except _BrokenError:
        kind = "gzip" if found.packed == "gz" else "Zstandard"
        raise fault(UNREADABLE, f"`{found.shown}` is not a {kind} file, or is cut short.") from None
    return replace(found, path=path)


def _gzip(source: BinaryIO) -> Iterator[bytes]:
    """Unpack one gzip member after another; trailing zeros are padding."""
    try:
        with gzip.GzipFile(fileobj=source) as plain:
            while piece := plain.read(BLOCK):
                yield piece
    except (EOFError, gzip.BadGzipFile, zlib.error):
        raise _BrokenError from None


def _zstandard(shown: str) -> Callable[[BinaryIO], Iterator[bytes]]:
    """Return a function that unpacks Zstandard, which the standard library has only since Python 3.14.

    Frames are unpacked one by one, since the package's own reader accepts a truncated file as complete.
    """
    try:
        import zstandard  # noqa: PLC0415 - optional extra
    except ImportError:
        text = f"`{shown}` is packed with Zstandard, and the package zstandard is not installed."
        raise fault(UNREADABLE, text, "Install `flamescore[zst]`, or unpack the file.") from None

    def unpack(source: BinaryIO) -> Iterator[bytes]:
        data = _more(source)
        try:
            while data:
                frame = zstandard.ZstdDecompressor().decompressobj()
                yield frame.decompress(data)
                while not frame.eof:
                    yield frame.decompress(_more(source))
                data = frame.unused_data or source.read(_ZSTD_STEP)
        except zstandard.ZstdError:
            raise _BrokenError from None

    return unpack


def _more(source: BinaryIO) -> bytes:
    if data := source.read(_ZSTD_STEP):
        return data
    raise _BrokenError
