"""Text from the data as shown on the page: one line, no hidden or reversed text, truncated by width."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from flamescore.text import for_page, terminal_columns

WIDTH: Final = 60
_CODES: Final = 4
"""The maximum number of code points per column of width; a letter may have hundreds of combining marks."""


@lru_cache(maxsize=2048)  # a name recurs in the row, the ledger and labels of links
def shown(text: str, width: int = WIDTH) -> str:
    """Return text on one line, truncated to `width` columns with `…`: an ideograph takes two, a mark none.

    Control and direction characters become U+FFFD.
    """
    most = width * _CODES
    clean = for_page(text.strip()[: most + 1]).strip()
    if len(clean) <= width // 2:  # fits even if all are ideographs
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
