r"""Find the records of a CSV file by its bytes: where each begins, how many cells it has, which are damaged.

Polars' parser silently pads short rows and loses track at a stray quote; this pass does not. numpy finds
every delimiter, line feed and quote of a block. A quote is in place if it opens a cell at the cell's
beginning, or closes it at its end. Up to three methods are tried on a block, each more expensive:

1. From its first byte on, quotes open and close in turn. If each is in place, the quotes of the block are
   sound, and a line feed outside of them ends a record.
2. Otherwise each line is examined by itself, its first quote opening. If all are in place and the last one
   closes, the line is a record.
3. The other lines are resolved one by one with regular expressions (`_Form`): a record continues over several
   lines, or is damaged and is cut off at the end of its line.

For example, with two columns (`␊` is the line feed, below each line are offsets from the file's first byte):

    1,"a, b"␊  2,"two␊  lines"␊  3,x"y␊  4,"open␊  5,"z"␊
    0          9        16       23      29        37

The quotes are at 2, 7, 11, 21, 26, 31, 39 and 41. The first method takes 26 as an opening quote, but `x`
comes before it, so it is not in place. By the second method, lines 1 and 6 are records: their quotes at 2 and
39 open at the beginning of a cell, those at 7 and 41 close at the end. The delimiter at 4 is between quotes,
so line 1 has two cells. Line 2 has one quote; resolved by itself, its record continues to the end of line 3,
which is not examined again. Line 4 has a stray quote. The quote of line 5 would close at 39, but `z` follows;
so it was never closed, and the record is cut off at the end of its line. Records end at 9, 23, 29, 37 and 43:
sound, sound, stray quote, unclosed quote, sound. Without lines 4 and 5 the first method would be enough.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING, Final

import numpy as np
from msgspec import Struct

from flamescore.exports.records import (
    BLANK,
    LONG,
    NEWLINE,
    NUL,
    SHORT,
    SOUND,
    STRAY,
    SURPLUS,
    UNCLOSED,
    RecordCounter,
    decoded,
    read_blocks,
)
from flamescore.exports.tempfiles import copy_ranges

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from flamescore.exports.find import Found
    from flamescore.exports.records import Block, Lines, RecordScan
    from flamescore.exports.tempfiles import Spool

    Ints = NDArray[np.int64]
    Codes = NDArray[np.uint8]
    Bools = NDArray[np.bool_]

BLOCK_SIZE: Final = 1 << 18
_RETURN: Final = 13
_MOST_AT_ONCE: Final = 64


class CsvFile(Struct, frozen=True):
    """An open CSV file. `data` is the file or its readable copy.

    Records begin at byte `start`, line `line`.

    `headers` are stripped, one per column; `found_at` is the header's line if it was searched for and found
    further down. `quote` is empty if nothing is quoted.
    """

    found: Found
    data: Path
    delimiter: str
    quote: str
    headers: tuple[str, ...]
    start: int
    line: int
    notes: tuple[str, ...] = ()
    found_at: int | None = None

    def blocks(self, look: Callable[[bytes], None] | None = None) -> Iterator[Block]:
        """Yield every record, in blocks; `look` is called with the lines in which they are found."""

        def find(lines: Lines) -> tuple[Ints, Codes | None]:
            if look is not None:
                look(lines.data)
            return _find(lines, self)

        blocks = read_blocks(self.data, find, start=self.start, line=self.line, size=BLOCK_SIZE)
        return (block for block, _ in blocks)


def scan_records(file: CsvFile, spool: Spool, most: int) -> tuple[RecordScan, Path | None]:
    """Scan the bytes of a file once; unless every line is part of a sound record, copy the sound records."""
    counter = RecordCounter(most)
    ranges = _sound_ranges(file, counter)
    first = next(ranges, None)
    if counter.all_sound:
        return counter.scan(), None
    path = spool.new()
    copy_ranges(file.data, path, chain([] if first is None else [first], ranges))
    return counter.scan(), path


def _sound_ranges(file: CsvFile, counter: RecordCounter) -> Iterator[tuple[int, int]]:
    """Yield the longest runs of sound records as byte ranges; each block is added to the counter.

    A file in which every record is sound has a single run, yielded once the whole file has been scanned.
    """
    begun = ended = file.start
    for block in file.blocks(counter.look):
        counter.add(block)
        for start, end in _runs(block):
            if start != ended and ended > begun:
                yield begun, ended
            begun, ended = (begun, end) if start == ended else (start, end)
    if ended > begun:
        yield begun, ended


def _runs(block: Block) -> Iterator[tuple[int, int]]:
    if block.state is None:
        yield int(block.starts[0]), int(block.ends[-1])
        return
    edges = np.flatnonzero(np.diff(block.state <= SURPLUS, prepend=False, append=False))
    yield from zip(block.starts[edges[0::2]].tolist(), block.ends[edges[1::2] - 1].tolist(), strict=True)


# --- a whole block -------------------------------------------------------------------------------------


def _find(lines: Lines, file: CsvFile) -> tuple[Ints, Codes | None]:
    """Return where the complete records at the beginning of some lines end, and the state of each."""
    data, columns = lines.data, len(file.headers)
    if not data.isascii():
        decoded(data, shown=file.found.shown, line=lines.line)
    codes, marks = lines.codes, lines.feeds
    if columns > 1:
        marks = marks | (codes == ord(file.delimiter))
    quoted = bool(file.quote) and file.quote.encode() in data
    if quoted:
        marks = marks | (codes == ord(file.quote))
    at = np.flatnonzero(marks)
    kinds = codes[at]
    feeds = kinds == NEWLINE
    if not quoted:
        ends, cells = at[feeds] + 1, np.diff(np.flatnonzero(feeds), prepend=-1)
        return ends, _states(data, ends, cells, file)
    is_quote = kinds == ord(file.quote)
    quotes, seen = at[is_quote], np.cumsum(is_quote, dtype=np.int32)
    outside = ~is_quote & (seen & 1 == 0)
    ends, cells = at[outside & feeds] + 1, np.diff(np.flatnonzero(feeds[outside]), prepend=-1)
    if (
        (len(ends) or not lines.full)
        and not (lines.last and seen[-1] & 1)
        and _opens(codes, quotes[0::2], file).all()
        and _closes(codes, quotes[1::2], file).all()
        and not _spills(ends, np.flatnonzero(cells != columns), at[feeds])
    ):
        return ends, _states(data, ends, cells, file)
    return _line_by_line(lines, file, at, is_quote, seen)


def _opens(codes: Codes, quotes: Ints, file: CsvFile) -> Bools:
    """Return which quotes are where a cell begins, or follow a closing quote (a doubled quote in text)."""
    before = codes[quotes - 1]  # before the first byte this is the last byte, a line feed
    return _edges(file.delimiter, file.quote)[before]


def _closes(codes: Codes, quotes: Ints, file: CsvFile) -> Bools:
    """Return which quotes are where a cell ends, or are followed by a quote that opens again."""
    after = codes[quotes + 1]
    held = _edges(file.delimiter, file.quote)[after]
    returns = np.flatnonzero(after == _RETURN)
    held[returns] = codes[quotes[returns] + 2] == NEWLINE
    return held


@lru_cache(maxsize=16)
def _edges(delimiter: str, quote: str) -> Bools:
    edges = np.zeros(256, np.bool_)
    edges[[ord(delimiter), NEWLINE, ord(quote)]] = True
    return edges


def _spills(ends: Ints, wrong: Ints, feeds: Ints) -> bool:
    """Return whether a wrong record has several lines: the quote of a later record closed its quote."""
    if not len(wrong):
        return False
    lines = np.diff(np.searchsorted(feeds, ends), prepend=0)
    return bool((lines[wrong] > 1).any())


def _states(data: bytes, ends: Ints, cells: Ints, file: CsvFile) -> Codes | None:
    """Return the state of each record by its number of cells; None if all are sound."""
    columns = len(file.headers)
    if not len(ends):
        return None
    lengths = np.diff(ends, prepend=0)
    nul = b"\0" in data
    if not nul and bool((cells == columns).all()) and int(lengths.min()) > 2:  # noqa: PLR2004 - a blank line with its end
        return None
    state = np.where(cells < columns, SHORT, np.where(cells > columns, LONG, SOUND)).astype(np.uint8)
    long = np.flatnonzero(cells > columns)
    if len(long):
        state[long[_surplus(data, ends[long], cells[long] - columns, file)]] = SURPLUS
    if nul:
        zeros = np.flatnonzero(np.frombuffer(data, np.uint8) == 0)
        state[np.searchsorted(ends, zeros[zeros < ends[-1]], side="right")] = NUL
    short = cells <= 1 if columns > 1 else lengths <= 2  # noqa: PLR2004
    for index in np.flatnonzero(short):
        if not data[ends[index] - lengths[index] : ends[index]].strip():
            state[index] = BLANK
    return state


def _surplus(data: bytes, ends: Ints, more: Ints, file: CsvFile) -> Bools:
    """Return which long records have only empty cells past the header, `more` of them.

    Most such records end with adjacent delimiters; these are found in bulk.
    """
    codes, cut = np.frombuffer(data, np.uint8), ord(file.delimiter)
    stops = ends - 1
    stops = stops - (codes[stops - 1] == _RETURN)
    last = codes[stops - 1]
    empty: Bools = last == cut
    for many in np.unique(more[empty]).tolist():
        these = np.flatnonzero(empty & (more == many))
        if many > _MOST_AT_ONCE:
            empty[these] = [
                data[stop - many : stop] == file.delimiter.encode() * many for stop in stops[these]
            ]
        else:
            around = codes[stops[these, None] - np.arange(1, many + 1)]
            empty[these] = (around == cut).all(axis=1)
    cuts = file.delimiter.encode(), file.quote.encode()
    may_be = np.isin(last, np.frombuffer(f" \t{file.quote}{file.delimiter}".encode(), np.uint8))
    for index in np.flatnonzero(~empty & may_be).tolist():
        start = data.rfind(b"\n", 0, int(stops[index])) + 1
        empty[index] = _ends_blank(data[start : int(ends[index])], int(more[index]), *cuts)
    return empty


def _ends_blank(record: bytes, many: int, delimiter: bytes, quote: bytes) -> bool:
    """Return whether this many cells at the end of a record are blank, quoted or not."""
    end = len(record.rstrip(b"\r\n"))
    for _ in range(many):
        before = record.rfind(delimiter, 0, end)
        cell = record[before + 1 : end].strip(b" \t")
        if before < 0 or cell.removeprefix(quote).removesuffix(quote).strip(b" \t"):
            return False
        end = before
    return True


# --- line by line, record by record --------------------------------------------------------------------


def _line_by_line(
    lines: Lines, file: CsvFile, at: Ints, is_quote: Bools, seen: NDArray[np.int32]
) -> tuple[Ints, Codes | None]:
    """Examine each line by itself, and resolve those whose quotes are not in place."""
    codes, feeds = lines.codes, lines.feeds[at]
    line_ends = np.flatnonzero(feeds)
    before = np.concatenate([[0], seen[line_ends[:-1]]])
    odd = (seen - np.repeat(before, np.diff(line_ends, prepend=-1))) & 1 == 1
    outside = feeds | ~(is_quote | odd)
    ends, cells = at[feeds] + 1, np.diff(np.flatnonzero(feeds[outside]), prepend=-1)
    loose = odd[feeds]
    for quotes, hold in ((at[is_quote & odd], _opens), (at[is_quote & ~odd], _closes)):
        loose[np.searchsorted(ends, quotes[~hold(codes, quotes, file)], side="right")] = True
    state = _states(lines.data, ends, cells, file)
    return _settled(lines, file, ends, state, np.flatnonzero(loose))


def _settled(
    lines: Lines, file: CsvFile, ends: Ints, state: Codes | None, loose: Ints
) -> tuple[Ints, Codes | None]:
    """Resolve the records that begin in loose lines; lines that continue one of them are not records."""
    form = _form(file.delimiter, file.quote, len(file.headers))
    state = np.zeros(len(ends), np.uint8) if state is None else state
    own = np.ones(len(ends), np.bool_)
    every = ends.tolist()
    whole = len(every)
    reached = 0
    for line in loose.tolist():
        start = every[line - 1] if line else 0
        if start < reached:
            continue
        reached, found = form.record(lines.data, start, last=lines.last or (lines.full and not start))
        if not reached:
            whole = line
            break
        final = bisect_left(every, reached, line)
        own[line:final] = False
        state[final] = found
    own = own[:whole]
    return ends[:whole][own], state[:whole][own]


@lru_cache(maxsize=16)
def _form(delimiter: str, quote: str, columns: int) -> _Form:
    return _Form(delimiter.encode(), quote.encode(), columns)


class _Form:
    """How the records of a file are written, as patterns that never backtrack."""

    def __init__(self, delimiter: bytes, quote: bytes, columns: int) -> None:
        cut, edge = re.escape(delimiter), re.escape(quote)
        inner = rb"[^" + edge + rb"]*+"
        closed = edge + inner + edge + rb"(?:" + edge + inner + edge + rb")*+"
        plain = rb"[^" + edge + cut + rb"\n]*+"
        cell = rb"(?:" + closed + rb"(?=" + cut + rb"|\n|\r\n)|" + plain + rb")"
        self.delimiter, self.quote, self.columns = delimiter, quote, columns
        self.closed, self.plain = re.compile(closed), re.compile(plain)
        self.before = re.compile(rb"(?:" + cell + cut + rb")*+")
        self.sound = re.compile(rb"(?:" + cell + cut + rb")*+" + cell + rb"\r?\n")

    def record(self, data: bytes, at: int, *, last: bool) -> tuple[int, int]:
        """Return where the record at an offset ends, and its state; (0, SOUND) if more data is needed.

        No more data is needed for the `last` one.
        """
        whole = self.sound.match(data, at)
        if whole is None:
            goes_on = not last and self._fault(data, at) == UNCLOSED
            return (0, SOUND) if goes_on else self._cut(data, at, last=last)
        record = data[at : whole.end()]
        cells = self._cells(record)
        more = cells - self.columns
        surplus = more > 0 and _ends_blank(record, more, self.delimiter, self.quote)
        if more and not surplus and b"\n" in record[:-1]:
            return self._cut(data, at, last=last)
        if b"\0" in record:
            return whole.end(), NUL
        return whole.end(), SURPLUS if surplus else SHORT if more < 0 else LONG if more else SOUND

    def _cells(self, record: bytes) -> int:
        return self.closed.sub(b"", record).count(self.delimiter) + 1 if self.columns > 1 else 1

    def _cut(self, data: bytes, at: int, *, last: bool) -> tuple[int, int]:
        """Cut off the damaged record: its line, and the following lines that can only belong to it.

        A line belongs to it as long as the delimiters so far are too few, and its own do not make them too
        many.
        """
        wanted = self.columns - 1
        end = data.find(b"\n", at) + 1
        while (seen := data.count(self.delimiter, at, end)) < wanted:
            following = data.find(b"\n", end) + 1
            if not following:
                if not last:
                    return 0, SOUND
                break
            own = data.count(self.delimiter, end, following)
            if not 0 < own < wanted or seen + own > wanted:
                break
            end = following
        return end, self._alone(data[at:end])

    def _alone(self, record: bytes) -> int:
        """Return what is wrong with the quotes of some whole lines."""
        at = 0
        while at < len(record) and (whole := self.sound.match(record, at)):
            piece = record[at : whole.end()]
            if b"\n" in piece[:-1] and self._cells(piece) != self.columns:
                return UNCLOSED
            at = whole.end()
        return self._fault(record, at) if at < len(record) else UNCLOSED

    def _fault(self, data: bytes, at: int) -> int:
        """Return the first fault of a quote at or after an offset: it is stray, or it is never closed."""
        before = self.before.match(data, at)
        at = before.end() if before else at
        closed = self.closed.match(data, at)
        if closed is not None:
            end = closed.end()
            return UNCLOSED if end >= len(data) - 1 or data[end : end + 1] == self.quote else STRAY
        if data[at : at + 1] == self.quote:
            return UNCLOSED
        plain = self.plain.match(data, at)
        return UNCLOSED if plain is not None and plain.end() == len(data) else STRAY
