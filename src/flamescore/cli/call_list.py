"""The rows of a search on a screen: what a rep needs first, as wide as the screen is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flamescore.report import Leads, lead_table, read_back
from flamescore.runs import reading_run

if TYPE_CHECKING:
    import polars as pl

    from flamescore.runs import Run
    from flamescore.screen import Screen
    from flamescore.searches import Found


def call_list(rows: pl.DataFrame, run: Run, found: Found, screen: Screen, *, decimals: int) -> list[str]:
    """Lay out the rows of a search, first ones first; nothing where there are none.

    Columns are those of `report.lead_table`, whatever the rows have. `why`, where the rows have it, stands in
    place of the reasons; places are those that they have, else they are counted.
    """
    if rows.is_empty():
        return []
    ids = rows["contact_id"]
    places = rows["place"].to_list() if "place" in rows.columns else range(1, rows.height + 1)
    cold = dict(zip(ids, rows["why"], strict=True)) if "why" in rows.columns else None
    with reading_run(run):
        data = replace(read_back(run, ids), decimals=decimals)
        leads = Leads(data, ids.to_list(), places, (found.score_name, *found.further), cold)
        return lead_table(leads, screen)
