"""When alerts rang, as stored in the state: taking in the rings and re-armings of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from flamescore.acting_frames import SEGMENTS_FILE
from flamescore.merged import FILE as MERGED_FILE
from flamescore.runs import has_table, read
from flamescore.units import iso_instant

if TYPE_CHECKING:
    import sqlite3

    from flamescore.runs import Run

ALERT: Final = "alert:"
"""The prefix of an alert's name in `segments.parquet` for what it has seen, or who is in its segment."""

REARM: Final = "rearm:"
"""The prefix of an alert's name in `segments.parquet` for contacts for which it is re-armed."""

_MOVED: Final = """
INSERT INTO rung SELECT alert, :now, at, rearmed FROM rung WHERE contact_id = :old
ON CONFLICT (alert, contact_id) DO UPDATE SET
    rearmed = CASE WHEN excluded.at > at THEN excluded.rearmed
                   WHEN excluded.at = at THEN min(rearmed, excluded.rearmed) ELSE rearmed END,
    at = max(at, excluded.at)
"""
"""Merges the rings for a contact's old id into those for its current id: see `ringing.latest_rung`."""


def keep_rung(connection: sqlite3.Connection, run: Run, notices: pl.DataFrame) -> None:
    """Store in the state which contacts the alerts of a counting run rang for, and may ring for again.

    Rings for contacts that were merged away count for their survivors. `notices` are those of the run
    (`notices.NOTICES`).
    """
    merged = read(run, MERGED_FILE) if has_table(run, MERGED_FILE) else None
    if merged is not None:
        rows = connection.execute("SELECT DISTINCT contact_id FROM rung").fetchall()
        ids = pl.DataFrame(rows, {"merged_id": pl.String()}, orient="row")
        for old, now in merged.join(ids, on="merged_id", how="semi").select("merged_id", "contact_id").rows():
            connection.execute(_MOVED, {"old": old, "now": now})
            connection.execute("DELETE FROM rung WHERE contact_id = ?", (old,))
    segments = read(run, SEGMENTS_FILE).filter(pl.col("segment").str.starts_with(REARM))
    connection.executemany(
        "UPDATE rung SET rearmed = 1 WHERE alert = ? AND contact_id = ?",
        [(name.removeprefix(REARM), who) for name, who in segments.select("segment", "contact_id").rows()],
    )
    connection.executemany(
        "INSERT OR REPLACE INTO rung VALUES (?, ?, ?, 0)",
        [
            (alert, who, iso_instant(at))
            for alert, who, at in notices.select("alert", "contact_id", "at").rows()
        ],
    )
