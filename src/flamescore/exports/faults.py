"""Faults of the exports themselves, and their codes."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from flamescore.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

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
UNMAPPED = "P028"
PRESET = "P029"


@contextmanager
def reading(name: str) -> Iterator[None]:
    """Turn what a reader says of a file that is torn inside into an error, without any of its data."""
    import polars as pl  # noqa: PLC0415 - the codes are needed without it too

    torn = (
        pl.exceptions.ComputeError,
        pl.exceptions.InvalidOperationError,
        pl.exceptions.SchemaError,
        pl.exceptions.PanicException,
        OSError,
    )
    try:
        yield
    except torn as error:
        text = f"`{printable(name)}` can't be read to its end: {type(error).__name__}."
        raise fault(UNREADABLE, text, "It is damaged inside: export it again.") from None


def fault(code: str, message: str, hint: str | None = None) -> InputError:
    """Return one fault of the exports as an error to raise."""
    return InputError(Problem(code, message, None, hint))


def printable(name: str) -> str:
    """Return a name from outside on one line: what can't be printed, or is no text, is escaped."""
    text = name.encode("utf-8", "backslashreplace").decode()
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)
