r"""Bytes that stand before the cells of a CSV file and keep its quotes from opening them: blanks and marks.

A parser takes a quote for one that opens a cell only where the cell begins. Two kinds of files put something
before it: those that write a blank behind each delimiter (`skip_spaces: true` takes it away), and those that
were put together of several, whose byte order marks (U+FEFF) stand at the start of records. A worked example,
with a comma as the delimiter and `'` as the quote:

    1, 'A, B'          becomes  1,'A, B'       the blank goes
    \ufeff'2',x        becomes  '\ufeff2',x    the mark goes into the cell, which loses it when it is read
    'so, ''hi'' ',x    stays, since all of its first cell is found at once
    3, 5' pipe         stays, since no quote stands where the cell begins
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
"""So many records with a stray quote must all be mended by `skip_spaces` for it to be named."""

_AHEAD: Final = 1 << 16
"""So many bytes behind a record are looked at, for the quote that closes its last cell."""


class CellStarts(Struct, frozen=True):
    """How the cells of a file begin: what may part two of them, and what they are quoted with.

    `blanks`: whether blanks before a quote go. A tab is one unless cells may be parted by it.
    """

    delimiters: str
    quote: str
    blanks: bool

    def tidied(self, data: bytes) -> bytes:
        """Return whole lines of a file, the first of which begins a record, without what is in the way."""
        return _pattern(self).sub(_put_right, data)

    def copy(self, path: Path, to: Path, *, start: int = 0, shown: str) -> None:
        """Write a file again; its first `start` bytes stay as they are.

        A cell over several lines is seen whole up to `LONGEST` bytes of a file whose quotes are not in pairs.
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
    """Return a CSV file, read from a copy without marks before the quotes at the start of records."""
    path = spool.new()
    starts = CellStarts(file.delimiter, file.quote, blanks=False)
    starts.copy(file.data, path, start=file.start, shown=file.found.shown)
    return replace(file, data=path)


def mended_by_skipping(files: Sequence[Rejected], spool: Spool) -> bool:
    """Say whether `skip_spaces` would make the first `TRIED` records with a stray quote sound ones."""
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
    """Tidy the stretch of a file that holds some records, and look whether each of them has become sound."""
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
    """Return what finds a cell in quotes with all that stands before it, or marks on a line of their own."""
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
    """Return a quoted cell without what stood before it: marks stand inside of it, blanks nowhere."""
    if found["cell"] is not None:
        return found["cell"]
    first = found["first"]
    return b"" if first is None else first[:1] + found["marks"] + first[1:]
