"""The recent scores of some contacts, day by day, which a report draws next to a lead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from flamescore.errors import InputError
from flamescore.findings import Finding, Severity
from flamescore.frames import PAST_SCORES
from flamescore.history.files import FOLDER, history_files, last_of_each_day
from flamescore.history.series import read_file
from flamescore.points import in_points
from flamescore.units import to_local

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from flamescore.history.files import HistoryFile

DAYS: Final = 14
"""The number of most recent local days with a run that are returned, including that of the run itself."""

UNREAD: Final = "O106"


def recent_scores(
    output: Path, as_of: datetime, zone: ZoneInfo, scores: pl.DataFrame, ids: pl.Series
) -> tuple[pl.DataFrame, tuple[Finding, ...]]:
    """Return `frames.PAST_SCORES` of some contacts up to a run, and a note for each file that can't be read.

    `scores` are the run's own (`frames.SCORES`) and represent its day. Each earlier day is represented by its
    last file. Rows are in the order of `scores`, score by score with contacts as ranked there, then by time;
    scores that the run does not have are left out.
    """
    today = to_local(as_of, zone).date()
    before = [each for each in history_files(output) if to_local(each.as_of, zone).date() < today]
    frames, notes = [], []
    for file in last_of_each_day(before, zone)[1 - DAYS :]:
        try:
            frames.append(_rows(file, ids))
        except InputError:
            notes.append(_unread(file))
    mine = scores.filter(pl.col("contact_id").is_in(ids.implode())).select(*_OF, "score")
    frames.append(mine.with_columns(pl.lit(as_of).cast(PAST_SCORES["as_of"]).alias("as_of")))
    order = mine.select(*_OF).with_row_index("\x00place")
    found = (
        pl.concat([each.select(PAST_SCORES.names()) for each in frames])
        .join(order, on=_OF, how="inner")
        .sort("\x00place", "as_of")
        .select(PAST_SCORES.names())
    )
    return found, tuple(notes)


_OF: Final = ("contact_id", "score_name")


def _rows(file: HistoryFile, ids: pl.Series) -> pl.DataFrame:
    rows = read_file(file, ids)
    return rows.select(
        *_OF, pl.lit(file.as_of).cast(PAST_SCORES["as_of"]).alias("as_of"), in_points(rows["score"])
    )


def _unread(file: HistoryFile) -> Finding:
    return Finding(
        UNREAD,
        Severity.NOTE,
        "history",
        f"{FOLDER}/{file.path.name} can't be read: the report leaves that day out.",
    )
