"""Faults of the exports themselves, and their codes."""

from __future__ import annotations

from flamescore.errors import InputError, Problem

MISSING = "I001"
EMPTY = "I002"
TOO_OLD = "I003"
UNREADABLE = "I004"
ENCODING = "I005"
HEADER = "I006"
REJECTS = "I007"
IDS = "I008"
FRAME = "I009"
UNMAPPED = "P028"


def fault(code: str, message: str, hint: str | None = None) -> InputError:
    """Return one fault of the exports as an error to raise."""
    return InputError(Problem(code, message, None, hint))


def printable(name: str) -> str:
    """Return a name from outside on one line: what can't be printed, or is no text, is escaped."""
    text = name.encode("utf-8", "backslashreplace").decode()
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)
