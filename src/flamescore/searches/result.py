"""The result of a search, and its forms: for people, exact, and bare for programs."""

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


class SearchResult(Struct, frozen=True):
    """The result of a search: `rows` in order, with exact values, and the total number of matches.

    `rows` have every column of any form, and no column that was not requested. Besides the columns of a
    search's CSV for programs, these are `change` (Float64, null for a new contact and without an earlier
    run), `newly_hot` (Boolean, null without an earlier run), the place on the call list (in the column that
    `place` names; null for contacts that `call_list` leaves out), and `hot_since` and `account_key` if the
    run has them. A contact column with the name of one of these gets the prefix `contact_`; `renamed` maps
    the old names to the new ones.
    """

    rows: pl.DataFrame
    count: int
    strongest: pl.DataFrame
    """Why each has its points: `contact_id, rule_id, points, occurrences, last_at, name`, at most three per
    contact, in order. Empty if reasons were not requested."""

    run_id: str
    zone: ZoneInfo
    as_of: datetime
    decimals: int
    """The maximum number of decimals of points shown to people."""

    score_name: str
    """The score that the list uses."""

    further: tuple[str, ...]
    """The other scores that were searched by, besides the first."""

    columns: tuple[str, ...]
    """The columns of the CSV for programs."""

    columns_for_people: tuple[str, ...]
    chosen: bool
    """Whether columns were named explicitly; they are then the same in every form."""

    renamed: Mapping[str, str]
    compared: bool = True
    """Whether the run was compared with an earlier one."""

    place: str = "place"
    notes: tuple[str, ...] = ()

    def bare(self) -> pl.DataFrame:
        """Return the rows for programs: exact, without reasons and changes unless these were named."""
        back = {new: old for old, new in self.renamed.items()} if not self.chosen else {}
        return self._with_reasons().select(pl.col(name).alias(back.get(name, name)) for name in self.columns)

    def exact(self) -> pl.DataFrame:
        """Return the rows of JSON and Parquet: like `bare`, then reasons, `change` and `newly_hot`."""
        further = () if self.chosen else (*REASONS, *MOVED)
        return self._with_reasons().select(*self.columns, *further)

    def for_people(self, *, commas: bool = False) -> pl.DataFrame:
        """Return the rows of a call list formatted for people, the same as in `hot_leads.csv`.

        Use `commas` between thousands of points only if no program will read the output.
        """
        rows, columns = self._with_reasons(), self.columns_for_people
        return as_read(rows, columns, self.zone, self.decimals, commas=commas)

    def _with_reasons(self) -> pl.DataFrame:
        words = as_reasons(self.strongest, self.zone, self.decimals)
        return self.rows.join(words, on="contact_id", how="left", maintain_order="left")
