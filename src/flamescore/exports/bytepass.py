"""Find the records of a CSV file by its bytes: where each begins, how many cells it has, which are damaged.

The parser pads short rows in silence and loses its way at a stray quote; this pass does not. It is
vectorised: numpy finds every separator, line end and quote of a block, and a record is sound when it has
one cell a column and its quotes open and close at the cells' edges. A block without a fault costs a few
operations on arrays. Where a quote is at fault the block ends before its record, and `careful` goes on.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from flamescore.exports.careful import careful
from flamescore.exports.csv_dialect import not_utf8
from flamescore.exports.records import (
    BLANK,
    LONG,
    LONGEST,
    NEWLINE,
    NUL,
    SHORT,
    SOUND,
    STRAY,
    UNCLOSED,
    Block,
    giant_line,
    read_at,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from flamescore.exports.csv_dialect import CsvFile

    Ints = NDArray[np.int64]

LARGE: Final = 1 << 18
SMALL: Final = 1 << 13
_RETURN: Final = 13


@dataclass(frozen=True, slots=True)
class _Found:
    """What one look at some bytes gave: whole records, and whether a quote is at fault after them.

    `state` is what each record is, where that is settled already.
    """

    ends: Ints
    cells: Ints
    breaks: Ints
    fault: int = SOUND
    state: NDArray[np.uint8] | None = None


def walk(file: CsvFile) -> Iterator[Block]:
    """Yield every record of a file, in blocks."""
    with file.data.open("rb", buffering=0) as source:
        pace, at, first, line = Pace(), file.start, 1, file.line
        total = source.seek(0, 2)
        while at < total:
            data = read_at(source, at, pace.size)
            last = at + len(data) >= total
            if last and not data.endswith(b"\n"):
                data += b"\n"
            torn, widest = pace.torn, last or len(data) >= LONGEST
            found = _torn(data, file, pace, last=last) if torn else _whole(data, file, pace, last=last)
            if len(found.ends):
                block = _block(data, found, file, at=at, first=first, line=line)
            elif torn and widest:
                block = giant_line(source, at, first=first, line=line)
            else:
                continue
            yield block
            at, first, line = int(block.ends[-1]), first + block.records, line + len(block.breaks)


@dataclass
class Pace:
    """How a file is gone over: in blocks of which size, record by record or not, and how long so."""

    size: int = field(default_factory=lambda: LARGE)
    torn: bool = False
    patience: int = 16

    def whole(self) -> None:
        """Note that a block was gone over as a whole."""
        if self.size >= LARGE:
            self.size, self.patience = LARGE, 16
        else:
            self.size *= 2

    def widen(self) -> None:
        """Note that no record ended within a block: see more, or cut off the first where that is too much."""
        if self.size < LONGEST:
            self.size = min(self.size * 4, LONGEST)
        else:
            self.torn = True

    def tear(self) -> None:
        """Go on record by record, until so many sound ones follow each other; more, each time anew."""
        self.torn, self.size = True, max(SMALL, min(self.size, SMALL * 8))
        self.patience = min(self.patience * 2, 4096)


def _whole(data: bytes, file: CsvFile, pace: Pace, *, last: bool) -> _Found:
    found = _look(data, file, last=last)
    if found.fault:
        pace.tear()
    elif len(found.ends):
        pace.whole()
    else:
        pace.widen()
    return found


def _torn(data: bytes, file: CsvFile, pace: Pace, *, last: bool) -> _Found:
    """Go over a damaged stretch record by record."""
    settled = careful(data, file, last=last, patience=pace.patience)
    if settled.calm:
        pace.torn, pace.size = False, SMALL
    elif not settled.ends and pace.size < LONGEST:
        pace.widen()
    ends = np.array(settled.ends, np.int64)
    consumed = np.frombuffer(data, np.uint8)[: settled.ends[-1] if settled.ends else 0]
    return _Found(ends, ends, np.flatnonzero(consumed == NEWLINE), state=settled.state())


def _look(data: bytes, file: CsvFile, *, last: bool) -> _Found:
    """Find the whole records at the beginning of some bytes, up to the first fault of a quote."""
    codes = np.frombuffer(data, np.uint8)
    mask = codes == NEWLINE
    if len(file.headers) > 1:
        mask |= codes == ord(file.delimiter)
    quoted = bool(file.quote) and file.quote.encode() in data
    if quoted:
        mask |= codes == ord(file.quote)
    places = np.flatnonzero(mask)
    kinds = codes[places]
    if quoted:
        return _with_quotes(codes, places, kinds, file, last=last)
    line_ends = np.flatnonzero(kinds == NEWLINE)
    ends = places[line_ends] + 1
    return _Found(ends, np.diff(line_ends, prepend=-1), ends - 1)


def _with_quotes(
    codes: NDArray[np.uint8], places: Ints, kinds: NDArray[np.uint8], file: CsvFile, *, last: bool
) -> _Found:
    is_quote = kinds == ord(file.quote)
    fault, limit = _first_fault(codes, places[is_quote], file, last=last)
    inside = np.cumsum(is_quote, dtype=np.int32) & 1
    every_break = places[kinds == NEWLINE]
    outside = (inside == 0) & ~is_quote
    if fault:
        outside &= places < limit
    places, kinds = places[outside], kinds[outside]
    line_ends = np.flatnonzero(kinds == NEWLINE)
    ends, cells = places[line_ends] + 1, np.diff(line_ends, prepend=-1)
    kept = _before_torn(ends, cells, every_break, len(file.headers))
    if kept < len(ends):
        ends, cells, fault = ends[:kept], cells[:kept], UNCLOSED
    over = int(np.searchsorted(every_break, ends[-1])) if len(ends) else 0
    return _Found(ends, cells, every_break[:over], fault)


def _before_torn(ends: Ints, cells: Ints, breaks: Ints, columns: int) -> int:
    """Return how many records come before one of several lines with a wrong number of cells.

    Its quote was closed by that of a later record: it is cut at its first line like any unclosed one.
    """
    wrong = np.flatnonzero(cells != columns)
    if not len(wrong):
        return len(ends)
    starts = np.where(wrong > 0, ends[wrong - 1], 0)
    torn = wrong[np.searchsorted(breaks, starts) < np.searchsorted(breaks, ends[wrong] - 1)]
    return int(torn[0]) if len(torn) else len(ends)


def _first_fault(codes: NDArray[np.uint8], quotes: Ints, file: CsvFile, *, last: bool) -> tuple[int, int]:
    """Return the kind of the first fault of a quote, and before which offset all is well.

    A quote opens after a separator, a line end or the quote that closed (two of them are one in the cell),
    and closes before one of these.
    """
    edges = np.zeros(256, np.bool_)
    edges[[ord(file.delimiter), NEWLINE, ord(file.quote)]] = True
    padded = np.empty(len(codes) + 2, np.uint8)
    padded[-2:] = NEWLINE
    padded[:-2] = codes
    opening, closing = quotes[0::2], quotes[1::2]
    opens = edges[np.where(opening > 0, codes[opening - 1], NEWLINE)]
    after = padded[closing + 1]
    closes = edges[after] | ((after == _RETURN) & (padded[closing + 2] == NEWLINE))
    bad_open = opening[~opens][:1]
    bad_close = closing[~closes][:1]
    if len(bad_open) and not (len(bad_close) and bad_close[0] < bad_open[0]):
        return STRAY, int(bad_open[0])
    if len(bad_close):
        return STRAY, int(bad_close[0])
    if last and len(quotes) % 2:
        return UNCLOSED, int(quotes[-1])
    return SOUND, len(codes)


def _block(data: bytes, found: _Found, file: CsvFile, *, at: int, first: int, line: int) -> Block:
    consumed = int(found.ends[-1])
    _check_text(data[:consumed], file, line)
    starts = np.empty_like(found.ends)
    starts[0], starts[1:] = 0, found.ends[:-1]
    state = found.state
    if state is None:
        state = _states(data[:consumed], found, starts, len(file.headers))
    return Block(starts + at, found.ends + at, state, found.breaks + at, first, line)


def _states(data: bytes, found: _Found, starts: Ints, columns: int) -> NDArray[np.uint8] | None:
    cells = found.cells
    lengths = found.ends - starts
    nul = b"\0" in data
    if not nul and bool((cells == columns).all()) and int(lengths.min()) > 2:  # noqa: PLR2004 - a blank line with its end
        return None
    state = np.where(cells < columns, SHORT, np.where(cells > columns, LONG, SOUND)).astype(np.uint8)
    if nul:
        zeros = np.flatnonzero(np.frombuffer(data, np.uint8) == 0)
        state[np.searchsorted(found.ends, zeros, side="right")] = NUL
    short = cells <= 1 if columns > 1 else lengths <= 2  # noqa: PLR2004
    for index in np.flatnonzero(short):
        if not data[starts[index] : found.ends[index]].strip():
            state[index] = BLANK
    return state


def _check_text(data: bytes, file: CsvFile, line: int) -> None:
    if data.isascii():
        return
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise not_utf8(file.found, line + data.count(b"\n", 0, error.start)) from None
