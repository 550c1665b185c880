"""The three streams of the process: there whatever the shell did, and no write to them ever fails.

Whatever can't be said on stderr is lost. What can't be written to stdout is known afterwards, and judged in
one place: `check_stdout`.
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
    """A descriptor that takes all that is written to it; `failure` is the first that went wrong."""

    failure: OSError | None = None

    def write(self, data: ReadableBuffer, /) -> int:
        """Write, or throw away; a descriptor that does not block is waited for."""
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
    """Make sure that the three streams are there, and that writing to them stops nothing.

    What native code prints (a panic of Polars names values of cells) goes nowhere: descriptor 2 is a copy of
    the null device until the block ends.
    """
    while (spare := os.open(os.devnull, os.O_RDWR)) < _STREAMS:  # whatever is closed is pointed nowhere
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
    """Return a stream to where another leads; no character of a name stops it either.

    A stream without a descriptor, as of a program that catches what is said, stays as it is.
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
    """Raise `OutputError` where something for stdout was lost; not where its reader has gone away."""
    sys.stdout.flush()
    raw = getattr(getattr(sys.stdout, "buffer", None), "raw", None)
    if not isinstance(raw, _Unfailing) or raw.failure is None:
        return
    failure, raw.failure = raw.failure, None
    if not isinstance(failure, BrokenPipeError):
        why = failure.strerror or "the system refused"
        raise OutputError(Problem("O007", f"Standard output can't be written: {why}."))


def forget_stdout() -> None:
    """Let what was lost on stdout be no failure."""
    with suppress(OutputError):
        check_stdout()
