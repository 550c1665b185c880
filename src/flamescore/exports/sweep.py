"""Use the byte pass: count a file's records, set its damaged ones apart, fetch single ones by number."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from flamescore.exports.bytepass import walk
from flamescore.exports.csv_dialect import CsvFile
from flamescore.exports.records import BLANK, REASONS, SOUND
from flamescore.exports.tempfiles import copy_ranges

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from flamescore.exports.ndjson import JsonFile
    from flamescore.exports.records import Block
    from flamescore.exports.tempfiles import Spool

    Ints = NDArray[np.int64]

KEPT: Final = 100_000
"""How many rejects of a source are kept as rows, the first ones; the others are counted alone."""

PLACES: Final = pl.Schema(
    {"record": pl.Int64(), "line": pl.Int64(), "start": pl.Int64(), "end": pl.Int64(), "state": pl.UInt8()}
)


@dataclass(frozen=True, slots=True)
class Sweep:
    """What the bytes of a file say: how many records, how many damaged for each reason, where the first are.

    `places` (`PLACES`) has as many damaged records as were asked for, in order.
    """

    records: int
    counts: Mapping[str, int]
    places: pl.DataFrame

    @property
    def damaged(self) -> int:
        """Return how many records are damaged."""
        return sum(self.counts.values())

    def flaws(self, most: int) -> pl.DataFrame:
        """Return `record, line, start, end, reason` of the first damaged records in order."""
        names = pl.col("state").replace_strict(REASONS, return_dtype=pl.String())
        return self.places.head(most).select("record", "line", "start", "end", reason=names)

    def numbers(self, rows: pl.Series) -> Ints:
        """Return the record numbers of rows of the sound records (0-based, sorted).

        Rows behind more damaged records than `places` has are left out: it is not known where they stand.
        """
        damaged = self.places["record"].to_numpy()
        sound_before = damaged - 1 - np.arange(len(damaged))
        at = rows.to_numpy().astype(np.int64)
        before = np.searchsorted(sound_before, at, side="right")
        numbers: Ints = at + 1 + before
        return numbers[before < len(damaged)] if len(damaged) < self.damaged else numbers


@dataclass
class Tally:
    """Counts the records of a file block by block, and notes where the first `most` damaged ones are.

    `odd` says whether any line was other than a sound record: a blank one, say.
    """

    most: int
    records: int = 0
    odd: bool = False
    states: NDArray[np.int64] = field(default_factory=lambda: np.zeros(len(REASONS) + 2, np.int64))
    places: list[tuple[Ints, ...]] = field(default_factory=list)

    def add(self, block: Block) -> None:
        """Take in the next block."""
        self.records += block.records
        if block.state is None:
            return
        here = np.bincount(block.state, minlength=len(self.states))
        self.odd = self.odd or bool(here[SOUND] < len(block.ends))
        room = self.most - self._damaged()
        self.states += here
        if room > 0:
            damaged = np.flatnonzero((block.state != SOUND) & (block.state != BLANK))
            self.places.append(_places(block, damaged[:room]))

    def sweep(self) -> Sweep:
        """Return what was found."""
        counts = {reason: int(self.states[state]) for state, reason in REASONS.items() if self.states[state]}
        return Sweep(self.records, counts, _stacked(self.places))

    def _damaged(self) -> int:
        return int(self.states.sum() - self.states[SOUND] - self.states[BLANK])


def gather(blocks: Iterable[Block], most: int) -> Sweep:
    """Go through the blocks of a file once."""
    tally = Tally(most)
    for block in blocks:
        tally.add(block)
    return tally.sweep()


def sweep(file: CsvFile, spool: Spool, most: int) -> tuple[Sweep, Path | None]:
    """Go over the bytes of a file once; where any other line is among them, copy the sound records."""
    tally = Tally(most)
    ranges = _sound_ranges(file, tally)
    first = next(ranges, None)
    if not tally.odd:
        return tally.sweep(), None
    path = spool.new()
    copy_ranges(file.data, path, chain([] if first is None else [first], ranges))
    return tally.sweep(), path


def _sound_ranges(file: CsvFile, tally: Tally) -> Iterator[tuple[int, int]]:
    """Yield the stretches of sound records as byte ranges, as wide as they are; the tally sees each block.

    Of a file without any other line there is one stretch, told when all of it has been seen.
    """
    begun = ended = file.start
    for block in walk(file):
        tally.add(block)
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
    edges = np.flatnonzero(np.diff(block.state == SOUND, prepend=False, append=False))
    yield from zip(block.starts[edges[0::2]].tolist(), block.ends[edges[1::2] - 1].tolist(), strict=True)


def _places(block: Block, which: Ints) -> tuple[Ints, ...]:
    state = np.zeros(len(which), np.uint8) if block.state is None else block.state[which]
    numbers, lines = block.numbers()[which], block.lines(which)
    return numbers, lines, block.starts[which], block.ends[which], state.astype(np.uint8)


def _stacked(parts: list[tuple[Ints, ...]]) -> pl.DataFrame:
    columns = zip(*parts, strict=True) if parts else ([np.zeros(0, np.int64)] for _ in PLACES)
    return pl.DataFrame(
        {name: np.concatenate(column) for name, column in zip(PLACES, columns, strict=True)}, schema=PLACES
    )


def fetch(file: CsvFile | JsonFile, numbers: Ints) -> pl.DataFrame:
    """Return `record, line, start, end` of some records by their sorted numbers, looking again."""
    found: list[tuple[Ints, ...]] = []
    for block in walk(file) if isinstance(file, CsvFile) else file.blocks():
        low, high = np.searchsorted(numbers, [block.first, block.first + block.records])
        if low < high:
            mine = block.numbers()
            real = np.flatnonzero(block.state != BLANK) if block.state is not None else np.arange(len(mine))
            found.append(_places(block, real[np.searchsorted(mine[real], numbers[low:high])]))
        if high == len(numbers):
            break
    return _stacked(found).drop("state")
