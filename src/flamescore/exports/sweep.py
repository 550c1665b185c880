"""Use the byte pass: count a file's records, set its damaged ones apart, fetch single ones by number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from flamescore.exports.bytepass import BLANK, REASONS, SOUND, walk
from flamescore.exports.spool import copy_ranges

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from flamescore.exports.bytepass import Block
    from flamescore.exports.dialect import CsvFile
    from flamescore.exports.spool import Spool

    Ints = NDArray[np.int64]

PLACES: Final = pl.Schema(
    {"record": pl.Int64(), "line": pl.Int64(), "start": pl.Int64(), "end": pl.Int64(), "state": pl.Int64()}
)


@dataclass(frozen=True, slots=True)
class Sweep:
    """What the bytes of a file say: how many records, and the places of damaged ones and of blank lines."""

    records: int
    places: pl.DataFrame

    @property
    def flaws(self) -> pl.DataFrame:
        """Return `record, line, start, end, reason` of each damaged record, in order."""
        bad = self.places.filter(pl.col("state") != BLANK)
        names = pl.col("state").replace_strict(REASONS, return_dtype=pl.String())
        return bad.select("record", "line", "start", "end", reason=names)

    def numbers(self, rows: pl.Series) -> Ints:
        """Return the record numbers of rows of the sound records (0-based)."""
        damaged = self.flaws["record"].to_numpy()
        sound_before = damaged - 1 - np.arange(len(damaged))
        at = rows.to_numpy().astype(np.int64)
        return at + 1 + np.searchsorted(sound_before, at, side="right")


def sweep(file: CsvFile) -> Sweep:
    """Go over the bytes of a file once."""
    records = 0
    odd: list[tuple[Ints, ...]] = []
    for block in walk(file):
        records += block.records
        if block.state is not None:
            odd.append(_places(block, np.flatnonzero(block.state != SOUND)))
    return Sweep(records, _stacked(odd))


def _places(block: Block, which: Ints) -> tuple[Ints, ...]:
    state = np.zeros(len(which), np.int64) if block.state is None else block.state[which].astype(np.int64)
    return block.numbers()[which], block.lines(which), block.starts[which], block.ends[which], state


def _stacked(parts: list[tuple[Ints, ...]]) -> pl.DataFrame:
    if not parts:
        return pl.DataFrame(schema=PLACES)
    columns = (np.concatenate(column) for column in zip(*parts, strict=True))
    return pl.DataFrame(dict(zip(PLACES, columns, strict=True)), schema=PLACES)


def sound_copy(file: CsvFile, swept: Sweep, spool: Spool) -> Path | None:
    """Copy the sound records to a file of their own, where any other line is among them."""
    if swept.places.is_empty():
        return None
    path = spool.new()
    copy_ranges(file.data, path, _sound_ranges(file, swept))
    return path


def _sound_ranges(file: CsvFile, swept: Sweep) -> Iterator[tuple[int, int]]:
    at = file.start
    for start, end in swept.places.select("start", "end").iter_rows():
        if start > at:
            yield at, start
        at = end
    size = file.data.stat().st_size
    if size > at:
        yield at, size


def fetch(file: CsvFile, numbers: Ints) -> pl.DataFrame:
    """Return `record, line, start, end` of some records by their sorted numbers, looking again."""
    found: list[tuple[Ints, ...]] = []
    for block in walk(file):
        low, high = np.searchsorted(numbers, [block.first, block.first + block.records])
        if low < high:
            mine = block.numbers()
            real = np.flatnonzero(block.state != BLANK) if block.state is not None else np.arange(len(mine))
            found.append(_places(block, real[np.searchsorted(mine[real], numbers[low:high])]))
        if high == len(numbers):
            break
    return _stacked(found).drop("state")


def raw_texts(file: CsvFile, places: pl.DataFrame) -> list[str]:
    """Return the text of records at byte ranges `start, end`, line ends left out."""
    texts = []
    with file.data.open("rb") as source:
        for start, end in places.select("start", "end").iter_rows():
            source.seek(start)
            texts.append(source.read(end - start).decode("utf-8", "replace").rstrip("\r\n"))
    return texts
