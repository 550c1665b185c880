"""What the scores come to: contacts by flames, and the score at some percentiles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

if TYPE_CHECKING:
    from flamescore.scoring import Scored

PERCENTS: Final = (50, 75, 90, 99)
Flames = tuple[int, int, int, int, int, int]


@dataclass(frozen=True, slots=True)
class Summary:
    """One score: contacts scored, contacts with 0 to 5 flames, and (percent, score) pairs.

    The score at p percent is the lowest that at least p percent of the contacts don't exceed; None where
    nobody is scored.
    """

    name: str
    title: str
    contacts: int
    flames: Flames
    percentiles: tuple[tuple[int, float | None], ...]


def summaries(scored: Scored) -> tuple[Summary, ...]:
    """Sum up every score, in order of the rule file."""
    return tuple(_summary(scored.scores, score.name, score.title) for score in scored.book.scores)


def _summary(scores: pl.DataFrame, name: str, title: str) -> Summary:
    rows = scores.filter(pl.col("score_name") == name)
    rising = rows["score"].sort()
    at = tuple((percent, _at(rising, percent)) for percent in PERCENTS)
    return Summary(name, title, rows.height, _by_flames(rows["flames"]), at)


def _by_flames(flames: pl.Series) -> Flames:
    counts = dict(flames.value_counts().iter_rows())
    zero, one, two, three, four, five = (counts.get(flame, 0) for flame in range(6))
    return zero, one, two, three, four, five


def _at(rising: pl.Series, percent: int) -> float | None:
    if rising.is_empty():
        return None
    return float(rising[-(-percent * len(rising) // 100) - 1])
