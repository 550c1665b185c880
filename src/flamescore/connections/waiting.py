"""Library calls that may never return, with a limit on how long to wait for them."""

from __future__ import annotations

from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Any, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

SECONDS: Final = 10
"""The longest wait for the first response of a database or store."""

_T = TypeVar("_T")


def answered(call: Callable[[], _T], seconds: float = SECONDS) -> _T:
    """Return what a call returns, or raise what it raises; `TimeoutError` if it does neither in time.

    After a timeout the call continues in a daemon thread, which does not keep the process alive.
    """
    came: SimpleQueue[tuple[Any, BaseException | None]] = SimpleQueue()

    def run() -> None:
        try:
            came.put((call(), None))
        except BaseException as error:  # noqa: BLE001 - raised again in the waiting thread
            came.put((None, error))

    Thread(target=run, daemon=True, name="flamescore-waits").start()
    try:
        value, error = came.get(timeout=seconds)
    except Empty:
        raise TimeoutError from None
    if error is not None:
        raise error
    found: _T = value
    return found
