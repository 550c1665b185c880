"""A run in one line: what `score` prints off a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flamescore.units import count

if TYPE_CHECKING:
    from flamescore.report.view_model import ScoreView, View


def line(report: View) -> str:
    """Say a report in one line, without its end: the run, the contacts, how many are hot under each score."""
    hot = ", ".join(_hot(score, several=len(report.scores) > 1) for score in report.scores)
    return f"{report.run_id}: {count(report.contacts, 'contact')}, {hot} with {_flames(report.hot_flames)}"


def _hot(score: ScoreView, *, several: bool) -> str:
    return f"{score.hot:,} hot on {score.name}" if several else f"{score.hot:,} hot"


def _flames(hot_flames: int) -> str:
    most = 5
    return count(hot_flames, "flame") + ("" if hot_flames == most else " or more")
