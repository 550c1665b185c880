"""Detect odd cells of events while they are read for scoring, batch by batch.

Each check costs a comparison of whole columns. Only if one finds something is the column read a second time,
to report how many cells are odd and which (`findings`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl
from msgspec import Struct, field

from flamescore.cells import folded
from flamescore.exports.apostrophes import apostrophes_in
from flamescore.exports.numbers import like_thousands
from flamescore.exports.odd_cells import doubtful_in
from flamescore.exports.odd_times import EARLY, Later, early_times, later_times
from flamescore.frames import AGE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flamescore.exports.validate import LoadOptions, Validated
    from flamescore.findings import Finding
    from flamescore.frames import Window

_HALF: Final = 2


class BatchWatch(Struct):
    """A watch over the batches of a source as they are read in a window."""

    validated: Validated
    options: LoadOptions
    window: Window
    early: int = 0
    later: bool = False
    _numbers: dict[str, bool] = field(default_factory=dict)
    """Whether a column has a cell like `1.250` and, so far, no cell with other decimals."""
    _quoted: dict[str, tuple[int, int]] = field(default_factory=dict)
    """How many cells of a column are not missing, and how many begin with an apostrophe."""

    def look(self, batch: pl.DataFrame) -> None:
        """Check the sound rows of a batch."""
        self._times(batch)
        for name, dtype in batch.schema.items():
            if dtype == pl.String and name != "event" and not name.startswith("\0"):
                self.keys(name, batch[name])
        for name in self.options.numbers.events:
            if name in batch.columns and batch.schema[name] == pl.String and self._numbers.get(name, True):
                self._thousands(name, batch[name])

    def keys(self, name: str, cells: pl.Series) -> None:
        """Check the ids or another column of a batch."""
        if cells.dtype == pl.String:
            there, quoted = self._quoted.get(name, (0, 0))
            begins = (cells >= "'") & (cells < "(")  # takes a third of the time of `starts_with`
            here = int(begins.sum() or 0)
            self._quoted[name] = there + len(cells) - cells.null_count(), quoted + here

    def findings(self) -> Iterator[Finding]:
        """Read the odd columns again and yield their findings."""
        for name, odd in sorted(self._numbers.items()):
            found = doubtful_in(self.validated, name) if odd else None
            if found is not None:
                yield found
        for name, (there, quoted) in sorted(self._quoted.items()):
            found = apostrophes_in(self.validated, name) if quoted and quoted * _HALF >= there else None
            if found is not None:
                yield found
        if self.early:
            yield from early_times(self.validated, self.options, self.window)
        if self.later:
            yield from later_times(self.validated, self.options, self.window)

    def _times(self, batch: pl.DataFrame) -> None:
        age = batch[AGE]
        youngest, oldest = age.min(), age.max()
        if oldest is not None and int(str(oldest)) > self.window.now - EARLY:
            rows = batch.filter(pl.col(AGE) > self.window.now - EARLY)
            old = rows.select(self.window.old(pl.col(AGE), folded(pl.col("event"))))
            self.early += rows.height - int(old.to_series().sum())
        if youngest is not None and int(str(youngest)) < 0:
            self.later = self.later or Later.of(self.validated).may_be(self.window.now - int(str(youngest)))

    def _thousands(self, name: str, cells: pl.Series) -> None:
        pointed = cells.filter(cells.str.contains(".", literal=True).fill_null(value=False)).to_frame("cell")
        if pointed.height:
            like = like_thousands(pl.col("cell"))
            other = ~like & pl.col("cell").str.contains(r"^[+-]?[0-9]*\.[0-9]+\s*$")
            some, others = pointed.select(like.any().alias("like"), other.any().alias("others")).row(0)
            if some or others:
                self._numbers[name] = not others
