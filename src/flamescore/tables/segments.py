"""The lists of segments, `segments/NAME.csv` or `.parquet`: exact values, in the columns of each segment."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

import polars as pl
from msgspec import Struct

from flamescore.columns import HELD_OUT, MEASURES, OF_DEFAULT, REASONS, ROUTED_TO
from flamescore.tables.columns import kept, public, whole_percent
from flamescore.tables.write import rows_in_score, write_csv, write_parquet

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from flamescore.project import Segment
    from flamescore.scoring import Scored

FOLDER: Final = "segments"
_INSTANT: Final = "%Y-%m-%dT%H:%M:%SZ"


class ListedSegment(Struct, frozen=True, dict=True):
    """A segment as a list; `places` are its contacts, as row numbers of `Scored.contacts`, in ranked order.

    `since` and `routed` have `contact_id` and one more column: the time at which the contact entered the
    segment, and the rep to whom it is routed. `reasons` returns `contact_id` and `REASONS` of given contacts
    under the default score.
    """

    declared: Segment
    places: NDArray[np.int64]
    scored: Scored
    keep: Sequence[str]
    since: pl.DataFrame
    routed: pl.DataFrame
    reasons: Callable[[pl.Series], pl.DataFrame]

    def table(self) -> pl.DataFrame:
        """Return its rows, ranked. Measures are null for contacts outside the score; `held_out` never is."""
        people = kept(self.scored, self.keep)
        wanted = self.declared.columns or (*people.columns, *OF_DEFAULT)
        return pl.DataFrame([self._column(name, people).alias(name) for name in wanted])

    def write(self, folder: Path, *, spreadsheet: bool) -> None:
        """Write it into the folder of the lists, in its declared format."""
        table, path = self.table(), folder / f"{self.declared.name}.{self.declared.format}"
        if self.declared.format == "parquet":
            write_parquet(table, path)
            return
        instants = [name for name, kind in table.schema.items() if isinstance(kind, pl.Datetime)]
        write_csv(table.with_columns(pl.col(instants).dt.strftime(_INSTANT)), path, spreadsheet=spreadsheet)

    def _column(self, name: str, people: pl.DataFrame) -> pl.Series:
        """Return a column: one of the list's own, a measure of a score, a kept one, or any contact column."""
        default = self.scored.book.scores[0].name
        measures = {
            f"{score.name}_{measure}": (score.name, measure)
            for score in self.scored.book.scores
            for measure in MEASURES
        }
        if name in (*OF_DEFAULT, *REASONS, ROUTED_TO, HELD_OUT):
            return self._own(name, default)
        if name in measures:
            return self._measure(*measures[name])
        source = people if name in people.columns else public(self.scored.contacts)
        return source[name].gather(self.places)

    def _own(self, name: str, default: str) -> pl.Series:
        if name == "since":
            return self._of(self.since, "since")
        if name == ROUTED_TO:
            return self._of(self.routed, "rep")
        if name in REASONS:
            return self._of(self._reasons, name)
        if name == HELD_OUT:
            held = self.scored.holdout
            return self._ids.is_in([] if held is None else held["contact_id"].unique().to_list())
        measure = self._measure(default, name)
        return pl.select(whole_percent(pl.lit(measure))).to_series() if name == "percentile" else measure

    def _measure(self, score: str, measure: str) -> pl.Series:
        rows = rows_in_score(self.scored, score, pl.Series(self.places))
        return self.scored.scores.filter(pl.col("score_name") == score)[measure].gather(rows)

    def _of(self, frame: pl.DataFrame, column: str) -> pl.Series:
        """Return a column of a frame by contact, null for contacts that are not in it."""
        return self._ids.to_frame().join(frame, on="contact_id", how="left", maintain_order="left")[column]

    @cached_property
    def _reasons(self) -> pl.DataFrame:
        return self.reasons(self._ids)

    @cached_property
    def _ids(self) -> pl.Series:
        return self.scored.contacts["contact_id"].gather(self.places)
