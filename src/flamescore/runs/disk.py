"""Disk operations: exact permissions, flushing, removing; and the wording of disk errors."""

from __future__ import annotations

import errno
import os
import re
import shutil
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from polars.exceptions import PolarsError

from flamescore.errors import InputError, OutputError, Problem
from flamescore.stopping import unbroken

if TYPE_CHECKING:
    from collections.abc import Iterator

_OWNER: Final = 0o600
_READ: Final = 0o444
_PLAIN: Final = 0o666


class Modes(Struct, frozen=True):
    """The permission bits of files and folders, independent of the umask."""

    file: int
    folder: int


def modes(mode: int) -> Modes:
    """Return the bits for files and folders from one mode: 0o640 and 0o750 are equivalent.

    Both mean files 0640 and folders 0750: read permission on files implies execute permission on folders. The
    owner may always read and write.
    """
    file = (mode & _PLAIN) | _OWNER
    return Modes(file=file, folder=file | (file & _READ) >> 2)


@contextmanager
def private() -> Iterator[None]:
    """Make everything created inside the block accessible to the owner only, until its mode is set.

    This sets the umask of the whole process. It keeps the owner's permissions, since Polars opens a new file
    a second time.
    """
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


def make_folder(folder: Path, mode: int) -> None:
    """Create a folder with this mode; leave an existing one unchanged. New parents get default modes."""
    if folder.is_dir():
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)
    folder.chmod(mode)


def flush_tree(folder: Path, bits: Modes) -> None:
    """Set the permissions of a folder and everything in it, and flush all files and folders to disk."""
    for path in sorted(folder.iterdir()):
        if path.is_dir():
            flush_tree(path, bits)
        else:
            path.chmod(bits.file)
            flush(path)
    folder.chmod(bits.folder)
    flush(folder)


def flush(path: Path) -> None:
    """Flush a file or folder to disk; file systems that can't flush folders are tolerated."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
    finally:
        os.close(descriptor)


def remove(path: Path) -> bool:
    """Remove a file, link or folder with its contents, as far as possible; return whether it is gone."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink(missing_ok=True)
    return not os.path.lexists(path)


def replace_file(path: Path, data: bytes) -> None:
    """Replace a file atomically: write a temporary file next to it and rename that."""
    beside: str | None = None
    try:
        with unbroken():
            handle, beside = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(beside).replace(path)
    except BaseException:
        if beside is not None:
            Path(beside).unlink(missing_ok=True)
        raise


# --- disk errors


_OS_ERROR = re.compile(r"\(os error (\d+)\)")
_SPACE: Final = "free some space, or keep fewer runs with keep_runs, and run again"
_RIGHTS: Final = "give the account that runs flamescore the right to write there, or name another output"
_HINTS: Final = {
    errno.ENOSPC: _SPACE,
    errno.EDQUOT: _SPACE,
    errno.EFBIG: "raise the limit on file sizes (ulimit -f), or name another output",
    errno.EROFS: "name an output on a file system that can be written",
    errno.EACCES: _RIGHTS,
    errno.EPERM: _RIGHTS,
    errno.ENOTDIR: "name an output that is a folder, or that is not there yet",
    errno.EEXIST: "name an output that is a folder, or that is not there yet",
}


@contextmanager
def writing(output: Path) -> Iterator[None]:
    """Turn every disk error inside the block into an `OutputError`; only write inside it.

    Polars reports a full disk as a `ComputeError` or as an `OSError` without a number: both are recognized by
    the number in their text. Any other Polars error is a bug of the program and passes through.
    """
    try:
        yield
    except OSError as error:
        raise _refused(output, error.errno or _number(error)) from error
    except PolarsError as error:
        number = _number(error)
        if number is None:
            raise
        raise _refused(output, number) from error


@contextmanager
def reading(output: Path) -> Iterator[None]:
    """Turn every disk error inside the block into an `InputError`."""
    try:
        yield
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else "the disk refused it"
        raise InputError(Problem("O006", f"{output} can't be read: {reason}")) from error


def _number(error: Exception) -> int | None:
    found = _OS_ERROR.search(str(error))
    return int(found[1]) if found else None


def _refused(output: Path, number: int | None) -> OutputError:
    reason = os.strerror(number) if number else "the disk refused it"
    hint = _HINTS.get(number) if number else None
    text = f"Can't write to {output}: {reason}. Nothing was published."
    return OutputError(Problem("O002", text, hint=hint))
