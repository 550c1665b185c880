"""What the disk refuses, in words: an error while writing becomes an `OutputError`, exit 6."""

from __future__ import annotations

import errno
import os
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from polars.exceptions import PolarsError

from flamescore.errors import InputError, OutputError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

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
    """Turn every error of the disk inside into an `OutputError`; only writing goes inside.

    Polars tells a full disk as a `ComputeError` or as an `OSError` without a number: both are known by the
    number in their text. Any other error of Polars is a fault of ours and passes.
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
    """Turn every error of the disk inside into an `InputError`."""
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
    text = f"{output} can't be written: {reason}; nothing was published"
    return OutputError(Problem("O002", text, hint=hint))
