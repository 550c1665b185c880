"""Signals that ask the program to stop: SIGINT, SIGTERM and SIGHUP.

They wait while the program starts, and while something is made or deleted that must be whole (`unbroken`);
else they raise `KeyboardInterrupt` or `TerminatedError`, and whatever is open tidies up on the way out. Only
the command line listens: in another program that uses the Python API nothing here has an effect.
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
"""Seconds until a stop that was lost is asked for again."""
_DEEPEST: Final = 100
"""How many exceptions that led to each other are looked at."""


class TerminatedError(BaseException):
    """SIGTERM or SIGHUP came."""


STOPS: Final = (KeyboardInterrupt, TerminatedError)


class _Phase(IntEnum):
    DEAF = 0
    STARTING = 1
    WORKING = 2


class _State:
    """What the handler goes by; the main thread alone writes it."""

    def __init__(self, phase: _Phase) -> None:
        self.phase = phase
        self.depth = 0
        """How many blocks hold signals back."""
        self.waiting: int | None = None
        self.asked: int | None = None
        """The signal that has raised last."""
        self.done = False
        """Whether what was asked of the program is done, so that a stop changes nothing of its outcome."""


_now = _State(_Phase.DEAF)


def listen() -> None:
    """Catch the signals from here on, and let them wait until `work`. One that is ignored stays so: nohup."""
    global _now  # noqa: PLW0603 - signals are the process's
    _now = _State(_Phase.STARTING)
    for number in SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _came)
    sys.unraisablehook = _lost


def work() -> None:
    """Let signals raise from here on; one that has come already does so now."""
    _now.phase = _Phase.WORKING
    _raise_waiting()


def finish() -> None:
    """Say that what was asked for is done, as when a run is published: a stop is no failure any more."""
    _now.done = True


def deafen() -> None:
    """Let no signal change anything from here on: the program leaves."""
    _now.phase = _Phase.DEAF
    for number in SIGNALS:
        if signal.getsignal(number) is _came:
            signal.signal(number, signal.SIG_IGN)


def asked() -> int | None:
    """Return the signal that has raised, None if none has: whatever fails after that fails because of it."""
    return _now.asked


def finished() -> bool:
    """Tell whether `finish` was called."""
    return _now.done


@contextmanager
def unbroken() -> Iterator[None]:
    """Hold signals back while something is done whole; one that came in between raises at the end."""
    state = _now
    if state.phase is _Phase.DEAF or threading.current_thread() is not threading.main_thread():
        yield  # signals raise in the main thread alone
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
    """Raise what a signal means, unless one is on its way already: a second must not stop the tidying up."""
    error = sys.exc_info()[1]
    for _ in range(_DEEPEST):
        if isinstance(error, STOPS):
            return
        error = None if error is None else error.__context__
    _now.asked = number
    raise KeyboardInterrupt if number == signal.SIGINT else TerminatedError


def _lost(lost: sys.UnraisableHookArgs) -> None:
    """Ask again for a stop that Python dropped, as in a finalizer; of other faults there nobody need know."""
    if issubclass(lost.exc_type, STOPS):
        number = signal.SIGINT if issubclass(lost.exc_type, KeyboardInterrupt) else signal.SIGTERM
        again = threading.Timer(_AGAIN, os.kill, (os.getpid(), number))
        again.daemon = True
        again.start()
