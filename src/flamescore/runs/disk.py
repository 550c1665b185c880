"""Small moves on the disk: folders and files with exact permissions, flushing, removing."""

from __future__ import annotations

import errno
import os
import shutil
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_OWNER: Final = 0o600
_READ: Final = 0o444
_PLAIN: Final = 0o666


@dataclass(frozen=True, slots=True)
class Modes:
    """The permission bits of files and folders, whatever the umask."""

    file: int
    folder: int


def modes(mode: int) -> Modes:
    """Return the bits for files and folders from one mode: 0o640 and 0o750 are the same.

    Both mean files 0640 and folders 0750: who may read a file may enter a folder. The owner may always read
    and write.
    """
    file = (mode & _PLAIN) | _OWNER
    return Modes(file=file, folder=file | (file & _READ) >> 2)


@contextmanager
def private() -> Iterator[None]:
    """Make all that is made inside readable and writable for the owner alone, until its mode is set.

    The umask is the whole process's. Polars opens a new file a second time: a umask that takes the owner's
    rights away would stop it.
    """
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


def make_folder(folder: Path, mode: int) -> None:
    """Make the folder with this mode; one that is there stays as it is. Its parents get the usual modes."""
    if folder.is_dir():
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)
    folder.chmod(mode)


def flush_tree(folder: Path, bits: Modes) -> None:
    """Set the permissions of a folder and of all in it, and flush every byte and name to the disk."""
    for path in sorted(folder.iterdir()):
        if path.is_dir():
            flush_tree(path, bits)
        else:
            path.chmod(bits.file)
            flush(path)
    folder.chmod(bits.folder)
    flush(folder)


def flush(path: Path) -> None:
    """Flush a file or folder to the disk; a file system that can't flush folders is let off."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
    finally:
        os.close(descriptor)


def remove(path: Path) -> bool:
    """Remove a file, link or folder with all in it, as far as that goes; tell whether it is gone."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink(missing_ok=True)
    return not os.path.lexists(path)
