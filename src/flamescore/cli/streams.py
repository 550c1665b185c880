"""The three standard streams: always open, whatever the shell did, and writing to them never fails.

What can't be written to stderr is lost. A failed write to stdout is remembered, and handled in one place:
`check_stdout`.
"""

from __future__ import annotations

import io
import os
import select
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, TextIO

from flamescore.errors import OutputError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from _typeshed import ReadableBuffer

_STREAMS = 3
_STDERR = 2


class _Unfailing(io.FileIO):
    """A file descriptor that accepts everything written to it; `failure` is the first error."""

    failure: OSError | None = None

    def write(self, data: ReadableBuffer, /) -> int:
        """Write the data, or discard it after an error; wait for a non-blocking descriptor."""
        with memoryview(data) as view:
            size = view.nbytes
        try:
            while (written := super().write(data)) is None:
                select.select([], [self], [])
        except OSError as error:
            self.failure = self.failure or error
            return size
        return written


@contextmanager
def steady_streams() -> Iterator[None]:
    """Make sure that the three streams are open, and that writing to them never fails.

    Output of native code is discarded, since a panic of Polars shows values of cells: descriptor 2 is a copy
    of the null device until the block ends.
    """
    while (spare := os.open(os.devnull, os.O_RDWR)) < _STREAMS:  # closed descriptors get the null device
        pass
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = opened = _steady(sys.stdout, 1), _steady(sys.stderr, _STDERR)
    native = os.dup(_STDERR)
    os.dup2(spare, _STDERR)
    os.close(spare)
    try:
        yield
    finally:
        for stream in set(opened) - set(before):
            stream.close()
        os.dup2(native, _STDERR)
        os.close(native)
        sys.stdout, sys.stderr = before


def _steady(stream: TextIO | None, number: int) -> TextIO:
    """Return a stream to the same destination whose writes never fail, whatever the characters.

    A stream without a descriptor, as in a program that captures the output, is returned unchanged.
    """
    try:
        descriptor = number if stream is None else stream.fileno()
    except (OSError, ValueError):
        assert stream is not None
        return stream
    raw = _Unfailing(os.dup(descriptor), "w")
    return io.TextIOWrapper(
        io.BufferedWriter(raw),
        encoding="utf-8" if stream is None else stream.encoding,
        errors="replace",
        line_buffering=number == _STDERR or raw.isatty(),
    )


def check_stdout() -> None:
    """Raise `OutputError` if output to stdout was lost, unless its reader has gone away."""
    sys.stdout.flush()
    raw = getattr(getattr(sys.stdout, "buffer", None), "raw", None)
    if not isinstance(raw, _Unfailing) or raw.failure is None:
        return
    failure, raw.failure = raw.failure, None
    if not isinstance(failure, BrokenPipeError):
        why = failure.strerror or "the system refused"
        raise OutputError(Problem("O007", f"Standard output can't be written: {why}."))


def forget_stdout() -> None:
    """Ignore lost output to stdout."""
    with suppress(OutputError):
        check_stdout()
