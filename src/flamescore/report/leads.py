"""A run's data about leads besides their scores: labels and routes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from flamescore.report.run_data import RunData


def routes_of(run: RunData, ids: pl.Series) -> dict[str, tuple[str | None, str]]:
    """Return rep and reason by contact, for the given contacts that are routed or could not be routed."""
    if run.routed is None:
        return {}
    rows = run.routed.filter(pl.col("contact_id").is_in(ids.implode()))
    return {who: (rep, reason) for who, rep, reason in rows.iter_rows()}


def label_texts(run: RunData, ids: pl.Series) -> pl.DataFrame:
    """Return one column per label of the run, for the given contacts in their order."""
    if run.labels is None:
        return pl.DataFrame(height=len(ids))
    rows = ids.alias("contact_id").to_frame().pipe(_with_people, run.labels)
    return rows.drop("contact_id")


def _with_people(rows: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """Join `people` by contact id; filtered first if there are few rows."""
    if rows.height < people.height:
        people = people.filter(pl.col("contact_id").is_in(rows["contact_id"].implode()))
    return rows.join(people, on="contact_id", how="left", maintain_order="left")
