"""What a search found, and the forms that it takes: for people, exact, and bare for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
from msgspec import Struct

from flamescore.columns import REASONS
from flamescore.tables import MOVED, as_read, as_reasons

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from zoneinfo import ZoneInfo


class Found(Struct, frozen=True):
    """What a search found: `rows` in their order, with exact values, and how many contacts fit in all.

    `rows` have every column that any form has, and none that nobody asked for. Beside those of a search's
    CSV for programs these are `change` (Float64, null of a new contact and without an earlier run),
    `newly_hot` (Boolean, null without an earlier run), the place on the call list (`place` says under which
    name; null of whom `call_list` leaves out), and `hot_since` and `account_key` where the run has them. A
    column of contacts that is called like one of these is called `contact_` and its name; `renamed` has
    these.
    """

    rows: pl.DataFrame
    count: int
    strongest: pl.DataFrame
    """Why each has its points: `contact_id, rule_id, points, occurrences, last_at, name`, three at most each,
    in order. None of anybody where they were not asked for."""

    run_id: str
    zone: ZoneInfo
    as_of: datetime
    decimals: int
    """With how many decimals at most people read points."""

    score_name: str
    """The score that the list goes by."""

    further: tuple[str, ...]
    """The scores that were searched by beside the first."""

    columns: tuple[str, ...]
    """The columns of the CSV for programs."""

    columns_for_people: tuple[str, ...]
    chosen: bool
    """Whether the columns were named: then they are the same in every form."""

    renamed: Mapping[str, str]
    compared: bool = True
    """Whether the run was held against an earlier one."""

    place: str = "place"
    notes: tuple[str, ...] = ()

    def bare(self) -> pl.DataFrame:
        """Return the rows for programs: exact, and without reasons and changes unless these were named."""
        back = {new: old for old, new in self.renamed.items()} if not self.chosen else {}
        return self._with_reasons().select(pl.col(name).alias(back.get(name, name)) for name in self.columns)

    def exact(self) -> pl.DataFrame:
        """Return the rows of JSON and Parquet: as `bare`, then reasons, `change` and `newly_hot`."""
        further = () if self.chosen else (*REASONS, *MOVED)
        return self._with_reasons().select(*self.columns, *further)

    def for_people(self, *, commas: bool = False) -> pl.DataFrame:
        """Return the rows of a call list as people read it, the same as in `hot_leads.csv`.

        Thousands of points have `commas` only where nothing else will read them.
        """
        rows, columns = self._with_reasons(), self.columns_for_people
        return as_read(rows, columns, self.zone, self.decimals, commas=commas)

    def _with_reasons(self) -> pl.DataFrame:
        words = as_reasons(self.strongest, self.zone, self.decimals)
        return self.rows.join(words, on="contact_id", how="left", maintain_order="left")
