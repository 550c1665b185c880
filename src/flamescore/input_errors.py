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
    """Turn whatever Polars and the system say while a file is read into an `InputError` that names the file.

    `name` may be worked out only when something is wrong. Of their texts nothing is told but why the system
    refused, since they may hold cells. `PanicException` is no `Exception`: Polars raises it where a damaged
    file breaks an assumption of its own.
    """
    import polars as pl  # noqa: PLC0415 - the codes are needed without it too

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
    """Return one fault of the exports as an error to raise."""
    return InputError(Problem(code, message, None, hint))
