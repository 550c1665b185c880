"""Invisible characters at the ends of cells: taken away, told by bytes, and counted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from flamescore.invisible import ENDS, INVISIBLE
from flamescore.text import WHITE_SPACE

_TOLD: Final = frozenset(INVISIBLE) - frozenset(WHITE_SPACE)
_CLASS: Final = "[" + "".join(f"\\x{{{ord(each):x}}}" for each in ENDS) + "]+"
_AT_START, _AT_END = f"^({_CLASS})", f"({_CLASS})$"
_MOST_ENDS: Final = 10_000
_CONTROLS: Final = bytes(each for each in (*range(1, 32), 127) if each not in b"\t\n\r")
_BEYOND_ASCII: Final = tuple(each.encode() for each in INVISIBLE if not each.isascii())
_LEADS: Final = tuple(sorted({each[:-1] for each in _BEYOND_ASCII}))
"""All bytes but the last of the characters beyond ASCII in UTF-8, of which there are ten different ones."""


@dataclass(frozen=True, slots=True)
class Removed:
    """How many cells of a column had invisible characters at an end, and which, the commonest first."""

    cells: int
    characters: tuple[str, ...]

    @property
    def named(self) -> str:
        """Return the characters as `U+200B, U+FEFF`."""
        return ", ".join(f"U+{ord(each):04X}" for each in self.characters)


def with_bare_ends(cell: pl.Expr) -> pl.Expr:
    """Take white space and invisible characters from both ends of cells; null stays null."""
    return cell.str.strip_chars(ENDS)


def holds_any(data: bytes) -> bool:
    """Say whether UTF-8 bytes hold an invisible character anywhere; without one no cell need be looked at.

    A character that the end of a block splits is not seen: blocks end where lines do.
    """
    if len(data.translate(None, _CONTROLS)) < len(data):
        return True
    return not data.isascii() and any(_follows(data, lead) for lead in _LEADS if lead in data)


def _follows(data: bytes, lead: bytes) -> bool:
    """Say whether the last byte of an invisible character comes after its first ones anywhere."""
    codes = np.frombuffer(data + b"\0\0", np.uint8)
    places = np.flatnonzero(codes[:-2] == lead[0])
    if len(lead) > 1:
        places = places[codes[places + 1] == lead[1]]
    lasts = [each[-1] for each in _BEYOND_ASCII if each[:-1] == lead]
    return bool(np.isin(codes[places + len(lead)], lasts).any())


def has_invisible_ends(cell: pl.Expr) -> pl.Expr:
    """Mark cells of a String column with an invisible character at an end (false where one is missing).

    White space alone marks none.
    """
    return (cell.str.strip_chars(ENDS) != cell.str.strip_chars()).fill_null(value=False)


def removed(cells: pl.Series, rows: pl.Series | None = None) -> Removed:
    """Count the cells of a String column that lose something, for a note (I126).

    `rows` says how often each cell stands, where they are the distinct ones.
    """
    frame = pl.DataFrame(
        {"cell": cells, "rows": pl.repeat(1, len(cells), eager=True) if rows is None else rows}
    )
    frame = frame.filter(has_invisible_ends(pl.col("cell")))
    ends = frame.group_by(
        first=pl.col("cell").str.extract(_AT_START), last=pl.col("cell").str.extract(_AT_END)
    ).agg(pl.col("rows").sum())
    tally: Counter[str] = Counter()
    for first, last, many in (
        ends.sort("rows", "first", "last", descending=[True, False, False]).head(_MOST_ENDS).iter_rows()
    ):
        tally.update(dict.fromkeys(sorted({*(first or ""), *(last or "")} & _TOLD), many))
    ranked = sorted(tally, key=lambda character: (-tally[character], character))
    return Removed(int(ends["rows"].sum()), tuple(ranked))
