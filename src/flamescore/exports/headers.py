"""What of a file's headers may be named in a message: where the header is missing, they are a row of data."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from flamescore.text import shape

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

_MOST: Final = 12
_ROW: Final = "That seems to be a row: a file without a header needs `header: false` and `names`."
_ADDRESS: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def nameable(headers: Collection[str]) -> Collection[str]:
    """Return the headers, none of them where they seem to be the cells of a row."""
    return () if any(map(_like_a_cell, headers)) else headers


def told(headers: Sequence[str], file: str = "It") -> str:
    """Name the first headers; where they seem to be the cells of a row, say that, and only their shapes."""
    if nameable(headers):
        return f"{file} has: {', '.join(headers[:_MOST])}."
    shapes = ", ".join(f"`{shape(each)}`" for each in headers[:_MOST])
    return f"{file} has: {shapes}. {_ROW}"


def _like_a_cell(header: str) -> bool:
    """Say whether a header is rather a cell: an e-mail address, or a number, date or phone number."""
    no_word = any(each.isdigit() for each in header) and not any(each.isalpha() for each in header)
    return no_word or _ADDRESS.fullmatch(header) is not None
