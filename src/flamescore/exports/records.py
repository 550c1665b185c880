"""The records of a text file, CSV or NDJSON: where each one is, which are damaged, and their raw text."""

from __future__ import annotations

import codecs
from collections import Counter
from typing import TYPE_CHECKING, BinaryIO, Final, Protocol

import numpy as np
import polars as pl
from msgspec import Struct, field
from msgspec.structs import replace

from flamescore.exports.invisible_ends import has_marks, holds_any
from flamescore.input_errors import ENCODING, fault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from io import FileIO
    from pathlib import Path

    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Codes = NDArray[np.uint8]
    FindRecords = Callable[["Lines"], tuple[Ints, Codes | None]]

LAST: Final = 12
"""Number of records at the end of a file to check for a footer, including blank ones."""

LONGEST: Final = 1 << 23
"""Maximum length of a line, or of a record over several lines, in bytes; longer ones are rejected."""

KEPT: Final = 100_000
"""Number of rejects of a source to keep as rows, from the first one; the others are only counted."""

SOUND, SURPLUS, BLANK, SHORT, LONG, NUL, STRAY, UNCLOSED, ENDLESS, OBJECT = range(10)
"""States of a record; one with `SURPLUS` has more cells than the header, all empty, and is sound."""

REASONS: Final = {
    SHORT: "short_row",
    LONG: "long_row",
    NUL: "nul_byte",
    STRAY: "stray_quote",
    UNCLOSED: "unclosed_quote",
    ENDLESS: "too_long",
    OBJECT: "no_object",
}
NEWLINE: Final = 10
PLACES: Final = pl.Schema(
    {"record": pl.Int64(), "line": pl.Int64(), "start": pl.Int64(), "end": pl.Int64(), "state": pl.UInt8()}
)
_STEP: Final = 1 << 20

LONGEST_RAW: Final = 1 << 16
"""Maximum number of bytes of a reject's raw text to show."""

WHOLE: Final = 1 << 25
"""Bytes of raw text that a source may have before each further record is cut to `SHORT_RAW`."""

SHORT_RAW: Final = 256


class TextFile(Protocol):
    """A file whose records can be located."""

    @property
    def data(self) -> Path:
        """Return the path of its bytes, as UTF-8."""

    def blocks(self) -> Iterator[Block]:
        """Yield every record, in blocks."""


class Block(Struct, frozen=True):
    """Some complete, consecutive records.

    `starts` and `ends` are byte offsets in the file (an end is past the line end). `state` has the state of
    each record (`SOUND`, `BLANK`, `SHORT` ...), or is None if all are sound. `first` is the number of the
    first record that is not blank (1-based), `line` the line on which the block begins. `breaks` are the
    offsets of all line ends.
    """

    starts: Ints
    ends: Ints
    state: Codes | None
    breaks: Ints
    first: int
    line: int

    @property
    def records(self) -> int:
        """Return the number of records, without blank lines."""
        return len(self.ends) if self.state is None else int(np.count_nonzero(self.state != BLANK))

    def numbers(self) -> Ints:
        """Return the number of each record; a blank line has that of the record after it."""
        if self.state is None:
            return np.arange(self.first, self.first + len(self.ends))
        counted = self.state != BLANK
        numbers: Ints = np.cumsum(counted) - counted + self.first
        return numbers

    def lines(self, which: Ints) -> Ints:
        """Return the first line of each of some records, given by position."""
        lines: Ints = np.searchsorted(self.breaks, self.starts[which]) + self.line
        return lines


# --- reading in blocks ---------------------------------------------------------------------------------


class Lines(Struct, frozen=True):
    """Complete, consecutive lines of a file, each with its line feed; the first is line `line`.

    `codes` are their bytes as numbers, and `feeds` marks the line feeds. `last`: nothing follows. `full`: a
    record that begins on the first line will not be given more lines than these.
    """

    data: bytes
    codes: Codes
    feeds: NDArray[np.bool_]
    line: int
    last: bool
    full: bool


