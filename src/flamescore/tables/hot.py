"""The call lists: hot contacts in ranked order, with the reasons."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import TYPE_CHECKING, Final

import polars as pl

from flamescore.tables.keep import kept
from flamescore.tables.reasons import REASONS, reasons
from flamescore.tables.words import local_time, whole_percent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flamescore.scoring import Scored

_PLACE: Final = "\x00place"
_PLAIN_NAME: Final = re.compile(r"[\w-][\w.-]*")


def hot_list(scored: Scored, score_name: str, *, keep: Sequence[str], hot_flames: int) -> pl.DataFrame:
    """Return the call list of a score: contacts with at least `hot_flames`, ranked.

    Whom `call_list.exclude` leaves out is not on it. Columns: `rank`, `contact_id`, the kept ones, `flames`,
    `score`, `percentile` (whole, rounded down), `reason_1` to `reason_3`, `last_activity` (local time, to the
    minute). Nobody hot: no rows.
    """
    columns = kept(scored, keep)
    hot = (
        scored.scores.with_columns(scored.places.alias(_PLACE))
        .filter(pl.col("score_name") == score_name, pl.col("flames") >= hot_flames)
        .join(scored.excluded, on="contact_id", how="anti", maintain_order="left")
    )
    why = reasons(scored, score_name, hot["contact_id"])
    people = columns.drop("contact_id").select(pl.all().gather(hot[_PLACE]))
    return (
        pl.concat([hot, people], how="horizontal")
        .join(why, on="contact_id", how="left", maintain_order="left")
        .select(
            "rank",
            *columns.columns,
            "flames",
            "score",
            whole_percent(pl.col("percentile")),
            *(name for name in ("trend",) if name in hot.columns),
            *REASONS,
            local_time(pl.col("last_activity_at"), scored.book.zone).alias("last_activity"),
        )
    )


def hot_file(scored: Scored, score_name: str) -> str:
    """Return the file name of a score's call list; a name that no file can bear is written by its hash."""
    return list_file(score_name, default=score_name == scored.book.scores[0].name)


def list_file(score_name: str, *, default: bool) -> str:
    """Return the file name of a call list, by the score's name and whether it is the default one."""
    if default:
        return "hot_leads.csv"
    safe = score_name if _PLAIN_NAME.fullmatch(score_name) else sha256(score_name.encode()).hexdigest()[:12]
    return f"hot_leads-{safe}.csv"
