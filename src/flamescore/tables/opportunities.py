"""Opportunities, scored from their contacts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from flamescore.tables.columns import free_name
from flamescore.tables.write import write_csv

if TYPE_CHECKING:
    from pathlib import Path

    from flamescore.scoring import Scored

NAME: Final = "opportunities.csv"
MEASURES: Final = ("score", "flames", "percentile")
"""The columns of each score in the table, as `<score>_<measure>`."""

_ID: Final = "opportunity_id"
_RANK: Final = "\x00rank"


def write_opportunities(
    folder: Path, scored: Scored, opportunities: pl.DataFrame | None, *, spreadsheet: bool = False
) -> None:
    """Write the table into the folder, if there are any opportunities."""
    if opportunities is not None and not opportunities.is_empty():
        table = opportunities_table(scored, opportunities)
        write_csv(table, folder / NAME, spreadsheet=spreadsheet)


def opportunities_table(scored: Scored, opportunities: pl.DataFrame) -> pl.DataFrame:
    """Return one row per opportunity: its own columns, `contact_id`, `contacts`, `MEASURES` of each score.

    `opportunities` has one row per contact of an opportunity (`opportunity_id, contact_id`, its columns). If
    there are several contacts, the best ranked one counts, score by score. `contact_id` is the best under the
    default score, `contacts` the number of contacts. A score that leaves all of them out is null. Rows are in
    order of the default score's rank, then by id. An own column with the name of one of the table's columns
    becomes `opportunity_NAME`.
    """
    names = [score.name for score in scored.book.scores]
    pairs = opportunities.select(_ID, "contact_id").unique(maintain_order=True)
    table = _own(opportunities, names).join(_best(scored, names[0], pairs), on=_ID, how="left")
    table = table.join(pairs.group_by(_ID).len("contacts"), on=_ID, how="left")
    for name in names[1:]:
        table = table.join(_best(scored, name, pairs).drop("contact_id", _RANK), on=_ID, how="left")
    measures = [f"{name}_{measure}" for name in names for measure in MEASURES]
    found = ("contact_id", "contacts", *measures)
    return table.sort(_RANK, _ID, nulls_last=True).select(pl.exclude(*found, _RANK), *found)


def _own(opportunities: pl.DataFrame, names: list[str]) -> pl.DataFrame:
    """Return the opportunities' own columns, with the values of the first row of each."""
    taken = {"contact_id", "contacts", *(f"{name}_{measure}" for name in names for measure in MEASURES)}
    own = opportunities.unique(_ID, keep="first", maintain_order=True).drop("contact_id")
    used = {*own.columns, *taken}
    renamed: dict[str, str] = {}
    for name in own.columns:
        if name in taken:
            renamed[name] = free_name(name, used, prefix="opportunity_")
            used.add(renamed[name])
    return own.rename(renamed)


def _best(scored: Scored, name: str, pairs: pl.DataFrame) -> pl.DataFrame:
    """Return each opportunity's best contact under a score; the first among ties and among unscored ones."""
    rows = scored.scores.filter(pl.col("score_name") == name)
    measures = (pl.col(measure).alias(f"{name}_{measure}") for measure in MEASURES)
    scores = rows.select("contact_id", *measures, pl.col("rank").alias(_RANK))
    ranked = pairs.join(scores, on="contact_id", how="left", maintain_order="left")
    best = ranked.sort(_RANK, nulls_last=True, maintain_order=True)
    return best.unique(_ID, keep="first", maintain_order=True)