def read_blocks(
    path: Path, find: FindRecords, *, start: int, line: int, size: int
) -> Iterator[tuple[Block, bytes]]:
    """Yield the records of a file in blocks, with the lines in which they were found.

    The lines are empty if a line is too long to hold in memory.

    `find` returns where the complete records at the beginning of some lines end, and the state of each. If it
    finds none, it is called again with more lines, up to `LONGEST` bytes.
    """
    with path.open("rb", buffering=0) as source:
        total = source.seek(0, 2)
        at, first, wanted = start, 1, size
        while at < total:
            data = read_at(source, at, wanted)
            last = at + len(data) >= total
            if last and not data.endswith(b"\n"):
                data += b"\n"
            data = data[: data.rfind(b"\n") + 1]
            codes = np.frombuffer(data, np.uint8)
            lines = Lines(data, codes, codes == NEWLINE, line, last=last, full=wanted >= LONGEST)
            ends, state = find(lines) if data else (np.zeros(0, np.int64), None)
            if len(ends):
                starts = np.concatenate([[0], ends[:-1]])
                feeds = lines.feeds[: ends[-1]]
                alike = np.count_nonzero(feeds) == len(ends)
                breaks = ends - 1 if alike else np.flatnonzero(feeds)
                block = Block(starts + at, ends + at, state, breaks + at, first, line)
            elif lines.full:
                block = _giant_line(source, at, first=first, line=line)
            else:
                wanted = min(wanted * 4, LONGEST)
                continue
            yield block, data
            at, wanted = int(block.ends[-1]), size
            first, line = first + block.records, line + len(block.breaks)


def read_at(source: FileIO, at: int, size: int) -> bytes:
    """Read `size` bytes of a file, or fewer at its end."""
    source.seek(at)
    data = source.read(size)
    while len(data) < size and (more := source.read(size - len(data))):
        data += more
    return data


def _giant_line(source: FileIO, at: int, *, first: int, line: int) -> Block:
    """Return the line at an offset, which is too long to hold in memory, as a separate block."""
    end = at + LONGEST
    source.seek(end)
    while piece := source.read(_STEP):
        found = piece.find(b"\n") + 1
        end += found or len(piece)
        if found:
            break
    state = np.array([ENDLESS], np.uint8)
    return Block(np.array([at]), np.array([end]), state, np.array([end - 1]), first, line)


