"""Faults of the exports themselves, and their codes."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from flamescore.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MISSING = "I001"
EMPTY = "I002"
TOO_OLD = "I003"
UNREADABLE = "I004"
ENCODING = "I005"
HEADER = "I006"
REJECTS = "I007"
IDS = "I008"
FRAME = "I009"
TOO_LARGE = "I010"
GIVEN = "I070"
UNMAPPED = "P028"
PRESET = "P029"
ACTION = "P034"
EXCLUDE = "P035"
LACKING = "I110"
OTHER_CASE = "I111"
UNCLEAR = "I113"
SHEETS = "I116"
UNUSED = "I117"
FOOTERS = "I132"
BELOW = "I133"
UNKNOWN = "I134"
GUESSED = "I137"
NO_ROWS = "I139"


DAMAGED = "Export it again."


@contextmanager
def reading(name: str | Callable[[], str], cure: str = DAMAGED) -> Iterator[None]:
    """Turn errors from Polars or the system while reading a file into an `InputError` that names the file.

    `name` may be a function, called only after an error. Of the original messages only the system's reason is
    reported, since they may contain cells. `PanicException` is not an `Exception`; Polars raises it if a
    damaged file violates one of its assumptions.
    """
    import polars as pl  # noqa: PLC0415 - the codes are also used without Polars

    try:
        yield
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        shown = name if isinstance(name, str) else name()
        if "ncrypt" in str(error):
            text, cure = f"`{shown}` is encrypted.", "Write it without encryption."
        else:
            why = getattr(error, "strerror", None)
            text = f"`{shown}` " + (
                f"can't be read: {why}." if why else "is damaged and can't be read to the end."
            )
        raise fault(UNREADABLE, text, cure) from None


def fault(code: str, message: str, hint: str | None = None) -> InputError:
    """Return a fault of the exports as an error to raise."""
    return InputError(Problem(code, message, None, hint))
