"""Find the records of a CSV file by its bytes: where each begins, how many cells it has, which are damaged.

The parser pads short rows in silence and loses its way at a stray quote; this pass does not. It is
vectorised: numpy finds every separator, line end and quote of a block, and a record is sound when it has
one cell a column and its quotes open and close at the cells' edges. A block without a fault costs a few
operations on arrays. Where a quote is at fault the block ends before its record, that record is cut off at
the end of its line, and smaller blocks follow, so that many faults don't make it slow.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from flamescore.exports.dialect import not_utf8

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import FileIO

    from numpy.typing import NDArray

    from flamescore.exports.dialect import CsvFile

    Ints = NDArray[np.int64]

LARGE: Final = 1 << 18
SMALL: Final = 1 << 13
LONGEST: Final = 1 << 23
"""A record that is longer, in bytes, is rejected: as one with an unclosed quote, if it has one."""

SOUND, BLANK, SHORT, LONG, NUL, STRAY, UNCLOSED, ENDLESS = range(8)
REASONS: Final = {
    SHORT: "short_row",
    LONG: "long_row",
    NUL: "nul_byte",
    STRAY: "stray_quote",
    UNCLOSED: "unclosed_quote",
    ENDLESS: "too_long",
}
_NEWLINE: Final = 10
_RETURN: Final = 13


@dataclass(frozen=True, slots=True)
class Block:
    """Some whole records, one after the other.

    `starts` and `ends` are byte offsets in the file (an end is past the line's end), `state` what each
    record is (`SOUND`, `BLANK`, `SHORT` ...), or None where all are sound; `first` the number of the first
    one that is not blank (1-based), `line` its line. `breaks` are the offsets of all line ends.
    """

    starts: Ints
    ends: Ints
    state: NDArray[np.uint8] | None
    breaks: Ints
    first: int
    line: int

    @property
    def records(self) -> int:
        """Return how many records there are, blank lines left out."""
        return len(self.ends) if self.state is None else int(np.count_nonzero(self.state != BLANK))

    def numbers(self) -> Ints:
        """Return each record's number; a blank line has that of the record after it."""
        if self.state is None:
            return np.arange(self.first, self.first + len(self.ends))
        told = self.state != BLANK
        numbers: Ints = np.cumsum(told) - told + self.first
        return numbers

    def lines(self, which: Ints) -> Ints:
        """Return the first line of some of the records, by position."""
        lines: Ints = np.searchsorted(self.breaks, self.starts[which]) + self.line
        return lines


@dataclass(frozen=True, slots=True)
class _Found:
    """What one look at some bytes gave: whole records, and whether a quote is at fault after them."""

    ends: Ints
    cells: Ints
    breaks: Ints
    fault: int = SOUND


def walk(file: CsvFile) -> Iterator[Block]:
    """Yield every record of a file, in blocks."""
    size = LARGE
    with file.data.open("rb", buffering=0) as source:
        total = source.seek(0, 2)
        at, first, line = file.start, 1, file.line
        while at < total:
            data = _bytes(source, at, size)
            last = at + len(data) >= total
            if last and not data.endswith(b"\n"):
                data += b"\n"
            found = _look(data, file, last=last)
            if not len(found.ends):
                if not found.fault and not last and size < LONGEST:
                    size *= 4
                    continue
                data, found = _cut(source, at, file)
                size = SMALL
            elif size < LARGE:
                size *= 2
            elif size > LARGE:
                size = LARGE
            block = _block(data, found, file, at=at, first=first, line=line)
            yield block
            at, first, line = int(block.ends[-1]), first + block.records, line + len(found.breaks)


def _bytes(source: FileIO, at: int, size: int) -> bytes:
    source.seek(at)
    data = source.read(size)
    while len(data) < size and (more := source.read(size - len(data))):
        data += more
    return data


def _look(data: bytes, file: CsvFile, *, last: bool) -> _Found:
    """Find the whole records at the beginning of some bytes, up to the first fault of a quote."""
    codes = np.frombuffer(data, np.uint8)
    mask = codes == _NEWLINE
    if len(file.headers) > 1:
        mask |= codes == ord(file.delimiter)
    quoted = bool(file.quote) and file.quote.encode() in data
    if quoted:
        mask |= codes == ord(file.quote)
    places = np.flatnonzero(mask)
    kinds = codes[places]
    if quoted:
        return _with_quotes(codes, places, kinds, file, last=last)
    line_ends = np.flatnonzero(kinds == _NEWLINE)
    ends = places[line_ends] + 1
    return _Found(ends, np.diff(line_ends, prepend=-1), ends - 1)


def _with_quotes(
    codes: NDArray[np.uint8], places: Ints, kinds: NDArray[np.uint8], file: CsvFile, *, last: bool
) -> _Found:
    is_quote = kinds == ord(file.quote)
    fault, limit = _first_fault(codes, places[is_quote], file, last=last)
    inside = np.cumsum(is_quote, dtype=np.int32) & 1
    every_break = places[kinds == _NEWLINE]
    outside = (inside == 0) & ~is_quote
    if fault:
        outside &= places < limit
    places, kinds = places[outside], kinds[outside]
    line_ends = np.flatnonzero(kinds == _NEWLINE)
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
    edges[[ord(file.delimiter), _NEWLINE, ord(file.quote)]] = True
    padded = np.empty(len(codes) + 2, np.uint8)
    padded[-2:] = _NEWLINE
    padded[:-2] = codes
    opening, closing = quotes[0::2], quotes[1::2]
    opens = edges[np.where(opening > 0, codes[opening - 1], _NEWLINE)]
    after = padded[closing + 1]
    closes = edges[after] | ((after == _RETURN) & (padded[closing + 2] == _NEWLINE))
    bad_open = opening[~opens][:1]
    bad_close = closing[~closes][:1]
    if len(bad_open) and not (len(bad_close) and bad_close[0] < bad_open[0]):
        return STRAY, int(bad_open[0])
    if len(bad_close):
        return STRAY, int(bad_close[0])
    if last and len(quotes) % 2:
        return UNCLOSED, int(quotes[-1])
    return SOUND, len(codes)


def _cut(source: FileIO, at: int, file: CsvFile) -> tuple[bytes, _Found]:
    """Return the damaged record at an offset: its line, and those after it that can only belong to it.

    A line belongs to it while the separators so far are too few and the line's own don't make them too many.
    """
    wanted = len(file.headers) - 1
    mark = file.delimiter.encode()
    record = _line(source, at)
    while (seen := record.count(mark)) < wanted:
        line = _line(source, at + len(record))
        if not 0 < line.count(mark) < wanted or seen + line.count(mark) > wanted:
            break
        record += line
    endless = ENDLESS if len(record) >= LONGEST else UNCLOSED
    alone = _look(record, file, last=True).fault or endless
    breaks = np.flatnonzero(np.frombuffer(record, np.uint8) == _NEWLINE)
    return record, _Found(np.array([len(record)]), np.array([0]), breaks, alone)


def _line(source: FileIO, at: int) -> bytes:
    parts: list[bytes] = []
    source.seek(at)
    while block := source.read(SMALL):
        end = block.find(b"\n") + 1
        parts.append(block[:end] if end else block)
        if end:
            break
    return b"".join(parts)


def _block(data: bytes, found: _Found, file: CsvFile, *, at: int, first: int, line: int) -> Block:
    consumed = int(found.ends[-1])
    _check_text(data[:consumed], file, line)
    starts = np.empty_like(found.ends)
    starts[0], starts[1:] = 0, found.ends[:-1]
    state = _states(data[:consumed], found, starts, len(file.headers))
    return Block(starts + at, found.ends + at, state, found.breaks + at, first, line)


def _states(data: bytes, found: _Found, starts: Ints, columns: int) -> NDArray[np.uint8] | None:
    cells = found.cells
    cut = len(cells) == 1 and cells[0] == 0
    lengths = found.ends - starts
    nul = b"\0" in data
    if not cut and not nul and bool((cells == columns).all()) and int(lengths.min()) > 2:  # noqa: PLR2004 - a blank line with its end
        return None
    state = np.where(cells < columns, SHORT, np.where(cells > columns, LONG, SOUND)).astype(np.uint8)
    if nul:
        zeros = np.flatnonzero(np.frombuffer(data, np.uint8) == 0)
        state[np.searchsorted(found.ends, zeros, side="right")] = NUL
    if cut:
        state[0] = found.fault
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