def decoded(data: bytes, *, shown: str, line: int) -> str:
    """Return lines of a file as text; raise `InputError` if they are not UTF-8. The first is line `line`."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line += data.count(b"\n", 0, error.start)
        text = f"Line {line} of `{shown}` is not UTF-8."
        hint = "Add `encoding: windows-1252` (or `latin-1`) to this source."
        raise fault(ENCODING, text, hint) from None


# --- counting and locating records ---------------------------------------------------------------------


class RecordScan(Struct, frozen=True):
    """The number of records in a file, the damaged ones by reason, and the places of the first of these.

    `places` (`PLACES`) has as many damaged records as requested, in order, and `last` the last records of the
    file, including blank ones. `surplus` is the number of records with empty cells past the header. `footers`
    are the numbers of the records that are not rows; they don't count as damaged. `invisible`: whether the
    bytes contain invisible characters that cells may begin or end with.
    """

    records: int
    counts: Mapping[str, int]
    places: pl.DataFrame
    last: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=PLACES))
    surplus: int = 0
    footers: tuple[int, ...] = ()
    invisible: bool = False
    marked: bool = False
    """Whether byte order marks are before a quote at the start of a record, or on lines of their own."""

    @property
    def damaged(self) -> int:
        """Return the number of damaged records."""
        return sum(self.counts.values())

    def flaws(self, most: int) -> pl.DataFrame:
        """Return `record, line, start, end, reason` of the first damaged records, in order."""
        names = pl.col("state").replace_strict(REASONS, return_dtype=pl.String())
        return self.places.head(most).select("record", "line", "start", "end", reason=names)

    def numbers(self, rows: pl.Series) -> Ints:
        """Return the record numbers of some rows of the sound records (0-based, sorted).

        Rows after more damaged records than `places` has are left out, since their numbers are not known.
        """
        damaged = self.places["record"].to_numpy()
        all_known = len(damaged) >= self.damaged
        if all_known and self.footers:
            damaged = np.sort(np.concatenate([damaged, np.array(self.footers, np.int64)]))
        sound_before = damaged - 1 - np.arange(len(damaged))
        at = rows.to_numpy().astype(np.int64)
        before = np.searchsorted(sound_before, at, side="right")
        numbers: Ints = at + 1 + before
        return numbers if all_known else numbers[before < len(damaged)]

    def without_footers(self, footers: pl.DataFrame) -> RecordScan:
        """Return the scan with some of the last records (`PLACES`) marked as footers."""
        numbers = tuple(footers["record"].to_list())
        counts = Counter(self.counts)
        counts.subtract(REASONS[state] for state in footers["state"] if state in REASONS)
        return replace(
            self,
            counts={reason: many for reason, many in counts.items() if many},
            places=self.places.filter(~pl.col("record").is_in(numbers)),
            surplus=self.surplus - int((footers["state"] == SURPLUS).sum()),
            footers=numbers,
        )


class RecordCounter(Struct):
    """A block-by-block count of the records of a file, with the places of the first `most` damaged ones."""

    most: int
    records: int = 0
    states: Ints = field(default_factory=lambda: np.zeros(OBJECT + 1, np.int64))
    places: list[tuple[Ints, ...]] = field(default_factory=list)
    last: list[Block] = field(default_factory=list)
    invisible: bool = False
    marked: bool = False

    def look(self, data: bytes) -> None:
        """Check some lines for invisible characters and byte order marks."""
        self.invisible = self.invisible or holds_any(data)
        self.marked = self.marked or has_marks(data)

    def add(self, block: Block) -> None:
        """Count the next block."""
        self.records += block.records
        self.last = [block] if len(block.ends) >= LAST else [*self.last[-LAST:], block]
        if block.state is None:
            return
        room = self.most - self._damaged()
        self.states += np.bincount(block.state, minlength=len(self.states))
        if room > 0:
            damaged = np.flatnonzero(block.state > BLANK)
            self.places.append(_places(block, damaged[:room]))

    @property
    def all_sound(self) -> bool:
        """Return whether every line so far was part of a sound record, neither damaged nor blank."""
        return not self.states[BLANK] and not self._damaged()

    def scan(self) -> RecordScan:
        """Return the scan of the records counted so far."""
        counts = {reason: int(self.states[state]) for state, reason in REASONS.items() if self.states[state]}
        last = [
            _places(block, np.arange(max(0, len(block.ends) - LAST), len(block.ends))) for block in self.last
        ]
        return RecordScan(
            self.records,
            counts,
            _stacked(self.places),
            _stacked(last).tail(LAST),
            int(self.states[SURPLUS]),
            invisible=self.invisible,
            marked=self.marked,
        )

    def _damaged(self) -> int:
        return int(self.states[BLANK + 1 :].sum())


def count_records(blocks: Iterable[Block], most: int) -> RecordScan:
    """Count all records, and note the places of the first `most` damaged ones."""
    counter = RecordCounter(most)
    for block in blocks:
        counter.add(block)
    return counter.scan()


def find_records(file: TextFile, numbers: Ints) -> pl.DataFrame:
    """Return `record, line, start, end` of records by their sorted numbers; the file is read again."""
    found: list[tuple[Ints, ...]] = []
    for block in file.blocks():
        low, high = np.searchsorted(numbers, [block.first, block.first + block.records])
        if low < high:
            mine = block.numbers()
            real = np.flatnonzero(block.state != BLANK) if block.state is not None else np.arange(len(mine))
            found.append(_places(block, real[np.searchsorted(mine[real], numbers[low:high])]))
        if high == len(numbers):
            break
    return _stacked(found).drop("state")


def _places(block: Block, which: Ints) -> tuple[Ints, ...]:
    state = np.zeros(len(which), np.uint8) if block.state is None else block.state[which]
    numbers, lines = block.numbers()[which], block.lines(which)
    return numbers, lines, block.starts[which], block.ends[which], state.astype(np.uint8)


def _stacked(parts: list[tuple[Ints, ...]]) -> pl.DataFrame:
    columns = zip(*parts, strict=True) if parts else ([np.zeros(0, np.int64)] for _ in PLACES)
    return pl.DataFrame(
        {name: np.concatenate(column) for name, column in zip(PLACES, columns, strict=True)}, schema=PLACES
    )


# --- raw text ------------------------------------------------------------------------------------------


class RawTexts(Struct):
    """The raw texts of a source's rejects, made one after the other; `used` is the number of bytes so far.

    Text past a limit is cut, and a note says so.
    """

    used: int = 0

    def of_file(self, file: TextFile, places: pl.DataFrame) -> list[str]:
        """Return the text of the records at byte ranges `start, end`, without line ends."""
        texts = []
        with file.data.open("rb") as source:
            total = source.seek(0, 2)
            for start, end in places.select("start", "end").iter_rows():
                size = _without_line_end(source, start, min(end, total)) - start
                source.seek(start)
                texts.append(self.cut(source.read(min(size, LONGEST_RAW)), size))
        return texts

    def cut(self, data: bytes, size: int) -> str:
        """Return the text of a record of `size` bytes, of which `data` are the first ones."""
        most = LONGEST_RAW if self.used < WHOLE else SHORT_RAW
        self.used += min(size, most)
        if size <= most:
            return data.decode("utf-8", "replace")
        # An incremental decoder drops a character that the cut splits.
        text = codecs.getincrementaldecoder("utf-8")("replace").decode(data[:most])
        return f"{text} [cut: the record has {size:,} bytes]"


def _without_line_end(source: BinaryIO, start: int, end: int) -> int:
    source.seek(max(start, end - 2))
    last = source.read(end - max(start, end - 2))
    return end - len(last) + len(last.rstrip(b"\r\n"))
