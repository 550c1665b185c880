"""The rows of a search on a screen: what a rep needs first, as wide as the screen is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flamescore.report import Leads, lead_table, read_back
from flamescore.runs import reading_run

if TYPE_CHECKING:
    import polars as pl

    from flamescore.runs import Run
    from flamescore.screen import Screen
    from flamescore.searches import Asked


def call_list(rows: pl.DataFrame, run: Run, asked: Asked, screen: Screen, *, decimals: int) -> list[str]:
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
        leads = Leads(read_back(run, ids), ids.to_list(), places, _scores(asked, run), cold)
        return lead_table(leads, screen, decimals=decimals)


def _scores(asked: Asked, run: Run) -> tuple[str, ...]:
    """Return the names of the scores that were searched by: `fit` of `--score fit:3-5`."""
    names = [score.name for score in run.record.scores]
    return tuple(each if each in names else each.rpartition(":")[0] for each in asked.scores) or (names[0],)
