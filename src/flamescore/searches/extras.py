"""What a search adds to contacts besides their scores: reasons, changes, places on the call list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from flamescore.acting_frames import SEGMENTS_FILE
from flamescore.changes import CHANGES, moves
from flamescore.frames import POINTS
from flamescore.project import HOT_SEGMENT
from flamescore.runs import has_table, hot_now, scan, uncalled
from flamescore.tables import HOT_SINCE, strongest, with_names

if TYPE_CHECKING:
    from flamescore.runs import Run

_AT_ONCE: Final = 10_000
"""The number of contacts whose ledger rows are in memory at once."""


def reasons_of(run: Run, score_name: str, contact_ids: pl.Series) -> pl.DataFrame:
    """Return `tables.strongest` of some contacts of a run under a score, by contact id, with `name`.

    The ledger is opened only if there are contacts.
    """
    if contact_ids.is_empty():
        return with_names(strongest(pl.DataFrame(schema=POINTS)), {})
    mine = (pl.col("score_name") == score_name) & pl.col("entry").is_in(["rule", "rule_limit"])
    points = scan(run, "points.parquet").filter(mine)
    ids = contact_ids.sort()
    pieces = []
    for first in range(0, len(ids), _AT_ONCE):
        some = ids.slice(first, _AT_ONCE)
        # The ledger is sorted by id: with these bounds a reader skips parts that contain none of the ids.
        near = pl.col("contact_id").is_between(pl.lit(some[0]), pl.lit(some[-1]))
        theirs = pl.col("contact_id").is_in(some.implode())
        pieces.append(points.filter(near, theirs).collect().pipe(strongest))
    entries = next(score.rules for score in run.record.scores if score.name == score_name)
    names = {rule.id: rule.called for rule in entries if rule.entry == "rule"}
    return with_names(pl.concat(pieces), names)


def moved(run: Run, score_name: str, changes: pl.LazyFrame | None) -> pl.DataFrame:
    """Return `changes.MOVES` under a score, from rows of `CHANGES`; empty if the changes are not known."""
    known = pl.LazyFrame(schema=CHANGES) if changes is None else changes
    return moves(known, score_name, hot_now(run)).collect()


def places(run: Run, score_name: str) -> pl.DataFrame:
    """Return `contact_id, place` of contacts that may be called: the place on a score's call list, from 1."""
    listed = scan(run, "scores.parquet").filter(pl.col("score_name") == score_name).select("contact_id")
    called = listed.join(uncalled(run), on="contact_id", how="anti", maintain_order="left")
    return called.with_row_index("place", offset=1).select("contact_id", "place").collect()


def hot_since(run: Run) -> pl.DataFrame | None:
    """Return `contact_id, hot_since` of hot contacts; None if the run has no segments."""
    if not has_table(run, SEGMENTS_FILE):
        return None
    rows = scan(run, SEGMENTS_FILE).filter(pl.col("segment") == HOT_SEGMENT, ~pl.col("held"))
    return rows.select("contact_id", pl.col("since").alias(HOT_SINCE)).collect()
