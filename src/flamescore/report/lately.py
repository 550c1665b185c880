"""Recent scores of the leads in a report, read while the run is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flamescore.history import recent_scores
from flamescore.report.listed import listing

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    import polars as pl

    from flamescore.findings import Finding
    from flamescore.rules import Hot
    from flamescore.scoring import Scored


def scores_lately(
    output: Path, as_of: datetime, scored: Scored, hot: Hot
) -> tuple[pl.DataFrame, tuple[Finding, ...]]:
    """Return `frames.PAST_SCORES` of the contacts that the report lists, and a note per unread file."""
    names = [score.name for score in scored.book.scores]
    by_condition = None if hot.by_flames is not None else scored.hot["contact_id"]
    leads = listing(scored.scores, scored.uncalled, names, hot=by_condition)
    return recent_scores(output, as_of, scored.book.zone, scored.scores, leads.ids)
