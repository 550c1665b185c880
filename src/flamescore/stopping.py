"""Signals that stop the program: SIGINT, SIGTERM and SIGHUP.

They are held back while the program starts, and while something is written or deleted that must be atomic
(`unbroken`). Otherwise they raise `KeyboardInterrupt` or `TerminatedError`, and whatever is open cleans up on
the way out. Only the command line listens: this module has no effect in other programs that use the Python
API.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from contextlib import contextmanager
from enum import IntEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

SIGNALS: Final = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)
_AGAIN: Final = 0.01
"""Seconds until a lost stop is requested again."""
_DEEPEST: Final = 100
"""How many exceptions of a chain are examined."""


class TerminatedError(BaseException):
    """SIGTERM or SIGHUP was received."""


STOPS: Final = (KeyboardInterrupt, TerminatedError)


class _Phase(IntEnum):
    DEAF = 0
    STARTING = 1
    WORKING = 2


class _State:
    """What the handler depends on; only the main thread writes it."""

    def __init__(self, phase: _Phase) -> None:
        self.phase = phase
        self.depth = 0
        """How many blocks hold signals back."""
        self.waiting: int | None = None
        self.raised: int | None = None
        """The last signal that raised."""
        self.done = False
        """Whether the requested work is done, so that a stop no longer changes the outcome."""


_now = _State(_Phase.DEAF)


def listen() -> None:
    """Catch the signals from now on, and hold them back until `work`. Ignored ones stay ignored (nohup)."""
    global _now  # noqa: PLW0603 - signals belong to the process
    _now = _State(_Phase.STARTING)
    for number in SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _came)
    sys.unraisablehook = _lost


def work() -> None:
    """Let signals raise from now on; one that was received already raises now."""
    _now.phase = _Phase.WORKING
    _raise_waiting()


def finish() -> None:
    """Note that the requested work is done, for example a run published: a stop is no longer a failure."""
    _now.done = True


def deafen() -> None:
    """Ignore all signals from now on: the program is exiting."""
    _now.phase = _Phase.DEAF
    for number in SIGNALS:
        if signal.getsignal(number) is _came:
            signal.signal(number, signal.SIG_IGN)


def raised_signal() -> int | None:
    """Return the last signal that raised, or None. Any failure after it is a consequence of it."""
    return _now.raised


def finished() -> bool:
    """Return whether `finish` was called."""
    return _now.done


@contextmanager
def unbroken() -> Iterator[None]:
    """Hold signals back while a block runs to its end; a signal received meanwhile raises then."""
    state = _now
    if state.phase is _Phase.DEAF or threading.current_thread() is not threading.main_thread():
        yield  # signals only raise in the main thread
        return
    state.depth += 1
    try:
        yield
    finally:
        state.depth -= 1
        if state.phase is _Phase.WORKING and not state.depth:
            _raise_waiting()


def _came(number: int, _frame: FrameType | None) -> None:
    if _now.phase is _Phase.STARTING or _now.depth:
        _now.waiting = number
    elif _now.phase is _Phase.WORKING:
        _raise(number)


def _raise_waiting() -> None:
    number, _now.waiting = _now.waiting, None
    if number is not None:
        _raise(number)


def _raise(number: int) -> None:
    """Raise the exception for a signal, unless one is being handled: a second must not stop the cleanup."""
    error = sys.exc_info()[1]
    for _ in range(_DEEPEST):
        if isinstance(error, STOPS):
            return
        error = None if error is None else error.__context__
    _now.raised = number
    raise KeyboardInterrupt if number == signal.SIGINT else TerminatedError


def _lost(lost: sys.UnraisableHookArgs) -> None:
    """Request a stop again that Python dropped, as in a finalizer; ignore other errors there."""
    if issubclass(lost.exc_type, STOPS):
        number = signal.SIGINT if issubclass(lost.exc_type, KeyboardInterrupt) else signal.SIGTERM
        again = threading.Timer(_AGAIN, os.kill, (os.getpid(), number))
        again.daemon = True
        again.start()
