"""The rows of a search on a screen: what a rep needs first, in the width of the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from flamescore.report import Leads, lead_table, read_back
from flamescore.runs import reading_run

if TYPE_CHECKING:
    from flamescore.runs import Run
    from flamescore.screen import Screen
    from flamescore.searches import SearchResult


def call_list(run: Run, found: SearchResult, screen: Screen) -> list[str]:
    """Lay out the rows of a search in their order; return an empty list if there are none.

    Columns are those of `report.lead_table`. `why`, if the rows have it, replaces the reasons.
    """
    rows = found.rows
    if rows.is_empty():
        return []
    ids = rows["contact_id"]
    cold = dict(zip(ids, rows["why"], strict=True)) if "why" in found.columns else None
    with reading_run(run):
        data = replace(read_back(run, ids), decimals=found.decimals)
        scores = (found.score_name, *found.further)
        return lead_table(Leads(data, ids.to_list(), rows[found.place].to_list(), scores, cold), screen)
