r"""Bytes before the cells of a CSV file that keep quotes from opening them: blanks and byte order marks.

A parser lets a quote open a cell only at the very beginning of the cell. Two kinds of files put something
before it: those that write a blank after each delimiter (`skip_spaces: true` strips it), and those that were
concatenated from several files, with byte order marks (U+FEFF) at the start of records. A worked example,
with a comma as the delimiter and `'` as the quote:

    1, 'A, B'          becomes  1,'A, B'       the blank is removed
    \ufeff'2',x        becomes  '\ufeff2',x    the mark moves into the cell, and is stripped when it is read
    'so, ''hi'' ',x    unchanged, since its whole first cell is matched at once
    3, 5' pipe         unchanged, since no quote is at the beginning of a cell
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import polars as pl
from msgspec import Struct
from msgspec.structs import replace

from flamescore.exports.invisible_ends import MARK
from flamescore.exports.records import BLANK, LONGEST, STRAY
from flamescore.exports.tempfiles import BLOCK, copying

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from flamescore.exports.csv_records import CsvFile
    from flamescore.exports.rejects import Rejected
    from flamescore.exports.tempfiles import Spool

TRIED: Final = 100
"""How many records with a stray quote `skip_spaces` must fix, all of them, before it is suggested."""

_AHEAD: Final = 1 << 16
"""How many bytes after a record are searched for the quote that closes its last cell."""


class CellStarts(Struct, frozen=True):
    """How the cells of a file begin: the possible delimiters and the quote.

    `blanks`: whether blanks before a quote are removed. A tab is a blank unless it may be a delimiter.
    """

    delimiters: str
    quote: str
    blanks: bool

    def tidied(self, data: bytes) -> bytes:
        """Return whole lines of a file without the bytes before quotes; the first must begin a record."""
        return _pattern(self).sub(_put_right, data)

    def copy(self, path: Path, to: Path, *, start: int = 0, shown: str) -> None:
        """Write a tidied copy of a file; its first `start` bytes stay unchanged.

        Lines are held back until their quotes are paired, so that a multi-line cell is matched as a whole.
        Once `LONGEST` bytes are held, they are written anyway.
        """
        quote, held = self.quote.encode(), b""
        with copying(shown), path.open("rb") as source, to.open("wb") as target:
            target.write(source.read(start))
            while piece := source.read(BLOCK):
                held += piece
                end = held.rfind(b"\n") + 1
                if end and (held.count(quote, 0, end) % 2 == 0 or len(held) >= LONGEST):
                    target.write(self.tidied(held[:end]))
                    held = held[end:]
            target.write(self.tidied(held))


def without_marks(file: CsvFile, spool: Spool) -> CsvFile:
    """Return a CSV file that reads from a copy without byte order marks before quotes that begin records."""
    path = spool.new()
    starts = CellStarts(file.delimiter, file.quote, blanks=False)
    starts.copy(file.data, path, start=file.start, shown=file.found.shown)
    return replace(file, data=path)


def fixed_by_skip_spaces(files: Sequence[Rejected], spool: Spool) -> bool:
    """Return whether `skip_spaces` would fix the first `TRIED` records with a stray quote."""
    left = TRIED
    for each in files:
        csv, sweep = each.table.csv, each.sweep
        if csv is None or sweep is None or not left:
            continue
        strays = sweep.places.filter(pl.col("state") == STRAY).head(left)
        if strays.height and not _all_sound(csv, strays, spool):
            return False
        left -= strays.height
    return left < TRIED


def _all_sound(file: CsvFile, strays: pl.DataFrame, spool: Spool) -> bool:
    """Tidy the part of a file that contains some records, and return whether each of them is now sound."""
    first, last = strays.row(0, named=True), strays.row(-1, named=True)
    with file.data.open("rb") as source:
        source.seek(first["start"])
        data = source.read(min(last["end"] + _AHEAD - first["start"], LONGEST))
    path = spool.new()
    path.write_bytes(CellStarts(file.delimiter, file.quote, blanks=True).tidied(data))
    damaged: set[int] = set()
    end = first["line"]
    for block in replace(file, data=path, start=0, line=first["line"]).blocks():
        end = block.line + len(block.breaks)
        if block.state is not None:
            faulty = (block.state > BLANK).nonzero()[0]
            damaged.update(block.lines(faulty).tolist())
    return not any(line in damaged for line in strays["line"] if line < end)


@lru_cache(maxsize=16)
def _pattern(starts: CellStarts) -> re.Pattern[bytes]:
    """Return a pattern for a quoted cell with the bytes before it, or for marks on a line of their own."""
    cuts, edge = re.escape(starts.delimiters.encode()), re.escape(starts.quote.encode())
    blank = b"[ \t]" if "\t" not in starts.delimiters else b" "
    blanks = blank + b"*+" if starts.blanks else b""
    inner = b"[^" + edge + b"]*+"
    quoted = edge + inner + b"(?:" + edge * 2 + inner + b")*+" + edge + b"(?=[" + cuts + rb"\r\n]|\Z)"
    at_line, at_cell = rb"(?<![^\n])", b"(?<![^" + cuts + rb"\n])"
    marks = b"(?P<marks>(?:" + MARK + b")++)"
    return re.compile(
        at_line + marks + b"(?:" + blanks + b"(?P<first>" + quoted + rb")|(?=[\r\n]|\Z))"
        b"|" + at_cell + blanks + b"(?P<cell>" + quoted + b")"
    )


def _put_right(found: re.Match[bytes]) -> bytes:
    """Return a quoted cell without the bytes before it: marks move into the cell, blanks are dropped."""
    if found["cell"] is not None:
        return found["cell"]
    first = found["first"]
    return b"" if first is None else first[:1] + found["marks"] + first[1:]
