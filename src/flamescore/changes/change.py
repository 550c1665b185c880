"""What a run would change, held against the latest one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from flamescore.scoring import Scored


def would_change(scored: Scored, previous: pl.DataFrame | None, *, unread: bool = False) -> tuple[str, ...]:
    """Say in a line a score how many contacts are new, gone, up and down in flames since `previous`.

    Where there are none, `unread` says whether that is because the run that has them can't be read.
    """
    if previous is None and unread:
        return ("The previous run can't be read, so nothing was compared. Nothing was written.",)
    if previous is None:
        return ("No earlier run to compare with. Nothing was written.",)
    said = [_of_score(scored, previous, score.name) for score in scored.book.scores]
    return (*said, "Nothing was written.")


def _of_score(scored: Scored, previous: pl.DataFrame, name: str) -> str:
    columns = ("contact_id", "flames", "score")
    now = scored.scores.filter(pl.col("score_name") == name).select(columns)
    then = previous.filter(pl.col("score_name") == name).select(columns)
    both = then.join(now, on="contact_id", suffix="_now")
    counts = {
        "scores differ": both.filter(pl.col("score") != pl.col("score_now")).height,
        "gain flames": both.filter(pl.col("flames") < pl.col("flames_now")).height,
        "lose flames": both.filter(pl.col("flames") > pl.col("flames_now")).height,
        "new": now.height - both.height,
        "gone": then.height - both.height,
    }
    return f"{name}, compared with the latest run: {', '.join(f'{n:,} {what}' for what, n in counts.items())}"
