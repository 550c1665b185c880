"""Use the byte pass: count a file's records, set its damaged ones apart, fetch single ones by number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from flamescore.exports.bytepass import walk
from flamescore.exports.dialect import CsvFile
from flamescore.exports.records import BLANK, LONGEST, REASONS, SOUND
from flamescore.exports.spool import copy_ranges

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from flamescore.exports.jsonlines import JsonFile
    from flamescore.exports.records import Block
    from flamescore.exports.spool import Spool

    Ints = NDArray[np.int64]

SHOWN: Final = 1 << 16
"""How many bytes of a record that is longer than `LONGEST` go to the rejects."""

PLACES: Final = pl.Schema(
    {"record": pl.Int64(), "line": pl.Int64(), "start": pl.Int64(), "end": pl.Int64(), "state": pl.UInt8()}
)


@dataclass(frozen=True, slots=True)
class Sweep:
    """What the bytes of a file say: how many records, and the places of damaged ones and of blank lines."""

    records: int
    places: pl.DataFrame

    @property
    def damaged(self) -> int:
        """Return how many records are damaged."""
        return int((self.places["state"] != BLANK).sum())

    def reasons(self) -> dict[str, int]:
        """Return how many records are damaged for each reason."""
        counted = self.places["state"].value_counts().iter_rows()
        return {REASONS[state]: count for state, count in counted if state != BLANK}

    def flaws(self, most: int | None = None) -> pl.DataFrame:
        """Return `record, line, start, end, reason` of damaged records in order, or of the first ones."""
        told = self.places.lazy().filter(pl.col("state") != BLANK)
        bad = (told if most is None else told.head(most)).collect()
        names = pl.col("state").replace_strict(REASONS, return_dtype=pl.String())
        return bad.select("record", "line", "start", "end", reason=names)

    def numbers(self, rows: pl.Series) -> Ints:
        """Return the record numbers of rows of the sound records (0-based)."""
        if not len(rows):
            return np.zeros(0, np.int64)
        damaged = self.places.filter(pl.col("state") != BLANK)["record"].to_numpy()
        sound_before = damaged - 1 - np.arange(len(damaged))
        at = rows.to_numpy().astype(np.int64)
        return at + 1 + np.searchsorted(sound_before, at, side="right")


def sweep(file: CsvFile) -> Sweep:
    """Go over the bytes of a file once."""
    return gather(walk(file))


def gather(blocks: Iterable[Block]) -> Sweep:
    """Go through the blocks of a file once."""
    records = 0
    odd: list[tuple[Ints, ...]] = []
    for block in blocks:
        records += block.records
        if block.state is not None:
            odd.append(_places(block, np.flatnonzero(block.state != SOUND)))
    return Sweep(records, _stacked(odd))


def _places(block: Block, which: Ints) -> tuple[Ints, ...]:
    state = np.zeros(len(which), np.uint8) if block.state is None else block.state[which]
    numbers, lines = block.numbers()[which], block.lines(which)
    return numbers, lines, block.starts[which], block.ends[which], state.astype(np.uint8)


def _stacked(parts: list[tuple[Ints, ...]]) -> pl.DataFrame:
    """Stack places column by column, each part let go as it is taken: there may be many millions."""
    columns: dict[str, NDArray[np.int64]] = {}
    rows = [list(part) for part in parts]
    parts.clear()
    for name in PLACES:
        columns[name] = np.concatenate([row.pop(0) for row in rows] or [np.zeros(0, np.int64)])
    return pl.DataFrame(columns, schema=PLACES)


def sound_copy(file: CsvFile, swept: Sweep, spool: Spool) -> Path | None:
    """Copy the sound records to a file of their own, where any other line is among them."""
    if swept.places.is_empty():
        return None
    path = spool.new()
    copy_ranges(file.data, path, _sound_ranges(file, swept))
    return path


def _sound_ranges(file: CsvFile, swept: Sweep) -> Iterator[tuple[int, int]]:
    starts = np.append(swept.places["start"].to_numpy(), file.data.stat().st_size)
    ends = np.insert(swept.places["end"].to_numpy(), 0, file.start)
    between = np.flatnonzero(starts > ends)
    yield from zip(ends[between].tolist(), starts[between].tolist(), strict=True)


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


def raw_texts(file: CsvFile | JsonFile, places: pl.DataFrame) -> list[str]:
    """Return the text of records at byte ranges `start, end`, line ends left out.

    Of a record that is too long to be held only the beginning is told.
    """
    texts = []
    with file.data.open("rb") as source:
        for start, end in places.select("start", "end").iter_rows():
            source.seek(start)
            size = end - start if end - start <= LONGEST else SHOWN
            texts.append(source.read(size).decode("utf-8", "replace").rstrip("\r\n"))
    return texts
