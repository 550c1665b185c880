"""Go over a damaged stretch of a CSV file record by record: what is wrong with each, where the next begins.

A record whose quotes hold is what the vectorised pass would find. One whose quotes don't is cut off at the
end of its line, or goes on over lines that can only be part of it. A record costs a few microseconds,
whatever is wrong with it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from flamescore.exports.records import BLANK, LONG, LONGEST, NUL, SHORT, SOUND, STRAY, UNCLOSED

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from flamescore.exports.csv_dialect import CsvFile


@dataclass
class Settled:
    """Records one after the other: where each ends, and what it is. `calm`: the last ones are all sound."""

    ends: list[int] = field(default_factory=list)
    states: list[int] = field(default_factory=list)
    calm: bool = False

    def state(self) -> NDArray[np.uint8]:
        """Return the states as an array."""
        return np.array(self.states, np.uint8)


def careful(data: bytes, file: CsvFile, *, last: bool, patience: int) -> Settled:
    """Settle the records at the beginning of some bytes, until `patience` sound ones follow each other.

    A record that may go on behind the bytes is left, unless they are the `last`, which end with a line feed.
    """
    form = _form(file.delimiter, file.quote, len(file.headers))
    out = Settled()
    at = sound = 0
    while at < len(data) and sound < patience:
        end, state = form.record(data, at, last=last)
        if not end:
            return out
        out.ends.append(end)
        out.states.append(state)
        sound = sound + 1 if state in (SOUND, BLANK) else 0
        at = end
    out.calm = sound >= patience
    return out


@lru_cache(maxsize=16)
def _form(delimiter: str, quote: str, columns: int) -> _Form:
    return _Form(delimiter.encode(), quote.encode(), columns)


class _Form:
    """How the records of a file are written, as patterns that never look back."""

    def __init__(self, mark: bytes, quote: bytes, columns: int) -> None:
        cut, edge = re.escape(mark), re.escape(quote)
        inner = rb"[^" + edge + rb"]*+"
        closed = edge + inner + edge + rb"(?:" + edge + inner + edge + rb")*+" if quote else rb"(?!)"
        plain = rb"[^" + edge + cut + rb"\n]*+"
        cell = rb"(?:" + closed + rb"(?=" + cut + rb"|\n|\r\n)|" + plain + rb")"
        self.mark, self.quote, self.columns = mark, quote, columns
        self.closed, self.plain = re.compile(closed), re.compile(plain)
        self.before = re.compile(rb"(?:" + cell + cut + rb")*+")
        self.sound = re.compile(rb"(?:" + cell + cut + rb")*+" + cell + rb"\r?\n")

    def record(self, data: bytes, at: int, *, last: bool) -> tuple[int, int]:
        """Return where the record at an offset ends, and what it is; (0, SOUND) where more must be seen."""
        whole = self.sound.match(data, at)
        if whole is None:
            goes_on = not last and len(data) - at < LONGEST and self._fault(data, at) == UNCLOSED
            return (0, SOUND) if goes_on else self._cut(data, at, last=last)
        record = data[at : whole.end()]
        cells = self._cells(record)
        if cells != self.columns and b"\n" in record[:-1]:
            return self._cut(data, at, last=last)
        return whole.end(), self._state(record, cells)

    def _state(self, record: bytes, cells: int) -> int:
        blank = cells <= 1 if self.columns > 1 else len(record) <= 2  # noqa: PLR2004 - a line's end
        if blank and not record.strip():
            return BLANK
        if b"\0" in record:
            return NUL
        return SOUND if cells == self.columns else SHORT if cells < self.columns else LONG

    def _cells(self, record: bytes) -> int:
        if self.columns == 1:
            return 1
        bare = self.closed.sub(b"", record) if self.quote and self.quote in record else record
        return bare.count(self.mark) + 1

    def _cut(self, data: bytes, at: int, *, last: bool) -> tuple[int, int]:
        """Cut off the damaged record: its line, and those after it that can only belong to it.

        A line belongs to it while the separators so far are too few and its own don't make them too many.
        """
        wanted = self.columns - 1
        end = data.find(b"\n", at) + 1
        while end and (seen := data.count(self.mark, at, end)) < wanted:
            following = data.find(b"\n", end) + 1
            if not following:
                if not last and len(data) - at < LONGEST:
                    return 0, SOUND
                break
            own = data.count(self.mark, end, following)
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
        """Return the first fault of a quote at or after an offset: it stands astray, or stays open."""
        before = self.before.match(data, at)
        at = before.end() if before else at
        closed = self.closed.match(data, at)
        if closed is not None:
            end = closed.end()
            return UNCLOSED if end >= len(data) - 1 or data[end : end + 1] == self.quote else STRAY
        if self.quote and data[at : at + 1] == self.quote:
            return UNCLOSED
        plain = self.plain.match(data, at)
        return UNCLOSED if plain is not None and plain.end() == len(data) else STRAY
