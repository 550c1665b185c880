"""Calls of libraries that may never return: they are waited for so long and no longer."""

from __future__ import annotations

from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Any, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

SECONDS: Final = 10
"""Longer than this no database and no store is waited for, until it first answers."""

_T = TypeVar("_T")


def answered(call: Callable[[], _T], seconds: float = SECONDS) -> _T:
    """Return what a call returns, or raise what it raises; `TimeoutError` where it does neither in time.

    It goes on in a thread of its own then, which does not keep the process from ending.
    """
    came: SimpleQueue[tuple[Any, BaseException | None]] = SimpleQueue()

    def run() -> None:
        try:
            came.put((call(), None))
        except BaseException as error:  # noqa: BLE001 - it is raised where it is waited for
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
