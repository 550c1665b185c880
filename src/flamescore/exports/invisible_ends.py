"""Invisible characters at the ends of cells: strip them, detect them in bytes, and count them."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

import numpy as np
import polars as pl
from msgspec import Struct, field

from flamescore.invisible import ENDS, INVISIBLE
from flamescore.text import WHITE_SPACE

_REPORTED: Final = frozenset(INVISIBLE) - frozenset(WHITE_SPACE)
_CLASS: Final = "[" + "".join(f"\\x{{{ord(each):x}}}" for each in ENDS) + "]+"
_AT_START, _AT_END = f"^({_CLASS})", f"({_CLASS})$"
_MOST_ENDS: Final = 10_000
_CONTROLS: Final = bytes(each for each in (*range(1, 32), 127) if each not in b"\t\n\r")
_SOUGHT: Final = np.isin(np.arange(1 << 16), [ord(each) for each in INVISIBLE])
"""For each of the first 65,536 code points, whether it is invisible; none beyond them is."""

MARK: Final = "\ufeff".encode()
"""A byte order mark, as UTF-8; files concatenated from several have it at the start of records."""

_MARKED: Final = re.compile(rb"(?:^|\n)(?:%b)+(?:[!-/:-@\[-`{-~]|\r?\n)" % MARK)
"""Such marks before what may be a quote, or on a line of their own."""

_TWO, _THREE, _FOUR = 0xC0, 0xE0, 0xF0
"""The lowest first bytes of two-, three- and four-byte characters in UTF-8."""


_MAYBE: Final = (
    (pl.col("c").str.len_bytes() != pl.col("c").str.len_chars())
    | (pl.col("c") < " ")
    | (pl.col("c") > "~")
    | ~pl.col("c").str.slice(-1).is_between(pl.lit(" "), pl.lit("~"))
)
"""Marks cells that may begin or end with an invisible character: not ASCII, or with a control at an end."""


class Removed(Struct, frozen=True):
    """How many cells of a column had invisible characters at an end, and which, most common first."""

    cells: int
    characters: tuple[str, ...]

    @property
    def named(self) -> str:
        """Return the characters as `U+200B, U+FEFF`."""
        return ", ".join(f"U+{ord(each):04X}" for each in self.characters)


def with_bare_ends(cell: pl.Expr) -> pl.Expr:
    """Strip white space and invisible characters from both ends of cells; null stays null."""
    return cell.str.strip_chars(ENDS)


def holds_any(data: bytes) -> bool:
    """Return whether UTF-8 bytes contain an invisible character. If not, no cell needs checking.

    A character split by the end of a block is not detected; blocks end at line ends, so none is split.
    """
    if len(data.translate(None, _CONTROLS)) < len(data):
        return True
    return not data.isascii() and _holds_beyond_ascii(data)


class InvisibleEnds(Struct, frozen=True):
    """The headers of a file under which cells with an invisible character at an end have been read so far.

    For binary formats, whose bytes can't be scanned for them in advance.
    """

    headers: set[str] = field(default_factory=set)

    def bare(self, cell: pl.Expr, header: str) -> pl.Expr:
        """Strip both ends of such cells; all other cells, and null, stay unchanged.

        Cells that are ASCII without controls at their ends cost only a few comparisons: 0.07 s for 5 million
        ids, where stripping all of them took 0.17 s.
        """

        def each(cells: pl.Series) -> pl.Series:
            doubtful = cells.to_frame("c").select(_MAYBE).to_series().arg_true()
            if not len(doubtful):
                return cells
            some = cells.gather(doubtful).to_frame("c")
            odd = some.select(has_invisible_ends(pl.col("c"))).to_series()
            if not odd.any():
                return cells
            self.headers.add(header)
            bare = some.filter(odd).select(with_bare_ends(pl.col("c"))).to_series()
            return cells.scatter(doubtful.filter(odd), bare)

        return cell.map_batches(each, return_dtype=pl.String(), is_elementwise=True)


def has_marks(data: bytes) -> bool:
    """Return whether a line begins with a byte order mark before a possible quote or the end of the line."""
    return MARK in data and _MARKED.search(data) is not None


def _holds_beyond_ascii(data: bytes) -> bool:
    """Return whether a non-ASCII character is invisible: compute all code points and look them up."""
    codes = np.frombuffer(data + b"\0\0", np.uint8)
    at = np.flatnonzero(codes >= _TWO)
    first, second, third = (codes[at + step].astype(np.int32) for step in range(3))
    two = (first & 0x1F) << 6 | second & 0x3F
    three = (first & 0x0F) << 12 | (second & 0x3F) << 6 | third & 0x3F
    points = np.where(first < _THREE, two, np.where(first < _FOUR, three, 0))
    return bool(_SOUGHT[points].any())


def has_invisible_ends(cell: pl.Expr) -> pl.Expr:
    """Mark cells of a String column with an invisible character at an end (false if the cell is missing).

    Cells with only white space at their ends are not marked.
    """
    return (cell.str.strip_chars(ENDS) != cell.str.strip_chars()).fill_null(value=False)


def removed(cells: pl.Series, rows: pl.Series | None = None) -> Removed:
    """Count the cells of a String column that lose characters, for a note (I126).

    `rows` has the number of occurrences of each cell, if `cells` are the distinct ones.
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
        tally.update(dict.fromkeys(sorted({*(first or ""), *(last or "")} & _REPORTED), many))
    ranked = sorted(tally, key=lambda character: (-tally[character], character))
    return Removed(int(ends["rows"].sum()), tuple(ranked))
