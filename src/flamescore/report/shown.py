"""Text from the data as the page shows it: one line, nothing that hides or turns it around, cut by width."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from flamescore.text import for_page, terminal_columns

WIDTH: Final = 60
_CODES: Final = 4
"""Code points that a column of width may have: letters may bear hundreds of marks."""


@lru_cache(maxsize=2048)  # a name stands in the row, the ledger and the labels of links
def shown(text: str, width: int = WIDTH) -> str:
    """Return text on one line, cut to so many columns with `…`: an ideograph takes two, a mark none.

    Control and direction characters are U+FFFD.
    """
    most = width * _CODES
    clean = for_page(text.strip()[: most + 1]).strip()
    if len(clean) <= width // 2:  # even of ideographs
        return clean
    columns = [terminal_columns(each) for each in clean[:most]]
    if sum(columns) <= width and len(clean) <= most:
        return clean
    taken = 0
    for place, each in enumerate(columns):
        taken += each
        if taken > width - 1:
            return f"{clean[:place].rstrip()}…"
    return f"{clean[:most].rstrip()}…"
