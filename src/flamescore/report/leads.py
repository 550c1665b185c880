"""What a run says of leads beside their scores: labels, and where they were routed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from flamescore.report.run_data import RunData


def routes_of(run: RunData, ids: pl.Series) -> dict[str, tuple[str | None, str]]:
    """Return by contact the rep and the reason, of those of some contacts who are routed or got nobody."""
    if run.routed is None:
        return {}
    rows = run.routed.filter(pl.col("contact_id").is_in(ids.implode()))
    return {who: (rep, reason) for who, rep, reason in rows.iter_rows()}


def label_texts(run: RunData, ids: pl.Series) -> pl.DataFrame:
    """Return a column a label of the run, of some contacts in their order."""
    if run.labels is None:
        return pl.DataFrame(height=len(ids))
    rows = ids.alias("contact_id").to_frame().pipe(_with_people, run.labels)
    return rows.drop("contact_id")


def _with_people(rows: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """Add what is known of people, by contact id; for a few rows only theirs are looked at."""
    if rows.height < people.height:
        people = people.filter(pl.col("contact_id").is_in(rows["contact_id"].implode()))
    return rows.join(people, on="contact_id", how="left", maintain_order="left")
