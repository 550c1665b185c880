"""What the byte passes say of a text file: where its records are, and what each of them is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from io import FileIO

    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

LONGEST: Final = 1 << 23
"""A line that is longer, in bytes, is rejected whatever it holds; so is a record over several lines."""

SOUND, BLANK, SHORT, LONG, NUL, STRAY, UNCLOSED, ENDLESS, OBJECT = range(9)
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
_STEP: Final = 1 << 20


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


def read_at(source: FileIO, at: int, size: int) -> bytes:
    """Return so many bytes of a file, fewer only at its end."""
    source.seek(at)
    data = source.read(size)
    while len(data) < size and (more := source.read(size - len(data))):
        data += more
    return data


def giant_line(source: FileIO, at: int, *, first: int, line: int) -> Block:
    """Return the line at an offset, which is too long to be held, as a block of its own."""
    end = at + LONGEST
    source.seek(end)
    while piece := source.read(_STEP):
        found = piece.find(b"\n") + 1
        end += found or len(piece)
        if found:
            break
    state = np.array([ENDLESS], np.uint8)
    return Block(np.array([at]), np.array([end]), state, np.array([end - 1]), first, line)
