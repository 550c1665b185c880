"""Whether a regular expression is one, as the engine that will run it sees it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flamescore.rules.messages import Told

_LOOK_AROUND = re.compile(r"(?<!\\)(?:\\\\)*\(\?<?[=!]")
_BACK_REFERENCE = re.compile(r"(?<!\\)(?:\\\\)*\\(?:[1-9]|k<)")


def pattern_fault(pattern: str) -> Told | None:
    """Return what to tell of a pattern that Polars can't compile; None where it can."""
    reason = _fault_of(pattern)
    if reason is None:
        return None
    if "look-around" in reason or _LOOK_AROUND.search(pattern):
        message = "This regular expression looks ahead or behind, which is not supported."
        return "R075", message, "Say it with a second operator, such as `not_contains`."
    if "backreferences" in reason or _BACK_REFERENCE.search(pattern):
        message = "This regular expression refers back to a group, which is not supported."
        return "R075", message, "Write out what may be repeated."
    if "size limit" in reason:
        return "R074", "This regular expression is too large to run.", "Let it repeat less."
    hint = "A character meant as itself takes a `\\` before it: `\\?`. For plain text use `contains`."
    return "R074", f"This is no regular expression: {reason}.", hint


def _fault_of(pattern: str) -> str | None:
    import polars as pl  # noqa: PLC0415 - a rule file without `matches` is bound without it
    from polars.exceptions import ComputeError  # noqa: PLC0415

    try:
        pl.Series([""]).str.contains(f"(?i){pattern}")
    except ComputeError as error:
        return _reason(str(error))
    return None


def _reason(error: str) -> str:
    """Return the sentence in what the engine says of a pattern."""
    told = next((line for line in error.splitlines() if line.startswith("error: ")), error.splitlines()[0])
    return told.removeprefix("error: ").removeprefix("regex error: ").rstrip(".")
