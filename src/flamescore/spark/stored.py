"""Reads back what the workers wrote of a run, as the scoring that the tables for people are made from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl
from msgspec import Struct

from flamescore.engine import NO_AGE, LedgerPart
from flamescore.frames import POINTS, SCORES
from flamescore.ledger_frames import Ledger
from flamescore.points import ten_thousandths
from flamescore.scoring import Scored

if TYPE_CHECKING:
    from pathlib import Path

    from flamescore.observations import Observations
    from flamescore.spark.plan import Plan

MOST_ROWS: Final = 100_000
"""The most contacts in `scores.csv`, and hot contacts in call lists, of a run on Spark."""

TOP: Final = 200
"""The first contacts of each score, which the summary of a larger run lists."""


class Read(Struct, frozen=True):
    """What was read back: the scoring, whether it has all contacts, and whether it has all hot ones."""

    scored: Scored
    everyone: bool
    hot: bool


def table(folder: Path, name: str) -> pl.LazyFrame:
    """Return a table of a run that is being written, from its parts in their order."""
    parts = sorted((folder / name).glob("part-*.parquet"))
    return pl.scan_parquet(parts, glob=False, hive_partitioning=False)


def read_scored(
    folder: Path,
    plan: Plan,
    observed: Observations,
    rejects: pl.DataFrame,
    hot_flames: int,
) -> Read:
    """Return the scoring of all contacts; of more than `MOST_ROWS` only the first and the hot ones.

    Of more than `MOST_ROWS` hot contacts only the first ones are read. Values are always those of the whole
    scoring: a rank counts all contacts.
    """
    scores = table(folder, "scores.parquet")
    contacts = table(folder, "contacts.parquet")
    points = table(folder, "points.parquet")
    is_hot = scores.filter(pl.col("flames") >= hot_flames).select("contact_id").unique()
    counted = pl.collect_all([contacts.select(pl.len()), is_hot.select(pl.len())])
    everyone, hot_too = (each.item() <= MOST_ROWS for each in counted)
    if not everyone:
        first = [scores.filter(pl.col("score_name") == each.name).head(TOP) for each in plan.book.scores]
        wanted = [*(each.select("contact_id") for each in first), *((is_hot,) if hot_too else ())]
        some = pl.concat(wanted).unique()
        scores, contacts, points = (
            each.join(some, on="contact_id", how="semi", maintain_order="left")
            for each in (scores, contacts, points)
        )
    ranked, people, ledger, excluded, hot = pl.collect_all(
        [
            scores.select(SCORES.names()),
            contacts.sort("contact_id"),
            points.select(POINTS.names()),
            table(folder, "excluded.parquet"),
            table(folder, "hot.parquet"),
        ]
    )
    ids = people["contact_id"]
    place = people.select("contact_id").with_row_index("place")
    places = ranked.select("contact_id").join(place, on="contact_id", how="left", maintain_order="left")
    scored = Scored(
        book=plan.book,
        as_of=plan.as_of,
        contacts=people,
        scores=ranked,
        places=places["place"],
        ledger=_ledger(ids, plan, ledger),
        observed=observed,
        hot=hot,
        excluded=excluded,
        rejects=rejects,
    )
    return Read(scored, everyone, everyone or hot_too)


def scored_of(plan: Plan, contacts: pl.DataFrame, observed: Observations) -> Scored:
    """Return a scoring that has contacts and no scores, from which the names of tables' columns follow."""
    return Scored(
        book=plan.book,
        as_of=plan.as_of,
        contacts=contacts,
        scores=pl.DataFrame(schema=SCORES),
        places=pl.Series("place", [], pl.UInt32),
        ledger=Ledger(contacts["contact_id"], plan.entries, plan.clock.now, ()),
        observed=observed,
    )


def _ledger(ids: pl.Series, plan: Plan, points: pl.DataFrame) -> Ledger:
    """Return rows of `frames.POINTS` as a ledger; they are by contact id and in the order of its entries."""
    entries = plan.entries
    numbers = pl.DataFrame(
        [(each.score_name, each.entry, each.id, n) for n, each in enumerate(entries)],
        schema={"score_name": pl.String, "entry": pl.String, "rule_id": pl.String, "number": pl.Int64},
        orient="row",
    )
    now = plan.clock.now
    rows = points.join(
        numbers, on=["score_name", "entry", "rule_id"], how="left", maintain_order="left"
    ).select(
        "number",
        "occurrences",
        ten_thousandths(pl.col("points"), pl.Int128()).alias("points"),
        (now - pl.col("last_at").dt.epoch("s")).fill_null(NO_AGE).alias("age"),
    )
    whole = rows["points"].to_list()
    arrays = (
        ids.search_sorted(points["contact_id"]).to_numpy().astype(np.int64),
        rows["number"].to_numpy(),
        rows["occurrences"].to_numpy(),
        _whole(whole),
        rows["age"].to_numpy(),
    )
    return Ledger(ids, entries, now, (LedgerPart(0, len(ids), lambda: arrays),))


def _whole(points: list[int]) -> np.ndarray:
    """Return points as 64-bit integers, or as Python's where one of them is too large."""
    if all(-(2**63) <= each < 2**63 for each in points):
        return np.array(points, np.int64)
    return np.array(points, np.object_)
